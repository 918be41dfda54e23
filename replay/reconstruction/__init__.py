"""A reconstruction of 2020: acts that lead from an opening stock to the real register of 31 December 2020.

Real are the register's export of December 2020 and the figures of the public report. The single acts between them are
not known; the ones made here are as many, of the same kinds and forms, and end exactly at the export. Whatever is
invented says so in its name, note or source (``Rekonstrukcija``).
"""

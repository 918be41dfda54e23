"""The annual report: a year's tables as text, CSV, JSON, web page, workbook, text document and PDF.

Every form is made from one edition (``edition``), so all of them hold the same figures in the same words.
"""

"""Append and prove: the only door to the events. The eventsourcing library lives here."""

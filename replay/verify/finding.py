"""What verifying finds wrong: in which table, row and column, what was expected and what was met."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """The first thing that is wrong. ``column`` is None where a whole row is; ``row`` names it by its key."""

    table: str
    row: str
    column: str | None
    expected: str
    met: str

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"{self.table}, {self.row}{column}: expected {self.expected}, met {self.met}"


class Wrong(Exception):
    """Raised by a check that has found something wrong."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


def wrong(table: str, row: str, column: str | None, expected: object, met: object) -> Wrong:
    """To be raised: what is wrong."""
    return Wrong(Finding(table, row, column, _said(expected), _said(met)))


def _said(value: object) -> str:
    return value.hex() if isinstance(value, bytes | bytearray | memoryview) else str(value)

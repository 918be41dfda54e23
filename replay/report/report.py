"""The year's report: the tables of the yearly statistics, as text, CSV or JSON.

The CSV has the form of the published figures (``published``), so that a report can be reconciled like a publication.
"""

from __future__ import annotations

import json
from typing import Any, Literal, NamedTuple

from psycopg import Connection

from domain.register import Titles
from projections.moment import KnownAt
from projections.statistics import Cell, YearlyStatistics, YearTable, yearly_statistics
from replay import sheet
from replay.published import COLUMNS
from replay.sheet import Sheet

Language = Literal["lv", "en"]

_COLUMNS = (Titles("rādītājs", "figure"), Titles("nosaukums", "title"), Titles("vienība", "unit"))
_UNITS = {
    "acts": Titles("lēmumi", "acts"),
    "count": Titles("skaits", "count"),
    "stock": Titles("atlikums", "stock"),
}


class Report(NamedTuple):
    """The report of a year in one language; its rows in the order of the tables."""

    language: Language
    statistics: YearlyStatistics

    def sheets(self) -> list[Sheet]:
        """The tables as sheets, a line a figure."""
        columns = (*(self._said(column) for column in _COLUMNS), str(self.statistics.year))
        return [
            Sheet(
                f"{self._said(table.titles)}, {self.statistics.year}", columns, tuple(map(self._line, _cells(table))), 3
            )
            for table in self.statistics.tables
            if table.rows
        ]

    def _line(self, cell: Cell) -> tuple[str | int, ...]:
        unit = _UNITS.get(cell.unit)
        return cell.figure, self._said(cell.titles), cell.unit if unit is None else self._said(unit), cell.value

    def as_text(self, width: int = 160) -> str:
        """The tables as plain text, under the position they were replayed at."""
        position, recorded_at = self.statistics.known_at
        known = Titles("zināms pozīcijā", "known at position")
        moment = "" if recorded_at is None else f" ({recorded_at.isoformat()})"
        parts = [f"{self.statistics.year}, {self._said(known)} {position}{moment}\n"]
        return "\n".join([*parts, *(sheet.as_text(each, width) for each in self.sheets())])

    def as_csv(self) -> str:
        """All figures in the form of the published figures, in both languages."""
        year = str(self.statistics.year)
        lines = tuple(
            (cell.figure, table.source, year, cell.value, cell.unit, cell.titles.lv, cell.titles.en)
            for table in self.statistics.tables
            for cell in _cells(table)
        )
        return sheet.as_csv(Sheet("", COLUMNS, lines, 3))

    def as_json(self) -> str:
        """The tables with the rule of each figure and the moment they were replayed at."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """What the JSON holds."""
        position, recorded_at = self.statistics.known_at
        recorded = None if recorded_at is None else recorded_at.isoformat()
        return {
            "year": self.statistics.year,
            "known_at": {"position": position, "recorded_at": recorded},
            "tables": [self._table(table) for table in self.statistics.tables],
        }

    def _table(self, table: YearTable) -> dict[str, Any]:
        rows = [
            {"name": row.name, "title": self._said(row.titles), "cells": [self._cell(cell) for cell in row.cells]}
            for row in table.rows
        ]
        return {"name": table.name, "title": self._said(table.titles), "source": table.source, "rows": rows}

    def _cell(self, cell: Cell) -> dict[str, Any]:
        said = {"figure": cell.figure, "title": self._said(cell.titles), "unit": cell.unit}
        return {**said, "value": cell.value, "rule": cell.rule}

    def _said(self, titles: Titles) -> str:
        return titles.lv if self.language == "lv" else titles.en


def _cells(table: YearTable) -> list[Cell]:
    return [cell for row in table.rows for cell in row.cells]


def report(connection: Connection[Any], year: int, known_at: KnownAt, language: Language = "lv") -> Report:
    """The report of ``year`` as known at ``known_at``. Raises MalformedMoment for a year that can't be asked about."""
    return Report(language, yearly_statistics(connection, year, known_at))

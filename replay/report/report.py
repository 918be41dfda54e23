"""The year's report: the tables of the yearly statistics in one language, and its plain forms: text, CSV and JSON.

The CSV has the form of the published figures (``published``), so that a report can be reconciled like a publication.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from domain.register import Titles
from projections.figures import Figures
from projections.moment import KnownAt
from projections.statistics import Cell, YearlyStatistics, YearTable, yearly_statistics
from replay import sheet
from replay.published import COLUMNS, Published
from replay.reconciliation import Reconciled, reconcile
from replay.report.words import FIGURE, KNOWN_AT, TITLE, UNIT, Language, said, unit_said
from replay.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a year in one language; its rows in the order of the tables.

    ``reconciled`` are the published figures beside their replays, for the annex. ``base_url`` is the address of the
    service before ``/statistics``, to which the figures lead; None where the report is read without a service.
    """

    language: Language
    statistics: YearlyStatistics
    reconciled: tuple[Reconciled, ...] = ()
    base_url: str | None = None

    def sheets(self) -> list[Sheet]:
        """The tables as sheets, a line a figure."""
        described = (self._said(FIGURE), self._said(TITLE), self._said(UNIT))
        return [
            Sheet(
                f"{self._said(table.titles)}, {self.statistics.year}",
                (*described, *table.labels),
                tuple(self._line(line) for row in table.rows for line in row.lines()),
                len(described),
            )
            for table in self.statistics.tables
            if table.rows
        ]

    def _line(self, cells: Sequence[Cell]) -> tuple[str | int, ...]:
        first = cells[0]
        unit = unit_said(first.unit, self.language)
        return first.figure, self._said(first.titles), unit, *(cell.value for cell in cells)

    def as_text(self, width: int = 160) -> str:
        """The tables as plain text, under the position they were replayed at."""
        position, recorded_at = self.statistics.known_at
        moment = "" if recorded_at is None else f" ({recorded_at.isoformat()})"
        parts = [f"{self.statistics.year}, {self._said(KNOWN_AT)} {position}{moment}\n"]
        return "\n".join([*parts, *(sheet.as_text(each, width) for each in self.sheets())])

    def as_csv(self) -> str:
        """All figures in the form of the published figures, in both languages."""
        lines = tuple(
            (cell.figure, table.source, cell.label, cell.value, cell.unit, cell.titles.lv, cell.titles.en)
            for table in self.statistics.tables
            for row in table.rows
            for cell in row.cells
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
        named = {"name": table.name, "title": self._said(table.titles), "source": table.source}
        return {**named, "years": list(table.years), "rows": rows}

    def _cell(self, cell: Cell) -> dict[str, Any]:
        about = {"figure": cell.figure, "title": self._said(cell.titles), "unit": cell.unit}
        return {**about, "year": cell.year, "label": cell.label, "value": cell.value, "rule": cell.rule}

    def _said(self, titles: Titles) -> str:
        return said(titles, self.language)


def report(
    connection: Connection[Any],
    year: int,
    known_at: KnownAt,
    language: Language = "lv",
    *,
    published: Iterable[Published] = (),
    base_url: str | None = None,
    figures: Figures | None = None,
) -> Report:
    """The report of ``year`` as known at ``known_at``, with the ``published`` figures reconciled, if there are any.

    Raises MalformedMoment for a year that can't be asked about.
    """
    statistics = yearly_statistics(connection, year, known_at, figures)
    printed = tuple(published)
    reconciled = reconcile(connection, printed, year, known_at.position, figures=figures) if printed else ()
    return Report(language, statistics, tuple(reconciled), base_url)

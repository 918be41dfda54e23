"""The edition: a report said in its language, line by line, for the forms that people read to be laid out from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from domain.register import Titles
from projections.statistics import Cell, YearTable
from replay.reconciliation import TITLES, sheet_of, summary
from replay.report.charts import Chart, charts_of
from replay.report.lines import Group, Line, groups_of
from replay.report.report import Report
from replay.report.rules import rule_said
from replay.report.words import (
    ACTS_BEHIND,
    IN_TABLE,
    NOTHING_YET,
    OFFICE,
    POSITION,
    RECORDED,
    REPORT,
    SOURCE,
    Language,
    instant_said,
    number_said,
    said,
    source_said,
    unit_said,
)
from replay.sheet import Sheet

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a file that is made before anything was recorded."""


@dataclass(frozen=True, slots=True)
class Value:
    """A figure's value in a year, as written, and the address of the acts it counts (None: no service to ask)."""

    value: int
    text: str
    acts: str | None
    tells: str


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of a table. ``level`` is how far it is indented; ``note`` the anchor of what tells how it is counted."""

    figure: str
    title: str
    unit: str
    level: int
    is_total: bool
    note: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class PrintedGroup:
    """Lines under a heading, which may be empty."""

    heading: str
    lines: tuple[PrintedLine, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """How a figure is counted. ``heading`` is that of its group where it is the first there, else ""."""

    anchor: str
    heading: str
    figure: str
    title: str
    rule: str


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table with its charts and notes; ``columns`` are the years."""

    name: str
    title: str
    source: str
    columns: tuple[str, ...]
    groups: tuple[PrintedGroup, ...]
    charts: tuple[Chart, ...]
    notes: tuple[Note, ...]

    @property
    def lines(self) -> list[PrintedLine]:
        """The lines of all groups."""
        return [line for group in self.groups for line in group.lines]


@dataclass(frozen=True, slots=True)
class Annex:
    """The published figures beside their replays, and how many there are of each explanation."""

    sheet: Sheet
    counted: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """The whole report. ``position`` is what stands on every page; ``made_at`` the date that files of it bear."""

    language: Language
    year: int
    office: str
    title: str
    position: str
    recorded: str
    made_at: datetime
    tables: tuple[PrintedTable, ...]
    annex: Annex | None

    def say(self, titles: Titles, **values: object) -> str:
        """``titles`` in the language of the edition, filled with ``values``."""
        return said(titles, self.language, **values)


def edition_of(report: Report) -> Edition:
    """The edition of ``report``: its tables that have figures, and the annex if there is anything to reconcile."""
    language, statistics = report.language, report.statistics
    position, recorded_at = statistics.known_at
    when = NOTHING_YET if recorded_at is None else RECORDED
    return Edition(
        language,
        statistics.year,
        said(OFFICE, language),
        said(REPORT, language, year=statistics.year),
        said(POSITION, language, position=position),
        said(when, language, when="" if recorded_at is None else instant_said(recorded_at)),
        BEFORE_ALL if recorded_at is None else recorded_at.astimezone(UTC).replace(microsecond=0),
        tuple(_table(report, table) for table in statistics.tables if table.rows),
        _annex(report) if report.reconciled else None,
    )


def _table(report: Report, table: YearTable) -> PrintedTable:
    language = report.language
    groups = groups_of(table, language)
    called = _called(report, table)
    return PrintedTable(
        table.name,
        said(table.titles, language),
        said(SOURCE, language, source=source_said(table.source, language)),
        table.labels,
        tuple(_group(report, group) for group in groups),
        charts_of(report.statistics, table, groups, language),
        tuple(note for group in groups for note in _notes(group, called, language)),
    )


def _called(report: Report, table: YearTable) -> dict[str, str]:
    """What the figures are called in the notes of ``table``; those of other tables with where they stand."""
    called = {}
    for each in report.statistics.tables:
        source = source_said(each.source, report.language)
        for group in groups_of(each, report.language):
            for line in group.lines:
                if each.name == table.name:
                    called[line.figure] = line.title
                else:
                    title = ": ".join(filter(None, (group.heading, line.title)))
                    called[line.figure] = said(IN_TABLE, report.language, title=title, source=source)
    return called


def _notes(group: Group, called: Mapping[str, str], language: Language) -> list[Note]:
    notes = []
    for index, line in enumerate(group.lines):
        # The register that the heading names need not be named again.
        rule = rule_said(line.cells[0].rule, called, language).removeprefix(f"{group.heading}: ")
        heading = "" if index else group.heading
        notes.append(Note(_anchor(line.figure), heading, line.figure, line.title, rule[:1].upper() + rule[1:]))
    return notes


def _group(report: Report, group: Group) -> PrintedGroup:
    return PrintedGroup(group.heading, tuple(_line(report, line) for line in group.lines))


def _line(report: Report, line: Line) -> PrintedLine:
    unit = unit_said(line.cells[0].unit, report.language)
    values = tuple(_value(report, cell, line.title) for cell in line.cells)
    return PrintedLine(line.figure, line.title, unit, line.level, line.is_total, _anchor(line.figure), values)


def _value(report: Report, cell: Cell, title: str) -> Value:
    text = number_said(cell.value, report.language)
    tells = said(ACTS_BEHIND, report.language, value=text, title=title, year=cell.label)
    if report.base_url is None:
        return Value(cell.value, text, None, tells)
    path = f"/statistics/{cell.year}/figures/{quote(cell.figure, safe='')}/acts"
    position = report.statistics.known_at.position
    return Value(cell.value, text, f"{report.base_url.rstrip('/')}{path}?known_at={position}", tells)


def _anchor(figure: str) -> str:
    """An id has no spaces."""
    return f"note-{figure.replace(' ', '_')}"


def _annex(report: Report) -> Annex:
    counted = tuple(
        (said(TITLES[kind], report.language), count) for kind, count in summary(report.reconciled).items() if count
    )
    return Annex(sheet_of(report.reconciled, report.language), counted)

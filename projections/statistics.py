"""The yearly statistics: the report's tables for a year, replayed from the acts known at a position."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from psycopg import Connection

from domain.register import Titles
from projections.counting import FIRST_YEAR, Values, evaluate, positions_behind
from projections.figures import Figures, all_figures
from projections.measures import Figure, Table, row_of, rule_of, table_of, year_of
from projections.moment import KnownAt


class UnknownTable(Exception):
    """The report has no table of that name."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"the report has no table {table!r}")


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure's value in a year, in ``unit``; ``rule`` is how it was counted, as plain JSON values.

    ``label`` is the year as it is printed: 2020, or 2019/2020 for the school year that ends in ``year``.
    """

    figure: str
    titles: Titles
    unit: str
    year: int
    label: str
    value: int
    rule: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row of a table: figure by figure, and of each figure one a year, the oldest first."""

    name: str
    titles: Titles
    cells: tuple[Cell, ...]

    def lines(self) -> list[tuple[Cell, ...]]:
        """The cells of each figure together."""
        by_figure: dict[str, list[Cell]] = {}
        for cell in self.cells:
            by_figure.setdefault(cell.figure, []).append(cell)
        return [tuple(cells) for cells in by_figure.values()]


@dataclass(frozen=True, slots=True)
class YearTable:
    """A table of the report, filled for ``years``. ``source`` is where the report publishes it."""

    name: str
    titles: Titles
    source: str
    years: tuple[int, ...]
    rows: tuple[Row, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The years as they are printed above the columns. Where figures differ in that, both labels stand there."""
        by_year: dict[int, dict[str, None]] = {year: {} for year in self.years}
        for row in self.rows:
            for cell in row.cells:
                by_year[cell.year][cell.label] = None
        return tuple(" · ".join(labels) if labels else str(year) for year, labels in by_year.items())


@dataclass(frozen=True, slots=True)
class YearlyStatistics:
    """All tables of a year as known at ``known_at``; the same question later is answered with the same values.

    A table that shows several years holds those before ``year`` too, as they are known at ``known_at``.
    """

    year: int
    known_at: KnownAt
    tables: tuple[YearTable, ...]

    def table(self, name: str) -> YearTable:
        """The table of that name; raises UnknownTable."""
        for table in self.tables:
            if table.name == name:
                return table
        raise UnknownTable(name)

    def cells(self) -> dict[str, Cell]:
        """The cells of the year itself by the id of their figure."""
        every = (cell for table in self.tables for row in table.rows for cell in row.cells)
        return {cell.figure: cell for cell in every if cell.year == self.year}


def yearly_statistics(
    connection: Connection[Any], year: int, known_at: KnownAt, figures: Figures | None = None
) -> YearlyStatistics:
    """The tables of ``year`` as known at ``known_at``. Raises MalformedMoment for a year that can't be asked about."""
    declared = figures or all_figures()
    years = {table.name: _years(table, year) for table in declared.tables.values()}
    values = evaluate(connection, declared, {year, *chain.from_iterable(years.values())}, known_at.position)
    tables = tuple(_filled(declared, table, years[table.name], values) for table in declared.tables.values())
    return YearlyStatistics(year, known_at, tables)


def acts_behind(
    connection: Connection[Any],
    figure: str,
    year: int,
    known_at: int,
    after: int = -1,
    limit: int = 100,
    figures: Figures | None = None,
) -> list[int]:
    """The acts behind a cell: up to ``limit`` positions above ``after``, in order, as known at position ``known_at``.

    Of a decision that counts once (unit ``acts``) all acts that the rule counts are there, so a cell may open to more
    acts than its value; behind a total stand the acts of its parts; behind a stock the acts that made the states in
    force at the end of the year. Raises UnknownFigure and MalformedMoment.
    """
    declared = figures or all_figures()
    return positions_behind(connection, declared.counted(figure), year, known_at, after, limit)


def _years(table: Table, year: int) -> tuple[int, ...]:
    """The years that ``table`` shows in the report of ``year``; none before the first that can be asked about."""
    return tuple(range(min(year, max(FIRST_YEAR, year - table.years + 1)), year + 1))


def _filled(figures: Figures, table: Table, years: tuple[int, ...], values: Values) -> YearTable:
    rows: dict[str, list[Figure]] = {}
    for figure in figures:
        if table_of(figure.figure) == table.name:
            rows.setdefault(row_of(figure.figure), []).append(figure)
    filled = tuple(
        Row(
            name, _row_titles(figures, row), tuple(_cell(figures, each, year, values) for each in row for year in years)
        )
        for name, row in sorted(rows.items(), key=lambda row: _place(table, row[0]))
    )
    return YearTable(table.name, table.titles, table.source, years, filled)


def _place(table: Table, row: str) -> int:
    return table.rows.index(row) if row in table.rows else len(table.rows)


def _cell(figures: Figures, figure: Figure, year: int, values: Values) -> Cell:
    value, label = values[figure.figure, year], label_of(figures, figure, year)
    return Cell(figure.figure, figure.titles, figure.unit, year, label, value, rule_of(figure))


def label_of(figures: Figures, figure: Figure, year: int) -> str:
    """What the year is called in which ``figure`` is counted; a school year such as 2019/2020 by the one it ends in."""
    by_school_year = year_of(figures.counted(figure.figure)[0]) == "school_year"
    return f"{year - 1}/{year}" if by_school_year else str(year)


def _row_titles(figures: Figures, row: list[Figure]) -> Titles:
    """A row whose figures are called alike is called like them, one of figures of one register like the register.

    Any other is called like its first figure.
    """
    if len({figure.titles for figure in row}) == 1:
        return row[0].titles
    registers = {leaf.register for figure in row for leaf in figures.counted(figure.figure)}
    if len(registers) == 1:
        return figures.registers[registers.pop()].titles
    return row[0].titles

"""The yearly statistics: the report's tables for a year, replayed from the acts known at a position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from domain.register import Titles
from projections.counting import evaluate, positions_behind
from projections.figures import Figures, all_figures
from projections.measures import Figure, Table, row_of, rule_of, table_of
from projections.moment import KnownAt


class UnknownTable(Exception):
    """The report has no table of that name."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"the report has no table {table!r}")


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure's value in the year, in ``unit``; ``rule`` is how it was counted, as plain JSON values."""

    figure: str
    titles: Titles
    unit: str
    value: int
    rule: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line of a table."""

    name: str
    titles: Titles
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class YearTable:
    """A table of the report, filled for a year. ``source`` is where the report publishes it."""

    name: str
    titles: Titles
    source: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class YearlyStatistics:
    """All tables of a year as known at ``known_at``; the same question later is answered with the same values."""

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
        """All cells by the id of their figure."""
        return {cell.figure: cell for table in self.tables for row in table.rows for cell in row.cells}


def yearly_statistics(
    connection: Connection[Any], year: int, known_at: KnownAt, figures: Figures | None = None
) -> YearlyStatistics:
    """The tables of ``year`` as known at ``known_at``. Raises MalformedMoment for a year that can't be asked about."""
    declared = figures or all_figures()
    values = evaluate(connection, declared, [year], known_at.position)
    cells = {
        figure.figure: Cell(figure.figure, figure.titles, figure.unit, values[figure.figure, year], rule_of(figure))
        for figure in declared
    }
    tables = tuple(_filled(declared, table, cells) for table in declared.tables.values())
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


def _filled(figures: Figures, table: Table, cells: dict[str, Cell]) -> YearTable:
    rows: dict[str, list[Figure]] = {}
    for figure in figures:
        if table_of(figure.figure) == table.name:
            rows.setdefault(row_of(figure.figure), []).append(figure)
    filled = tuple(
        Row(name, _row_titles(figures, row), tuple(cells[figure.figure] for figure in row))
        for name, row in rows.items()
    )
    return YearTable(table.name, table.titles, table.source, filled)


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

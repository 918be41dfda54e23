"""Measures: how the registers' figures are counted, declared as data.

A measure is declared once, beside the other measures of its register, in the file of this folder that has the
register's name; its id is the id of the published figure. One engine (``counting``) evaluates all of them. From the
id follows where the figure stands: ``t3.institutions.registered`` is a cell of the row ``institutions`` of table
``t3``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple

from domain.register import Register, Titles
from domain.registers import all_registers

Attribute = Literal["form", "body", "role", "mode", "entry_kind", "entry_type", "founder_class", "territory", "basis"]
"""A typed column of the acts fact table that a measure may filter by."""

StateAttribute = Literal["entry_kind", "entry_type", "founder_class", "territory"]
"""A typed column of the registers' states that a stock may filter by."""


class Among(NamedTuple):
    """The condition that a column holds one of some values; where it holds none, the condition is not met."""

    column: str
    values: tuple[str, ...]


def among(column: Attribute, *values: str) -> Among:
    """The condition that ``column`` holds one of ``values``."""
    return Among(column, values)


@dataclass(frozen=True, slots=True)
class Measure:
    """A year's flow: the acts of some kinds in one register, counted by the year of ``decided_on``.

    ``where`` are conditions on the act's attributes, all of which must hold. ``unit`` says how one fact counts:
    ``acts`` decisions (distinct decision number and day; an act without a number counts by itself), ``count`` the
    entries' own acts. An act annulled later was taken all the same, and counts.
    """

    figure: str
    titles: Titles
    register: str
    verbs: tuple[str, ...]
    unit: Literal["acts", "count"]
    where: tuple[Among, ...] = ()


@dataclass(frozen=True, slots=True)
class Stock:
    """The entries of one register that are in one of ``statuses`` at the end of 31 December."""

    figure: str
    titles: Titles
    register: str
    statuses: tuple[str, ...]
    where: tuple[Among, ...] = ()
    unit: Literal["stock"] = "stock"


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of other figures. It has no rule of its own; ``unit`` is the one it is published in."""

    figure: str
    titles: Titles
    parts: tuple[str, ...]
    unit: str


Counted = Measure | Stock
"""A figure that a rule of its own yields."""

Figure = Measure | Stock | Total


class Table(NamedTuple):
    """A table of figures: the first part of its figures' ids, what it is called, and where it is published."""

    name: str
    titles: Titles
    source: str


class UnknownFigure(Exception):
    """No rule yields a figure of that id."""

    def __init__(self, figure: str) -> None:
        self.figure = figure
        super().__init__(f"no rule yields the figure {figure!r}")


class Figures:
    """All declared figures by id, in the order of their declaration, and the tables they stand in.

    Raises ValueError where the declarations contradict each other or the registers.
    """

    def __init__(self, figures: Iterable[Figure], tables: Iterable[Table], registers: Iterable[Register]) -> None:
        self.by_id: dict[str, Figure] = {}
        self.tables = {table.name: table for table in tables}
        self.registers = {register.name: register for register in registers}
        for figure in figures:
            if figure.figure in self.by_id:
                raise ValueError(f"figure {figure.figure} is declared twice")
            self.by_id[figure.figure] = figure
        for figure in self.by_id.values():
            self._check(figure)

    def __contains__(self, figure: str) -> bool:
        return figure in self.by_id

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.by_id.values())

    def get(self, figure: str) -> Figure:
        """The declaration of ``figure``; raises UnknownFigure."""
        try:
            return self.by_id[figure]
        except KeyError:
            raise UnknownFigure(figure) from None

    def counted(self, figure: str) -> tuple[Counted, ...]:
        """The figures with rules of their own that ``figure`` comes from: itself, or a total's parts to the last."""
        declared = self.get(figure)
        if not isinstance(declared, Total):
            return (declared,)
        return tuple(leaf for part in declared.parts for leaf in self.counted(part))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Every declared flow."""
        return tuple(figure for figure in self if isinstance(figure, Measure))

    @cached_property
    def stocks(self) -> tuple[Stock, ...]:
        """Every declared stock."""
        return tuple(figure for figure in self if isinstance(figure, Stock))

    def _check(self, figure: Figure) -> None:
        if table_of(figure.figure) not in self.tables:
            raise ValueError(f"figure {figure.figure} stands in no declared table")
        if isinstance(figure, Total):
            self._check_total(figure)
            return
        register = self.registers.get(figure.register)
        if register is None:
            raise ValueError(f"figure {figure.figure}: no register {figure.register}")
        named = set(figure.verbs) if isinstance(figure, Measure) else set(figure.statuses)
        unknown = named - set(register.by_verb if isinstance(figure, Measure) else register.statuses)
        if unknown or not named:
            raise ValueError(f"figure {figure.figure}: register {register.name} knows no {sorted(unknown)}")

    def _check_total(self, total: Total, within: tuple[str, ...] = ()) -> None:
        if total.figure in within or len(set(total.parts)) != len(total.parts) or not total.parts:
            raise ValueError(f"total {total.figure}: its parts are to be other figures, each named once")
        for part in total.parts:
            if part not in self.by_id:
                raise ValueError(f"total {total.figure}: no figure {part}")
            declared = self.by_id[part]
            if isinstance(declared, Total):
                self._check_total(declared, (*within, total.figure))
        if len({type(leaf) for leaf in self.counted(total.figure)}) != 1:
            raise ValueError(f"total {total.figure} adds flows to stocks")


def table_of(figure: str) -> str:
    """The name of the table that the figure of this id stands in."""
    return figure.partition(".")[0]


def row_of(figure: str) -> str:
    """The name of the row of its table that the figure of this id stands in."""
    return figure.split(".")[1]


def rule_of(figure: Figure) -> dict[str, Any]:
    """The figure's rule as plain JSON values, to be shown beside it."""
    if isinstance(figure, Total):
        return {"total_of": list(figure.parts)}
    where = {condition.column: list(condition.values) for condition in figure.where}
    if isinstance(figure, Stock):
        counted: dict[str, Any] = {"statuses": list(figure.statuses), "on": "12-31"}
    else:
        counted = {"acts": list(figure.verbs), "by": "decided_on"}
    return {"register": figure.register, **counted, "where": where, "unit": figure.unit}


REPORT_TABLES = (
    Table("t2", Titles("2. tabula. Rezultatīvie rādītāji", "Table 2. Result indicators"), "table 2"),
    Table(
        "t3",
        Titles("3. tabula. Iestāžu reģistros pieņemtie lēmumi", "Table 3. Decisions in the registers of institutions"),
        "table 3",
    ),
    Table("s221", Titles("2.2.1. nodaļas teksts", "Text of section 2.2.1"), "text 2.2.1"),
)
"""The tables that figures of several registers stand in; a table of one register's own is declared in its file."""

STOCK_TABLE = Table("stock", Titles("Reģistru ieraksti gada beigās", "Entries at the end of the year"), "registers")
"""The last table: how many entries each register has."""


@cache
def all_figures() -> Figures:
    """The figures of every register: those of its measures' file, and the stock of its entries."""
    figures: list[Figure] = []
    tables = list(REPORT_TABLES)
    for register in all_registers():
        name = f"projections.{register.name.replace('-', '_')}"
        if find_spec(name) is not None:
            module = import_module(name)
            figures += getattr(module, "MEASURES", ())
            tables += getattr(module, "TABLES", ())
        figures.append(Stock(f"stock.{register.name}", register.titles, register.name, tuple(sorted(register.alive))))
    return Figures(figures, [*tables, STOCK_TABLE], all_registers())

"""The figures of every register, gathered from their measures' files and checked against the registers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec

from domain.register import Register, Titles
from domain.registers import all_registers
from projections.measures import (
    ACT_COLUMNS,
    Counted,
    Figure,
    Measure,
    Share,
    Stock,
    Table,
    Total,
    attributes_of,
    table_of,
    year_of,
)


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
        """The figures with rules of their own that ``figure`` comes from: itself, or a total's parts to the last.

        Of a share these are the figures of its part.
        """
        declared = self.get(figure)
        if isinstance(declared, Share):
            return self.counted(declared.part)
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
        if isinstance(figure, Share):
            for named in (figure.part, figure.whole):
                if isinstance(self.by_id.get(named), Share | None):
                    raise ValueError(f"share {figure.figure}: no figure {named} that it could be of")
            return
        if isinstance(figure, Total):
            self._check_total(figure)
            return
        self._check_counted(figure)

    def _check_counted(self, figure: Counted) -> None:
        register = self.registers.get(figure.register)
        if register is None:
            raise ValueError(f"figure {figure.figure}: no register {figure.register}")
        named = set(figure.verbs) if isinstance(figure, Measure) else set(figure.statuses)
        unknown = named - set(register.by_verb if isinstance(figure, Measure) else register.statuses)
        if unknown or not named:
            raise ValueError(f"figure {figure.figure}: register {register.name} knows no {sorted(unknown)}")
        known = {*register.attributes, *(ACT_COLUMNS if isinstance(figure, Measure) else ())}
        foreign = attributes_of(figure) - known
        if foreign:
            raise ValueError(f"figure {figure.figure}: register {register.name} counts by no {sorted(foreign)}")
        itemised = figure.itemised_by if isinstance(figure, Measure) else ()
        if missing := [part for part in itemised if part not in self.by_id]:
            raise ValueError(f"figure {figure.figure} is itemised by no figure {missing}")
        ways = (figure.unit == "acts", figure.distinct, figure.sum_of) if isinstance(figure, Measure) else ()
        if sum(map(bool, ways)) > 1:
            raise ValueError(f"figure {figure.figure} counts in more than one way")

    def _check_total(self, total: Total, within: tuple[str, ...] = ()) -> None:
        if total.figure in within or len(set(total.parts)) != len(total.parts) or not total.parts:
            raise ValueError(f"total {total.figure}: its parts are to be other figures, each named once")
        for part in total.parts:
            declared = self.by_id.get(part)
            if isinstance(declared, Share | None):
                raise ValueError(f"total {total.figure}: no figure {part} that adds up")
            if isinstance(declared, Total):
                self._check_total(declared, (*within, total.figure))
        leaves = self.counted(total.figure)
        if len({year_of(leaf) for leaf in leaves}) != 1:
            raise ValueError(f"total {total.figure} adds flows, flows by school year, or stocks to each other")


REPORT_TABLES = (
    Table(
        "t2",
        Titles("2. tabula. Rezultatīvie rādītāji", "Table 2. Result indicators"),
        "table 2",
        rows=(
            "registers",
            "licensing",
            "accreditation",
            "heads",
            "convicted",
            "practice_certificates",
            "psychologists_certified_share",
            "childcare_registered",
            "childcare_other",
            "inspections",
            "submissions",
            "children_updates",
        ),
    ),
    Table(
        "t3",
        Titles("3. tabula. Iestāžu reģistros pieņemtie lēmumi", "Table 3. Decisions in the registers of institutions"),
        "table 3",
    ),
    Table(
        "s221",
        Titles("2.2.1. nodaļas teksts", "Text of section 2.2.1"),
        "text 2.2.1",
        rows=("institutions", "scientific", "childcare", "psychologists", "practice", "children", "convicted"),
    ),
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
        if register.recorded_by == "clerks":
            alive = tuple(sorted(register.alive))
            figures.append(Stock(f"stock.{register.name}", register.titles, register.name, alive))
    return Figures(figures, [*sorted(tables, key=_place), STOCK_TABLE], all_registers())


def _place(table: Table) -> tuple[bool, int, str]:
    """The report's tables by their numbers, then its text by its sections, then what it does not have."""
    letter, number = table.name[:1], table.name[1:]
    return letter != "t", int(number) if number.isdigit() else 1000, table.name

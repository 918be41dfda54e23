"""A small registry over three years, and its report with figures declared for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from domain.attribute import of_entry
from domain.catalogue import Catalogue
from domain.institutions import REGISTER
from domain.register import Titles
from ledger.database import Database
from projections.figures import Figures
from projections.measures import Figure, Measure, Share, Stock, Table, Total, among
from projections.moment import resolve_known_at
from projections.recording import Recording
from replay.published import Published
from replay.report.report import Report, report
from replay.report.words import Language
from tests.conftest import fresh_database
from tests.projections.registry import Registry


def _year_behind(name: str) -> str | None:
    return name.partition("; ")[2] or None


SCHOOLS = replace(
    REGISTER,
    attributes={**REGISTER.attributes, "school_year": of_entry("name", told=_year_behind)},
)
"""The register of institutions, counted by the school year behind the name too."""

TABLES = (
    Table("t5", Titles("5. tabula. Lēmumi", "Table 5. Decisions"), "table 5"),
    Table("t6", Titles("6. tabula. Iestādes", "Table 6. Institutions"), "table 6", 3),
    Table("t9", Titles("9. tabula. Mācību gadi", "Table 9. School years"), "table 9", 2),
)


def _measure(figure: str, titles: Titles, verb: str, kind: str | None = None) -> Measure:
    return Measure(figure, titles, REGISTER.name, (verb,), "count", (among("kind", kind),) if kind else ())


FIGURES: tuple[Figure, ...] = (
    _measure("t5.schools.registered", Titles("Reģistrs: Reģistrētas", "Register: Registered"), "register"),
    _measure("t5.schools.struck_off", Titles("Reģistrs: Svītrotas", "Register: Struck off"), "strike_off"),
    _measure("t5.schools.amended", Titles("Reģistrs: Izmaiņas", "Register: Amended"), "amend"),
    Total("t6.new", Titles("Jaunas iestādes", "New institutions"), ("t6.new.general", "t6.new.preschool"), "count"),
    _measure("t6.new.general", Titles("vispārējās", "general"), "register", "general"),
    _measure("t6.new.preschool", Titles("pirmsskolas", "preschools"), "register", "preschool"),
    Stock("t6.all", Titles("Visas iestādes", "All institutions"), REGISTER.name, ("registered",)),
    Stock("t6.general", Titles("Vidusskolas", "Secondary"), REGISTER.name, ("registered",),
          (among("kind", "general"),)),
    Share("t6.share", Titles("Vidusskolu īpatsvars", "Share of secondary"), "t6.general", "t6.all"),
    Measure("t9.both", Titles("Mācību gadā", "In the school year"), REGISTER.name, ("register",), "count",
            by="school_year"),
)  # fmt: skip

PUBLISHED = [
    Published("t6.all", "table 6", "2020", 1211, "stock", Titles("Visas iestādes", "All institutions")),
    Published("t6.unknown", "table 6", "2020", 7, "count", Titles("Nezināms", "Unknown")),
]

Reporting = Callable[..., Report]


@pytest.fixture(scope="package")
def reporting(server_url: str) -> Iterator[Reporting]:
    """The reports of a registry: 1203 institutions registered in 2018, four in 2019, three in 2020."""
    catalogue = Catalogue([SCHOOLS])
    with fresh_database(server_url) as url:
        database = Database(url)
        recording = Recording(database, catalogue)
        registry = Registry(database, catalogue, recording)
        registry.register(1203, on=date(2018, 3, 1), name="Skola; 2018/2019")
        registry.register(4, on=date(2019, 3, 1), name="Skola; 2018/2019")
        school, *_ = registry.register(2, on=date(2020, 3, 2), name="Skola; 2019/2020")
        registry.register(on=date(2020, 3, 2), name="Bērnudārzs", kind="preschool", type="preschool")
        registry.strike_off(school, on=date(2020, 6, 1))

        @cache
        def reported(
            language: Language = "lv", year: int = 2020, base_url: str | None = None, annex: bool = False
        ) -> Report:
            with registry.connection() as connection:
                return report(
                    connection, year, resolve_known_at(connection, None), language, base_url=base_url,
                    published=PUBLISHED if annex else (), figures=Figures(FIGURES, TABLES, [SCHOOLS]),
                )  # fmt: skip

        yield reported
        recording.close()
        database.close()

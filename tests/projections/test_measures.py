"""The measures as data: what is declared, what contradicts itself, and that one engine serves every backend."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from domain.institutions import REGISTER
from domain.qualifications_list import listed_qualifications
from domain.register import Titles
from projections.asked import ACTS, STATES, columns_of
from projections.counting import flows_of, positions_of, stocks_of, way_of
from projections.figures import Figures, all_figures
from projections.measures import Figure, Measure, Stock, Table, Total, among, rule_of

TITLES = Titles("nosaukums", "title")
TABLES = (Table("t", TITLES, "table"),)
REPORT = Path(__file__).parents[2] / "replay" / "data" / "report-2020" / "figures.csv"
PUBLISHED = {row["figure"]: row for row in csv.DictReader(REPORT.read_text().splitlines())}


def measure(figure: str, register: str = "institutions", verb: str = "amend") -> Measure:
    return Measure(figure, TITLES, register, (verb,), "count")


def stock(figure: str) -> Stock:
    return Stock(figure, TITLES, "institutions", ("registered",))


def total(figure: str, *parts: str) -> Total:
    return Total(figure, TITLES, parts, "count")


NOT_PRINTED = {
    "s221.children.not_told",
    *(f"t11.{each.name}" for each in listed_qualifications().values() if not each.printed),
}
"""Figures that totals are made of and the report does not print."""


@pytest.mark.parametrize(
    "figure",
    [figure for figure in all_figures() if not figure.figure.startswith("stock.") and figure.figure not in NOT_PRINTED],
    ids=lambda f: f.figure,
)
def test_a_figure_is_declared_as_it_is_published(figure: Figure) -> None:
    row = PUBLISHED[figure.figure]
    assert (figure.titles.lv, figure.unit) == (row["label_lv"], row["unit"])
    assert figure.titles.en == row["label_en"] or not row["label_en"]


def test_only_figures_that_are_declared_and_not_published_count_as_not_printed() -> None:
    assert [figure for figure in NOT_PRINTED if figure in PUBLISHED or figure not in all_figures()] == []


def test_every_register_has_the_stock_of_its_entries() -> None:
    figures = all_figures()
    for register in figures.registers.values():
        if register.recorded_by == "service":
            assert f"stock.{register.name}" not in figures
            continue
        declared = figures.get(f"stock.{register.name}")
        assert isinstance(declared, Stock)
        assert set(declared.statuses) == register.alive


def test_a_total_leads_to_the_figures_that_have_rules() -> None:
    figures = Figures(
        [total("t.a", "t.b", "t.c"), total("t.b", "t.d"), measure("t.c"), measure("t.d")], TABLES, [REGISTER]
    )
    assert [figure.figure for figure in figures.counted("t.a")] == ["t.d", "t.c"]


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ([measure("t.a"), stock("t.a")], "declared twice"),
        ([measure("u.a")], "no declared table"),
        ([measure("t.a", register="castles")], "no register castles"),
        ([measure("t.a", verb="demolish")], r"knows no \['demolish'\]"),
        ([Stock("t.a", TITLES, "institutions", ("demolished",))], r"knows no \['demolished'\]"),
        ([Stock("t.a", TITLES, "institutions", ())], "knows no"),
        ([total("t.a", "t.b")], "no figure t.b"),
        ([replace(measure("t.a"), itemised_by=("t.b",))], r"itemised by no figure \['t.b'\]"),
        ([total("t.a")], "each named once"),
        ([total("t.a", "t.a")], "each named once"),
        ([total("t.a", "t.b"), total("t.b", "t.a")], "each named once"),
        ([total("t.a", "t.b", "t.b"), measure("t.b")], "each named once"),
        ([total("t.a", "t.b", "t.c"), measure("t.b"), stock("t.c")], "adds flows"),
    ],
)
def test_contradicting_declarations_are_refused(figures: list[Figure], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Figures(figures, TABLES, [REGISTER])


def test_a_rule_can_be_read() -> None:
    written = Measure("t.a", TITLES, "institutions", ("amend",), "acts", (among("form", "written"),))
    assert rule_of(written) == {
        "register": "institutions",
        "acts": ["amend"],
        "by": "decided_on",
        "where": {"form": ["written"]},
        "unit": "acts",
    }
    assert rule_of(total("t.b", "t.a")) == {"total_of": ["t.a"]}
    assert rule_of(stock("t.c"))["statuses"] == ["registered"]


@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "pyspark"])
def test_the_expressions_say_nothing_that_one_backend_alone_understands(dialect: str) -> None:
    import ibis

    figures = all_figures()
    acts = ibis.table({**ACTS, **columns_of(figures.measures)}, name="a")
    states = ibis.table({**STATES, **columns_of(figures.stocks)}, name="s")
    ways: dict[str, list[Measure]] = {}
    for measure in figures.measures:
        ways.setdefault(way_of(measure), []).append(measure)
    assert {"decisions", "facts", "holder"} <= ways.keys()
    for expression in (
        *(flows_of(acts, measures) for measures in ways.values()),
        stocks_of(states, figures.stocks),
        positions_of(acts, figures.measures),
        positions_of(states, figures.stocks),
    ):
        assert str(ibis.to_sql(expression, dialect=dialect)).startswith("SELECT")


def test_ibis_is_imported_only_when_something_is_counted() -> None:
    code = "import sys, replay.report.report, replay.reconciliation; sys.exit('ibis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=REPORT.parents[3]).returncode == 0

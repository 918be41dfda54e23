"""How figures become lines: grouped, indented under what they are a part of, and said in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from domain.register import Titles
from projections.figures import all_figures
from projections.measures import rule_of
from projections.statistics import Cell, Row, YearTable
from replay.report.lines import groups_of
from replay.report.rules import rule_said
from replay.report.words import Language, source_said, unit_said


def cell(figure: str, title: str, **rule: Any) -> Cell:
    return Cell(figure, Titles(title, title), "count", 2020, "2020", 1, rule)


def grouped(*cells: Cell) -> list[tuple[str, list[tuple[str, int]]]]:
    rows: dict[str, list[Cell]] = {}
    for each in cells:
        rows.setdefault(each.figure.split(".")[1], []).append(each)
    table = YearTable(
        "t1", Titles("t", "t"), "table 1", (2020,),
        tuple(Row(name, Titles("register", "register"), tuple(row)) for name, row in rows.items()),
    )  # fmt: skip
    return [(g.heading, [(line.title, line.level) for line in g.lines]) for g in groups_of(table, "lv")]


def test_what_titles_repeat_is_said_once_in_a_heading() -> None:
    assert grouped(cell("t3.schools.a", "Register: struck off"), cell("t3.schools.b", "Register: amended")) == [
        ("Register", [("Struck off", 0), ("Amended", 0)])
    ]


def test_lines_of_different_titles_stand_under_the_name_of_their_row() -> None:
    assert grouped(cell("s2.schools.a", "registered"), cell("s2.schools.a.new", "of them new")) == [
        ("Register", [("Registered", 0), ("of them new", 1)])
    ]


def test_a_figure_that_is_its_row_heads_its_parts_and_neighbours_are_one_group() -> None:
    assert grouped(
        cell("t5.issued", "Issued"), cell("t5.issued.adult", "Issued: adult"), cell("t5.refused", "Refused")
    ) == [("", [("Issued", 0), ("adult", 1), ("Refused", 0)])]


def test_halves_of_a_school_year_are_told_apart() -> None:
    assert grouped(cell("t9.preschool.half1", "Preschool"), cell("t9.preschool.half2", "Preschool")) == [
        ("Preschool", [("1. pusgads", 0), ("2. pusgads", 0)])
    ]


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("figure", tuple(all_figures()), ids=lambda figure: figure.figure)
def test_every_rule_is_said_in_plain_words(figure: Any, language: Language) -> None:
    said = rule_said(rule_of(figure), {}, language)
    assert said.endswith(".")
    assert not {"{", "}"}.intersection(said)
    if "register" in rule_of(figure):
        register = all_figures().registers[figure.register]
        assert said.startswith(f"{register.titles.lv if language == 'lv' else register.titles.en}: ")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"unit": "persons", "distinct": "holder"}, "different persons about whom there is the act “Amended”"),
        ({"unit": "count", "distinct": "school"}, "different values of “school” in the acts “Amended”"),
        ({"unit": "children", "sum_of": "children"}, "the sum of “children” over the acts “Amended”"),
        ({"unit": "acts"}, "different decisions (by number and date) that made the act “Amended”"),
        ({"unit": "count"}, "acts “Amended”, each entry's act by itself"),
    ],
)
def test_a_rule_says_what_it_counts(rule: dict[str, Any], said: str) -> None:
    flow = {"register": "institutions", "acts": ["amend"], "by": "decided_on", "where": {}, **rule}
    assert rule_said(flow, {}, "en") == f"Register of educational institutions: {said}; by the year of the decision."


def test_a_rounded_stock_says_so() -> None:
    stock = {"register": "institutions", "statuses": ["registered"], "where": {}, "unit": "stock", "rounded_to": 1000}
    assert rule_said(stock, {}, "en").endswith("at the end of 31 December; rounded to 1,000.")


def test_sources_and_units_are_said_in_either_language() -> None:
    assert [source_said(source, "lv") for source in ("table 3", "text 2.2.1", "registers", "web")] == [
        "3. tabula", "2.2.1. nodaļas teksts", "reģistri", "web",
    ]  # fmt: skip
    assert (source_said("table 3", "en"), unit_said("persons", "lv"), unit_said("sheep", "lv")) == (
        "table 3", "personas", "sheep",
    )  # fmt: skip

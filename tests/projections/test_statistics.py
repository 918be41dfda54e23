"""The yearly statistics over recorded acts: what each unit counts, at which positions, and which acts stand behind."""

from __future__ import annotations

from datetime import date

import pytest

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.figures import UnknownFigure
from projections.moment import KnownAt, MalformedMoment
from projections.recording import Recording
from projections.statistics import UnknownTable, acts_behind, yearly_statistics
from tests.domain.story import CENTRE
from tests.projections.registry import Asked, Registry

DEFERRED = {"until": "2020-06-01", "name": "Skola"}
REFUSED = {"reason": "Trūkst nolikuma.", "name": "Institūts"}


@pytest.fixture
def registry(database: Database, catalogue: Catalogue, recording: Recording) -> Registry:
    return Registry(database, catalogue, recording)


def behind(
    registry: Registry, figure: str, *, year: int = 2020, known_at: int = 1000, after: int = -1, limit: int = 100
) -> list[int]:
    with registry.connection() as connection:
        return acts_behind(connection, figure, year, known_at, after, limit)


def test_the_table_counts_decisions_and_the_text_institutions(registry: Registry) -> None:
    entries = registry.register(3, number="1-7/1")
    registry.strike_off(*entries, number="1-7/2")
    assert registry.values() == {
        "t2.registers": 2,
        "t3.institutions.registered": 1,
        "t3.institutions.struck_off": 1,
        "s221.institutions.registered": 3,
        "s221.institutions.registered.new": 3,
        "s221.institutions.struck_off": 3,
    }


def test_a_row_whose_figures_are_called_alike_is_called_like_them(registry: Registry) -> None:
    with registry.connection() as connection:
        rows = yearly_statistics(connection, 2020, KnownAt(-1, None)).table("t9").rows
    assert [row.titles.en for row in rows] == ["Preschool", "General basic", "General secondary", "Vocational", "Total"]
    assert [[cell.label for cell in row.cells] for row in rows] == [["2018/2019", "2019/2020"] * 2] * 5


def test_an_act_without_a_decision_number_counts_by_itself(registry: Registry) -> None:
    registry.register(3)
    values = registry.values()
    assert values["t3.institutions.registered"] == values["s221.institutions.registered"] == 3


def test_a_decision_is_told_by_its_number_and_day_within_a_register(registry: Registry) -> None:
    registry.register(number="1-7/1", on=date(2020, 3, 2))
    registry.register(number="1-7/1", on=date(2020, 3, 2))
    registry.register(number="1-7/1", on=date(2020, 3, 3))
    registry.decide(Asked("register", register="scientific-institutions"), number="1-7/1", on=date(2020, 3, 2))
    values = registry.values()
    assert values["t3.institutions.registered"] == 2
    assert values["s221.institutions.registered"] == 3
    assert values["t3.scientific.registered"] == values["t3.scientific.acts"] == 1


def test_one_decision_that_registers_and_strikes_off_counts_in_both_columns(registry: Registry) -> None:
    (old,) = registry.register(on=date(2019, 3, 2))
    registry.decide(
        Asked("strike_off", old, {"basis": "type_or_name_changed"}),
        Asked("register", content={"basis": "type_or_name_changed"}),
        number="1-7/1",
    )
    values = registry.values()
    assert (values["t3.institutions.struck_off"], values["t3.institutions.registered"]) == (1, 1)
    assert values["t2.registers"] == 2
    assert values["s221.institutions.registered.type_or_name_changed"] == 1


def test_a_year_holds_the_acts_decided_from_its_first_day_to_its_last(registry: Registry) -> None:
    for day in (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1)):
        registry.decide(Asked("register", effective_on=date(2020, 6, 1)), on=day)
    assert [registry.values(year)["t3.institutions.registered"] for year in (2019, 2020, 2021)] == [1, 2, 1]


def test_an_act_annulled_later_still_counts_and_so_does_its_annulment(registry: Registry) -> None:
    (entry,) = registry.register()
    registered = registry.values()
    registry.decide(Asked("annul", entry, {"target": 0, "mode": "ex_tunc"}), on=date(2020, 4, 1))
    assert registry.values() == {
        **{figure: value for figure, value in registered.items() if not figure.startswith("stock.")},
        "t3.institutions.act_annulled": 1,
        "t2.registers": 2,
    }


def test_other_registers_are_not_counted_with_the_institutions(registry: Registry) -> None:
    college = {"kind": "higher", "type": "college"}
    registry.decide(Asked("register", content=college, register="higher-education"))
    assert registry.values() == {"stock.higher-education": 1}


def test_deferrals_of_registration_and_of_amendment_are_one_figure(registry: Registry) -> None:
    (entry,) = registry.register(on=date(2019, 3, 2))
    registry.decide(Asked("defer", content=DEFERRED))
    registry.decide(Asked("defer_amendment", entry, DEFERRED))
    registry.decide(Asked("refuse_amendment", entry, REFUSED))
    values = registry.values()
    assert values["t3.institutions.deferred"] == 2
    assert values["t3.institutions.amendment_refused"] == 1


def test_scientific_institutions_are_excluded_and_refused_under_names_of_their_own(registry: Registry) -> None:
    register = "scientific-institutions"
    (act,) = registry.decide(Asked("register", register=register), on=date(2019, 3, 2))
    registry.decide(Asked("amend", act.entry, {"head": "ANNA KALNIŅA"}, register))
    registry.decide(Asked("reorganise", act.entry, {"form": "absorb"}, register))
    registry.decide(Asked("exclude", act.entry, {"basis": "own_request"}, register))
    registry.decide(Asked("refuse", None, REFUSED, register))
    registry.decide(Asked("defer", None, DEFERRED, register))
    assert registry.values() == {
        "t3.scientific.acts": 5,
        "t3.scientific.deferred": 1,
        "t3.scientific.amended": 1,
        "t3.scientific.reorganised": 1,
        "t3.scientific.struck_off": 1,
        "t3.scientific.registration_refused": 1,
        "s221.scientific.struck_off": 1,
        "s221.scientific.amended": 1,
    }


def test_new_institutions_are_told_apart_by_kind_and_founder(registry: Registry) -> None:
    registry.register(kind="general", type="basic_school", founder_class="8")
    registry.register(kind="general", type="basic_school", founder_class="9")
    registry.register(kind="preschool", type="preschool", founder_class="8")
    registry.register(kind="preschool", type="preschool", founder_class="9")
    registry.register(kind="interest", type="interest_education")
    registry.register(kind="adult_nonformal", type="adult_nonformal")
    registry.register(kind="vocational_further", type="vocational_further")
    registry.register(kind="preschool", type="preschool", founder_class="8", basis="reorganised")
    new = "s221.institutions.registered.new"
    assert {figure: value for figure, value in registry.values().items() if figure.startswith("s221.")} == {
        "s221.institutions.registered": 8,
        "s221.institutions.registered.type_or_name_changed": 1,
        new: 7,
        f"{new}.general_private": 1,
        f"{new}.preschool": 2,
        f"{new}.preschool_private": 1,
        f"{new}.interest": 1,
        f"{new}.adult_nonformal": 1,
        f"{new}.vocational_further": 1,
    }


def test_amendments_by_written_decision_are_some_of_all_amendments(registry: Registry) -> None:
    (entry,) = registry.register(on=date(2019, 3, 2))
    registry.decide(Asked("amend", entry, {"head": "ANNA KALNIŅA"}), written=True)
    registry.decide(Asked("amend", entry, {"head": None}))
    values = registry.values()
    assert (values["s221.institutions.amended"], values["s221.institutions.amended.written"]) == (2, 1)


def test_a_stock_is_what_is_in_force_at_the_end_of_31_december(registry: Registry) -> None:
    first, second, third = registry.register(3, on=date(2019, 12, 31))
    registry.strike_off(first, on=date(2020, 12, 31))
    registry.strike_off(second, on=date(2021, 1, 1))
    registry.decide(Asked("defer", content=DEFERRED))
    assert [registry.values(year).get("stock.institutions", 0) for year in (2018, 2019, 2020, 2021)] == [0, 3, 2, 1]
    assert third is not None


def test_only_what_was_known_at_the_position_counts(registry: Registry) -> None:
    (first,) = registry.register()
    registry.register()
    registry.strike_off(first)
    at = [registry.values(position=position) for position in (-1, 0, 1, 2)]
    assert [values.get("t2.registers", 0) for values in at] == [0, 1, 2, 3]
    assert [values.get("stock.institutions", 0) for values in at] == [0, 1, 2, 1]


def test_the_answer_carries_its_moment_and_every_table_its_figures(registry: Registry) -> None:
    registry.register()
    with registry.connection() as connection:
        statistics = yearly_statistics(connection, 2020, KnownAt(0, None))
    assert (statistics.year, statistics.known_at.position) == (2020, 0)
    names = [table.name for table in statistics.tables]
    assert [name for name in names if name in ("t2", "t3", "t4", "s221", "stock")] == [
        "t2",
        "t3",
        "t4",
        "s221",
        "stock",
    ]
    assert names[-1] == "stock"
    rows = statistics.table("t3").rows
    assert [(row.name, row.titles.en) for row in rows] == [
        ("institutions", "Register of educational institutions"),
        ("scientific", "Register of scientific institutions"),
    ]
    (registers,) = [row for row in statistics.table("t2").rows if row.name == "registers"]
    assert registers.titles == statistics.cells()["t2.registers"].titles
    assert statistics.table("stock").rows[0].cells[0].unit == "stock"
    with pytest.raises(UnknownTable):
        statistics.table("t99")


def test_behind_a_cell_stand_all_acts_of_the_decisions_it_counts(registry: Registry) -> None:
    entries = registry.register(3, number="1-7/1")
    registry.decide(Asked("amend", entries[0], {"head": None}), number="1-7/1")
    registry.strike_off(*entries, number="1-7/2")
    assert behind(registry, "t3.institutions.registered") == [0, 1, 2]
    assert behind(registry, "t3.institutions.struck_off") == [4, 5, 6]
    assert behind(registry, "t2.registers") == [0, 1, 2, 3, 4, 5, 6]
    assert behind(registry, "t2.registers", after=1, limit=3) == [2, 3, 4]
    assert behind(registry, "t2.registers", known_at=3) == [0, 1, 2, 3]
    assert behind(registry, "t2.registers", year=2021) == []


def test_behind_a_stock_stand_the_acts_that_made_the_states(registry: Registry) -> None:
    first, second = registry.register(2)
    registry.decide(Asked("amend", first, {"head": "ANNA KALNIŅA"}))
    registry.decide(Asked("amend", second, {"head": "JĀNIS BĒRZIŅŠ"}), on=date(2021, 1, 1))
    assert behind(registry, "stock.institutions") == [1, 2]
    assert behind(registry, "stock.institutions", known_at=1) == [0, 1]
    assert behind(registry, "stock.institutions", after=1, limit=1) == [2]


def test_an_act_that_changes_nothing_stands_behind_no_stock_but_behind_its_own_figure(registry: Registry) -> None:
    (entry,) = registry.register(head="ANNA KALNIŅA")
    registry.decide(Asked("amend", entry, {"head": "ANNA KALNIŅA"}))
    assert behind(registry, "stock.institutions") == [0]
    assert behind(registry, "s221.institutions.amended") == [1]


def test_an_unknown_figure_and_a_year_out_of_range_are_named(registry: Registry) -> None:
    with pytest.raises(UnknownFigure, match=r"t3\.castles"):
        behind(registry, "t3.castles")
    for year in (1799, 3000, 10**9, -1):
        with pytest.raises(MalformedMoment, match="year"):
            registry.values(year)
        with pytest.raises(MalformedMoment, match="year"):
            behind(registry, "t2.registers", year=year)
    assert registry.values(1800) == registry.values(2999) == {}


def test_childcare_providers_are_counted_by_kind_of_person_and_their_acts_by_form(registry: Registry) -> None:
    register = "childcare-providers"
    natural, other = (registry.decide(Asked("register", register=register))[0].entry for _ in range(2))
    legal = registry.decide(Asked("register", None, {"personal_code": None, **CENTRE}, register))[0].entry
    registry.decide(Asked("refuse", None, {"name": "A", "reason": "B"}, register), written=True)
    registry.decide(Asked("amend", natural, {"service": "both"}, register))
    registry.decide(Asked("exclude", legal, {"basis": "founder_liquidated"}, register), written=True)
    registry.decide(Asked("exclude", other, {"basis": "own_request"}, register))
    assert registry.values() == {
        "t2.childcare_registered": 3,
        "t2.childcare_other": 4,
        "t4.childcare.decisions": 1,
        "t4.childcare.struck_off": 2,
        "t4.childcare.amended": 1,
        "t4.childcare.registered": 3,
        "s221.childcare.registered": 3,
        "s221.childcare.registered.natural": 2,
        "s221.childcare.registered.legal": 1,
        "s221.childcare.struck_off": 2,
        "s221.childcare.struck_off.legal": 1,
        "s221.childcare.refused": 1,
        "s221.childcare.stock": 1,
        "s221.childcare.stock.natural": 1,
        "stock.childcare-providers": 1,
    }

"""Reconciliation: each class of difference from a case of its own, and the acts behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import pytest

from domain.catalogue import Catalogue
from domain.register import Titles
from ledger.database import Database
from projections.figures import all_figures
from projections.measures import Measure
from projections.recording import Recording
from replay.published import Published
from replay.reconciliation import Class, Part, Reconciled, acts_behind_part, reconcile, sheet_of, summary
from tests.domain.story import BASIC_SCHOOL
from tests.projections.registry import Asked, Registry

REGISTERED, STRUCK_OFF, STOCK = "t3.institutions.registered", "s221.institutions.struck_off", "stock.institutions"
TOTAL = "s221.institutions.registered"
PARTS = ("s221.institutions.registered.type_or_name_changed", "s221.institutions.registered.new")
LATER = date(2020, 4, 1)


@pytest.fixture
def registry(database: Database, catalogue: Catalogue, recording: Recording) -> Registry:
    return Registry(database, catalogue, recording)


def published(figure: str, value: int, year: str = "2020") -> Published:
    """A published figure."""
    return Published(figure, "table 3", year, value, "acts", Titles("rādītājs", "figure"))


def reconciled(registry: Registry, *figures: Published, now: int = 1000, then: int | None = None) -> list[Reconciled]:
    """Published figures beside their replays; every part of a difference is checked to add up to it."""
    with registry.connection() as connection:
        rows = reconcile(connection, figures, 2020, now, then)
    for row in rows:
        assert sum(part.amount for part in row.parts) == (row.difference or 0)
    return rows


def parts(rows: Iterable[Reconciled]) -> list[dict[Class, int]]:
    """The parts of each difference."""
    return [{part.kind: part.amount for part in row.parts} for row in rows]


def behind(registry: Registry, row: Reconciled, kind: Class, after: int = -1, limit: int = 100) -> list[int]:
    """The positions of the acts behind a part."""
    with registry.connection() as connection:
        return acts_behind_part(connection, row, kind, after, limit)


def annul(registry: Registry, entry: UUID, target: int, mode: str = "ex_tunc") -> int:
    """Annul the act at ``target``; answers with the annulment's position."""
    content = {"target": target, "mode": mode}
    return registry.decide(Asked("annul", entry, content), on=LATER)[0].position


def test_a_figure_that_comes_out_as_published_is_equal_and_opens_to_its_acts(registry: Registry) -> None:
    registry.register(2)
    (row,) = reconciled(registry, published(REGISTERED, 2))
    assert (row.then, row.now, row.difference) == (2, 2, 0)
    assert parts([row]) == [{Class.EQUAL: 0}]
    assert behind(registry, row, Class.EQUAL) == [0, 1]
    assert behind(registry, row, Class.EQUAL, after=0) == [1]
    assert behind(registry, row, Class.EQUAL, limit=1) == [0]


def test_an_empty_cell_of_a_table_of_several_years_is_none_and_a_missing_part_of_another_is_unknown(
    registry: Registry,
) -> None:
    rows = reconciled(registry, published("t11.total", 5), published("t11.Pavārs", 3), published(TOTAL, 5))
    assert parts(rows) == [
        {Class.PARTS_DO_NOT_ADD_UP: -2, Class.UNEXPLAINED: -3},
        {Class.UNEXPLAINED: -3},
        {Class.UNEXPLAINED: -5},
    ]


def test_acts_recorded_after_the_publication_explain_a_flow(registry: Registry) -> None:
    registry.register(2)
    registry.register(3)
    (row,) = reconciled(registry, published(REGISTERED, 2), then=1)
    assert (row.then, row.now, row.difference) == (2, 5, 3)
    assert parts([row]) == [{Class.RECORDED_LATER: 3}]
    assert behind(registry, row, Class.RECORDED_LATER) == [2, 3, 4]


def test_an_annulment_changes_no_flow_but_the_stock(registry: Registry) -> None:
    first, _ = registry.register(2)
    annulment = annul(registry, first, 0)
    flow, stock = reconciled(registry, published(REGISTERED, 2), published(STOCK, 2), then=1)
    assert parts([flow, stock]) == [{Class.EQUAL: 0}, {Class.CORRECTED_OR_ANNULLED: -1}]
    assert behind(registry, stock, Class.CORRECTED_OR_ANNULLED) == [annulment]
    assert behind(registry, stock, Class.RECORDED_LATER) == []


def test_a_stock_tells_what_was_recorded_later_from_what_was_annulled(registry: Registry) -> None:
    first, second, _ = registry.register(3)
    annulment = annul(registry, first, 0)
    (struck_off,) = registry.strike_off(second)
    late = registry.register(4)
    (row,) = reconciled(registry, published(STOCK, 3), then=2)
    assert (row.then, row.now) == (3, 5)
    assert parts([row]) == [{Class.RECORDED_LATER: 3, Class.CORRECTED_OR_ANNULLED: -1}]
    assert behind(registry, row, Class.CORRECTED_OR_ANNULLED) == [annulment]
    assert behind(registry, row, Class.RECORDED_LATER) == [struck_off.position, *range(5, 5 + len(late))]


def test_an_annulment_that_brings_an_entry_back_is_told_from_a_correction_that_changes_no_stock(
    registry: Registry,
) -> None:
    (entry,) = registry.register()
    (struck_off,) = registry.strike_off(entry)
    (row,) = reconciled(registry, published(STOCK, 0), then=1)
    assert parts([row]) == [{Class.EQUAL: 0}]
    annulment = annul(registry, entry, struck_off.position)
    right = {"target": 0, "content": {**BASIC_SCHOOL, "name": "Cita skola", "basis": "new"}}
    registry.decide(Asked("correct", entry, right))
    (row,) = reconciled(registry, published(STOCK, 0), then=1)
    assert parts([row]) == [{Class.CORRECTED_OR_ANNULLED: 1}]
    assert behind(registry, row, Class.CORRECTED_OR_ANNULLED) == [annulment]


def test_published_parts_that_do_not_add_up_explain_a_total(registry: Registry) -> None:
    registry.register(5)
    misprinted = published(TOTAL, 7), published(PARTS[0], 0), published(PARTS[1], 5)
    total, *others = reconciled(registry, *misprinted)
    assert (total.sum_of_parts, total.now, total.difference) == (5, 5, -2)
    assert parts([total, *others]) == [{Class.PARTS_DO_NOT_ADD_UP: -2}, {Class.EQUAL: 0}, {Class.EQUAL: 0}]
    assert behind(registry, total, Class.PARTS_DO_NOT_ADD_UP) == [0, 1, 2, 3, 4]


def test_a_total_is_explained_by_its_parts_only_if_all_of_them_are_published(registry: Registry) -> None:
    registry.register(5)
    (total, _) = reconciled(registry, published(TOTAL, 7), published(PARTS[1], 5))
    assert total.sum_of_parts is None
    assert parts([total]) == [{Class.UNEXPLAINED: -2}]
    other_year = reconciled(registry, published(TOTAL, 7), *[published(part, 5, "2019") for part in PARTS])
    assert other_year[0].sum_of_parts is None


def test_a_figure_that_a_text_itemises_is_held_against_what_is_itemised(registry: Registry) -> None:
    told = all_figures().get("t2.accreditation")
    assert isinstance(told, Measure)
    misprinted = [published(part, 1) for part in told.itemised_by]
    row = reconciled(registry, published(told.figure, 9), *misprinted)[0]
    assert row.sum_of_parts == 7
    assert parts([row]) == [{Class.PARTS_DO_NOT_ADD_UP: -2, Class.UNEXPLAINED: -7}]


def test_what_nothing_explains_stays_unexplained_and_nothing_stands_behind_it(registry: Registry) -> None:
    registry.register(2)
    (row,) = reconciled(registry, published(REGISTERED, 9))
    assert parts([row]) == [{Class.UNEXPLAINED: -7}]
    assert behind(registry, row, Class.UNEXPLAINED) == []


def test_a_difference_may_have_several_parts_that_add_up_to_it(registry: Registry) -> None:
    registry.register(5)
    registry.register(2)
    misprinted = published(TOTAL, 9), published(PARTS[0], 1), published(PARTS[1], 5)
    total = reconciled(registry, *misprinted, then=4)[0]
    assert (total.then, total.now, total.sum_of_parts, total.difference) == (5, 7, 6, -2)
    assert parts([total]) == [{Class.RECORDED_LATER: 2, Class.PARTS_DO_NOT_ADD_UP: -3, Class.UNEXPLAINED: -1}]


@pytest.mark.parametrize(
    ("figure", "year"), [("licences.issued", "2020"), (REGISTERED, "2019/2020"), (REGISTERED, "1799")]
)
def test_a_figure_that_no_rule_yields_is_listed_as_not_replayed(registry: Registry, figure: str, year: str) -> None:
    (row,) = reconciled(registry, published(figure, 3472, year))
    assert (row.then, row.now, row.difference) == (None, None, None)
    assert row.parts == (Part(Class.NOT_REPLAYED, 0),)
    assert behind(registry, row, Class.NOT_REPLAYED) == []


def test_figures_of_other_years_come_last_and_are_replayed_for_their_own_year(registry: Registry) -> None:
    registry.register(1, on=date(2019, 3, 4))
    registry.register(2)
    rows = reconciled(registry, published(REGISTERED, 1, "2019"), published(REGISTERED, 2), published(STOCK, 3))
    assert [(row.published.year, row.published.figure) for row in rows] == [
        ("2020", REGISTERED), ("2020", STOCK), ("2019", REGISTERED),
    ]  # fmt: skip
    assert parts(rows) == [{Class.EQUAL: 0}] * 3
    assert behind(registry, rows[2], Class.EQUAL) == [0]


def test_a_publication_cannot_be_later_than_what_is_known(registry: Registry) -> None:
    registry.register(2)
    (row,) = reconciled(registry, published(REGISTERED, 1), now=0, then=1)
    assert (row.published_at, row.known_at, row.now) == (0, 0, 1)


def test_before_the_first_act_every_figure_is_0(registry: Registry) -> None:
    registry.register(2)
    assert parts(reconciled(registry, published(REGISTERED, 0), published(STOCK, 0), now=-1)) == [{Class.EQUAL: 0}] * 2


def test_the_summary_counts_figures_by_class_and_the_sheet_tells_the_parts_in_both_languages(
    registry: Registry,
) -> None:
    registry.register(5)
    registry.register(2)
    rows = reconciled(registry, published(TOTAL, 9), published("licences", 1), published(STRUCK_OFF, 0), then=4)
    assert {kind: count for kind, count in summary(rows).items() if count} == {
        Class.RECORDED_LATER: 1, Class.UNEXPLAINED: 1, Class.NOT_REPLAYED: 1, Class.EQUAL: 1,
    }  # fmt: skip
    assert [line[-1] for line in sheet_of(rows, "en").lines] == [
        "recorded later (+2); unexplained (-4)", "not replayed", "equal",
    ]  # fmt: skip
    assert [line[-1] for line in sheet_of(rows, "lv").lines] == [
        "ierakstīts vēlāk (+2); neizskaidrots (-4)", "nav atskaņots", "sakrīt",
    ]  # fmt: skip
    assert sheet_of(rows, "en").lines[0][4:8] == (9, 5, 7, -2)

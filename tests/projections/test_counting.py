"""The engine against a slow, obvious count, over random acts: it agrees, adds up, and never changes its mind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import Connection

from domain.act import Act, Decision
from domain.catalogue import Catalogue, topic_of
from domain.institutions import REGISTER
from domain.timeline import Timeline
from ledger.database import connect, migrate
from projections.acts import fact_row
from projections.counting import evaluate, positions_behind, positions_of_changes, stock_changes
from projections.entry_states import EntryHistory
from projections.figures import all_figures
from projections.measures import Figure, Measure, Share, Stock, Total
from projections.write import write_facts, write_layers
from tests.conftest import url_of
from tests.domain.histories import History, histories
from tests.projections.facts import Fact, counted, counts, facts, write, year_counted

YEARS = (2019, 2020, 2021)
NEWEST = 10**6
RANDOM = settings(deadline=None, max_examples=80)
many_facts = st.lists(facts(), max_size=25)


@pytest.fixture(scope="module")
def counting(server_url: str) -> Iterator[Connection[Any]]:
    """One database for all examples of this module; each example's acts are rolled back."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE counting")
    url = url_of(server_url, "counting")
    migrate(url)
    connection = connect(url)
    yield connection
    connection.close()


@contextmanager
def undone(connection: Connection[Any]) -> Iterator[None]:
    """What is written in this block is not there after it."""
    try:
        yield
    finally:
        connection.rollback()


def values(connection: Connection[Any], position: int = NEWEST) -> dict[tuple[str, int], int]:
    return evaluate(connection, all_figures(), YEARS, position)


def values_of(connection: Connection[Any], rows: list[Fact]) -> dict[tuple[str, int], int]:
    with undone(connection):
        write(connection, rows)
        return values(connection)


@RANDOM
@given(many_facts)
def test_the_engine_agrees_with_counting_act_by_act(counting: Connection[Any], rows: list[Fact]) -> None:
    found = values_of(counting, rows)
    for measure in all_figures().measures:
        for year in YEARS:
            assert found[measure.figure, year] == counted(rows, measure, year), measure.figure


@RANDOM
@given(many_facts)
def test_a_total_is_the_sum_of_its_parts(counting: Connection[Any], rows: list[Fact]) -> None:
    found = values_of(counting, rows)
    for figure in all_figures():
        if isinstance(figure, Total):
            for year in YEARS:
                assert found[figure.figure, year] == sum(found[part, year] for part in figure.parts)


def adds_up(figure: Figure) -> bool:
    """Whether a figure of two sets of acts is the sum of those of each: shares and different values are not."""
    return not isinstance(figure, Share) and all(leaf.distinct is None for leaf in all_figures().counted(figure.figure))


@RANDOM
@given(many_facts, many_facts)
def test_statistics_are_additive_over_sets_of_acts_that_share_no_decision(
    counting: Connection[Any], one: list[Fact], other: list[Fact]
) -> None:
    for row in other:
        if row["decision_number"] is not None:
            row["decision_number"] += "a"
    together, parts = values_of(counting, one + other), (values_of(counting, one), values_of(counting, other))
    for figure in all_figures():
        if adds_up(figure):
            for year in YEARS:
                assert together[figure.figure, year] == sum(part[figure.figure, year] for part in parts)


@RANDOM
@given(many_facts, many_facts)
def test_statistics_pinned_at_a_position_never_change(
    counting: Connection[Any], earlier: list[Fact], later: list[Fact]
) -> None:
    with undone(counting):
        write(counting, earlier)
        before = values(counting, len(earlier) - 1)
        write(counting, later, len(earlier))
        assert values(counting, len(earlier) - 1) == before


@RANDOM
@given(st.lists(facts(), min_size=1, max_size=25), st.data())
def test_deleting_an_act_changes_exactly_the_figures_that_count_it(
    counting: Connection[Any], rows: list[Fact], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(rows) - 1))
    rest = rows[:index] + rows[index + 1 :]
    gone = rows[index]
    with_it, without = values_of(counting, rows), values_of(counting, rest)
    for measure in all_figures().measures:
        for year in YEARS:
            lost = with_it[measure.figure, year] - without[measure.figure, year]
            if not counts(measure, gone) or year_counted(measure, gone) != year:
                assert lost == 0
            elif measure.unit == "acts" or measure.distinct is not None:
                assert lost == counted(rows, measure, year) - counted(rest, measure, year)
            else:
                assert lost == (1 if measure.sum_of is None else gone["attributes"].get(measure.sum_of, 0))


@RANDOM
@given(many_facts, st.integers(-1, 25), st.integers(-1, 25), st.integers(1, 25))
def test_the_acts_behind_a_flow_are_those_its_rule_counts(
    counting: Connection[Any], rows: list[Fact], position: int, after: int, limit: int
) -> None:
    figures = all_figures()
    with undone(counting):
        write(counting, rows)
        for figure in ("t2.registers", "t3.institutions.registered", "s221.institutions.registered.new.preschool"):
            leaves = figures.counted(figure)
            expected = [
                index
                for index, row in enumerate(rows)
                if after < index <= position
                and row["decided_on"].year == 2020
                and any(isinstance(leaf, Measure) and counts(leaf, row) for leaf in leaves)
            ]
            assert positions_behind(counting, leaves, 2020, position, after, limit) == expected[:limit]


decisions = st.builds(
    Decision,
    decided_on=st.sampled_from((date(2019, 12, 31), date(2020, 2, 1), date(2020, 3, 1), date(2021, 1, 1))),
    number=st.sampled_from((None, "1", "2")),
    form=st.sampled_from(("written", "entry")),
)


@st.composite
def decided_histories(draw: Any) -> History:
    """A lawful history of several institutions whose acts share decisions."""
    history: History = draw(histories(most_entries=5, most_asked=30))
    for index, act in enumerate(history.acts):
        payload = act.payload.model_copy(update={"decision": draw(decisions)})
        history.acts[index] = Act(
            act.position, act.recorded_at, act.entry_id, act.version, act.kind, payload, act.fields
        )
    return history


def store(connection: Connection[Any], history: History, catalogue: Catalogue) -> None:
    """Write the projections of a history, its acts encoded and decoded as the ledger does."""
    entries: dict[Any, EntryHistory] = {}
    rows = []
    for act in history.acts:
        kept = catalogue.decode(
            topic_of(act.kind), catalogue.encode(act), position=act.position, recorded_at=act.recorded_at,
            entry_id=act.entry_id, version=act.version,
        )  # fmt: skip
        entry = entries.setdefault(act.entry_id, EntryHistory(REGISTER, act.entry_id))
        entry.add(kept)
        rows.append(fact_row(entry, kept))
    with connection.cursor() as cursor:
        write_facts(cursor, rows)
        write_layers(cursor, entries.values())


def as_fact(act: Act) -> Fact:
    """What the rules look at, read from a decoded act; of an amendment only what they ask of it."""
    decision, fields = act.payload.decision, act.fields
    return {
        "register": REGISTER.name,
        "verb": act.kind.verb,
        "decision_number": decision.number,
        "decided_on": decision.decided_on,
        "form": decision.form,
        "attributes": {
            "basis": fields.get("basis"),
            "kind": fields.get("kind"),
            "founder_class": {"8": "private", "9": "municipal"}.get(str(fields.get("founder_class"))),
        },
    }


def registered_on(history: History, day: date, position: int) -> int:
    """How many entries are in the register, from a fold of each entry's acts."""
    known = [[act for act in history.of(entry) if act.position <= position] for entry in history.timelines]
    return sum(Timeline(REGISTER, acts).state_on(day).status == "registered" for acts in known)


@RANDOM
@given(decided_histories(), st.data())
def test_the_engine_agrees_with_counting_decoded_acts(
    counting: Connection[Any], catalogue: Catalogue, history: History, data: st.DataObject
) -> None:
    position = data.draw(st.integers(-1, len(history.acts)))
    rows = [as_fact(act) for act in history.acts if act.position <= position]
    with undone(counting):
        store(counting, history, catalogue)
        found = values(counting, position)
    for measure in all_figures().measures:
        assert found[measure.figure, 2020] == counted(rows, measure, 2020), measure.figure
    for year in YEARS:
        expected = registered_on(history, date(year, 12, 31), position)
        assert found["stock.institutions", year] == expected


@RANDOM
@given(decided_histories(), st.data())
def test_what_changed_a_stock_adds_up_and_opens_to_the_acts_that_changed_it(
    counting: Connection[Any], catalogue: Catalogue, history: History, data: st.DataObject
) -> None:
    since = data.draw(st.integers(-1, len(history.acts)))
    position = data.draw(st.integers(since, len(history.acts)))
    stock = all_figures().get("stock.institutions")
    assert isinstance(stock, Stock)
    steps = {act.position: 0 for act in history.acts if since < act.position <= position}
    for step in steps:
        steps[step] = registered_on(history, date(2020, 12, 31), step) - registered_on(
            history, date(2020, 12, 31), step - 1
        )
    effects = {act.position: act.kind.effect for act in history.acts}
    with undone(counting):
        store(counting, history, catalogue)
        changes = stock_changes(counting, all_figures(), YEARS, since, position)
        for cause in ("recorded_later", "corrected_or_annulled"):
            made = [p for p, step in steps.items() if step and (effects[p] == "state") == (cause == "recorded_later")]
            assert changes.get((stock.figure, 2020, cause), 0) == sum(steps[p] for p in made)
            assert positions_of_changes(counting, [stock], 2020, cause, since, position, -1, 100) == made

"""The laws of time, and of reading what was written, held by every register over histories in its own words."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.catalogue import Catalogue, topic_of
from domain.personal import as_stored
from domain.register import NOTHING, Register, State
from domain.registers import all_registers
from projections.entry_states import EntryHistory
from projections.rendering import Rendering
from tests.domain.examples_in_time import histories_of
from tests.domain.histories import History
from tests.domain.reference import interesting_days, state

every_register = pytest.mark.parametrize("register", all_registers(), ids=lambda register: register.name)
RANDOM = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@every_register
def test_layers_read_at_any_day_and_position_say_what_the_plain_definition_says(register: Register) -> None:
    @RANDOM
    @given(histories_of(register))
    def holds(history: History) -> None:
        for entry_id, timeline in history.timelines.items():
            entry, acts = EntryHistory(register, entry_id), list(timeline.acts.values())
            for act in acts:
                entry.add(act)
            for known_at in range(-1, len(acts)):
                for day in interesting_days(register, acts):
                    assert _read(entry, day, known_at) == state(register, acts, day, known_at)

    holds()


def _read(entry: EntryHistory, day: date, known_at: int) -> State:
    """The newest layer known that covers the day."""
    for layer in reversed(entry.layers):
        interval = layer.interval
        if layer.known_from <= known_at and interval.first <= day < interval.end:
            state: State = interval.state
            return state
    return NOTHING


@every_register
def test_what_acts_leave_one_after_the_other_is_written_as_it_would_be_by_itself(register: Register) -> None:
    @RANDOM
    @given(histories_of(register))
    def holds(history: History) -> None:
        for entry_id, timeline in history.timelines.items():
            entry = EntryHistory(register, entry_id)
            for act in timeline.acts.values():
                entry.add(act)
                left = entry.timeline.state_made_by(act).content
                number, counted = entry.left_by(act)
                assert number == left.get(register.number_field)
                assert json.loads(counted) == register.counted_by(left, act.fields)
            for layer in entry.layers:
                state = layer.interval.state
                assert layer.rendered == Rendering(register).of(state)
                assert json.loads(layer.rendered.attributes) == register.counted_by(state.content, {})
                kept = {**json.loads(layer.rendered.content), **json.loads(layer.rendered.confidential)}
                assert kept == as_stored(state.content)

    holds()


@every_register
def test_what_is_written_of_an_act_reads_as_the_same_act(register: Register, catalogue: Catalogue) -> None:
    @RANDOM
    @given(histories_of(register), st.data())
    def holds(history: History, data: st.DataObject) -> None:
        acts = history.acts
        if acts:
            act = data.draw(st.sampled_from(acts))
            read = catalogue.decode(
                topic_of(act.kind), catalogue.encode(act), position=act.position, recorded_at=act.recorded_at,
                entry_id=act.entry_id, version=act.version,
            )  # fmt: skip
            assert read == act
            assert read.fields == act.fields

    holds()


@every_register
def test_acts_and_states_are_counted_by_the_attributes_that_are_declared_and_by_texts_or_numbers(
    register: Register,
) -> None:
    @RANDOM
    @given(histories_of(register))
    def holds(history: History) -> None:
        for timeline in history.timelines.values():
            for act in timeline.acts.values():
                content = timeline.state_made_by(act).content
                for counted in (register.counted_by(content, act.fields), register.counted_by(content, {})):
                    assert all(type(value) in (str, int) for value in counted.values())

    holds()


@every_register
def test_all_statuses_that_acts_give_and_terms_lead_to_have_titles(register: Register) -> None:
    given_by_acts = {kind.gives for kind in register.kinds if kind.gives is not None}
    met_by_acts = {status for kind in register.kinds for status in kind.meets} - {"absent"}
    assert given_by_acts | met_by_acts | register.alive | register.not_public <= register.statuses.keys()

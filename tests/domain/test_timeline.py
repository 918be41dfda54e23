from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, settings

from domain.register import ABSENT, ANNULLED, NOTHING
from domain.timeline import Timeline
from tests.domain import reference
from tests.domain.histories import History, histories
from tests.domain.story import registered

thorough = settings(
    max_examples=120,
    deadline=None,
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@thorough
@given(histories(most_entries=2))
def test_a_timeline_grown_act_by_act_says_what_the_plain_definition_says(history: History) -> None:
    for entry_id in history.timelines:
        acts = history.of(entry_id)
        days = reference.interesting_days(history.register, acts)
        grown = Timeline(history.register)
        for act in acts:
            grown.add(act)
            said = {day: grown.state_on(day) for day in days}
            assert said == {day: reference.state(history.register, acts, day, act.position) for day in days}


@thorough
@given(histories(most_entries=2))
def test_an_act_is_annulled_on_the_days_on_which_the_plain_definition_has_it_removed(history: History) -> None:
    for entry_id, timeline in history.timelines.items():
        acts = history.of(entry_id)
        for day in reference.interesting_days(history.register, acts):
            annulled = {act.position for act in acts if timeline.is_annulled(act.position, day)}
            assert annulled == {act.position for act in acts if reference.removed(act, acts, day)}


@thorough
@given(histories())
def test_no_later_act_changes_what_was_known_at_a_position(history: History) -> None:
    for timeline in history.timelines.values():
        days = reference.interesting_days(history.register, history.acts)
        earlier = Timeline(history.register)
        for act in history.acts:
            later = earlier.copy()
            before = [earlier.state_on(day) for day in days], earlier.intervals()
            later.add(act)
            assert ([earlier.state_on(day) for day in days], earlier.intervals()) == before
            earlier = later
        assert earlier.intervals() == timeline.intervals()


@thorough
@given(histories())
def test_an_act_changes_nothing_before_the_day_from_which_it_says_the_timeline_may_differ(history: History) -> None:
    days = reference.interesting_days(history.register, history.acts)
    timeline = Timeline(history.register)
    for act in history.acts:
        before = {day: timeline.state_on(day) for day in days}
        since = timeline.changes_from(act)
        timeline.add(act)
        assert [d for d in days if timeline.state_on(d) != before[d] and d < since] == []


@thorough
@given(histories())
def test_intervals_stand_in_order_each_holds_one_state_and_between_them_the_entry_is_absent(history: History) -> None:
    for timeline in history.timelines.values():
        intervals = timeline.intervals()
        assert all(interval.first < interval.end for interval in intervals)
        assert all(one.end <= other.first for one, other in pairwise(intervals))
        assert not any(
            one.end == other.first and (one.state, one.act) == (other.state, other.act)
            for one, other in pairwise(intervals)
        )
        for interval in intervals:
            last = interval.end - timedelta(days=1)
            assert timeline.state_on(interval.first) == timeline.state_on(last) == interval.state
        for day in reference.interesting_days(history.register, history.acts):
            covered = any(interval.first <= day < interval.end for interval in intervals)
            assert covered == (timeline.state_on(day).status != ABSENT)


@thorough
@given(histories())
def test_intervals_since_a_day_are_the_last_of_all_intervals(history: History) -> None:
    for timeline in history.timelines.values():
        for day in reference.interesting_days(history.register, history.acts):
            assert timeline.intervals(day) == [i for i in timeline.intervals() if i.end >= day]


@thorough
@given(histories())
def test_in_a_recorded_history_no_act_stands_in_the_way_of_another(history: History) -> None:
    for timeline in history.timelines.values():
        assert timeline.obstacles() == ()


@thorough
@given(histories())
def test_the_newest_act_leaves_the_content_of_its_own_day(history: History) -> None:
    timeline = Timeline(history.register)
    for act in history.acts:
        timeline.add(act)
        expected = reference.state(history.register, history.acts, act.effective_on, act.position)
        assert timeline.state_made_by(act).content == expected.content


def test_before_its_first_act_takes_effect_an_entry_is_absent() -> None:
    school = registered(date(2020, 3, 2))
    assert school.timeline.state_on(date(2020, 3, 1)) == NOTHING
    assert school.timeline.state_on(date.min) == NOTHING
    assert school.status(date(2020, 3, 2)) == "registered"


def test_acts_of_the_same_day_apply_in_the_order_they_were_recorded() -> None:
    school = registered(date(2020, 1, 1))
    school.tell("amend", date(2020, 5, 1), name="Pirmais")
    school.tell("amend", date(2020, 5, 1), name="Otrais")
    assert school.name(date(2020, 5, 1)) == "Otrais"


def test_the_state_an_act_made_is_the_state_right_after_it_even_if_a_later_act_shares_its_day() -> None:
    school = registered(date(2020, 1, 1))
    first = school.tell("amend", date(2020, 5, 1), name="Pirmais")
    school.tell("amend", date(2020, 5, 1), name="Otrais")
    assert school.timeline.state_made_by(first).content["name"] == "Pirmais"


def test_the_interval_names_the_act_that_made_its_state() -> None:
    school = registered(date(2020, 1, 1))
    amended = school.tell("amend", date(2020, 5, 1), name="Jauns")
    assert [interval.act for interval in school.timeline.intervals()] == [0, amended.position]


def test_an_interval_goes_on_over_the_day_from_which_another_act_is_annulled() -> None:
    school = registered(date(2021, 1, 1))
    amended = school.tell("amend", date(2021, 5, 1), head="ANNA KALNIŅA")
    school.tell("annul", date(2021, 3, 1), target=amended.position, mode="ex_nunc")
    assert [(each.first, each.act) for each in school.timeline.intervals()] == [(date(2021, 1, 1), 0)]
    for since in (date(2021, 2, 1), date(2021, 4, 1)):
        assert school.timeline.intervals(since) == school.timeline.intervals()


def test_where_the_opening_act_is_annulled_the_interval_says_annulled_and_keeps_the_content_readable() -> None:
    school = registered(date(2020, 1, 1), name="Ezera skola")
    school.tell("annul", date(2020, 9, 1), target=0, mode="ex_nunc")
    annulled = school.timeline.state_on(date(2020, 9, 1))
    assert (annulled.status, annulled.content["name"]) == (ANNULLED, "Ezera skola")

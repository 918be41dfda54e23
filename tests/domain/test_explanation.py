from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.act import Act
from domain.explanation import MISSING, Explaining, Explanation, Fate, Rule, Word, value_in
from domain.register import ANNULLED, APPLICATION_ANNULLED, NOTHING, Register
from tests.domain import reference
from tests.domain.histories import History, histories
from tests.domain.story import Story, corrected, registered

thorough = settings(
    max_examples=60,
    deadline=None,
    phases=set(Phase) - {Phase.explain, Phase.shrink},
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FIELDS = ("status", "name", "head", "due_on", "founders.actual", "registration_number", "predecessors")
MARCH, APRIL, MAY, JUNE = date(2020, 3, 2), date(2020, 4, 1), date(2020, 5, 4), date(2020, 6, 1)


def deciding(register: Register, acts: Sequence[Act], day: date, known_at: int, field: str) -> list[int]:
    """The acts that decide ``field``, in the order of effect, by the plain definition: each is taken away in turn.

    An act decides it if the state right after the act has another value than the state right before it, or the value
    that the act itself names.
    """
    known = [act for act in acts if act.position <= known_at]
    effective = [act for act in known if act.kind.effect == "state" and act.effective_on <= day]
    found, order = [], sorted(effective, key=lambda act: (act.effective_on, act.position))
    others = [act for act in known if act.kind.effect != "state"]
    for index, act in enumerate(order):
        # Of acts up to this one, on its own day or the day asked about, with what was corrected and annulled by then.
        before, after = (_state(register, [*order[:upto], *others], day, act) for upto in (index, index + 1))
        removed = reference.removed(act, known, day)
        # Of an act that opens the entry what it says is kept readable where it is annulled.
        meets = {*act.kind.meets, *_AT_REST} if removed and act.kind.opens else act.kind.meets
        applies = before.status in meets and (act.kind.opens or (before.status not in _AT_REST and not removed))
        if value_in(before, field) != value_in(after, field) or (applies and _names(act, known, day, field)):
            found.append(act.position)
    return found


_AT_REST = (ANNULLED, APPLICATION_ANNULLED)
_KEEPS = ("refuse_amendment", "defer_amendment", "strike_off")


def _state(register: Register, acts: Sequence[Act], day: date, act: Act) -> Any:
    """The fold of ``acts`` as it stands on ``day``, looked at on the day on which ``act`` takes effect."""
    folded = NOTHING
    for each in sorted((a for a in acts if a.kind.effect == "state"), key=lambda a: (a.effective_on, a.position)):
        folded = _next(register, folded, each, acts, day)
    return reference._on_day(register, folded, act.effective_on)


def _next(register: Register, folded: Any, act: Act, acts: Sequence[Act], day: date) -> Any:
    now = reference._on_day(register, folded, act.effective_on)
    if reference.removed(act, acts, day):
        if not act.kind.opens or now.status not in {*act.kind.meets, *_AT_REST}:
            return now
        status = ANNULLED if act.kind.public else APPLICATION_ANNULLED
        return type(now)(status, act.kind.evolve(now.content, reference._fields(act, acts, day), act.payload))
    if now.status in _AT_REST and not act.kind.opens:
        return now
    content = act.kind.evolve(now.content, reference._fields(act, acts, day), act.payload)
    return type(now)(act.kind.gives or now.status, content)


def _names(act: Act, known: Sequence[Act], day: date, field: str) -> bool:
    if field == "status":
        return act.kind.gives is not None
    said = reference._fields(act, known, day)
    if act.kind.verb in _KEEPS or (field == "predecessors" and act.kind.verb == "reorganise"):
        return False
    head, *rest = field.split(".")
    value = {**said, **(said.get("changes") or {})}.get(head)
    if act.kind.verb in ("refuse", "defer") and value is None:
        return False
    return (head in said or head in (said.get("changes") or {})) and (not rest or value is not None)


def told(explained: Explanation) -> list[Word]:
    return ([explained.winner] if explained.winner else []) + list(explained.others)


@thorough
@given(histories(), st.data())
def test_what_is_explained_is_what_is_read_and_the_winner_is_the_last_act_that_decides_by_the_plain_definition(
    history: History, data: st.DataObject
) -> None:
    if not history.acts:
        return
    known_at = data.draw(st.sampled_from([act.position for act in history.acts]))
    for day in data.draw(st.lists(st.sampled_from(reference.interesting_days(history.register, history.acts)))):
        state = reference.state(history.register, history.acts, day, known_at)
        explaining = Explaining(history.register, history.acts, day, known_at)
        for field in FIELDS:
            explained = explaining.field(field)
            assert explained.value == value_in(state, field)
            decided = deciding(history.register, history.acts, day, known_at, field)
            assert (explained.winner and explained.winner.act.position) == (decided[-1] if decided else None)
            assert [word.act.position for word in explained.others if word.fate is Fate.OVERTAKEN] == sorted(
                p for p in decided[:-1] if not reference.removed(history.acts[p], history.acts[: known_at + 1], day)
            )


@thorough
@given(histories(), st.data())
def test_every_act_that_states_the_field_is_told_of_once_with_what_became_of_it(
    history: History, data: st.DataObject
) -> None:
    if not history.acts:
        return
    known_at = data.draw(st.sampled_from([act.position for act in history.acts]))
    day = data.draw(st.sampled_from(reference.interesting_days(history.register, history.acts)))
    explained = Explaining(history.register, history.acts, day, known_at).field("name")
    counted = Counter(
        position
        for word in told(explained)
        for position in (word.act.position, *(v.act.position for v in word.versions))
    )
    state_it = {
        act.fields["target"] if act.kind.effect == "corrects" else act.position
        for act in history.acts
        if act.kind.effect != "annuls" and {**act.stated, **(act.stated.get("changes") or {})}.get("name") is not None
        if (act if act.kind.effect == "state" else history.acts[act.fields["target"]]).kind.verb not in _KEEPS
    }
    corrections = {a.position for a in history.acts if a.kind.effect == "corrects" and a.fields["target"] in state_it}
    assert counted == Counter(state_it | corrections)
    for word in told(explained):
        assert (word.fate is Fate.NOT_KNOWN) == (word.act.position > known_at)
        if word.fate is Fate.LATER:
            assert word.act.effective_on > day
        if word.fate is Fate.ANNULLED:
            assert reference.removed(word.act, history.acts[: known_at + 1], day)


def explained(story: Story, field: str, day: date, known_at: int | None = None) -> Explanation:
    return Explaining(story.register, story.acts, day, len(story.acts) - 1 if known_at is None else known_at).field(
        field
    )


def fates(explanation: Explanation) -> dict[int, tuple[str, int | None]]:
    return {word.act.position: (word.fate.value, word.by) for word in explanation.others}


def test_of_several_acts_the_last_in_the_order_of_effect_wins_and_the_others_say_why_they_lost() -> None:
    school = registered(MARCH, name="A")
    school.tell("amend", MAY, name="C")
    school.tell("amend", APRIL, name="B")
    school.tell("amend", JUNE, name="D")
    found = explained(school, "name", MAY)
    assert (found.value, found.rule, found.winner and found.winner.act.position) == ("C", Rule.ORDER, 1)
    assert fates(found) == {0: ("overtaken", 2), 2: ("overtaken", 1), 3: ("takes_effect_later", None)}


def test_what_was_recorded_after_the_moment_asked_about_is_told_as_not_yet_known() -> None:
    school = registered(MARCH, name="A")
    school.tell("amend", APRIL, name="B")
    found = explained(school, "name", MAY, known_at=0)
    assert (found.value, fates(found)) == ("A", {1: ("not_yet_known", None)})


def test_a_correction_is_told_with_what_it_and_the_act_said_and_which_of_them_counts() -> None:
    school = registered(MARCH, name="A")
    school.tell("correct", MARCH, **corrected(school.acts[0], name="Ā"))
    school.tell("correct", MARCH, **corrected(school.acts[0], name="Â"))
    winner = explained(school, "name", MAY).winner
    assert winner is not None
    assert (winner.said, [(v.said, v.fate, v.by) for v in winner.versions]) == (
        "A", [("Ā", Fate.CORRECTED, 2), ("Â", Fate.WINS, None)]
    )  # fmt: skip


def test_an_act_whose_correction_no_longer_states_the_field_is_corrected_away() -> None:
    school = registered(MARCH, head="ANNA")
    school.tell("amend", APRIL, head="JĀNIS")
    school.tell("correct", APRIL, target=1, content={"address": "CITA IELA 1"})
    found = explained(school, "head", MAY)
    assert (found.value, fates(found)) == ("ANNA", {1: ("corrected", 2)})


@pytest.mark.parametrize(
    ("mode", "day", "value"), [("ex_tunc", APRIL, "A"), ("ex_nunc", APRIL, "B"), ("ex_nunc", JUNE, "A")]
)
def test_an_annulled_act_says_by_which_act_it_was_annulled(mode: str, day: date, value: str) -> None:
    school = registered(MARCH, name="A")
    school.tell("amend", APRIL, name="B")
    school.tell("annul", MAY, target=1, mode=mode)
    found = explained(school, "name", day)
    assert found.value == value
    assert fates(found) == ({1: ("annulled", 2)} if value == "A" else {0: ("overtaken", 1)})


def test_where_the_opening_act_is_annulled_the_status_says_so_and_acts_that_rest_on_it_rest() -> None:
    school = registered(MARCH, name="A")
    school.tell("amend", APRIL, name="B")
    school.tell("annul", MAY, target=0, mode="ex_nunc")
    status = explained(school, "status", JUNE)
    assert (status.value, status.rule, status.winner and status.winner.act.position) == ("annulled", Rule.ANNULMENT, 0)
    assert fates(explained(school, "name", JUNE)) == {1: ("rests_with_annulled", 2)}


def test_a_status_that_came_by_itself_says_which_term_ended_and_when() -> None:
    story = Story()
    story.tell("receive", MARCH, name="A")
    on_time, overdue = explained(story, "status", MARCH), explained(story, "status", JUNE)
    assert (on_time.value, on_time.rule) == ("applied", Rule.ORDER)
    assert (overdue.value, overdue.rule, overdue.last_day) == ("overdue", Rule.TERM, date(2020, 4, 2))
    assert overdue.winner is not None
    assert overdue.winner.act.position == 0


def test_before_any_act_takes_effect_no_act_has_made_the_value() -> None:
    school = registered(MARCH, name="A")
    found = explained(school, "name", MARCH - timedelta(days=1))
    assert (found.value, found.rule, fates(found)) == (MISSING, Rule.NOTHING, {0: ("takes_effect_later", None)})
    assert explained(school, "status", MARCH - timedelta(days=1)).value == "absent"


def test_a_field_is_explained_down_to_a_part_of_it() -> None:
    school = registered(MARCH, founders={"declared": ["X"], "actual": ["X"]})
    school.tell("amend", APRIL, founders={"declared": ["X"], "actual": ["Y"]})
    assert explained(school, "founders.actual.0", MAY).value == "Y"
    assert explained(school, "founders.actual.1", MAY).value is MISSING


def test_an_act_that_only_mentions_the_field_and_leaves_it_does_not_make_it() -> None:
    school = registered(MARCH, name="A")
    school.tell("refuse_amendment", APRIL, reason="Nav pilnīgs.", name="A")
    found = explained(school, "name", MAY)
    assert found.winner is not None
    assert (found.winner.act.position, found.others) == (0, ())

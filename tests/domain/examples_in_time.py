"""Random lawful histories of any register, told in the words of its own examples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from pydantic import ValidationError

from domain.act import Draft
from domain.decide import kind_of
from domain.register import Register
from domain.timeline import Timeline
from tests.domain.histories import FIRST_DAY, History, days
from tests.domain.story import draft

Draw = Callable[[st.SearchStrategy[Any]], Any]

_years_later = st.builds(lambda day, years: day.replace(day=1, year=day.year + years), days, st.integers(0, 8))
"""Long enough for the terms of licences and certificates to end."""


@st.composite
def histories_of(draw: Draw, register: Register, *, most_asked: int = 16) -> History:
    """A lawful history of one entry of ``register``."""
    history = History(register)
    entry_id = uuid4()
    for _ in range(draw(st.integers(1, most_asked))):
        timeline = history.timelines.get(entry_id, Timeline(register))
        known = [act.effective_on for act in timeline.acts.values()]
        on = draw(days | _years_later | st.sampled_from(known or [FIRST_DAY]))
        verb = draw(st.sampled_from(_fitting(timeline, on)))
        content = draw(_contents(register, timeline, verb))
        if verb == "correct":
            on = timeline.acts[content["target"]].effective_on
        asked = _asked(register, entry_id, verb, on, content, opens=not timeline.acts)
        if asked is not None:
            history.take(asked)
    return history


def _asked(
    register: Register, entry_id: UUID, verb: str, on: date, content: dict[str, Any], *, opens: bool
) -> Draft | None:
    """The draft, or None where the content drawn does not fit the kind of act."""
    try:
        kind_of(register, verb).content.model_validate(content)
    except ValidationError:
        return None
    return draft(register, entry_id, verb, on, content, opens_entry=opens)


def _fitting(timeline: Timeline, on: date) -> list[str]:
    """Verbs that fit the state on the day, and once in a while any other."""
    status = timeline.state_on(on).status
    fitting = [kind.verb for kind in timeline.register.kinds if status in kind.meets]
    if not timeline.acts:
        return fitting
    return [*fitting, *fitting, *timeline.register.by_verb, *({"annul"} & timeline.register.by_verb.keys())]


def _contents(register: Register, timeline: Timeline, verb: str) -> st.SearchStrategy[dict[str, Any]]:
    """The example of the kind of act, or that with a field as another example has it."""
    if verb in ("correct", "annul") and timeline.acts:
        return st.sampled_from(sorted(timeline.acts)).flatmap(
            lambda target: (
                st.sampled_from(("ex_tunc", "ex_nunc")).map(lambda mode: {"target": target, "mode": mode})
                if verb == "annul"
                else st.just({"target": target, "content": timeline.acts[target].fields})
            )
        )
    example = dict(register.examples[verb])
    fields = kind_of(register, verb).content.model_fields
    others = [
        {**example, name: value}
        for other in register.examples.values()
        for name, value in other.items()
        if name in fields and name != "registration_number"
    ]
    return st.sampled_from([example, *others])

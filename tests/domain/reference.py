"""``state(entry, V, K)`` as `time.md` says it, sentence by sentence and as slowly; it shares nothing with the timeline.

Only the register's own words are used: what a kind of act gives and opens, how it changes content, when a term ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from domain.act import Act
from domain.register import ANNULLED, APPLICATION_ANNULLED, NOTHING, Register, State


def state(register: Register, acts: Iterable[Act], day: date, known_at: int) -> State:
    """What is true of the entry of ``acts`` on ``day``, as the register knew it at position ``known_at``."""
    known = [act for act in acts if act.position <= known_at]
    effective = [act for act in known if act.kind.effect == "state" and act.effective_on <= day]
    now = NOTHING
    for act in sorted(effective, key=lambda act: (act.effective_on, act.position)):
        now = _on_day(register, now, act.effective_on)
        fields = _fields(act, known, day)
        if removed(act, known, day):
            if act.kind.opens and now.status in act.kind.meets | {ANNULLED, APPLICATION_ANNULLED}:
                status = ANNULLED if act.kind.public else APPLICATION_ANNULLED
                now = State(status, act.kind.evolve(now.content, fields, act.payload))
        elif now.status not in (ANNULLED, APPLICATION_ANNULLED) or act.kind.opens:
            content = act.kind.evolve(now.content, fields, act.payload)
            now = State(act.kind.gives or now.status, content)
    return _on_day(register, now, day)


def removed(act: Act, known: Sequence[Act], day: date) -> bool:
    """Whether an annulment that itself stands on ``day`` has removed ``act`` there."""
    return any(
        annulment.kind.effect == "annuls"
        and annulment.fields["target"] == act.position
        and (annulment.fields["mode"] == "ex_tunc" or annulment.effective_on <= day)
        and not removed(annulment, known, day)
        for annulment in known
    )


def interesting_days(register: Register, acts: Sequence[Act]) -> list[date]:
    """Every day on which something may begin or end, with the day before and the day after it."""
    days = {act.effective_on for act in acts} | {date(1900, 1, 1), date(2999, 12, 31)}
    for act in acts:
        for known_at in (act.position, acts[-1].position):
            term = register.term(state(register, acts, act.effective_on, known_at))
            if term is not None:
                days.add(term.last_day)
    return sorted(days | {day + timedelta(days=step) for day in days for step in (-1, 1)})


def _fields(act: Act, known: Sequence[Act], day: date) -> dict[str, Any]:
    """What ``act`` says, or what the newest correction of it that stands on ``day`` says instead."""
    fields = act.fields
    for other in known:
        corrects = other.kind.effect == "corrects" and other.fields["target"] == act.position
        if corrects and not removed(other, known, day):
            fields = other.fields["content"]
    return fields


def _on_day(register: Register, now: State, day: date) -> State:
    term = register.term(now)
    if term is not None and day > term.last_day:
        return State(term.status, now.content)
    return now

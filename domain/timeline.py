"""The timeline of one entry: what is true on each day, from the entry's acts alone.

This is the definition that everything stored or cached must agree with:

1. an act is in force on a day from its effective date on, unless an annulment has removed it there: *ex tunc* from
   the act's own effective date, *ex nunc* from the annulment's; an annulment may itself be annulled;
2. a clerical correction replaces an act's content from that act's own effective date;
3. acts in force are folded in the order of (effective date, position);
4. where the act that opened the entry is annulled, the entry is annulled and the acts that rest on it rest with it;
5. terms end by themselves on their day.

Annulments ex nunc divide the axis of days into segments (``domain.segment``), which fold the acts in force.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from domain.act import Act
from domain.register import NOTHING, Fields, Reason, Register, State
from domain.segment import Interval, Segment, Step

_BEGINNING = date.min


class Obstacle(NamedTuple):
    """An act that could not apply in the state it would meet, and why. One that is only asked for has no position."""

    position: int | None
    verb: str
    effective_on: date
    reason: Reason


class Applied(NamedTuple):
    """An act in the fold of a day: what it says by then, the state it met, and the state after it.

    ``removed`` says that an annulment has removed it there; of such acts only those that open the entry are folded.
    """

    act: Act
    fields: Fields
    removed: bool
    met: State
    state: State


class Timeline:
    """The acts of one entry as known at the latest of them, folded. It grows by one act at a time."""

    def __init__(self, register: Register, acts: Iterable[Act] = ()) -> None:
        self.register = register
        self.acts: dict[int, Act] = {}
        self._segments = [Segment(_BEGINNING, date.max, [])]
        self._annulments: list[Act] = []
        for act in acts:
            self.add(act)

    @property
    def version(self) -> int:
        """How many acts the entry has."""
        return len(self.acts)

    def copy(self) -> Timeline:
        """An independent timeline of the same acts."""
        other = Timeline(self.register)
        other.acts = dict(self.acts)
        other._annulments = list(self._annulments)
        other._segments = [segment.copy() for segment in self._segments]
        return other

    def add(self, act: Act) -> None:
        """Record the next act."""
        self.acts[act.position] = act
        if act.kind.effect == "annuls":
            self._annulments.append(act)
            self._fold_anew()
        elif act.kind.effect == "corrects":
            for segment in self._segments:
                segment.correct(self.register, act.fields["target"], act.fields["content"])
        else:
            for segment in self._segments:
                segment.insert(self.register, act)

    def changes_from(self, act: Act) -> date:
        """The first day on which the timeline with ``act`` may differ from what it is without."""
        if act.kind.effect == "annuls":
            return act.effective_on if act.fields["mode"] == "ex_nunc" else _BEGINNING
        if act.kind.effect == "corrects":
            return self.acts[act.fields["target"]].effective_on
        return act.effective_on

    def goes_on_with(self, act: Act) -> bool:
        """Whether ``act`` takes effect after all that is recorded, and leaves the days before it as they are."""
        if act.kind.effect != "state" or len(self._segments) > 1:
            return False
        steps = self._segments[0].steps
        return not steps or steps[-1].day <= act.payload.effective_on

    def last(self) -> tuple[State, list[Interval]]:
        """The state after the act that takes effect last, and the intervals that this act begins."""
        segment = self._segments[-1]
        return segment.steps[-1].state, segment.begun_last(self.register)

    def intervals(self, since: date = _BEGINNING) -> list[Interval]:
        """The constant intervals that end on ``since`` or later, in order; on a day in none the entry is absent.

        What an act made goes on over the edge of a segment if an annulment ex nunc, there, is of something else.
        """
        if len(self._segments) == 1:
            return self._segments[0].intervals(self.register, since)
        found: list[Interval] = []
        for segment in self._segments:
            # Of one that is over by then the last interval all the same: it may go on in the next.
            for interval in segment.intervals(self.register, min(since, segment.end)):
                if found and _goes_on(found[-1], interval):
                    found[-1] = found[-1]._replace(end=interval.end)
                else:
                    found.append(interval)
        return [interval for interval in found if interval.end >= since]

    def state_on(self, day: date) -> State:
        """The state on ``day``; status ``absent`` before the first act takes effect."""
        for interval in self.intervals(day):
            if interval.first <= day < interval.end:
                return interval.state
        return NOTHING

    def applied_on(self, day: date) -> list[Applied]:
        """The acts that are folded into the state of ``day``, in the order of effect."""
        segment = next(segment for segment in reversed(self._segments) if segment.first <= day)
        return [Applied(s.act, s.fields, s.removed, s.met, s.state) for s in segment.until(day)]

    def removed_by(self, position: int, day: date) -> Act | None:
        """The annulment that has removed the act at ``position`` on ``day``, the newest if there are several."""
        newest_first: list[Act] = self._annulments[::-1]
        for annulment in newest_first:
            reaches = annulment.fields["mode"] == "ex_tunc" or annulment.effective_on <= day
            if annulment.fields["target"] == position and reaches and not self.is_annulled(annulment.position, day):
                return annulment
        return None

    def fields_of(self, position: int) -> Fields:
        """What the act at ``position`` says by now, the newest correction in force taken into account."""
        for step in reversed(self._segments[-1].steps):
            if step.act.position == position:
                return step.fields
        return self.acts[position].fields

    def state_made_by(self, act: Act) -> State:
        """The state right after ``act`` on its effective day; for a correction or annulment, the state of that day."""
        if act.kind.effect == "state":
            for segment in self._segments:
                if segment.first <= act.effective_on < segment.end:
                    for step in reversed(segment.steps):
                        if step.act.position == act.position:
                            return step.state
        return self.state_on(act.effective_on)

    def is_annulled(self, position: int, day: date) -> bool:
        """Whether an annulment has removed the act at ``position`` on ``day``."""
        return position in self._removed_on(day)

    def obstacles(self, newest: int | None = None) -> tuple[Obstacle, ...]:
        """Acts that do not apply in the state they meet; the one at ``newest`` may not rest from its day on."""
        found: dict[int, Obstacle] = {}
        for segment in self._segments:
            for step in segment.steps:
                act = step.act
                begins_here = act.position == newest and act.effective_on >= segment.first
                reason = None if step.removed else step.why_not(begins_here)
                if reason is not None:
                    found[act.position] = Obstacle(act.position, act.kind.verb, act.effective_on, reason)
        return tuple(found[position] for position in sorted(found))

    def _fold_anew(self) -> None:
        edges = sorted({a.effective_on for a in self._annulments if a.fields["mode"] == "ex_nunc"} - {_BEGINNING})
        bounds = [_BEGINNING, *edges, date.max]
        self._segments = [self._fold(first, end) for first, end in pairwise(bounds) if first < end]

    def _fold(self, first: date, end: date) -> Segment:
        removed = self._removed_on(first)
        fields = {position: act.fields for position, act in self.acts.items()}
        for position, act in self.acts.items():
            if act.kind.effect == "corrects" and position not in removed:
                fields[act.fields["target"]] = act.fields["content"]
        steps = (
            Step(act, fields[position], position in removed)
            for position, act in self.acts.items()
            if act.kind.effect == "state" and act.effective_on < end and (position not in removed or act.kind.opens)
        )
        return Segment.folded(self.register, first, end, steps)

    def _removed_on(self, day: date) -> set[int]:
        removed: set[int] = set()
        for annulment in reversed(self._annulments):
            reaches = annulment.fields["mode"] == "ex_tunc" or annulment.effective_on <= day
            if reaches and annulment.position not in removed:
                removed.add(annulment.fields["target"])
        return removed


def _goes_on(interval: Interval, following: Interval) -> bool:
    """Whether the interval after it is of the same act, and holds the same."""
    same = interval.act == following.act and interval.state == following.state
    return same and interval.end == following.first

"""A segment of an entry's days, within which the set of acts in force does not change, and the fold of these acts.

Each segment keeps the steps of its fold, so that a new act folds anew only what takes effect after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from domain.act import Act
from domain.register import ANNULLED, APPLICATION_ANNULLED, AT_REST, NOTHING, Fields, Reason, Register, State, Term

OPENING_ACT_ANNULLED = "the act that opened the entry is annulled on that day"
STATUS_NOT_MET = "expected status {expected}, met {met}"


class Interval(NamedTuple):
    """Days ``[first, end)`` on which ``state`` holds, made by the act at position ``act``."""

    first: date
    end: date
    state: State
    act: int


class Step:
    """An act in the fold: ``order`` is (effective date, position); ``fields`` is what it says, corrections included."""

    __slots__ = ("act", "day", "fields", "met", "order", "removed", "state")

    def __init__(self, act: Act, fields: Fields, removed: bool = False) -> None:
        self.act, self.fields, self.removed = act, fields, removed
        self.day = act.payload.effective_on
        self.order = self.day, act.position
        self.met = self.state = NOTHING

    def copy(self) -> Step:
        """An independent step of the same act."""
        other = Step(self.act, self.fields, self.removed)
        other.met, other.state = self.met, self.state
        return other

    def why_not(self, newest: bool) -> Reason | None:
        """Why the act does not apply in the state it met; the ``newest`` may not rest with the entry either."""
        kind = self.act.kind
        if self.met.status in AT_REST and not kind.opens:
            return Reason(OPENING_ACT_ANNULLED, {}) if newest else None
        if self.met.status not in kind.meets:
            return Reason(STATUS_NOT_MET, {"expected": " / ".join(sorted(kind.meets)), "met": self.met.status})
        return kind.guard(self.met, self.fields)


class Segment:
    """The steps in force on the days ``[first, end)``; steps before ``first`` lead up to it."""

    __slots__ = ("end", "first", "steps")

    def __init__(self, first: date, end: date, steps: list[Step]) -> None:
        self.first, self.end, self.steps = first, end, steps

    @classmethod
    def folded(cls, register: Register, first: date, end: date, steps: Iterable[Step]) -> Segment:
        """The segment of ``steps``, which are put in order and folded."""
        segment = cls(first, end, sorted(steps, key=_order))
        segment.refold(register, 0)
        return segment

    def copy(self) -> Segment:
        """An independent segment of the same steps."""
        return Segment(self.first, self.end, [step.copy() for step in self.steps])

    def until(self, day: date) -> list[Step]:
        """The steps that take effect on ``day`` or before."""
        return self.steps[: bisect_right(self.steps, day, key=_day)]

    def insert(self, register: Register, act: Act) -> None:
        """Fold ``act`` in, at its place in the order, unless it takes effect when the segment is over."""
        step, steps = Step(act, act.fields), self.steps
        if step.day >= self.end:
            return
        index = len(steps)
        if steps and steps[-1].order > step.order:
            index = bisect_right(steps, step.order, key=_order)
        steps.insert(index, step)
        self.refold(register, index)

    def correct(self, register: Register, target: int, fields: Fields) -> None:
        """Let the act at the position ``target`` say ``fields``."""
        for index, step in enumerate(self.steps):
            if step.act.position == target:
                step.fields = fields
                self.refold(register, index)
                return

    def refold(self, register: Register, start: int) -> None:
        """Fold the steps anew from the one numbered ``start`` on."""
        state = self.steps[start - 1].state if start else NOTHING
        for step in self.steps[start:]:
            step.met = register.on_day(state, step.day)
            after = _after(step)
            # An act that changes nothing leaves the very same state, and begins no interval.
            step.state = state = state if after == state else after

    def intervals(self, register: Register, since: date) -> list[Interval]:
        """Those that end on ``since`` or later, in order."""
        found: list[Interval] = []
        steps, index, end = self.steps, len(self.steps), self.end
        while index and end >= since:
            index -= 1
            step = steps[index]
            if index and step.state is steps[index - 1].state:
                continue
            found += [part for part in reversed(self._made_by(register, step, end)) if part.end >= since]
            end = step.day
        found.reverse()
        return found

    def begun_last(self, register: Register) -> list[Interval]:
        """Those that the last step begins."""
        steps = self.steps
        if len(steps) > 1 and steps[-1].state is steps[-2].state:
            return []
        return self._made_by(register, steps[-1], self.end)

    def _made_by(self, register: Register, step: Step, end: date) -> list[Interval]:
        """The days until ``end`` on which what ``step`` makes of the entry holds: its term may divide them."""
        first = max(step.day, self.first)
        if first >= end:
            return []
        whole, term = Interval(first, end, step.state, step.act.position), register.term(step.state)
        return [whole] if term is None or term.last_day >= end else list(_split(whole, term))


_order, _day = attrgetter("order"), attrgetter("day")


def _after(step: Step) -> State:
    kind = step.act.kind
    if step.removed:
        if step.met.status not in kind.meets | AT_REST:  # what is in force there is not touched by what was removed
            return step.met
        content = kind.evolve(step.met.content, step.fields, step.act.payload)
        return State(ANNULLED if kind.public else APPLICATION_ANNULLED, content)
    if step.met.status in AT_REST and not kind.opens:
        return step.met
    if step.met.status not in kind.meets:  # an obstacle: `evolve` may count on the content that its act meets
        return step.met
    content = kind.evolve(step.met.content, step.fields, step.act.payload)
    return State(kind.gives or step.met.status, content)


def _split(interval: Interval, term: Term) -> Iterable[Interval]:
    over = max(term.last_day + timedelta(days=1), interval.first)
    if over > interval.first:
        yield interval._replace(end=over)
    if over < interval.end:
        yield interval._replace(first=over, state=State(term.status, interval.state.content))

"""The registers on both time axes: an entry's timeline as layers of valid time, one upon the other.

A row says that from the position ``known_from`` on, its state holds on the days ``[valid_from, valid_to)`` - unless a
row known later covers the day. So an act only adds rows, for the days on which it makes the entry another, and what
the register says of a day, as known at a position, is *the newest row known by then that covers the day*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from domain.act import Act
from domain.register import ABSENT, NOTHING, Fields, Register
from domain.segment import Interval
from domain.timeline import Timeline
from projections.rendering import Rendered, Rendering

NO_NUMBER = ""
"""What an entry without a number is found and ordered by."""

COLUMNS = {
    "register": "text", "entry_id": "uuid", "valid_from": "date", "valid_to": "date", "known_from": "int8",
    "act": "int8", "status": "text", "registration_number": "text", "sort_key": "bytea", "search": "text",
    "facets": "text", "attributes": "text", "content": "text", "confidential": "text",
}  # fmt: skip
"""The columns in order, and the type in which each is copied in (JSON as its text)."""


class Layer(NamedTuple):
    """One row: the days and the state of ``interval`` as known from ``known_from`` on."""

    interval: Interval
    known_from: int
    rendered: Rendered

    def values(self, register: Register, entry_id: UUID) -> tuple[Any, ...]:
        """The row's values in the order of ``COLUMNS``."""
        (first, end, _, act), known_from, rendered = self
        return (register.name, entry_id, first, end, known_from, act, *rendered)


class Shown(NamedTuple):
    """Sort keys, registration numbers, and the entries rested on, of several states of an entry."""

    sort_keys: set[bytes]
    numbers: set[str]
    targets: set[UUID]


class EntryHistory:
    """One entry's timeline, and the ``layers`` that acts added one by one have laid upon it."""

    def __init__(self, register: Register, entry_id: UUID, acts: Iterable[Act] = ()) -> None:
        """``acts`` are those whose layers are stored already."""
        self.register, self.entry_id = register, entry_id
        self.timeline = Timeline(register, acts)
        self.layers: list[Layer] = []
        self._rendering = Rendering(register)
        self._left: Fields = {}

    def add(self, act: Act) -> None:
        """Record ``act``, with a layer for each interval that begins, goes on longer, or is another than before."""
        timeline = self.timeline
        if timeline.goes_on_with(act):
            timeline.add(act)
            state, begun = timeline.last()
            self._left = state.content
            for interval in begun:
                self._lay(interval, act)
        else:
            self._change(act, timeline.changes_from(act))
            self._left = timeline.state_made_by(act).content

    def _change(self, act: Act, since: date) -> None:
        before = {interval.first: interval for interval in self.timeline.intervals(since)}
        self.timeline.add(act)
        now = self.timeline.intervals(since)
        for interval in now:
            stored = before.get(interval.first)
            if stored is None or not _shown_by(stored, interval):
                self._lay(interval, act)
        if act.kind.effect == "annuls":
            for first, end in _uncovered(before.values(), now):
                self._lay(Interval(first, end, NOTHING, act.position), act)

    def left_by(self, act: Act) -> tuple[str | None, str]:
        """The registration number of the entry as ``act``, the newest, left it, and by what the act counts (JSON)."""
        return self._left.get(self.register.number_field), self._rendering.counted(self._left, act.fields)

    def shown(self) -> Shown:
        """What its layers show that the entry is found by."""
        layers = [layer for layer in self.layers if layer.rendered.status != ABSENT]
        rests_on = self.register.rests_on
        return Shown(
            {layer.rendered.sort_key for layer in layers},
            {layer.rendered.registration_number or NO_NUMBER for layer in layers},
            {target for layer in layers for _, target in rests_on(layer.interval.state.content)}
            if self.register.links
            else set(),
        )

    def _lay(self, interval: Interval, act: Act) -> None:
        self.layers.append(Layer(interval, act.position, self._rendering.of(interval.state)))


def _shown_by(stored: Interval, interval: Interval) -> bool:
    """Whether the layer of ``stored``, where no newer one covers it, says what ``interval`` says."""
    return (
        stored.act == interval.act
        and stored.end >= interval.end
        and (stored.state is interval.state or stored.state == interval.state)
    )


def _uncovered(before: Iterable[Interval], now: list[Interval]) -> Iterator[tuple[date, date]]:
    """The days of ``before`` that are in no interval of ``now``, where an annulment has left nothing."""
    for first, end, _, _ in before:
        for interval in now:
            if interval.first >= end:
                break
            if interval.end > first:
                if interval.first > first:
                    yield first, interval.first
                first = max(first, interval.end)
        if first < end:
            yield first, end

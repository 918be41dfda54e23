"""The registers on both time axes: an entry's timeline as layers of valid time, one upon the other.

A row says that from the position ``known_from`` on, its state holds on the days ``[valid_from, valid_to)`` - unless a
row known later covers the day. So an act only adds rows, for the days on which it makes the entry another, and what
the register says of a day, as known at a position, is *the newest row known by then that covers the day*.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import compress, count
from operator import is_not
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json

from domain.act import Act
from domain.latvian_text import search_key, sort_key
from domain.personal import PROPOSED, Personal, as_stored, each_text
from domain.register import ABSENT, NOTHING, Register, State
from domain.timeline import Interval, Timeline

NO_NUMBER = ""
"""What an entry without a number is found and ordered by."""

LONGEST_SORT_KEY = 2_400
"""Bytes by which names are ordered: an index of PostgreSQL holds at most 2,704 a row. Longer ones go by entry."""

COLUMNS = {
    "register": "text", "entry_id": "uuid", "valid_from": "date", "valid_to": "date", "known_from": "int8",
    "act": "int8", "status": "text", "registration_number": "text", "sort_key": "bytea", "search": "text",
    "facets": "text", "attributes": "text", "content": "text", "confidential": "text",
}  # fmt: skip
"""The columns in order, and the type in which each is copied in (JSON as its text)."""


class Rendered(NamedTuple):
    """What the row of a state holds besides its two axes; from ``attributes`` on these are JSON texts."""

    status: str
    registration_number: str | None
    sort_key: bytes
    search: str
    facets: str
    attributes: str
    content: str
    confidential: str


class Layer(NamedTuple):
    """One row: the days and the state of ``interval`` as known from ``known_from`` on."""

    interval: Interval
    known_from: int
    rendered: Rendered

    def values(self, register: Register, entry_id: UUID) -> tuple[Any, ...]:
        """The row's values in the order of ``COLUMNS``."""
        (first, end, _, act), known_from, made = self
        return (
            register.name, entry_id, first, end, known_from, act, made.status,
            made.registration_number, made.sort_key, made.search, made.facets, made.attributes,
            made.content, made.confidential,
        )  # fmt: skip


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
        self._intervals = self.timeline.intervals()
        self._rendering = Rendering(register)

    def add(self, act: Act) -> None:
        """Record ``act``, with a layer for each interval that begins, goes on longer, or is another than before."""
        since = self.timeline.add(act)
        now = self.timeline.intervals(since)
        kept = bisect_left(self._intervals, since, key=lambda interval: interval.end)
        before = {interval.first: interval for interval in self._intervals[kept:]}
        self._intervals[kept:] = now
        for interval in now:
            if not _shown_by(before.get(interval.first), interval):
                self._lay(interval, act)
        if act.kind.effect == "annuls":
            for first, end in _uncovered(before.values(), now):
                self._lay(Interval(first, end, NOTHING, act.position), act)

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


def _shown_by(stored: Interval | None, interval: Interval) -> bool:
    """Whether the layer of ``stored``, where no newer one covers it, says what ``interval`` says."""
    return (
        stored is not None
        and stored.act == interval.act
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


class _Field(NamedTuple):
    """A field of a register, as JSON names it, and what it is for."""

    name: str
    key: str
    searched: bool
    filtered: bool
    hidden: bool
    sealed: bool


@cache
def _field(register: Register, name: str) -> _Field:
    searched, filtered = name in register.search_fields, name in register.filter_fields
    hidden, sealed = name in register.confidential_fields, name in {*register.sealed_fields, PROPOSED}
    return _Field(name, _json(name), searched, filtered, hidden, sealed)


class Rendering:
    """Renders the states of one entry, one after the other: only what fields with another value give is made anew."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._values: list[Any] = []
        self._begin([])

    def of(self, state: State) -> Rendered:
        """The row of ``state``."""
        register, content = self._register, state.content
        names = register.field_order(content)
        if names != self._names:
            self._begin(names)
        values = [content[name] for name in names]
        for index in compress(count(), map(is_not, values, self._values)):
            self._render(index, values[index])
        self._values = values
        return Rendered(
            state.status,
            content.get(register.number_field),
            self._sorted_by(content.get(register.name_field) or ""),
            self._search if self._search is not None else self._searched(),
            self._facets_joined if self._facets_joined is not None else self._joined_facets(),
            _json(register.counted_by(content, {})),
            f"{{{','.join(filter(None, self._shown))}}}",
            self._hidden_joined if self._hidden_joined is not None else self._joined_hidden(),
        )

    def _begin(self, names: list[str]) -> None:
        self._names = names
        self._fields = [_field(self._register, name) for name in names]
        self._values = [_UNSEEN] * len(names)
        self._words, self._facets, self._shown, self._hidden = ([""] * len(names) for _ in range(4))
        self._search: str | None = None
        self._facets_joined: str | None = None
        self._hidden_joined: str | None = None
        self._name: str | None = None
        self._sort_key = b""

    def _render(self, index: int, value: Any) -> None:
        name, key, searched, filtered, hidden, sealed = self._fields[index]
        if searched:
            self._words[index] = " ".join(filter(None, map(_searched_as, each_text(value))))
            self._search = None
        if sealed:
            value = as_stored(value)
        if hidden:
            self._hidden[index] = f"{key}:{_json(value)}"
            self._hidden_joined = None
        else:
            self._shown[index] = f"{key}:{_json(value)}"
        if filtered:
            self._facets[index] = "".join([facet(name, each) for each in _each(value)])
            self._facets_joined = None

    def _sorted_by(self, name: str) -> bytes:
        if name is not self._name:
            # By a sealed name nothing is ordered that others can read: those who open it put it in its place.
            key = b"" if isinstance(name, Personal) else sort_key(name)[:LONGEST_SORT_KEY]
            self._name, self._sort_key = name, key
        return self._sort_key

    def _joined_facets(self) -> str:
        self._facets_joined = "".join(self._facets)
        return self._facets_joined

    def _joined_hidden(self) -> str:
        self._hidden_joined = f"{{{','.join(filter(None, self._hidden))}}}"
        return self._hidden_joined

    def _searched(self) -> str:
        self._search = " ".join(filter(None, self._words))
        return self._search


_UNSEEN = object()


def facet(name: str, value: Any) -> str:
    """What a state is found by that holds ``value`` in the field ``name``, or among others there."""
    return f"\n{name}={value}\n"


def _searched_as(text: str) -> str:
    """What a text is found by; a sealed one stands there as its token, and is found by those who open it."""
    return text.token if isinstance(text, Personal) else search_key(text)


def _each(value: Any) -> Iterable[Any]:
    return () if value is None else value if isinstance(value, list | tuple) else (value,)


def _json(value: Any) -> str:
    return to_json(value).decode()

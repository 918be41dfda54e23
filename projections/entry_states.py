"""The registers on both time axes: an entry's timeline as rows of (valid time, known time) rectangles.

A row holds on the days ``[valid_from, valid_to)`` as known at the positions ``[known_from, known_to)``. An act closes
the rows it makes untrue (``known_to`` becomes its position) and opens those that hold instead; nothing else changes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json

from domain.act import Act
from domain.latvian_text import search_key, sort_key
from domain.register import Facts, Register, State
from domain.timeline import Interval, Timeline

STILL_KNOWN = 2**63 - 1
"""``known_to`` of a row that no later act has made untrue."""

NO_NUMBER = ""
"""What an entry without a number is found and ordered by."""

LONGEST_SORT_KEY = 2_400
"""Bytes by which names are ordered: an index of PostgreSQL holds at most 2,704 a row. Longer ones go by entry."""

COLUMNS = (
    "register", "entry_id", "valid_from", "valid_to", "known_from", "known_to", "act", "status",
    "registration_number", "sort_key", "search", "facets", "entry_kind", "entry_type", "founder_class", "territory",
    "content", "confidential",
)  # fmt: skip


class Rendered(NamedTuple):
    """What the row of a state holds besides its two axes; ``facets`` is the text of an array."""

    status: str
    registration_number: str | None
    sort_key: bytes
    search: str
    facets: str
    facts: Facts
    content: str
    confidential: str


@dataclass(slots=True)
class Row:
    """One rectangle. ``stored`` tells rows that are in the table from rows still to be written."""

    interval: Interval
    known_from: int
    known_to: int
    rendered: Rendered
    stored: bool

    def values(self, register: Register, entry_id: UUID) -> tuple[Any, ...]:
        """The row's values in the order of ``COLUMNS``."""
        made, (first, end, _, act) = self.rendered, self.interval
        return (
            register.name, entry_id, first, end, self.known_from, self.known_to, act, made.status,
            made.registration_number, made.sort_key, made.search, made.facets, made.facts.kind, made.facts.type,
            made.facts.founder_class, made.facts.territory, made.content, made.confidential,
        )  # fmt: skip


class Closing(NamedTuple):
    """A stored row that an act has made untrue."""

    entry_id: UUID
    valid_from: date
    known_to: int


class EntryHistory:
    """One entry's timeline and the rows of its history; acts are added one by one.

    Rows that an act closes before they were ever written stay in ``finished``, for they were known for a while.
    """

    def __init__(self, register: Register, entry_id: UUID) -> None:
        self.register, self.entry_id = register, entry_id
        self.timeline = Timeline(register)
        self._rendering = Rendering(register)
        self.live: list[Row] = []
        self.finished: list[Row] = []
        self.closings: list[Closing] = []

    @classmethod
    def stored(cls, register: Register, entry_id: UUID, acts: Iterable[Act]) -> EntryHistory:
        """The history of an entry whose rows are in the table already."""
        history = cls(register, entry_id)
        for act in acts:
            history.timeline.add(act)
        history.live = [
            Row(interval, -1, STILL_KNOWN, _NOT_RENDERED, True) for interval in history.timeline.intervals()
        ]
        return history

    def add(self, act: Act) -> None:
        """Record ``act``: close the rows it makes untrue and open those that hold instead."""
        since = self.timeline.add(act)
        now = self.timeline.intervals(since)
        first = bisect_left(self.live, since, key=lambda row: row.interval.end)
        before = {row.interval.first: row for row in self.live[first:]}
        rows: list[Row] = []
        for interval in now:
            row = before.get(interval.first)
            if row is not None and row.interval == interval:
                rows.append(before.pop(interval.first))
            else:
                rows.append(self._opened(interval, act.position, self.live[first:]))
        for row in before.values():
            self._close(row, act.position)
        self.live[first:] = rows

    def to_write(self) -> Iterator[Row]:
        """Rows that are not in the table yet."""
        yield from self.finished
        for row in self.live:
            if not row.stored:
                yield row

    def _opened(self, interval: Interval, position: int, before: list[Row]) -> Row:
        for row in before:
            if row.interval.state is interval.state and row.rendered is not _NOT_RENDERED:
                return Row(interval, position, STILL_KNOWN, row.rendered, False)
        return Row(interval, position, STILL_KNOWN, self._rendering.of(interval.state), False)

    def _close(self, row: Row, position: int) -> None:
        if row.stored:
            self.closings.append(Closing(self.entry_id, row.interval.first, position))
        else:
            row.known_to = position
            self.finished.append(row)


_NOT_RENDERED = Rendered("", None, b"", "", "", Facts(), "", "")


class _Piece(NamedTuple):
    """What a field's value gives to the row: its part of the JSON, of the words to search, and of the filters."""

    value: Any
    json: str
    words: str
    facet: str
    hidden: bool


class _Marks(NamedTuple):
    """What a field of a register is for, and its name in JSON."""

    name: str
    searched: bool
    filtered: bool
    hidden: bool


@cache
def _marks(register: Register, field: str) -> _Marks:
    searched, filtered = field in register.search_fields, field in register.filter_fields
    return _Marks(_json(field), searched, filtered, field in register.confidential_fields)


class Rendering:
    """Renders the states of one entry. What a field gives is kept while its value stays the same object."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._pieces: dict[str, _Piece] = {}

    def of(self, state: State) -> Rendered:
        """The row of ``state``."""
        register, content, pieces = self._register, state.content, self._pieces
        shown = []
        for name in register.field_order(content):
            value, piece = content[name], pieces.get(name)
            if piece is None or piece.value is not value:
                piece = pieces[name] = _piece(_marks(register, name), name, value)
            shown.append(piece)
        return Rendered(
            state.status,
            content.get(register.number_field),
            sort_key(content.get(register.name_field) or "")[:LONGEST_SORT_KEY],
            " ".join([piece.words for piece in shown if piece.words]),
            f"{{{','.join([piece.facet for piece in shown if piece.facet])}}}",
            register.facts(content, {}),
            f"{{{','.join([piece.json for piece in shown if not piece.hidden])}}}",
            f"{{{','.join([piece.json for piece in shown if piece.hidden])}}}",
        )


def _piece(marks: _Marks, name: str, value: Any) -> _Piece:
    words = " ".join(filter(None, map(search_key, _words(value)))) if marks.searched else ""
    facet = _quoted(f"{name}={value}") if marks.filtered and value is not None else ""
    return _Piece(value, f"{marks.name}:{_json(value)}", words, facet, marks.hidden)


def _json(value: Any) -> str:
    return to_json(value).decode()


def _quoted(element: str) -> str:
    """``element`` as PostgreSQL writes it within an array."""
    escaped = element.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words(part)

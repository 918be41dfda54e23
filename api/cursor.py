"""Cursors of lists: where a list goes on, pinned to the moment and the question it began with."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from api.errors import Malformed
from domain.register import Register
from projections.moment import KnownAt, Moment
from projections.reading import ListQuery

LONGEST = 8_000
"""Characters; a cursor holds the key by which its entry's name is ordered."""


class Cursor(NamedTuple):
    """The moment of the first page, the place of its last entry in the order, the total, and how it was asked for.

    ``as_of`` and ``known_at`` are the texts, None where nothing was said. Today, or what is known by the end of it, is
    another moment when it is asked for again: the list stays at its own.
    """

    moment: Moment
    place: tuple[Any, UUID]
    total: int
    as_of: str | None
    known_at: str | None


def write_cursor(cursor: Cursor, register: Register, query: ListQuery) -> str:
    """The cursor of a list as the caller is given it: opaque, printable."""
    known = cursor.moment.known_at
    key, entry = cursor.place
    parts = [
        cursor.moment.as_of.isoformat(),
        known.position,
        known.recorded_at.isoformat() if known.recorded_at else None,
        key.hex() if isinstance(key, bytes) else key,
        str(entry),
        cursor.total,
        cursor.as_of,
        cursor.known_at,
    ]
    sealed = [*parts, _seal(register, query, parts)]
    return base64.urlsafe_b64encode(json.dumps(sealed).encode()).decode().rstrip("=")


def read_cursor(text: str, register: Register, query: ListQuery) -> Cursor:
    """The cursor a caller brings back; raises Malformed if it was changed, or another list or question gave it."""
    try:
        *parts, seal = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        as_of, position, recorded_at, key, entry, total, *asked = parts
        if seal != _seal(register, query, parts):
            raise ValueError
        known = KnownAt(int(position), datetime.fromisoformat(recorded_at) if recorded_at else None)
        place = (bytes.fromhex(key) if query.order.endswith("name") else str(key), UUID(entry))
        if not -1 <= known.position < 2**62 or (isinstance(place[0], str) and "\x00" in place[0]):
            raise ValueError
        if isinstance(place[0], str):
            place[0].encode()
        if known.recorded_at is not None and not (known.recorded_at.tzinfo and 1000 < known.recorded_at.year < 9000):
            raise ValueError
        asked_as_of, asked_known_at = asked
        return Cursor(Moment(date.fromisoformat(as_of), known), place, int(total), asked_as_of, asked_known_at)
    except (ValueError, TypeError, OverflowError, AttributeError, binascii.Error, RecursionError):
        raise Malformed("cursor", "a cursor given by this list for the same question", text[:80]) from None


def _seal(register: Register, query: ListQuery, parts: list[Any]) -> str:
    """What ties a cursor to its list and question. No secret: who forges it gets what could be asked for anyway."""
    told = json.dumps([register.name, query._replace(after=None), parts])
    return hashlib.sha256(told.encode()).hexdigest()[:16]

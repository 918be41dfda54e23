"""Cursors of lists: where a list goes on, pinned to the moment it began at."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from api.errors import Malformed
from projections.moment import KnownAt, Moment


class Cursor(NamedTuple):
    """The moment of the first page, the place of its last entry in the order, and the total."""

    moment: Moment
    order: str
    place: tuple[Any, UUID]
    total: int


def write_cursor(cursor: Cursor) -> str:
    """The cursor as the caller is given it: opaque, printable."""
    known = cursor.moment.known_at
    key, entry = cursor.place
    parts = [
        cursor.moment.as_of.isoformat(),
        known.position,
        known.recorded_at.isoformat() if known.recorded_at else None,
        cursor.order,
        key.hex() if isinstance(key, bytes) else key,
        str(entry),
        cursor.total,
    ]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """The cursor a caller brings back; raises Malformed."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        as_of, position, recorded_at, order, key, entry, total = parts
        known = KnownAt(int(position), datetime.fromisoformat(recorded_at) if recorded_at else None)
        place = (bytes.fromhex(key) if order.endswith("name") else str(key), UUID(entry))
        if not -1 <= known.position < 2**62 or (isinstance(place[0], str) and "\x00" in place[0]):
            raise ValueError
        if isinstance(place[0], str):
            place[0].encode()
        if known.recorded_at is not None and not (known.recorded_at.tzinfo and 1000 < known.recorded_at.year < 9000):
            raise ValueError
        return Cursor(Moment(date.fromisoformat(as_of), known), str(order), place, int(total))
    except (ValueError, TypeError, OverflowError, AttributeError, binascii.Error, RecursionError):
        raise Malformed("cursor", "a cursor given by this list", text[:80]) from None

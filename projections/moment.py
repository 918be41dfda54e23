"""The moment of a question: the day it asks about, and the position up to which the ledger is taken as known."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.legal_time import end_of_riga_day, riga_date

LAST_DAY = date(9999, 12, 30)
"""The last day that can be asked about: the open end of an interval lies just after it."""


class MalformedMoment(Exception):
    """A day or a point of knowledge that can't be read. ``expected`` is a template; ``values`` fill it."""

    def __init__(self, field: str, expected: str, met: str, **values: Any) -> None:
        self.field, self.expected, self.met, self.values = field, expected, met, values
        super().__init__(f"{field}: expected {expected.format(**values)}, met {met!r}")


class KnownAt(NamedTuple):
    """A position of the ledger (-1: before its first act) and when it was recorded."""

    position: int
    recorded_at: datetime | None


class Moment(NamedTuple):
    """``as_of`` a day (Europe/Riga), as the register knew it at ``known_at``."""

    as_of: date
    known_at: KnownAt


class Asked(NamedTuple):
    """A condition on the ledger's rows that selects what was known, and its parameter."""

    condition: str
    parameter: Any


def read_known_at(text: str | None) -> Asked:
    """What ``known_at`` asks for: a position, an instant, a date (its end in Riga), or nothing for now."""
    if text is None or text == "":
        return Asked("%s::bigint IS NULL", None)
    if re.fullmatch(r"-1|[0-9]{1,18}", text):
        return Asked("notification_id <= %s::bigint", int(text) + 1)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return Asked("recorded_at < %s", end_of_riga_day(date.fromisoformat(text)))
        instant = datetime.fromisoformat(text.replace(" ", "+"))
        if instant.tzinfo is None:
            raise ValueError
        return Asked("recorded_at <= %s", instant.astimezone(UTC))
    except (ValueError, OverflowError):
        raise MalformedMoment("known_at", "a position, an instant with its offset, or a date", text) from None


def read_as_of(text: str | None) -> date:
    """The day asked about: an ISO date, or today in Riga."""
    if text is None or text == "":
        return riga_date(datetime.now(UTC))
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text) and (day := date.fromisoformat(text)) <= LAST_DAY:
            return day
    except ValueError:
        pass
    raise MalformedMoment("as_of", "a date YYYY-MM-DD up to {last}", text, last=LAST_DAY)


def resolve_known_at(connection: Connection[Any], text: str | None) -> KnownAt:
    """The newest position that satisfies ``known_at``; -1 where nothing was recorded yet."""
    asked = read_known_at(text)
    row = connection.cursor(row_factory=tuple_row).execute(f"{newest_known(asked)}", (asked.parameter,)).fetchone()
    return KnownAt(-1, None) if row is None else KnownAt(*row)


def newest_known(asked: Asked) -> str:
    """The statement that selects (position, recorded_at) of the newest act known; one parameter."""
    order = "recorded_at DESC, notification_id DESC" if "recorded_at" in asked.condition else "notification_id DESC"
    return (
        "SELECT notification_id - 1 AS position, recorded_at FROM ledger.events"
        f" WHERE {asked.condition} ORDER BY {order} LIMIT 1"
    )

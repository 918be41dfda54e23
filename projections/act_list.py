"""Acts across all registers: by what they are, who decided, and when - and in the order of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row


class ActQuery(NamedTuple):
    """What acts are asked for. Bounds are inclusive; ``late`` acts took effect before the day they were recorded.

    With the acts of ``hidden_events`` those are hidden that correct or annul one of them, at whatever remove.
    """

    registers: tuple[str, ...]
    hidden_events: tuple[str, ...] = ()
    verb: str | None = None
    decision_number: str | None = None
    actor: str | None = None
    decided_from: date | None = None
    decided_to: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None
    late: bool | None = None


_CONDITIONS = {
    "verb": "verb = %(verb)s",
    "decision_number": "decision_number = %(decision_number)s",
    "actor": "actor = %(actor)s",
    "decided_from": "decided_on >= %(decided_from)s",
    "decided_to": "decided_on <= %(decided_to)s",
    "effective_from": "effective_on >= %(effective_from)s",
    "effective_to": "effective_on <= %(effective_to)s",
    "recorded_from": "recorded_at >= %(recorded_from)s",
    "recorded_to": "recorded_at < %(recorded_to)s",
    "late": "(effective_on < (recorded_at AT TIME ZONE 'Europe/Riga')::date) = %(late)s",
}


_SHOWN = """
    event <> ALL(%(hidden_events)s) AND (target IS NULL OR NOT EXISTS (
        WITH RECURSIVE about AS (
            SELECT acts.target AS position
            UNION SELECT a.target FROM about JOIN acts a USING (position) WHERE a.target IS NOT NULL)
        SELECT FROM about JOIN acts a USING (position) WHERE a.event = ANY(%(hidden_events)s)))"""


def positions_of(connection: Connection[Any], query: ActQuery, *, after: int, upto: int, limit: int) -> list[int]:
    """Positions above ``after`` and not above ``upto`` of the first ``limit`` acts that fit ``query``, in order."""
    asked = query._asdict()
    conditions = [condition for name, condition in _CONDITIONS.items() if asked[name] is not None]
    where = " AND ".join(
        ["position > %(after)s", "position <= %(upto)s", "register = ANY(%(registers)s)",
         _SHOWN, *conditions]
    )  # fmt: skip
    lists = {"registers": list(query.registers), "hidden_events": list(query.hidden_events)}
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"SELECT position FROM acts WHERE {where} ORDER BY position LIMIT %(limit)s",
        {**asked, **lists, "after": after, "upto": upto, "limit": limit},
    )
    return [row[0] for row in rows]


def numbers_at(connection: Connection[Any], positions: Sequence[int]) -> dict[int, str | None]:
    """The registration number that its entry had after each act at ``positions``; None where it had none yet."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT position, registration_number FROM acts WHERE position = ANY(%s)", (list(positions),)
    )
    return dict(rows.fetchall())

"""Acts whose four dates stand in an unusual order: recorded late, decided backwards, decided before asked for.

The usual order is: received, decided, then in effect; recorded when decided, or before it takes effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

_FINDINGS = {
    "recorded_after_effect": ("recorded_on", "effective_on"),
    "decided_after_effect": ("decided_on", "effective_on"),
    "decided_before_received": ("received_on", "decided_on"),
    "effective_before_received": ("received_on", "effective_on"),
    "recorded_before_decided": ("decided_on", "recorded_on"),
    "recorded_before_received": ("received_on", "recorded_on"),
}
"""What is unusual: the first date is after the second. How many days, is told of each act."""
FINDINGS = tuple(_FINDINGS)


class LateAct(NamedTuple):
    """An act with its four dates; ``days`` says of each finding by how many days, None where all is in order."""

    position: int
    register: str
    entry: UUID
    registration_number: str | None
    verb: str
    decision_number: str | None
    actor: str
    received_on: date | None
    decided_on: date
    effective_on: date
    recorded_at: datetime
    recorded_on: date
    days: dict[str, int | None]


class LateCount(NamedTuple):
    """How many acts of a register were recorded in a month (its first day), and how many of them with each finding."""

    register: str
    month: date
    acts: int
    unusual: int
    found: dict[str, int]


_LOOKED_AT = """
    looked_at AS (
        SELECT *, (recorded_at AT TIME ZONE 'Europe/Riga')::date AS recorded_on FROM acts
        WHERE register = ANY(%(registers)s) AND position <= %(upto)s),
    acts_found AS (
        SELECT *, {findings} FROM looked_at WHERE recorded_on BETWEEN %(first)s AND %(last)s)""".format(
    findings=", ".join(
        f"CASE WHEN {later} > {earlier} THEN {later} - {earlier} END AS {name}"
        for name, (later, earlier) in _FINDINGS.items()
    )
)
_UNUSUAL = f"num_nonnulls({', '.join(_FINDINGS)}) > 0"


def late_acts(
    connection: Connection[Any],
    registers: Sequence[str],
    first: date,
    last: date,
    *,
    upto: int,
    after: int = -1,
    limit: int | None = None,
) -> list[LateAct]:
    """The acts of ``registers`` recorded from ``first`` to ``last`` (days in Riga) that are unusual, in their order."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"WITH {_LOOKED_AT} SELECT position, register, entry_id, registration_number, verb, decision_number, actor,"
        f" received_on, decided_on, effective_on, recorded_at, recorded_on, {', '.join(_FINDINGS)}"
        f" FROM acts_found WHERE {_UNUSUAL} AND position > %(after)s ORDER BY position LIMIT %(limit)s",
        {"registers": list(registers), "first": first, "last": last, "upto": upto, "after": after, "limit": limit},
    )
    return [LateAct._make([*row[:12], dict(zip(FINDINGS, row[12:], strict=True))]) for row in rows]


def late_counts(
    connection: Connection[Any], registers: Sequence[str], first: date, last: date, *, upto: int
) -> list[LateCount]:
    """The same counted by register and month of recording; months without an act are left out."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"WITH {_LOOKED_AT} SELECT register, date_trunc('month', recorded_on)::date AS month, count(*),"
        f" count(*) FILTER (WHERE {_UNUSUAL}), {', '.join(f'count({name})' for name in _FINDINGS)}"
        " FROM acts_found GROUP BY register, month ORDER BY register, month",
        {"registers": list(registers), "first": first, "last": last, "upto": upto},
    )
    return [
        LateCount(register, month, acts, unusual, dict(zip(FINDINGS, found, strict=True)))
        for register, month, acts, unusual, *found in rows
    ]

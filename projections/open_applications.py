"""Applications that wait for their decision: what is due, and what is overdue (Administrative Procedure Law s. 64)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.application import APPLIED, OVERDUE
from ledger.vault import Vault
from projections.moment import Moment
from projections.reading import POINT


class OpenApplication(NamedTuple):
    """An entry applied for and not decided. ``due_on`` is the last day of its time limit; ``act`` set it."""

    due_on: date
    register: str
    entry_id: UUID
    name: str
    status: str
    act: int


def open_applications(
    connection: Connection[Any], registers: Sequence[str], moment: Moment, due_until: date, limit: int, vault: Vault
) -> list[OpenApplication]:
    """Up to ``limit`` applications to ``registers`` open at ``moment``, due by ``due_until``; the first due first."""
    point = POINT.format(entry="e.entry_id", known="%(position)s", day="%(day)s")
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"""
        SELECT (s.content->>'due_on')::date AS due_on, s.register, s.entry_id, s.content->>'name', s.status, s.act
        FROM (SELECT DISTINCT entry_id FROM entry_names WHERE register = ANY(%(registers)s)) e
        CROSS JOIN LATERAL ({point}) s
        WHERE s.status = ANY(%(open)s) AND (s.content->>'due_on')::date <= %(until)s
        ORDER BY due_on, s.register, s.entry_id LIMIT %(limit)s
        """,
        {
            "registers": list(registers),
            "position": moment.known_at.position,
            "day": moment.as_of,
            "open": [APPLIED, OVERDUE],
            "until": due_until,
            "limit": limit,
        },
    )
    found = [OpenApplication._make(row) for row in rows]
    return [each._replace(name=vault.plain(each.name, each.entry_id)) for each in found]

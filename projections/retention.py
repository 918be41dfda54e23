"""Whose values are due for erasure: entries that came to their end so long ago that they are kept no longer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.retention import Retention
from projections.reading import POINT


class Due(NamedTuple):
    """An entry whose values are due: what it is since when, and on what ground they are kept no longer."""

    register: str
    entry: UUID
    registration_number: str | None
    status: str
    since: date
    ground: str


def due(connection: Connection[Any], rules: Iterable[Retention], day: date, limit: int) -> list[Due]:
    """Up to ``limit`` entries whose values are due on ``day`` and not erased, the longest ended first."""
    point = POINT.format(entry="e.entry_id", known="%(known)s", day="%(day)s")
    found: list[Due] = []
    for rule in rules:
        rows = connection.cursor(row_factory=tuple_row).execute(
            f"""
            SELECT s.register, s.entry_id, s.registration_number, s.status, s.valid_from
            FROM (SELECT DISTINCT entry_id FROM entry_names WHERE register = %(register)s) e
            CROSS JOIN LATERAL ({point}) s
            WHERE s.status = ANY(%(statuses)s) AND s.valid_from <= %(ended)s AND EXISTS (
                SELECT FROM regexp_matches(s.content::text || s.confidential::text, 'sealed:1:[pc]:([0-9a-f]+):', 'g') t
                JOIN vault.subjects v ON v.subject_id = t[1]::uuid WHERE v.wrapped_key IS NOT NULL)
            ORDER BY s.valid_from, s.entry_id LIMIT %(limit)s
            """,
            {
                "register": rule.register, "statuses": list(rule.statuses), "ended": rule.ended_by(day),
                "day": day, "known": 2**62, "limit": limit,
            },
        )  # fmt: skip
        found += [Due._make((*row, rule.ground)) for row in rows]
    return sorted(found, key=lambda each: (each.since, each.register, each.entry))[:limit]

"""An entry's whole timeline as it is stored, known at a position."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.register import ABSENT
from ledger.vault import Vault
from projections.reading import POINT


class StoredInterval(NamedTuple):
    """Days ``[first, end)`` on which an entry's state is constant, made by the act at ``act``."""

    first: date
    end: date
    status: str
    act: int
    content: str
    confidential: str


def read_timeline(connection: Connection[Any], entry_id: UUID, position: int, vault: Vault) -> list[StoredInterval]:
    """The constant intervals of an entry as known at ``position``; neighbours with the same state are joined."""
    point = POINT.format(entry="%(entry)s", known="%(position)s", day="d.first")
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"""
        WITH known AS (
            SELECT valid_from, valid_to FROM entry_states WHERE entry_id = %(entry)s AND known_from <= %(position)s),
        edges AS (SELECT valid_from AS day FROM known UNION SELECT valid_to FROM known),
        d AS (SELECT day AS first, lead(day) OVER (ORDER BY day) AS end FROM edges)
        SELECT d.first, d.end, s.status, s.act, s.content::text, s.confidential::text
        FROM d CROSS JOIN LATERAL ({point}) s WHERE s.status <> '{ABSENT}' ORDER BY d.first
        """,
        {"entry": entry_id, "position": position},
    )
    found: list[StoredInterval] = []
    for interval in map(StoredInterval._make, rows):
        if found and found[-1].end == interval.first and found[-1][2:] == interval[2:]:
            found[-1] = found[-1]._replace(end=interval.end)
        else:
            found.append(interval)
    return [
        interval._replace(
            content=vault.shown(interval.content, entry_id, "p"),
            confidential=vault.shown(interval.confidential, entry_id, "c"),
        )
        for interval in found
    ]

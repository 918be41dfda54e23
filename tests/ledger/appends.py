"""Appending to the ledger in tests, beside what the service itself does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.recorder import StoredAct

LATER = datetime(2999, 1, 1, tzinfo=UTC)


def act(aggregate: UUID | str | None = None, version: int = 1) -> StoredAct:
    """An event to append: the first of a new aggregate if none is named."""
    return StoredAct(aggregate or uuid4(), version, "institution.amended:1", b"{}", "officer-1")


def acts(how_many: int) -> list[StoredAct]:
    """The first versions of a new aggregate."""
    aggregate = uuid4()
    return [act(aggregate, version) for version in range(1, how_many + 1)]


def insert(connection: Connection[Any], position: int, **other: Any) -> None:
    """Insert an event by plain SQL, as someone would who goes round the recorder."""
    row = {
        "notification_id": position + 1,
        "originator_id": uuid4(),
        "originator_version": 1,
        "topic": "institution.amended:1",
        "state": b"{}",
        "recorded_at": LATER,
        "actor": "officer-1",
        "previous": None,
        "leaf_hash": bytes(32),
        **other,
    }
    connection.execute(
        f"INSERT INTO ledger.events ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
    )


def positions(connection: Connection[Any]) -> list[int]:
    """The positions that ``connection`` sees, in order."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT notification_id - 1 FROM ledger.events ORDER BY notification_id"
    )
    return [position for (position,) in rows]


def waiting_for_their_turn(connection: Connection[Any]) -> int:
    """How many sessions wait for an advisory lock in this database."""
    row = connection.execute(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"
    ).fetchone()
    assert row is not None
    return int(row[0])

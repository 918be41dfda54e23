"""Our recorder on the eventsourcing library's PostgreSQL recorder: gapless positions, recorded_at, leaf hashes.

The library numbers notifications from 1; ``position`` is one less. Appending is one plain transaction under a lock,
so that positions follow commits and a refused append consumes no number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from secrets import randbelow
from typing import Any, NamedTuple
from unicodedata import normalize
from uuid import UUID

from eventsourcing import postgres
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, dict_row, tuple_row

from ledger.leaf import envelope, leaf_hash

SCHEMA, TABLE = "ledger", "events"
APPENDING_LOCK = 7234017283807667300
"""The advisory lock every append holds; the table's own trigger takes it too."""


@dataclass(frozen=True)
class StoredAct(StoredEvent):
    """A stored event with the pseudonym of who acted."""

    actor: str


class Head(NamedTuple):
    """The newest position (-1: an empty ledger) and when it was recorded."""

    position: int
    recorded_at: datetime | None


BEYOND_ALL = 2**62
"""A position that no act will ever have, nor any after it."""
_PLACES, _LONGEST_REHEARSAL = 2**32, 2**20
"""How many places a rehearsal may be at, and how many acts it may have."""


@dataclass
class Append:
    """One append in progress; nothing is committed yet. Positions count on from ``next_position``.

    ``recorded_at`` is the database's clock, never before that of the position before.
    """

    cursor: Cursor[DictRow]
    next_position: int
    recorded_at: datetime

    def insert(self, stored_events: Sequence[StoredEvent]) -> range:
        """Insert the events at the next positions, which are returned. Nothing is visible before the commit."""
        positions = range(self.next_position, self.next_position + len(stored_events))
        last = self._last_positions({event.originator_id for event in stored_events})
        leaves, actors, previous = [], [], []
        for position, event in zip(positions, stored_events, strict=True):
            actor = normalize("NFC", event.actor) if isinstance(event, StoredAct) else ""
            before = last.get(event.originator_id)
            leaf = envelope(
                aggregate_id=event.originator_id,
                aggregate_version=event.originator_version,
                event_type=event.topic,
                recorded_at=self.recorded_at,
                actor=actor,
                payload=event.state,
                previous=before,
            )
            leaves.append(leaf_hash(leaf))
            actors.append(actor)
            previous.append(before)
            last[event.originator_id] = position
        self.cursor.execute(
            "INSERT INTO ledger.events (notification_id, originator_id, originator_version, topic, state, actor,"
            " previous, leaf_hash, recorded_at) SELECT e.*, %s::timestamptz FROM unnest(%s::bigint[], %b::uuid[],"
            " %s::bigint[], %s::text[], %b::bytea[], %s::text[], %s::bigint[], %b::bytea[]) AS e",
            (
                self.recorded_at,
                [position + 1 for position in positions],
                [event.originator_id for event in stored_events],
                [event.originator_version for event in stored_events],
                [event.topic for event in stored_events],
                [event.state for event in stored_events],
                actors,
                previous,
                leaves,
            ),
        )
        self.cursor.execute("NOTIFY events")
        self.next_position = positions.stop
        return positions

    def _last_positions(self, aggregates: set[UUID | str]) -> dict[UUID | str, int]:
        self.cursor.execute(
            "SELECT a.id, e.notification_id - 1 AS position FROM unnest(%s::uuid[]) AS a(id) CROSS JOIN LATERAL ("
            " SELECT notification_id FROM ledger.events WHERE originator_id = a.id"
            " ORDER BY originator_version DESC LIMIT 1) e",
            (list(aggregates),),
        )
        return {row["id"]: row["position"] for row in self.cursor.fetchall()}


@contextmanager
def appending(connection: Connection[Any]) -> Iterator[Append]:
    """A transaction that holds the appending lock; commits at the end of the block, or nothing happened."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (APPENDING_LOCK,))
        position, now = _head_and_clock(cursor)
        yield Append(cursor, position + 1, now)


@contextmanager
def rehearsing(connection: Connection[Any]) -> Iterator[Append]:
    """A transaction in which an append is tried out and never committed; nobody else sees it or waits for it.

    Its positions lie beyond all others, at a place of its own: of two rehearsals none waits for the other.
    """
    with connection.transaction(force_rollback=True), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _, now = _head_and_clock(cursor)
        yield Append(cursor, BEYOND_ALL + randbelow(_PLACES) * _LONGEST_REHEARSAL, now)


def _head_and_clock(cursor: Cursor[DictRow]) -> tuple[int, datetime]:
    cursor.execute(
        "SELECT coalesce(max(notification_id), 0) - 1 AS position,"
        " greatest(clock_timestamp(), max(recorded_at)) AS now"
        " FROM (SELECT notification_id, recorded_at FROM ledger.events ORDER BY notification_id DESC LIMIT 1) h"
    )
    (row,) = cursor.fetchall()
    return row["position"], row["now"]


class LedgerRecorder(PostgresApplicationRecorder):
    """The library's recorder over ``ledger.events``."""

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = TABLE) -> None:
        super().__init__(datastore, events_table_name=events_table_name)

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Append the events; returns their notification ids (position + 1), None if there are none.

        Not retried on a lost connection: whether the commit happened is then unknown, and the caller must look.
        """
        if not stored_events:
            return None
        with self.datastore.get_connection() as connection, appending(connection) as append:
            return [position + 1 for position in append.insert(stored_events)]


def head(connection: Connection[Any]) -> Head:
    """The newest position of the ledger as ``connection`` sees it."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT notification_id - 1, recorded_at FROM ledger.events ORDER BY notification_id DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return Head(-1, None) if row is None else Head(*row)


class Factory(postgres.PostgresFactory):
    """What ``PERSISTENCE_MODULE=ledger.recorder`` gives an application of the library. Tables come by migration.

    It must be the only factory among this module's names: the library takes it by looking through them.
    """

    application_recorder_class = LedgerRecorder

    def application_recorder(self) -> LedgerRecorder:
        """The recorder over the ledger's own table."""
        self.datastore.schema = SCHEMA
        return LedgerRecorder(self.datastore)

"""Reading a database as it is at one moment, whatever is recorded or rebuilt meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, IsolationLevel

from ledger.database import connect_to_read
from replay.rebuild import REBUILDING_LOCK


@contextmanager
def snapshot(url: str) -> Iterator[Connection[Any]]:
    """A connection that changes nothing and whose statements all see one snapshot, and the same tables.

    It waits for a rebuild that is being done; the next one is refused as long as it is open: a rebuild swaps tables,
    and what is read then would be of another time than the snapshot.
    """
    with connect_to_read(url) as connection:
        connection.execute("SELECT pg_advisory_lock_shared(%s)", (REBUILDING_LOCK,))
        connection.commit()
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        yield connection

"""Archives for tests: of acts written straight into the projections, and what the database then says of them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.registers import all_registers
from ledger.recorder import head
from replay.archive import write_archive


def write_events(connection: Connection[Any]) -> None:
    """Events without content for the acts in the projections, so that each act has its leaf in the ledger."""
    first = head(connection).position + 1
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT position FROM acts WHERE position >= %s ORDER BY position", (first,)
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger.events (notification_id, originator_id, originator_version, topic, state, actor,"
            " previous, leaf_hash, recorded_at) VALUES (%s, %s, 1, 't', '', '', NULL, %s, clock_timestamp())",
            [(at + 1, UUID(int=at), hashlib.sha256(str(at).encode()).digest()) for (at,) in rows.fetchall()],
        )


@contextmanager
def archived(connection: Connection[Any]) -> Iterator[Path]:
    """An archive of what ``connection`` sees; taken away at the end."""
    folder = Path(mkdtemp(prefix="regesta-archive-"))
    try:
        write_archive(connection, folder, all_registers())
        yield folder
    finally:
        shutil.rmtree(folder)

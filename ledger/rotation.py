"""Rotating the key that wraps the keys of persons: all of them are wrapped anew, and none is changed."""

from __future__ import annotations

from typing import Any

from psycopg import Cursor
from psycopg.rows import tuple_row

from ledger.database import connect
from ledger.recorder import APPENDING_LOCK
from ledger.vault import Vault

AT_ONCE = 500


def rewrap(url: str, vault: Vault) -> int:
    """Wrap every key by the first key of the ring; returns how many were wrapped anew.

    First the vault says by which key new ones are wrapped, under the appending lock: from then on no process wraps by
    the one before. Each part is committed by itself, so that what was stopped can go on. Raises PersonKeyRefused.
    """
    first, count = vault.ring.first, 0
    with connect(url) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (APPENDING_LOCK,))
        vault.rewrap_hashing_key(cursor)
        connection.commit()
        while rows := _part(cursor, first):
            for subject, wrapped, kek_id in rows:
                anew = vault.wrapped(vault.unwrapped(subject, wrapped, kek_id), first)
                cursor.execute(
                    "UPDATE vault.subjects SET wrapped_key = %s, kek_id = %s"
                    " WHERE subject_id = %s AND wrapped_key IS NOT NULL",
                    (anew, first, subject),
                )
            connection.commit()
            count += len(rows)
    return count


def _part(cursor: Cursor[Any], first: str) -> list[tuple[Any, ...]]:
    cursor.execute(
        "SELECT subject_id, wrapped_key, kek_id FROM vault.subjects"
        " WHERE wrapped_key IS NOT NULL AND kek_id <> %s ORDER BY subject_id LIMIT %s",
        (first, AT_ONCE),
    )
    return cursor.fetchall()

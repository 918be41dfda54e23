"""The log of readings: who read what is not public, when, why and of which entries. Chained, row by row.

A row keeps a salt and the salted digest of each of its columns, and the SHA-256 of the chain hash before (32 zero bytes
at the beginning) with these: so a row changed, taken out or put in shows in every later one, and which column it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import rfc8785
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.commitment import differing, seal
from ledger.leaf import instant

BEGINNING = bytes(32)
"""The chain hash before the first row."""

READING_LOCK = 7234017283807667310
"""The advisory lock of whoever adds readings; the table's own trigger takes it too."""


class Reading(NamedTuple):
    """What was read: ``entries`` of ``register`` as known at a position, ``as_of`` a day (None: all days).

    ``reader`` is a pseudonym, ``way`` the path or command by which it was read.
    """

    reader: str
    role: str
    purpose: str
    case_number: str | None
    way: str
    register: str
    entries: tuple[UUID, ...]
    as_of: date | None
    known_at: int


class Kept(NamedTuple):
    """A reading in the log."""

    number: int
    read_at: datetime
    reading: Reading
    digests: bytes
    chain_hash: bytes

    def changed_column(self) -> str | None:
        """The first column that is not what the digests say."""
        nth = differing(self.digests, columns_of(self.number, self.read_at, self.reading))
        return None if nth is None else ("number", "read_at", *Reading._fields)[nth]


class ChainEnd(NamedTuple):
    """The last reading: its number (-1: none) and its chain hash."""

    number: int
    chain_hash: bytes


def chained(before: bytes, digests: bytes) -> bytes:
    """The chain hash of a row with these ``digests`` that follows one with the chain hash ``before``."""
    return hashlib.sha256(_MEANING + before + digests).digest()


_MEANING = b"regesta reading 1\x00"


def columns_of(number: int, read_at: datetime, reading: Reading) -> list[bytes]:
    """Each column as canonical JSON, in the order of the table."""
    as_of = None if reading.as_of is None else reading.as_of.isoformat()
    said = reading._replace(entries=tuple(map(str, reading.entries)))._asdict() | {"as_of": as_of}  # type: ignore[arg-type]
    return [rfc8785.dumps(value) for value in (number, instant(read_at), *said.values())]


def add(connection: Connection[Any], readings: Sequence[Reading]) -> None:
    """Add ``readings`` to the log; durable and in their order when this returns, or nothing happened."""
    # In a pipeline the server is waited for twice, and not for each statement.
    with connection.pipeline(), connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        # The head is asked for in a statement of its own: one that also waited for the lock would not see what others
        # have committed meanwhile.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (READING_LOCK,))
        cursor.execute(
            "SELECT h.number, h.chain_hash, greatest(clock_timestamp(), h.read_at) FROM (SELECT) one LEFT JOIN"
            " (SELECT number, chain_hash, read_at FROM ledger.readings ORDER BY number DESC LIMIT 1) h ON true"
        )
        ((last, before, read_at),) = cursor.fetchall()
        first, chain_hash = (0, BEGINNING) if last is None else (last + 1, before)
        numbers, digests, chain_hashes = range(first, first + len(readings)), [], []
        for number, reading in zip(numbers, readings, strict=True):
            digests.append(seal(columns_of(number, read_at, reading)))
            chain_hash = chained(chain_hash, digests[-1])
            chain_hashes.append(chain_hash)
        columns: list[list[Any]] = [list(column) for column in zip(*readings, strict=True)]
        columns[_ENTRIES] = [f"{{{','.join(map(str, reading.entries))}}}" for reading in readings]
        cursor.execute(_INSERT, (read_at, list(numbers), *columns, digests, chain_hashes))


_ENTRIES = Reading._fields.index("entries")
COLUMNS = (
    "number, read_at, reader, role, purpose, case_number, way, register, entries, as_of, known_at, digests, chain_hash"
)
_INSERT = (
    f"INSERT INTO ledger.readings (read_at, {COLUMNS.replace('read_at, ', '')})"
    " SELECT %s::timestamptz, r.number, r.reader, r.role, r.purpose, r.case_number, r.way, r.register,"
    " r.entries::uuid[], r.as_of, r.known_at, r.digests, r.chain_hash FROM unnest(%s::bigint[], %s::text[],"
    " %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::bytea[],"
    " %s::bytea[]) AS r(number, reader, role, purpose, case_number, way, register, entries, as_of, known_at, digests,"
    " chain_hash)"
)


def read_row(row: Sequence[Any]) -> Kept:
    """The reading of a row of ``COLUMNS``."""
    number, read_at, *said, digests, chain_hash = row
    reading = Reading(*said)
    return Kept(number, read_at, reading._replace(entries=tuple(reading.entries)), bytes(digests), bytes(chain_hash))


def readings_from(connection: Connection[Any], first: int, *, part: int = 5_000) -> Iterator[Kept]:
    """All readings from the number ``first`` on, in order, read part by part."""
    while True:
        rows = (
            connection.cursor(row_factory=tuple_row)
            .execute(
                f"SELECT {COLUMNS} FROM ledger.readings WHERE number >= %s ORDER BY number LIMIT %s", (first, part)
            )
            .fetchall()
        )
        yield from map(read_row, rows)
        if len(rows) < part:
            return
        first = rows[-1][0] + 1


class ReadingQuery(NamedTuple):
    """Which readings are asked for: of any of ``entries``, in ``registers``, by a reader, in ``[since, until)``."""

    registers: tuple[str, ...] | None = None
    entries: tuple[UUID, ...] | None = None
    reader: str | None = None
    since: datetime | None = None
    until: datetime | None = None


_CONDITIONS = {
    "registers": "register = ANY(%(registers)s)",
    "entries": "entries && %(entries)s",
    "reader": "reader = %(reader)s",
    "since": "read_at >= %(since)s",
    "until": "read_at < %(until)s",
}


def find_readings(connection: Connection[Any], query: ReadingQuery, *, after: int, limit: int) -> list[Kept]:
    """The first ``limit`` readings numbered above ``after`` that fit ``query``, in order."""
    asked = {name: list(value) if isinstance(value, tuple) else value for name, value in query._asdict().items()}
    conditions = [condition for name, condition in _CONDITIONS.items() if asked[name] is not None]
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"SELECT {COLUMNS} FROM ledger.readings WHERE {' AND '.join(['number > %(after)s', *conditions])}"
        " ORDER BY number LIMIT %(limit)s",
        {**asked, "after": after, "limit": limit},
    )
    return [read_row(row) for row in rows]


def chain_end(connection: Connection[Any]) -> ChainEnd:
    """The end of the log as ``connection`` sees it."""
    row = (
        connection.cursor(row_factory=tuple_row)
        .execute("SELECT number, chain_hash FROM ledger.readings ORDER BY number DESC LIMIT 1")
        .fetchone()
    )
    return ChainEnd(-1, BEGINNING) if row is None else ChainEnd(row[0], bytes(row[1]))

"""What others say of our checkpoints, as it is kept: cosignatures and time stamps, append-only, in a chain."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row, tuple_row

from ledger import key_files
from ledger.key_files import KeyRefused
from ledger.note import Note, NoteSignature, VerifierKey

OUTSIDE_LOCK = 7234017283807667303
"""The advisory lock of whoever adds to one of the tables; their triggers take it too."""
CHAIN_BEGINS = bytes(32)
ENDS_FILE = "outside-ends"
_END = re.compile(r"(?P<table>cosignatures|timestamps) (?P<rows>[1-9][0-9]*) (?P<chain>[0-9a-f]{64})", re.ASCII)


class Cosignature(NamedTuple):
    """A row of ``ledger.cosignatures``: what a witness (its verifier key) signed under the checkpoint of ``size``."""

    number: int
    size: int
    witness: str
    cosignature: str
    chain: bytes

    @property
    def signature(self) -> NoteSignature:
        """The signature. Raises NoteRefused if the line is none."""
        return Note.parse(f"-\n\n{self.cosignature}\n".encode()).signatures[0]

    def chained(self, before: bytes) -> bytes:
        """What ``chain`` must be after a row with the chain ``before``."""
        line = f"{self.number}\n{self.size}\n{self.witness}\n{self.cosignature}\n"
        return hashlib.sha256(before + line.encode()).digest()


class Timestamp(NamedTuple):
    """A row of ``ledger.timestamps``: what an authority answered (DER) about the checkpoint of ``size``."""

    number: int
    size: int
    response: bytes
    chain: bytes

    def chained(self, before: bytes) -> bytes:
        """What ``chain`` must be after a row with the chain ``before``."""
        return hashlib.sha256(before + f"{self.number}\n{self.size}\n".encode() + self.response).digest()


class End(NamedTuple):
    """How far a table goes: how many rows, and the chain of the last."""

    rows: int
    chain: bytes


class Ends:
    """How far the two tables go, in a file apart from the database: else nobody would miss their last rows."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, End]:
        """The end of each table that has one. Raises KeyRefused if the file can't be read as that."""
        found = {}
        for line in (key_files.read_secret(self._path) or b"").decode("ascii", "replace").splitlines():
            end = _END.fullmatch(line)
            if end is None:
                raise KeyRefused(f"{self._path}: expected table, rows and chain, met {line[:100]!r}")
            found[end["table"]] = End(int(end["rows"]), bytes.fromhex(end["chain"]))
        return found

    def move(self, table: str, end: End) -> None:
        """A row was added; nothing happens if the end that is known is further."""
        with key_files.held(self._path):
            known = self.read()
            if table not in known or known[table].rows < end.rows:
                known[table] = end
                lines = (f"{name} {end.rows} {end.chain.hex()}\n" for name, end in sorted(known.items()))
                key_files.replace(self._path, "".join(lines).encode())


def keep_cosignature(
    connection: Connection[Any], ends: Ends, size: int, key: VerifierKey, cosignature: NoteSignature
) -> None:
    """Keep a checked cosignature; of each witness the first under a checkpoint is kept."""
    with connection.transaction():
        number, before = _next(connection, "cosignatures")
        row = Cosignature(number, size, str(key), str(cosignature).rstrip("\n"), b"")
        chain = row.chained(before)
        kept = connection.execute(
            "INSERT INTO ledger.cosignatures SELECT %s, %s, %s, %s, %s"
            " WHERE NOT EXISTS (SELECT FROM ledger.cosignatures WHERE size = %s AND witness = %s)",
            (*row[:4], chain, size, str(key)),
        ).rowcount
    if kept:  # and on the disk: the end that is known never goes further than the table does
        ends.move("cosignatures", End(number + 1, chain))


def keep_timestamp(connection: Connection[Any], ends: Ends, size: int, response: bytes) -> None:
    """Keep a checked response; the first about a checkpoint is kept."""
    with connection.transaction():
        number, before = _next(connection, "timestamps")
        row = Timestamp(number, size, response, b"")
        chain = row.chained(before)
        kept = connection.execute(
            "INSERT INTO ledger.timestamps SELECT %s, %s, %s, %s"
            " WHERE NOT EXISTS (SELECT FROM ledger.timestamps WHERE size = %s)",
            (*row[:3], chain, size),
        ).rowcount
    if kept:
        ends.move("timestamps", End(number + 1, chain))


def cosigned_note(connection: Connection[Any], size: int) -> bytes | None:
    """The checkpoint of ``size`` with every cosignature there is of it; None if there is no checkpoint of that size."""
    note = stamped_note(connection, size)
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT cosignature FROM ledger.cosignatures WHERE size = %s ORDER BY number", (size,)
    )
    lines = "".join(f"{line}\n" for (line,) in rows)
    return None if note is None else note + lines.encode()


def stamped_note(connection: Connection[Any], size: int) -> bytes | None:
    """The checkpoint of ``size`` as the log signed it: the bytes that a time stamp is over."""
    row = connection.cursor(row_factory=tuple_row).execute(
        "SELECT note FROM ledger.checkpoints WHERE size = %s", (size,)
    ).fetchone()  # fmt: skip
    return None if row is None else bytes(row[0])


def last_cosigned(connection: Connection[Any], key: VerifierKey) -> Cosignature | None:
    """The cosignature of a witness under the largest tree."""
    return connection.cursor(row_factory=class_row(Cosignature)).execute(
        "SELECT number, size, witness, cosignature, chain FROM ledger.cosignatures WHERE witness = %s"
        " ORDER BY size DESC LIMIT 1",
        (str(key),),
    ).fetchone()  # fmt: skip


def witnesses_by_size(connection: Connection[Any], sizes: int) -> list[tuple[int, list[str]]]:
    """The verifier keys under each of the newest ``sizes`` checkpoints that anyone cosigned, the newest first."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT size, array_agg(witness) FROM ledger.cosignatures GROUP BY size ORDER BY size DESC LIMIT %s", (sizes,)
    )
    return list(rows)


def timestamps(connection: Connection[Any]) -> list[Timestamp]:
    """All time stamps, the oldest first."""
    return connection.cursor(row_factory=class_row(Timestamp)).execute(
        "SELECT number, size, response, chain FROM ledger.timestamps ORDER BY number"
    ).fetchall()  # fmt: skip


def timestamp_of(connection: Connection[Any], size: int) -> Timestamp | None:
    """The time stamp over the checkpoint of ``size``."""
    return connection.cursor(row_factory=class_row(Timestamp)).execute(
        "SELECT number, size, response, chain FROM ledger.timestamps WHERE size = %s", (size,)
    ).fetchone()  # fmt: skip


def _next(connection: Connection[Any], table: str) -> tuple[int, bytes]:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (OUTSIDE_LOCK,))
    row = connection.cursor(row_factory=tuple_row).execute(
        f"SELECT number, chain FROM ledger.{table} ORDER BY number DESC LIMIT 1"
    ).fetchone()  # fmt: skip
    return (0, CHAIN_BEGINS) if row is None else (row[0] + 1, bytes(row[1]))

"""What tests of verifying share: a ledger that is recorded, sealed and whole, and ways to tamper with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.cosignature import Cosigner
from ledger.database import Database
from ledger.note import Note, VerifierKey
from ledger.outside import ENDS_FILE, Ends, keep_cosignature, keep_timestamp
from ledger.reading_log import ReadingLog
from ledger.sealing import Sealer
from ledger.signing import HEAD_FILE, FileSigner, LogHead, LogSigner
from ledger.timestamping import Authority, Trust
from projections.reading_digests import digest_readings
from projections.recording import Recording
from replay.verify.sealed import Kept
from replay.verify.verify import Verified, verify
from tests.ledger.authority import authority
from tests.ledger.reading_examples import readings
from tests.projections.asking import act, registration, submission

CATALOGUE = Catalogue(all_registers())


class Whole:
    """A whole ledger: its database, its keys folder, and its verifier key."""

    def __init__(self, url: str, keys: Path) -> None:
        self.url, self.keys = url, keys
        self.signer = LogSigner(FileSigner.opened(keys, "registrs.example/log"), LogHead(keys / HEAD_FILE))

    @property
    def key(self) -> VerifierKey:
        return self.signer.signer.verifier_key

    @property
    def head(self) -> Kept:
        checkpoint = self.signer.head.read()
        assert checkpoint is not None
        return Kept("log-head", checkpoint)

    @contextmanager
    def superuser(self) -> Iterator[Connection[Any]]:
        """A connection of someone who may do anything, and whom no trigger hinders."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            yield connection

    def verified(self, outside: Sequence[Kept] | None = None, **how: Any) -> Verified:
        """What verifying it with its key and its log head finds."""
        kept = [self.head] if outside is None else outside
        ends = Ends(self.keys / ENDS_FILE).read() if outside is None else {}
        return verify(self.url, CATALOGUE, keys=[self.key], outside=kept, ends=ends, **{"processes": 1, **how})

    def begin_anew(self) -> None:
        """Empty the ledger and what is derived from it, as if it had just been made."""
        with self.superuser() as connection:
            tables = connection.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname IN ('ledger', 'projections')"
            ).fetchall()
            connection.execute(f"TRUNCATE {', '.join(table for (table,) in tables)}")

    @contextmanager
    def restored_after(self, *tables: str) -> Iterator[Connection[Any]]:
        """What is done to ``tables`` of the ledger in this block is undone after it."""
        with self.superuser() as connection:
            for table in tables:
                connection.execute(SQL("CREATE TEMP TABLE {0} AS TABLE ledger.{0}").format(Identifier(table)))
            try:
                yield connection
            finally:
                for table in tables:
                    name = Identifier(table)
                    connection.execute(SQL("DELETE FROM ledger.{}").format(name))
                    connection.execute(SQL("INSERT INTO ledger.{0} SELECT * FROM pg_temp.{0}").format(name))
                    connection.execute(SQL("DROP TABLE pg_temp.{}").format(name))


def record_acts(database: Database, keys: Path, how_many: int, at_once: int = 50) -> None:
    """Record acts, every third request with a key and some of three acts, and seal now and then."""
    recording = Recording(database, CATALOGUE)
    sealer = Sealer(database, Whole(database.url, keys).signer)
    recorded = 0
    try:
        for _ in range(2):
            ReadingLog(database).add(readings(5))
            recorded += digest_readings(database, recording)
        while recorded < how_many:
            asked = []
            for number in range(recorded, min(recorded + at_once, how_many) - 1, 2):
                entry = registration()
                key = f"key {number}" if number % 3 == 0 else None
                amended = act("amend", entry.entry_id, on=date(2020, 5, 4), head=f"ANNA {number}")
                together = (entry, registration(), registration()) if number % 5 == 0 else (entry,)
                asked += [submission(*together, key=key, request=f"{number}"), submission(amended)]
            answers = [recording.submit(each) for each in asked]
            recorded += sum(len(answer.result()) for answer in answers)
            sealer.seal()
        sealer.seal()
        assert sealer.refusal is None, sealer.refusal
    finally:
        sealer.close()
        recording.close()
    confirm(database, Ends(keys / ENDS_FILE))


WITNESSES = [
    Cosigner(f"witness.example/{letter}", Ed25519PrivateKey.from_private_bytes(letter.encode() * 32)) for letter in "ab"
]


def confirm(database: Database, ends: Ends) -> None:
    """Let two witnesses cosign every checkpoint and an authority stamp it, as far as nobody did."""
    with database.pool.connection() as connection, tempfile.TemporaryDirectory() as folder:
        rows = connection.execute("SELECT size, note FROM ledger.checkpoints ORDER BY size").fetchall()
        with authority(Path(folder) / "tsa") as tsa:
            asked = Authority(tsa.url, Trust.read(tsa.root))
            for nth, row in enumerate(rows):
                for witness in WITNESSES:
                    signature = witness.cosign(Note.parse(row["note"]).text, 1_700_000_000 + nth)
                    keep_cosignature(connection, ends, row["size"], witness.verifier_key, signature)
                if nth % (len(rows) // 3 or 1) == 0:
                    keep_timestamp(connection, ends, row["size"], asked.stamp(row["note"]))

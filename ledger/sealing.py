"""Sealing: what is appended becomes part of a signed tree within a second, or writes stop.

The tree is read from the tables for every checkpoint, as far as its right edge goes, so nothing that is kept in memory
can differ from them. Several processes may seal the same ledger: whoever comes first does it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.database import Database
from ledger.growing import TreeRefused, check_tiles, grow
from ledger.key_files import KeyRefused
from ledger.merkle import ProofRefused, check_consistency, consistency_proof, root
from ledger.note import Note, NoteRefused, VerifierKey
from ledger.recorder import head
from ledger.signing import LogSigner, Signer, SignerUnavailable, SigningRefused
from ledger.tiles import Tiles

SEALING_LOCK = 7234017283807667309
"""The advisory lock of whoever seals; the triggers of the tables take it too."""
SECONDS = 0.7
"""How long an act may wait until sealing begins."""
_DATABASE_SECONDS = 5.0
_REFUSALS = (
    SigningRefused, TreeRefused, CheckpointRefused, NoteRefused, ProofRefused, KeyRefused, psycopg.IntegrityError,
)  # fmt: skip


class LedgerHalted(Exception):
    """The tree is not what was signed: nothing is recorded until someone has looked. Reading goes on."""

    message = "the ledger is halted, nothing was recorded: {reason}"

    def __init__(self, reason: str) -> None:
        self.values = {"reason": reason}
        super().__init__(self.message.format(**self.values))


class NotSealed(Exception):
    """What is to be proved is recorded, and not yet in a signed tree."""

    message = "the act at position {position} is not yet in a signed tree; ask again"

    def __init__(self, position: int) -> None:
        self.values = {"position": position}
        super().__init__(self.message.format(**self.values))


class Sealer:
    """Seals in a thread of its own. ``refusal`` says why writes are stopped; ``trouble`` why sealing is late."""

    def __init__(self, database: Database, signer: LogSigner) -> None:
        """Holds the ledger against what was signed last; where they do not fit, ``refusal`` says so from the start."""
        self._database, self._signer = database, signer
        self.refusal: str | None = None
        self.trouble: str | None = None
        self._waiting: list[tuple[int, Future[bytes]]] = []
        self._guard, self._turn, self._wake = threading.Lock(), threading.Lock(), threading.Event()
        self._closed = self._whole = self._ended = False
        self._attempt(self._check)
        self._thread = threading.Thread(target=self._run, name="sealing", daemon=True)
        self._thread.start()

    @property
    def verifier_key(self) -> VerifierKey:
        """The key that checks what is sealed from now on."""
        return self.signer.verifier_key

    @property
    def signer(self) -> Signer:
        """Who holds the log's key."""
        return self._signer.signer

    def halt(self, reason: str) -> None:
        """Let nothing be sealed or recorded any more, and tell those who wait for a receipt."""
        self.refusal = self.refusal or reason
        self._wake.set()

    def seal(self) -> None:
        """Seal now what is appended. What hinders it is told by ``refusal`` and ``trouble``."""
        if self.refusal is None:
            self._attempt(self._seal)

    def check_whole(self) -> None:
        """Let the thread hold all tiles against all events once."""
        self._whole = True
        self._wake.set()

    def sealed(self, position: int) -> Future[bytes]:
        """The first checkpoint (a note) found whose tree has the act at ``position``; sealing begins at once.

        The future raises LedgerHalted if the tree is refused.
        """
        answer = Future[bytes]()
        with self._guard:
            if self._ended:
                answer.set_exception(LedgerHalted(self.refusal or "the service is shutting down"))
            else:
                self._waiting.append((position, answer))
        self._wake.set()
        return answer

    def wait_for(self, position: int, seconds: float = 30) -> bytes:
        """The same, waited for; raises NotSealed if sealing is in trouble for so long, or LedgerHalted."""
        try:
            return self.sealed(position).result(seconds)
        except TimeoutError:
            raise NotSealed(position) from None

    def close(self) -> None:
        """Seal what is there and stop."""
        self._closed = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last:
            self._wake.wait(SECONDS)
            self._wake.clear()
            last = self._closed
            try:
                if self._whole and self.refusal is None:
                    self._whole = False
                    self._attempt(check_tiles)
                self.seal()
                self._answer(last)
            except BaseException as error:
                self.refusal = f"sealing stopped: {error!r}"
                self._answer(last=True)
                raise

    def _attempt(self, work: Callable[[Connection[Any]], None]) -> None:
        try:
            with self._turn, self._database.pool.connection(_DATABASE_SECONDS) as connection, connection.transaction():
                work(connection)
        except _REFUSALS as refused:
            self.refusal = " ".join(str(refused).split())
        except (OSError, SignerUnavailable, psycopg.OperationalError) as error:
            self.trouble = " ".join(str(error).split())
        else:
            self.trouble = None

    def _check(self, connection: Connection[Any]) -> None:
        """Hold the newest checkpoint and the last tree signed against the tables."""
        # In this order: others may append and seal meanwhile, and what was signed before is in what is read after it.
        signed = self._signer.head.read()
        last = newest(connection)
        size, tiles = head(connection).position + 1, Tiles(connection)
        _check_size(size, last, signed)
        if last is not None:
            _check_root(tiles, last)
            if signed is not None and signed.size <= last.size:
                _check_root(tiles, signed)

    def _seal(self, connection: Connection[Any]) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (SEALING_LOCK,))
        last, size, signed = newest(connection), head(connection).position + 1, self._signer.head.read()
        _check_size(size, last, signed)
        if size == (0 if last is None else last.size):
            return
        if last is not None and signed is None:  # another key: it has seen nothing of this ledger
            check_tiles(connection)
        grow(connection, size)
        tiles = Tiles(connection)
        checkpoint = Checkpoint(self.verifier_key.name, size, root(tiles, size))
        if last is not None:
            proof = consistency_proof(tiles, last.size, size)
            check_consistency(last.size, last.root, size, checkpoint.root, proof)
        note = self._signer.sign(checkpoint, lambda since: consistency_proof(tiles, since, size))
        connection.execute("INSERT INTO ledger.checkpoints (size, note) VALUES (%s, %s)", (size, note.to_bytes()))

    def _answer(self, last: bool) -> None:
        """Answer those whose act is sealed; where nothing will be, those who wait as well."""
        with self._guard:
            waiting, self._waiting = self._waiting, []
            self._ended = self._ended or last
        if not waiting:
            return
        note = None if self.trouble or self.refusal else self._newest_note()
        size = 0 if note is None else Checkpoint.parse(Note.parse(note).text).size
        for position, answer in waiting:
            there = note is not None and position < size
            if not there and self.refusal is None and not last:
                with self._guard:
                    self._waiting.append((position, answer))
            elif answer.set_running_or_notify_cancel():  # else nobody waits any more
                if there:
                    answer.set_result(note or b"")
                else:
                    answer.set_exception(LedgerHalted(self.refusal or self.trouble or "the service is shutting down"))

    def _newest_note(self) -> bytes | None:
        try:
            with self._database.pool.connection(_DATABASE_SECONDS) as connection:
                return newest_note(connection)
        except psycopg.OperationalError:
            return None


def newest_note(connection: Connection[Any]) -> bytes | None:
    """The newest checkpoint as it was signed; None before the first."""
    row = connection.cursor(row_factory=tuple_row).execute(
        "SELECT note FROM ledger.checkpoints ORDER BY size DESC LIMIT 1"
    ).fetchone()  # fmt: skip
    return None if row is None else bytes(row[0])


def newest(connection: Connection[Any]) -> Checkpoint | None:
    """The newest checkpoint, its signature unchecked. Raises TreeRefused where it can't be read or has another size."""
    row = connection.cursor(row_factory=tuple_row).execute(
        "SELECT size, note FROM ledger.checkpoints ORDER BY size DESC LIMIT 1"
    ).fetchone()  # fmt: skip
    if row is None:
        return None
    try:
        checkpoint = Checkpoint.parse(Note.parse(bytes(row[1])).text)
    except (NoteRefused, CheckpointRefused) as refused:
        raise TreeRefused(f"ledger.checkpoints, size {row[0]}, column note: {refused}") from None
    if checkpoint.size != row[0]:
        raise TreeRefused(f"ledger.checkpoints, size {row[0]}: expected the size in its note, {checkpoint.size}")
    return checkpoint


def _check_size(size: int, *signed: Checkpoint | None) -> None:
    for checkpoint in signed:
        if checkpoint is not None and checkpoint.size > size:
            raise TreeRefused(f"ledger.events: expected at least {checkpoint.size} acts, as were signed, met {size}")


def _check_root(tiles: Tiles, signed: Checkpoint) -> None:
    try:
        met = root(tiles, signed.size)
    except LookupError:
        raise TreeRefused(f"ledger.tiles: expected the tiles of a tree of {signed.size} acts, met fewer") from None
    if met != signed.root:
        raise TreeRefused(
            f"the tree of {signed.size} acts: expected root {signed.root.hex()}, as was signed, met {met.hex()}"
        )

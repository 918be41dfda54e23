"""A witness (C2SP tlog-witness): cosigns what a log says about its tree, as long as the tree only ever grows.

What it cosigned last of each log lies in a folder of its own, durably there before a cosignature leaves. Its key lies
in the same folder: a witness that lost its memory has lost its key too, and can't contradict what it once cosigned.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ledger import key_files
from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.cosignature import Cosigner
from ledger.key_files import KeyRefused
from ledger.merkle import EMPTY_ROOT, ProofRefused, check_consistency
from ledger.note import Note, NoteRefused, NoteSignature, VerifierKey, check_note, signatures_by
from ledger.witness_request import AddCheckpoint

KEY_FILE = "witness-key"
LOCK_FILE = "lock"


class WitnessRefused(Exception):
    """A folder that this witness can't work with."""


class LogUnknown(Exception):
    """A checkpoint of a log that this witness does not watch."""


class NotSignedByLog(Exception):
    """A checkpoint under which no key signed that this witness knows the log by."""


class Conflict(Exception):
    """The witness saw another tree last; ``size`` says how large."""

    def __init__(self, size: int, message: str) -> None:
        self.size = size
        super().__init__(message)


class Witness:
    """A witness at work in ``folder``; of two processes in one folder the second is refused. Thread-safe."""

    def __init__(self, folder: Path, name: str, logs: Sequence[VerifierKey]) -> None:
        self._folder, self._turn = key_files.settled_folder(folder), threading.Lock()
        self._lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise WitnessRefused(f"{folder}: expected a folder of this witness alone, met another at work") from None
        try:
            self._cosigner = self._own_key(name)
            self._logs = _by_origin(logs)
            for origin in self._logs:
                self.last_of(origin)
        except BaseException:
            os.close(self._lock)
            raise

    @property
    def verifier_key(self) -> VerifierKey:
        """What others know this witness by."""
        return self._cosigner.verifier_key

    def close(self) -> None:
        """Let another process work in the folder."""
        os.close(self._lock)

    def add_checkpoint(self, asked: AddCheckpoint) -> NoteSignature:
        """The cosignature over a checkpoint that only adds to the one cosigned before it.

        Raises LogUnknown, NotSignedByLog, Conflict or ProofRefused; then nothing is cosigned and nothing kept.
        """
        origin, size, root = asked.checkpoint
        keys = self._logs.get(origin)
        if keys is None:
            raise LogUnknown(f"log: expected one that this witness watches, met {origin!r}")
        signed = _signed_by(asked.note, keys)
        with self._turn:
            last = self.last_of(origin) or Checkpoint(origin, 0, EMPTY_ROOT)
            if asked.old_size != last.size:
                raise Conflict(last.size, f"old size: expected {last.size}, met {asked.old_size}")
            if size == last.size and root != last.root:
                raise Conflict(last.size, f"root at size {size}: expected {last.root.hex()}, met {root.hex()}")
            if last.size:
                check_consistency(last.size, last.root, size, root, asked.proof)
            elif asked.proof:
                raise ProofRefused(f"consistency: expected no hash from an empty tree, met {len(asked.proof)}")
            self._keep(origin, signed)
            return self._cosigner.cosign(asked.note.text, int(time.time()))

    def last_of(self, origin: str) -> Checkpoint | None:
        """What was cosigned last of a log. Raises WitnessRefused if that can't be read: never taken for nothing."""
        file = self._file(origin)
        try:
            checkpoint = Checkpoint.parse(Note.parse(file.read_bytes()).text)
        except FileNotFoundError:
            return None
        except (NoteRefused, CheckpointRefused) as error:
            raise WitnessRefused(f"{file}: {error}") from None
        if checkpoint.origin != origin:
            raise WitnessRefused(f"{file}: expected a checkpoint of {origin}, met one of {checkpoint.origin}")
        return checkpoint

    def _own_key(self, name: str) -> Cosigner:
        file = self._folder / KEY_FILE
        if not file.exists():
            if any(self._folder.glob("*.checkpoint")):
                raise KeyRefused(f"{file}: expected the key that cosigned what lies beside it, met none")
            return Cosigner.make(name, file)
        cosigner = Cosigner.read(file)
        if cosigner.verifier_key.name != name:
            met = cosigner.verifier_key.name
            raise KeyRefused(f"{file}: expected the key of {name}, met that of {met}")
        return cosigner

    def _file(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"

    def _keep(self, origin: str, note: Note) -> None:
        """Replace what is kept of a log. When this returns it survives a loss of power."""
        key_files.replace(self._file(origin), note.to_bytes())


def _by_origin(logs: Sequence[VerifierKey]) -> Mapping[str, list[VerifierKey]]:
    """The keys of each log; a log that changes its key has two for a while. A key's name is the log's origin."""
    known: dict[str, list[VerifierKey]] = {}
    for key in logs:
        known.setdefault(key.name, []).append(key)
    return known


def _signed_by(note: Note, keys: Sequence[VerifierKey]) -> Note:
    """``note`` with the signatures of ``keys`` alone, one of which holds."""
    for key in keys:
        try:
            check_note(note, key)
        except NoteRefused:
            continue
        signatures = [NoteSignature(key.name, key.key_id, each) for each in signatures_by(note, key)]
        return Note(note.text, tuple(signatures))
    raise NotSignedByLog("checkpoint: expected a signature by a key of the log, met none")

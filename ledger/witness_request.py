"""What a log asks of a witness (C2SP tlog-witness, add-checkpoint): a checkpoint, and the proof that it only adds."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import NamedTuple

from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.note import Note, NoteRefused

MOST_HASHES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_HASH = re.compile(r"[A-Za-z0-9+/]{43}=", re.ASCII)


class RequestMalformed(Exception):
    """A request that can't be read, or that asks to go back."""


class AddCheckpoint(NamedTuple):
    """Ask to cosign ``note``. ``old_size`` is what the witness cosigned last; ``proof`` leads on from there."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @classmethod
    def of(cls, old_size: int, proof: list[bytes], note: bytes) -> AddCheckpoint:
        """The request about the checkpoint in ``note``. Raises RequestMalformed."""
        try:
            parsed = Note.parse(note)
            checkpoint = Checkpoint.parse(parsed.text)
        except (NoteRefused, CheckpointRefused) as refused:
            raise RequestMalformed(str(refused)) from None
        if old_size > checkpoint.size:
            raise RequestMalformed(f"old size: expected at most the checkpoint's {checkpoint.size}, met {old_size}")
        return cls(old_size, tuple(proof), parsed, checkpoint)

    @classmethod
    def parse(cls, body: bytes) -> AddCheckpoint:
        """The request in a body: the old size, hashes in a line each, an empty line, the checkpoint."""
        head, separator, note = body.partition(b"\n\n")
        if not separator:
            raise RequestMalformed("body: expected the old size, hashes, an empty line and a checkpoint")
        first, *hashes = head.decode("ascii", "replace").split("\n")
        old = _OLD.fullmatch(first)
        if old is None:
            raise RequestMalformed(f"old size: expected old and a number, met {first[:80]!r}")
        if len(hashes) > MOST_HASHES:
            raise RequestMalformed(f"proof: expected at most {MOST_HASHES} hashes, met {len(hashes)}")
        return cls.of(int(old[1]), [_hash(line) for line in hashes], note)

    def to_bytes(self) -> bytes:
        """The request's body."""
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.proof)
        return f"old {self.old_size}\n{hashes}\n".encode() + self.note.to_bytes()


def _hash(line: str) -> bytes:
    decoded = b64decode(line) if _HASH.fullmatch(line) else b""
    if b64encode(decoded).decode() != line:
        raise RequestMalformed(f"proof: expected hashes in base64, a line each, met {line[:80]!r}")
    return decoded

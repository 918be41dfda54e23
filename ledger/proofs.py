"""Proof files (C2SP tlog-proof): that a leaf is in a signed tree, in one text that is checked without the log."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Any, NamedTuple

from psycopg import Connection

from ledger.checkpoint import Checkpoint
from ledger.merkle import check_inclusion, inclusion_proof
from ledger.note import Note, VerifierKey, check_note
from ledger.tiles import Tiles

HEADING = "c2sp.org/tlog-proof@v1"
_PROOF = re.compile(
    rf"{re.escape(HEADING)}\n(extra (?P<extra>[A-Za-z0-9+/]+={{0,2}})\n)?index (?P<index>0|[1-9][0-9]{{0,18}})\n"
    r"(?P<hashes>([A-Za-z0-9+/]{43}=\n){0,63})\n(?P<checkpoint>.+)",
    re.DOTALL | re.ASCII,
)


class NoProof(Exception):
    """A text that is no proof file."""


class TlogProof(NamedTuple):
    """A leaf's place, its hashes from the sibling upwards, and the checkpoint as it was signed.

    ``extra`` is covered by no signature.
    """

    position: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def to_bytes(self) -> bytes:
        """The proof file."""
        extra = f"extra {b64encode(self.extra).decode()}\n" if self.extra else ""
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.hashes)
        return f"{HEADING}\n{extra}index {self.position}\n{hashes}\n".encode() + self.checkpoint

    @classmethod
    def parse(cls, content: bytes) -> TlogProof:
        """The proof in a file; raises NoProof. Nothing is checked until ``check_proof``."""
        try:
            found = _PROOF.fullmatch(content.decode())
        except UnicodeDecodeError:
            found = None
        if found is None:
            raise NoProof(f"proof file: expected {HEADING}, index, hashes and a checkpoint, met something else")
        hashes = tuple(b64decode(line) for line in found["hashes"].split())
        proof = cls(int(found["index"]), hashes, found["checkpoint"].encode(), b64decode(found["extra"] or ""))
        if proof.to_bytes() != content:
            raise NoProof("proof file: expected base64 as it is written, met another writing")
        return proof


def check_proof(proof: TlogProof, leaf_hash: bytes, key: VerifierKey) -> Checkpoint:
    """Check that ``key``'s log signed a tree with the leaf at the proof's place; returns what it signed.

    Raises NoteRefused, CheckpointRefused or ProofRefused.
    """
    note = Note.parse(proof.checkpoint)
    check_note(note, key)
    signed = Checkpoint.parse(note.text)
    check_inclusion(leaf_hash, proof.position, signed.size, proof.hashes, signed.root)
    return signed


def proof_of(connection: Connection[Any], position: int, note: bytes) -> TlogProof:
    """The proof that the act at ``position`` is in the tree of the checkpoint ``note``, which has it."""
    signed = Checkpoint.parse(Note.parse(note).text)
    return TlogProof(position, tuple(inclusion_proof(Tiles(connection), position, signed.size)), note)

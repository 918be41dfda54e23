"""Logs held in memory: leaves of invented hashes, checkpoints signed with a key made for the test."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import Checkpoint
from ledger.merkle import consistency_proof, nodes_of, root
from ledger.note import Note, NoteSignature, VerifierKey
from ledger.witness_request import AddCheckpoint

ORIGIN = "registers.example.lv/log"


class Signing:
    """A log's key."""

    def __init__(self, origin: str = ORIGIN, seed: int = 1) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.origin, self.key = origin, VerifierKey.of(origin, self._private.public_key().public_bytes_raw())

    def signed(self, text: str) -> Note:
        """A note over ``text``."""
        signature = self._private.sign(text.encode())
        return Note(text, (NoteSignature(self.key.name, self.key.key_id, signature),))

    def checkpoint(self, leaves: Sequence[bytes]) -> Note:
        """The signed checkpoint of a tree of these leaf hashes."""
        return self.signed(Checkpoint(self.origin, len(leaves), root(nodes_of(leaves), len(leaves))).text())

    def asking(self, leaves: Sequence[bytes], old: int = 0) -> AddCheckpoint:
        """The request to cosign the tree of these leaf hashes, of which the first ``old`` were cosigned."""
        proof = consistency_proof(nodes_of(leaves), old, len(leaves)) if 0 < old <= len(leaves) else []
        return AddCheckpoint.of(old, proof, self.checkpoint(leaves).to_bytes())


def leaves(count: int, branch: str = "") -> list[bytes]:
    """So many leaf hashes; those of another branch are others."""
    return [hashlib.sha256(f"{branch}{number}".encode()).digest() for number in range(count)]

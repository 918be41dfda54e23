"""Files such as a register hands out, over a small log made in memory by a key of its own."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import Checkpoint
from ledger.leaf import envelope, instant, leaf_hash
from ledger.merkle import consistency_proof, inclusion_proof, nodes_of, root
from ledger.note import Note, NoteSignature, VerifierKey
from ledger.proofs import TlogProof

ORIGIN, WITNESS = "registrs.example/log", "liecinieks.example/1"
ENTRY, ISSUED = UUID(int=1), UUID(int=2)
RECORDED_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class Log:
    """A log of a few acts: every third is of ``ENTRY``, the last issues an extract."""

    def __init__(self, size: int) -> None:
        self._private, self._witness = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.key = VerifierKey.of(ORIGIN, self._private.public_key().public_bytes_raw())
        self.witness_key = VerifierKey.of(WITNESS, self._witness.public_key().public_bytes_raw(), 4)
        self.keys = [str(self.key), str(self.witness_key)]
        self.payloads = [json.dumps({"content": {"name": f"Skola Nr. {n} “Ž”"}}).encode() for n in range(size)]
        self.leaves = [self._leaf(n, payload) for n, payload in enumerate(self.payloads)]

    def _leaf(self, position: int, payload: bytes) -> bytes:
        return envelope(
            aggregate_id=ENTRY if position % 3 == 0 else UUID(int=100 + position), aggregate_version=position // 3 + 1,
            event_type="institution.amended:1", recorded_at=RECORDED_AT, actor="ierēdnis-1", payload=payload,
            previous=position - 3 if position % 3 == 0 and position else None,
        )  # fmt: skip

    def note(self, size: int, at: int = 1_790_000_000) -> bytes:
        """The signed and cosigned checkpoint of the first ``size`` acts."""
        text = Checkpoint(ORIGIN, size, root(self._nodes, size)).text()
        signed = NoteSignature(ORIGIN, self.key.key_id, self._private.sign(text.encode()))
        cosigned = self._witness.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        witnessed = NoteSignature(WITNESS, self.witness_key.key_id, at.to_bytes(8, "big") + cosigned)
        return Note(text, (signed, witnessed)).to_bytes()

    @property
    def _nodes(self) -> Any:
        return nodes_of([leaf_hash(leaf) for leaf in self.leaves])

    def proof(self, position: int, size: int) -> bytes:
        """A proof file."""
        hashes = tuple(inclusion_proof(self._nodes, position, size))
        return TlogProof(position, hashes, self.note(size)).to_bytes()

    def receipt(self, position: int, size: int) -> dict[str, Any]:
        """A receipt, as the answer to a recorded act has it."""
        hashes = [_base64(each) for each in inclusion_proof(self._nodes, position, size)]
        leaf, note = self.leaves[position].decode(), self.note(size).decode()
        return {"position": position, "size": size, "leaf": leaf, "hashes": hashes, "checkpoint": note}

    def consistency(self, smaller: int, larger: int) -> dict[str, Any]:
        """A consistency proof."""
        hashes = [_base64(each) for each in consistency_proof(self._nodes, smaller, larger)]
        return {"from": smaller, "to": larger, "hashes": hashes}

    def extract(self, *, issued: bool = True) -> dict[str, Any]:
        """An extract of ``ENTRY``; if issued, with the act that issued it, which is appended."""
        known = len(self.leaves) - 1
        stated: dict[str, Any] = {
            "format": "regesta-extract/1", "register": "institutions", "entry": str(ENTRY),
            "registration_number": "3112900001", "as_of": "2026-11-24",
            "known_at": {"position": known, "recorded_at": instant(RECORDED_AT)}, "part": "public",
            "state": {"status": "registered", "content": {"name": "Skola “Ž” \u2028 \U0001f3eb", "branches": 2}},
            "named": {}, "rule_version": "regesta 0.1.0", "nonce": "n" if issued else None,
            "acts": [self._act(position, withheld=position == 3) for position in range(0, known + 1, 3)],
        }  # fmt: skip
        digest = hashlib.sha256(rfc8785.dumps(stated)).hexdigest()
        issue = None
        if issued:
            said = {"content": {"statement_sha256": digest, "registration_number": "000001"}}
            self.payloads.append(json.dumps(said).encode())
            self.leaves.append(self._leaf(known + 1, self.payloads[-1]))
            issue = self._act(known + 1)
        size = len(self.leaves)

        def proved(act: dict[str, Any]) -> dict[str, Any]:
            return {**act, "proof": [_base64(each) for each in inclusion_proof(self._nodes, act["position"], size)]}

        return {
            **stated, "number": "000001" if issued else None, "sha256": digest,
            "acts": [proved(act) for act in stated["acts"]], "issue": None if issue is None else proved(issue),
            "check": "https://registrs.example/x", "checkpoint": self.note(size).decode(), "key": str(self.key),
        }  # fmt: skip

    def _act(self, position: int, *, withheld: bool = False) -> dict[str, Any]:
        payload = None if withheld else _base64(self.payloads[position])
        return {"position": position, "leaf": _base64(self.leaves[position]), "payload": payload}


def said(document: dict[str, Any]) -> bytes:
    """A document as a file."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()

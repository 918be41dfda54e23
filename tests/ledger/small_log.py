"""A small log in memory, with a key of its own, for tests of what is proved by one."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import Checkpoint
from ledger.leaf import leaf_hash
from ledger.map_proofs import COMMITTED, Commitment
from ledger.merkle import inclusion_proof, nodes_of, root
from ledger.note import Note, NoteSignature, VerifierKey
from ledger.proofs import TlogProof
from ledger.register_map import RegisterMap

_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey.of("register.example/log", _PRIVATE.public_key().public_bytes_raw())
OTHER_KEY = VerifierKey.of("register.example/log", Ed25519PrivateKey.generate().public_key().public_bytes_raw())


def committed(register: str, whole: RegisterMap, position: int, alive: tuple[str, ...], **said: Any) -> Commitment:
    """The commitment to ``whole``, in a log whose last act but one it is; ``said`` changes what its leaf says."""
    content = {
        "position": position,
        "maps": [
            {"register_name": register, "size": whole.size, "root": whole.root.hex(), "alive": list(alive)},
            {"register_name": "another", "size": 0, "root": "00" * 32, "alive": []},
        ],
    }
    payload = json.dumps({"content": content}).encode()
    leaf = json.dumps({"event": COMMITTED, "payload_sha256": hashlib.sha256(payload).hexdigest(), **said}).encode()
    return Commitment(leaf, payload, proof_in_log(leaf, position + 1))


def proof_in_log(leaf: bytes, place: int) -> TlogProof:
    """The proof that ``leaf`` is at ``place`` of the log; around it are leaves that say nothing."""
    hashes = [leaf_hash(b"%d" % at) for at in range(place)] + [leaf_hash(leaf), leaf_hash(b"after")]
    nodes, size = nodes_of(hashes), len(hashes)
    text = Checkpoint(KEY.name, size, root(nodes, size)).text()
    note = Note(text, (NoteSignature(KEY.name, KEY.key_id, _PRIVATE.sign(text.encode())),))
    return TlogProof(place, tuple(inclusion_proof(nodes, place, size)), note.to_bytes())

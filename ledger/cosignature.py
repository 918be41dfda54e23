"""Cosignatures (C2SP tlog-cosignature, cosignature/v1): what a witness signs about a checkpoint, and when."""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger import key_files
from ledger.key_files import KeyRefused
from ledger.note import NoteRefused, NoteSignature, VerifierKey

COSIGNATURE = 4
"""The signature type of a witness: Ed25519 over a time and the note's text."""
_BYTES = 8 + 64
_LATEST = 253_402_300_799
"""The last second of the year 9999; the specification lets times go on, but no calendar does."""


class CosignatureRefused(Exception):
    """A cosignature that is not one over this checkpoint by this witness."""


def cosigned(text: str, at: int) -> bytes:
    """The bytes that a witness signs: a heading, the time (seconds since 1970), and the whole note text."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def check_cosignature(text: str, signature: NoteSignature, key: VerifierKey) -> int:
    """Check that the witness with ``key`` cosigned the note ``text``; returns when (seconds since 1970).

    Raises CosignatureRefused.
    """
    if key.algorithm != COSIGNATURE or len(key.public) != 32:
        raise CosignatureRefused(f"witness key: expected an Ed25519 witness key (type 4), met type {key.algorithm}")
    if (signature.name, signature.key_id) != (key.name, key.key_id):
        met = f"{signature.name} ({signature.key_id.hex()})"
        raise CosignatureRefused(f"cosignature: expected one by {key.name} ({key.key_id.hex()}), met one by {met}")
    if len(signature.signature) != _BYTES:
        raise CosignatureRefused(f"cosignature: expected {_BYTES} bytes, met {len(signature.signature)}")
    at = cosigned_at(signature)
    if at > _LATEST:
        raise CosignatureRefused(f"cosignature: expected a time of at most {_LATEST}, met {at}")
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature.signature[8:], cosigned(text, at))
    except InvalidSignature:
        raise CosignatureRefused(
            f"cosignature: the one by {key.name} ({key.key_id.hex()}) is not over this checkpoint"
        ) from None
    return at


def cosigned_at(signature: NoteSignature) -> int:
    """When a cosignature says it was made (seconds since 1970)."""
    return int.from_bytes(signature.signature[:8], "big")


class Cosigner:
    """A witness's name and private key."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.verifier_key = VerifierKey.of(name, private.public_key().public_bytes_raw(), COSIGNATURE)

    def cosign(self, text: str, at: int) -> NoteSignature:
        """The cosignature over a checkpoint's note ``text`` at ``at`` seconds since 1970."""
        signature = at.to_bytes(8, "big") + self._private.sign(cosigned(text, at))
        return NoteSignature(self.verifier_key.name, self.verifier_key.key_id, signature)

    @classmethod
    def read(cls, file: Path) -> Cosigner:
        """The key in ``file``, which nobody but its owner may read. Raises KeyRefused."""
        parts = (key_files.read_secret(file) or b"").decode(errors="replace").removesuffix("\n").split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise KeyRefused(f"{file}: expected PRIVATE+KEY+name+number+base64")
        try:
            coded = b64decode(parts[4], validate=True)
            cosigner = cls(parts[2], Ed25519PrivateKey.from_private_bytes(coded[1:]))
        except (ValueError, NoteRefused):
            raise KeyRefused(f"{file}: expected PRIVATE+KEY+name+number+base64") from None
        if coded[0] != COSIGNATURE or cosigner.verifier_key.key_id.hex() != parts[3]:
            raise KeyRefused(f"{file}: expected a witness key (type {COSIGNATURE}) with its own number")
        return cosigner

    @classmethod
    def make(cls, name: str, file: Path) -> Cosigner:
        """A new key under ``name``, durably written to ``file``."""
        private = Ed25519PrivateKey.generate()
        cosigner = cls(name, private)
        coded = b64encode(bytes([COSIGNATURE]) + private.private_bytes_raw()).decode()
        text = f"PRIVATE+KEY+{name}+{cosigner.verifier_key.key_id.hex()}+{coded}\n"
        if not key_files.create(file, text.encode()):
            raise KeyRefused(f"{file}: expected no key yet, met one")
        return cosigner

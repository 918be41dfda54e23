"""Cosignatures (C2SP tlog-cosignature, cosignature/v1): what a witness signs about a checkpoint, and when."""

from __future__ import annotations

import os
import stat
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.note import NoteRefused, NoteSignature, VerifierKey

COSIGNATURE = 4
"""The signature type of a witness: Ed25519 over a time and the note's text."""
_BYTES = 8 + 64
_LATEST = 253_402_300_799
"""The last second of the year 9999; the specification lets times go on, but no calendar does."""


class CosignatureRefused(Exception):
    """A cosignature that is not one over this checkpoint by this witness."""


class WitnessKeyRefused(Exception):
    """A witness's key file that can't be used; the message says what was expected and what was met."""


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
        """The key in ``file``, which nobody but its owner may read. Raises WitnessKeyRefused."""
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            raise WitnessKeyRefused(f"{file}: expected a file that only its owner can read (0600), met {mode:04o}")
        parts = file.read_text(encoding="utf-8").removesuffix("\n").split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise WitnessKeyRefused(f"{file}: expected PRIVATE+KEY+name+number+base64")
        try:
            coded = b64decode(parts[4], validate=True)
            cosigner = cls(parts[2], Ed25519PrivateKey.from_private_bytes(coded[1:]))
        except (ValueError, NoteRefused):
            raise WitnessKeyRefused(f"{file}: expected PRIVATE+KEY+name+number+base64") from None
        if coded[0] != COSIGNATURE or cosigner.verifier_key.key_id.hex() != parts[3]:
            raise WitnessKeyRefused(f"{file}: expected a witness key (type {COSIGNATURE}) with its own number")
        return cosigner

    @classmethod
    def make(cls, name: str, file: Path) -> Cosigner:
        """A new key under ``name``, durably written to ``file``."""
        private = Ed25519PrivateKey.generate()
        cosigner = cls(name, private)
        coded = b64encode(bytes([COSIGNATURE]) + private.private_bytes_raw()).decode()
        text = f"PRIVATE+KEY+{name}+{cosigner.verifier_key.key_id.hex()}+{coded}\n"
        write_durably(file, text.encode())
        return cosigner


def write_durably(file: Path, content: bytes) -> None:
    """Put ``content`` into ``file`` (0600), whole or not at all; when this returns it survives a loss of power."""
    beside = file.with_name(f"{file.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

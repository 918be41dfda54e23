"""Signed notes (C2SP signed-note): a text, signed by one or more keys that are known by name and number."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = 1
"""The signature type of a log: Ed25519 over the note's text."""
LARGEST = 1_000_000
"""Bytes of the largest note that is read."""
MOST_SIGNATURES = 100
_KEY = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})", re.ASCII)
_SIGNATURE = re.compile("\N{EM DASH} (?P<name>[^ ]+) (?P<signature>[^ ]+)")


class NoteRefused(Exception):
    """A note or verifier key that can't be read, or a note that a key did not sign."""


class VerifierKey(NamedTuple):
    """A public key by its name; ``key_id`` are 4 bytes, ``algorithm`` the signature type, ``public`` the key."""

    name: str
    key_id: bytes
    algorithm: int
    public: bytes

    @classmethod
    def of(cls, name: str, public: bytes, algorithm: int = ED25519) -> VerifierKey:
        """The key named ``name`` with its number, which the name, the algorithm and the public key give."""
        _check_name(name)
        return cls(name, key_id(name, algorithm, public), algorithm, public)

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """A key from ``name+number+base64``; raises NoteRefused, also if the number is another key's."""
        found = _KEY.fullmatch(text)
        if found is None:
            raise NoteRefused(f"verifier key: expected name+number+base64, met {text[:200]!r}")
        _check_name(found["name"])
        coded = _decoded("verifier key", found["key"])
        key = cls(found["name"], bytes.fromhex(found["id"]), coded[0] if coded else 0, coded[1:])
        if key.key_id != key_id(key.name, key.algorithm, key.public):
            raise NoteRefused(f"verifier key: expected the number of the key, met {found['id']}")
        return key

    def __str__(self) -> str:
        coded = base64.b64encode(bytes([self.algorithm]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{coded}"


class NoteSignature(NamedTuple):
    """A signature under a note: by which key, and its bytes after the key's number."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"\N{EM DASH} {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


class Note(NamedTuple):
    """A text, which ends with a newline, and the signatures under it. Nothing is checked until ``check_note``."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, note: bytes) -> Note:
        """The note as it was written; raises NoteRefused."""
        if len(note) > LARGEST:
            raise NoteRefused(f"note: expected at most {LARGEST} bytes, met {len(note)}")
        try:
            whole = note.decode()
        except UnicodeDecodeError:
            raise NoteRefused("note: expected UTF-8") from None
        if any(character < " " and character != "\n" for character in whole):
            raise NoteRefused("note: expected no control character but the newline")
        text, separator, rest = whole.rpartition("\n\n")
        if not separator or not rest.endswith("\n"):
            raise NoteRefused("note: expected a text, an empty line, and signatures")
        lines = rest[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise NoteRefused(f"note: expected at most {MOST_SIGNATURES} signatures, met {len(lines)}")
        return cls(text + "\n", tuple(_signature(line) for line in lines))

    def to_bytes(self) -> bytes:
        """The note as it is written."""
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """The number of a key: 4 bytes."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


def signatures_by(note: Note, key: VerifierKey) -> list[bytes]:
    """The signatures under ``note`` that say they are by ``key``, as yet unchecked."""
    return [each.signature for each in note.signatures if (each.name, each.key_id) == (key.name, key.key_id)]


def check_note(note: Note, key: VerifierKey) -> None:
    """Check that ``key`` (Ed25519) signed ``note``. Raises NoteRefused, also if only one of several signatures fits."""
    if key.algorithm != ED25519 or len(key.public) != 32:
        raise NoteRefused(f"verifier key: expected an Ed25519 key (type 1), met type {key.algorithm}")
    found = signatures_by(note, key)
    if not found:
        raise NoteRefused(f"note: expected a signature by {key.name} ({key.key_id.hex()}), met none")
    for signature in found:
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, note.text.encode())
        except InvalidSignature:
            raise NoteRefused(f"note: the signature by {key.name} ({key.key_id.hex()}) is not over this text") from None


def _signature(line: str) -> NoteSignature:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise NoteRefused(f"signature: expected — name base64, met {line[:200]!r}")
    _check_name(found["name"])
    coded = _decoded("signature", found["signature"])
    if len(coded) < 5:
        raise NoteRefused(f"signature: expected a key's number and more, met {len(coded)} bytes")
    return NoteSignature(found["name"], coded[:4], coded[4:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise NoteRefused(f"key name: expected a name without spaces and plus signs, met {name[:200]!r}")


def _decoded(of: str, text: str) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if base64.b64encode(decoded).decode() != text:
        raise NoteRefused(f"{of}: expected base64, met {text[:200]!r}")
    return decoded

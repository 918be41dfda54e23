"""Signing checkpoints: whose key it is, and the promise that no tree is signed that does not follow from the last one.

The promise is kept in a file apart from the database, so that a database put back to an earlier day can't break it.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import key_files
from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.key_files import KeyRefused
from ledger.merkle import ProofRefused, check_consistency
from ledger.note import ED25519, Note, NoteRefused, NoteSignature, VerifierKey

KEY_FILE, NEXT_KEY_FILE, HEAD_FILE = "log-key", "log-key.next", "log-head"
_SECRET = re.compile(r"PRIVATE\+KEY\+(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]{44})\n?", re.ASCII)


class SigningRefused(Exception):
    """A tree that does not follow from the last one signed: smaller, or with another past. It is never signed."""


class SignerUnavailable(Exception):
    """The key can't be reached just now; nothing was signed, and asking again may help."""


class Signer(Protocol):
    """Who holds the log's key. The key's name is the log's origin."""

    @property
    def verifier_key(self) -> VerifierKey:
        """The public part, by which anyone checks what was signed."""

    def sign(self, text: str) -> NoteSignature:
        """The signature over a note's text. Raises SignerUnavailable or OSError."""


class FileSigner:
    """A key in a file of the keys folder, in the form that Go's ``sumdb/note`` writes: ``PRIVATE+KEY+name+number+key``.

    It is read anew for every signature, so that a key that took its place is used from then on.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read()

    @classmethod
    def opened(cls, folder: Path, origin: str | None) -> FileSigner:
        """The key in ``folder``; made if there is none, with ``origin`` or a name that no other log has.

        Raises KeyRefused, also if the key there is that of another origin.
        """
        key_files.settled_folder(folder)
        path = folder / KEY_FILE
        if not path.exists():
            key_files.create(path, new_secret(origin or f"regesta.invalid/{uuid4()}"))
        signer = cls(path)
        _refuse_other_origin(path, origin, signer.verifier_key.name)
        return signer

    @property
    def verifier_key(self) -> VerifierKey:
        """The public part of the key that the file holds."""
        return self._read()[0]

    def sign(self, text: str) -> NoteSignature:
        """The signature of the key that the file holds."""
        key, private = self._read()
        return NoteSignature(key.name, key.key_id, private.sign(text.encode()))

    def _read(self) -> tuple[VerifierKey, Ed25519PrivateKey]:
        secret = key_files.read_secret(self._path)
        if secret is None:
            raise KeyRefused(f"{self._path}: expected the log's key, met no such file")
        found = _SECRET.fullmatch(secret.decode("ascii", "replace"))
        coded = b64decode(found["key"]) if found else b""
        if found is None or coded[0] != ED25519:
            raise KeyRefused(
                f"{self._path}: expected PRIVATE+KEY+name+number+key of an Ed25519 key, met something else"
            )
        private = Ed25519PrivateKey.from_private_bytes(coded[1:])
        key = VerifierKey.of(found["name"], private.public_key().public_bytes_raw())
        if key.key_id.hex() != found["id"]:
            raise KeyRefused(f"{self._path}: expected number {key.key_id.hex()}, met {found['id']}")
        return key, private


def new_secret(origin: str) -> bytes:
    """A new key of the log ``origin``, as a key file holds it. Raises KeyRefused if no key can have this name."""
    private = Ed25519PrivateKey.generate()
    try:
        key = VerifierKey.of(origin, private.public_key().public_bytes_raw())
    except NoteRefused as refused:
        raise KeyRefused(f"origin of the log: {refused}") from None
    coded = b64encode(bytes([ED25519]) + private.private_bytes_raw()).decode()
    return f"PRIVATE+KEY+{key.name}+{key.key_id.hex()}+{coded}\n".encode()


def _refuse_other_origin(where: Path, expected: str | None, met: str) -> None:
    if expected is not None and expected != met:
        raise KeyRefused(f"{where}: expected a key of the log {expected}, met one of {met}; a log's name never changes")


class LogHead:
    """The last tree that was signed, in a file: on the disk before a signature over it leaves the signer."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Checkpoint | None:
        """The last tree signed; None if none ever was. Raises SigningRefused if the file can't be read as one."""
        content = key_files.read_secret(self._path)
        if content is None:
            return None
        try:
            return Checkpoint.parse(content.decode())
        except (CheckpointRefused, UnicodeDecodeError):
            raise SigningRefused(f"{self._path}: expected the last tree signed, met something else") from None

    def write(self, checkpoint: Checkpoint) -> None:
        """Promise never to sign a tree that does not follow from this one."""
        key_files.replace(self._path, checkpoint.text().encode())

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this is held, no other process signs with these keys."""
        with key_files.held(self._path):
            yield


class LogSigner:
    """Signs trees that follow from the last one signed, and no other."""

    def __init__(self, signer: Signer, head: LogHead) -> None:
        self.signer, self.head = signer, head

    def sign(self, checkpoint: Checkpoint, proof_from: Callable[[int], list[bytes]]) -> Note:
        """The signed checkpoint. ``proof_from(size)`` proves that its tree begins with the one of that size.

        Raises SigningRefused, SignerUnavailable or OSError; nothing is signed then.
        """
        with self.head.held():
            last = self.head.read()
            if last is not None:
                _check_follows(last, checkpoint, proof_from)
            if checkpoint != last:
                self.head.write(checkpoint)
            return Note(checkpoint.text(), (self.signer.sign(checkpoint.text()),))


def _check_follows(last: Checkpoint, new: Checkpoint, proof_from: Callable[[int], list[bytes]]) -> None:
    if new.origin != last.origin:
        raise SigningRefused(f"expected a tree of the log {last.origin}, met one of {new.origin}")
    if new.size < last.size:
        raise SigningRefused(f"expected a tree of at least {last.size} acts, which were signed, met one of {new.size}")
    try:
        check_consistency(last.size, last.root, new.size, new.root, proof_from(last.size))
    except (ProofRefused, LookupError) as refused:
        raise SigningRefused(f"the tree of {new.size} acts has another past than what was signed: {refused}") from None

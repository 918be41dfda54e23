"""The keys that wrap the keys of persons: kept in a file or in the environment, never in the database.

A ring is written as keys of 64 hexadecimal digits, one a line or with commas between. The first wraps; the others only
unwrap what was wrapped before the first took their place.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE = "person-key"
_NONCE = 12


class PersonKeyRefused(Exception):
    """The keys of persons can't be used: the key that wraps them is missing, another one, or can't be read."""

    message = "the key of the values of persons is not there; who runs the service can tell more"


class WrongKey(Exception):
    """None of the ring's keys is the one that wrapped what is to be unwrapped."""


class KeyRing:
    """The keys that wrap; ``source`` says where they are kept, for messages."""

    def __init__(self, keys: Sequence[bytes], source: str) -> None:
        self.keys, self.source = tuple(keys), source
        self._ciphers = {key_id(key): AESGCM(key) for key in self.keys}

    @property
    def first(self) -> str:
        """The id of the key that wraps."""
        return key_id(self.keys[0])

    def __contains__(self, kek_id: str) -> bool:
        return kek_id in self._ciphers

    def wrap(self, key: bytes, kek_id: str, purpose: bytes) -> bytes:
        """``key`` wrapped by the key ``kek_id``; it is unwrapped for the same ``purpose`` only. Raises WrongKey."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher(kek_id).encrypt(nonce, key, purpose)

    def unwrap(self, wrapped: bytes, kek_id: str, purpose: bytes) -> bytes:
        """The key that was wrapped; raises WrongKey, also if it was changed or wrapped for something else."""
        try:
            return self._cipher(kek_id).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], purpose)
        except InvalidTag:
            raise WrongKey(kek_id) from None

    def _cipher(self, kek_id: str) -> AESGCM:
        try:
            return self._ciphers[kek_id]
        except KeyError:
            raise WrongKey(kek_id) from None


def key_id(key: bytes) -> str:
    """What names a key that wraps, and says nothing of it."""
    return hashlib.sha256(b"regesta person key\x00" + key).hexdigest()[:16]


def new_key() -> bytes:
    """A random key of 256 bits."""
    return secrets.token_bytes(32)


def read_ring(text: str, source: str) -> KeyRing:
    """The ring written in ``text``; raises PersonKeyRefused, never repeating what it met."""
    written = [key for key in re.split(r"[\s,]+", text.strip()) if key]
    if not written or not all(re.fullmatch(r"[0-9a-fA-F]{64}", key) for key in written):
        raise PersonKeyRefused(f"{source}: expected keys of 64 hexadecimal digits, met something else")
    return KeyRing([bytes.fromhex(key) for key in written], source)


def read_ring_file(folder: Path) -> KeyRing | None:
    """The ring in ``folder``; None if there is none. Raises PersonKeyRefused if others may read it."""
    path = folder / FILE
    if not path.exists():
        return None
    if path.stat().st_mode & 0o077:
        raise PersonKeyRefused(f"{path}: expected a file that only its owner may read (mode 0600), met another mode")
    return read_ring(path.read_text(), str(path))


def write_ring_file(folder: Path, ring: Sequence[bytes], *, replace: bool) -> None:
    """Write the ring into ``folder``, whole or not at all; without ``replace`` one that is there stays."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, made = folder / FILE, folder / f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write("".join(f"{key.hex()}\n" for key in ring))
            file.flush()
            os.fsync(file.fileno())
        if replace:
            made.rename(path)
        else:
            _link(made, path)
    finally:
        made.unlink(missing_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _link(made: Path, path: Path) -> None:
    try:
        path.hardlink_to(made)
    except FileExistsError:  # another process was first, and its key is as good
        return

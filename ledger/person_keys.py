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

from ledger.key_files import KeyRefused, create, read_secret, replace, settled_folder

FILE = "person-key"
_NONCE = 12


class PersonKeyRefused(KeyRefused):
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


def ring_in(folder: Path) -> KeyRing:
    """The ring in ``folder``; raises PersonKeyRefused if there is none, KeyRefused if others may read it."""
    path = folder / FILE
    written = read_secret(path)
    if written is None:
        raise PersonKeyRefused(f"{path}: expected the key that wraps the keys of persons, met no such file")
    return read_ring(written.decode("ascii", "replace"), str(path))


def make_ring_in(folder: Path) -> None:
    """Make a ring of one new key in ``folder``, if there is none."""
    create(settled_folder(folder) / FILE, _written([new_key()]))


def replace_ring_in(folder: Path, keys: Sequence[bytes]) -> None:
    """Let ``keys`` be the ring in ``folder``."""
    replace(folder / FILE, _written(keys))


def _written(keys: Sequence[bytes]) -> bytes:
    return "".join(f"{key.hex()}\n" for key in keys).encode()

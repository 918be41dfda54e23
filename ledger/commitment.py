"""Committing an act to a row beside it: what the row says can't be changed without the act's leaf changing too.

A row keeps a random salt and, for each other column, the salted SHA-256 of it; the act's own id (UUID version 8, RFC
9562) is a digest of these. So a changed column is noticed by its name, and a row that is taken away is missed by its
act. The salt keeps the id, which is public, from telling what the row says.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from uuid import UUID

SALT = 16
"""Bytes of the salt."""
_DIGEST = 32
_PURPOSE = b"regesta row 1\x00"


def seal(columns: Sequence[bytes]) -> bytes:
    """A new salt and the digest of each of ``columns``, to be kept with the row."""
    salt = secrets.token_bytes(SALT)
    return salt + b"".join(_digest(salt, nth, column) for nth, column in enumerate(columns))


def committed_id(digests: bytes) -> UUID:
    """The id of the act that commits to the row with these ``digests``."""
    found = bytearray(hashlib.sha256(_PURPOSE + digests).digest()[:16])
    found[6] = found[6] & 0x0F | 0x80
    found[8] = found[8] & 0x3F | 0x80
    return UUID(bytes=bytes(found))


def differing(digests: bytes, columns: Sequence[bytes]) -> int | None:
    """The first of ``columns`` that is not what ``digests`` say; None if all are."""
    if len(digests) != SALT + _DIGEST * len(columns):
        return 0
    salt = digests[:SALT]
    for nth, column in enumerate(columns):
        at = SALT + _DIGEST * nth
        if digests[at : at + _DIGEST] != _digest(salt, nth, column):
            return nth
    return None


def _digest(salt: bytes, nth: int, column: bytes) -> bytes:
    return hashlib.sha256(salt + bytes([nth]) + column).digest()

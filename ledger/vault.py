"""The vault: the keys of persons, and the values sealed under them (AES-256-GCM, one random key a person).

A token is ``sealed:1:PART:SUBJECT:DATA``; DATA is nonce, ciphertext and tag. It is good for its entry and its part (the
public or the confidential one) only, so that whoever can write into the database can't have a value shown elsewhere.
The nonce is made from what is sealed (under the person's key), so that equal values have equal tokens: after erasure
it can still be told whether an act changed a value. Values are filled up to 32 bytes, as lengths would tell names.
"""

from __future__ import annotations

import hmac
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection, Cursor
from psycopg.rows import tuple_row
from pydantic_core import to_json

from domain.personal import PREFIX, TOKEN, Erased, Part, Personal, subject_of
from ledger.database import Database, connect
from ledger.person_keys import FILE, KeyRing, PersonKeyRefused, WrongKey, make_ring_in, new_key
from ledger.recorder import head

KNOWN_FOR = 5.0
"""Seconds after which it is looked up whether another process has destroyed keys."""
MOST_KEYS, MOST_VALUES = 200_000, 200_000
"""Keys unwrapped and values opened that a process keeps; when there are more it begins anew."""
_HASHING = b"hashing"
_NONCE, _BLOCK = 12, 32


class SealBroken(ValueError):
    """A sealed value that is not of the entry or the part in which it stands, or was changed."""


class KeyLost(ValueError):
    """There is no key of a subject, nor was it destroyed: the vault is older than the ledger."""


class SubjectKey(NamedTuple):
    """A subject and its key."""

    subject: str
    key: bytes


def seal(of: SubjectKey, entry_id: UUID, part: Part, text: str) -> str:
    """The token of ``text`` in an entry. The same text has the same token there."""
    filled = text.encode()
    filled += b"\x00" * (-len(filled) % _BLOCK)
    bound = _bound(entry_id, part, of.subject)
    nonces = hmac.digest(of.key, b"nonces", "sha256")
    nonce = hmac.digest(nonces, bound + b"\x00" + filled, "sha256")[:_NONCE]
    data = urlsafe_b64encode(nonce + AESGCM(of.key).encrypt(nonce, filled, bound)).rstrip(b"=").decode()
    return f"{PREFIX}{part}:{of.subject}:{data}"


def unseal(cipher: AESGCM, entry_id: UUID, token: str) -> str:
    """The text that ``token`` seals in an entry; raises SealBroken."""
    part, subject, data = token[len(PREFIX) :].split(":")
    try:
        sealed = urlsafe_b64decode(data + "=" * (-len(data) % 4))
        filled = cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(entry_id, part, subject))
    except (InvalidTag, ValueError):
        raise SealBroken(f"entry {entry_id}: a sealed value is not of this entry, or was changed") from None
    return filled.rstrip(b"\x00").decode()


def _bound(entry_id: UUID, part: str, subject: str) -> bytes:
    return f"{entry_id.hex}|{part}|{subject}".encode()


class Vault:
    """The keys of persons of one database, as far as they were met. Thread-safe.

    It has connections of its own, so that whoever reads with another never waits for a second.
    """

    def __init__(self, url: str, ring: Callable[[], KeyRing]) -> None:
        """``ring`` reads the keys that wrap, anew each time it is called. Raises PersonKeyRefused."""
        self._read_ring = ring
        self.ring = ring()
        self._database = Database(url, connections=2)
        self._lock = threading.Lock()
        self._ciphers: dict[str, AESGCM | None] = {}
        self._values: dict[tuple[str, UUID], Personal] = {}
        self.forgotten = 0
        """How often everything known was let go of: what was found by opening values may be another thing then."""
        self._looked_at, self._destroyed = time.monotonic(), 0
        try:
            with self._database.pool.connection() as connection:
                self._hashing, self.first_position = self._hashing_key(connection)
                self._destroyed = _number_destroyed(connection)
        except BaseException:
            self._database.close()
            raise

    def check(self) -> None:
        """Let go of connections that were lost: each would cost a caller the answer."""
        self._database.pool.check()

    def close(self) -> None:
        """Let go of the connections."""
        self._database.close()

    def keyed_hash(self, purpose: str, *parts: bytes) -> bytes:
        """32 bytes that stand for ``parts``; without the key nobody can tell whether they are those of a guess."""
        told = purpose.encode() + b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(self._hashing, told, "sha256")

    def opened(self, token: str, entry_id: UUID) -> Personal:
        """The value that ``token`` seals in an entry; ``Erased`` if its key was destroyed.

        Raises SealBroken or KeyLost.
        """
        self._look_for_destroyed_keys()
        found = self._values.get((token, entry_id))
        return self._open(token, entry_id) if found is None else found

    def shown(self, text: str, entry_id: UUID, part: Part) -> str:
        """The JSON text ``text`` of a part of an entry with its sealed values as they are shown.

        Raises SealBroken for a value that is not of this entry, or is confidential in the public part.
        """
        if PREFIX not in text:
            return text
        self.learn([text])

        def value(found: Any) -> str:
            token = found.group()
            if part == "p" and token[len(PREFIX)] != "p":
                raise SealBroken(f"entry {entry_id}: a confidential value stands in the public part")
            return to_json(str(self.opened(token, entry_id))).decode()[1:-1]

        return TOKEN.sub(value, text)

    def plain(self, text: str, entry_id: UUID) -> str:
        """What ``text`` seals in an entry if it is a token, else ``text`` itself."""
        return str(self.opened(text, entry_id)) if text.startswith(PREFIX) else text

    def learn(self, texts: Iterable[str]) -> None:
        """Look up at once the keys that the tokens in ``texts`` need."""
        subjects = {subject_of(token) for text in texts for token in TOKEN.findall(text)}
        wanted = subjects.difference(self._ciphers)  # goes through the smaller one, where `-` goes through both
        if wanted:
            self._load(wanted)

    def remember(self, keys: Iterable[SubjectKey]) -> None:
        """Keys just made, now that they are committed."""
        for subject, key in keys:
            self._ciphers[subject] = AESGCM(key)

    def forget(self) -> None:
        """Let go of everything known, as keys were destroyed."""
        with self._lock:
            self._ciphers, self._values = {}, {}
            self.forgotten += 1

    def unwrapped(self, subject: UUID, wrapped: bytes, kek_id: str) -> SubjectKey:
        """The key of a subject; raises PersonKeyRefused if the key that wraps it is not there."""
        return SubjectKey(subject.hex, self._unwrap(wrapped, kek_id, subject.bytes))

    def wrapped(self, of: SubjectKey, kek_id: str) -> bytes:
        """The key of a subject as it is stored, wrapped by the key ``kek_id``. Raises PersonKeyRefused."""
        if kek_id not in self.ring:
            self.read_ring_again()
        try:
            return self.ring.wrap(of.key, kek_id, UUID(of.subject).bytes)
        except WrongKey:
            raise self._refused(kek_id) from None

    def rewrap_hashing_key(self, cursor: Cursor[Any]) -> None:
        """Wrap the key of the keyed hashes by the first key of the ring, which wraps all that is new from then on."""
        first = self.ring.first
        cursor.execute(
            "UPDATE vault.hashing_key SET wrapped_key = %s, kek_id = %s WHERE kek_id <> %s",
            (self.ring.wrap(self._hashing, first, _HASHING), first, first),
        )

    def read_ring_again(self) -> None:
        """Take the keys that wrap as they are by now: they may have been rotated."""
        self.ring = self._read_ring()

    def _unwrap(self, wrapped: bytes, kek_id: str, purpose: bytes) -> bytes:
        if kek_id not in self.ring:
            self.read_ring_again()
        try:
            return self.ring.unwrap(wrapped, kek_id, purpose)
        except WrongKey:
            raise self._refused(kek_id) from None

    def _refused(self, kek_id: str) -> PersonKeyRefused:
        return PersonKeyRefused(
            f"{self.ring.source}: expected the key {kek_id}, by which the keys of persons in this database are wrapped,"
            f" met {self.ring.first}; put the right key there (it is in the backup of the keys folder)"
        )

    def _open(self, token: str, entry_id: UUID) -> Personal:
        # Others may let go of everything meanwhile: what is opened then is not kept, and no key is missed.
        subject, values, ciphers = subject_of(token), self._values, self._ciphers
        cipher = ciphers[subject] if subject in ciphers else self._load({subject})[subject]
        value = Erased(token) if cipher is None else Personal(unseal(cipher, entry_id, token), token)
        if len(values) >= MOST_VALUES:
            values.clear()
        values[token, entry_id] = value
        return value

    def _load(self, subjects: set[str]) -> dict[str, AESGCM | None]:
        """Look up the keys of ``subjects``; None for one that was destroyed. Raises KeyLost."""
        with self._lock, self._database.pool.connection() as connection:
            rows = connection.cursor(row_factory=tuple_row).execute(
                "SELECT subject_id, wrapped_key, kek_id FROM vault.subjects WHERE subject_id = ANY(%s)",
                ([UUID(each) for each in subjects],),
            )
            found = {
                subject.hex: None if wrapped is None else AESGCM(self.unwrapped(subject, wrapped, kek_id).key)
                for subject, wrapped, kek_id in rows
            }
            if len(self._ciphers) + len(found) > MOST_KEYS:
                self._ciphers = {}
            self._ciphers.update(found)
        lost = subjects - found.keys()
        if lost:
            raise KeyLost(
                f"no key of subject {min(lost)}, nor was it destroyed: the vault is older than the ledger;"
                " restore the newest backup of the schema vault"
            )
        return found

    def _look_for_destroyed_keys(self) -> None:
        if time.monotonic() - self._looked_at < KNOWN_FOR:
            return
        self._looked_at = time.monotonic()
        with self._lock, self._database.pool.connection() as connection:
            destroyed = _number_destroyed(connection)
        if destroyed != self._destroyed:
            self._destroyed = destroyed
            self.forget()

    def _hashing_key(self, connection: Connection[Any]) -> tuple[bytes, int]:
        """The key of the keyed hashes, made at the first start; and from which position on values are sealed."""
        cursor = connection.cursor(row_factory=tuple_row)
        select = "SELECT wrapped_key, kek_id, first_position FROM vault.hashing_key"
        row = cursor.execute(select).fetchone()
        if row is None:
            cursor.execute(
                "INSERT INTO vault.hashing_key (wrapped_key, kek_id, first_position) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (self.ring.wrap(new_key(), self.ring.first, _HASHING), self.ring.first, head(connection).position + 1),
            )
            row = cursor.execute(select).fetchone()
        assert row is not None  # noqa: S101 - rows of this table are never deleted
        return self._unwrap(row[0], row[1], _HASHING), row[2]


def _number_destroyed(connection: Connection[Any]) -> int:
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT count(*) FROM vault.subjects WHERE wrapped_key IS NULL"
    )
    return sum(row[0] for row in rows)


def make_first_key(url: str, folder: Path) -> None:
    """Make the key that wraps, if there is none and nothing is wrapped yet. Raises PersonKeyRefused if something is."""
    if (folder / FILE).exists():
        return
    with connect(url) as connection:
        row = connection.cursor(row_factory=tuple_row).execute("SELECT kek_id FROM vault.hashing_key").fetchone()
    if row is not None:
        raise PersonKeyRefused(
            f"{folder / FILE}: expected the key {row[0]}, by which the keys of persons in this database are wrapped,"
            " met no such file; without it their values can't be read (it is in the backup of the keys folder)"
        )
    make_ring_in(folder)

"""Local accounts: names, passwords (Argon2id), grants. None of this is in the ledger, which knows only their ids."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Json

from api.grants import Grant, read_grant
from projections.bindings import pseudonyms_of

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1_000
FAILURES_PER_NAME_AND_ADDRESS, FAILURES_PER_NAME, FAILURES_PER_ADDRESS = 5, 100, 100
"""How many failed attempts within ``FAILURES_COUNT_FOR`` are borne before no password is looked at any more."""
FAILURES_COUNT_FOR = "15 minutes"

_HASHER = PasswordHasher()
_HASHING = threading.BoundedSemaphore(4)
"""A hash takes 64 MiB: so many attempts at once, the others wait."""


class AccountRefused(Exception):
    """What was asked of an account can't be done."""


class TooManyAttempts(Exception):
    """Too many failed attempts; the password was not looked at."""

    message = "too many failed attempts: expected a pause of 15 minutes"


class Account(NamedTuple):
    """A local account; ``account_id`` is its pseudonym in the ledger."""

    account_id: UUID
    name: str
    grants: frozenset[Grant]
    disabled: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """Someone's attempt to sign in."""

    name: str
    password: str
    address: str


def create_account(connection: Connection[Any], name: str, password: str, grants: Iterable[Grant]) -> Account:
    """A new account; raises AccountRefused if the name is taken or the password too short."""
    known_as = _name(name)
    account = Account(uuid4(), known_as, frozenset(grants), disabled=False)
    inserted = connection.execute(
        "INSERT INTO access.accounts (account_id, name, password_hash, roles) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (name) DO NOTHING",
        (account.account_id, known_as, _hash(password), _stored(account.grants)),
    )
    if not inserted.rowcount:
        raise AccountRefused(f"name: expected one that is free, met {known_as!r}, which has an account")
    return account


def change_password(connection: Connection[Any], name: str, password: str) -> None:
    """Give an account another password; its tokens end, for whoever had the old one may hold them."""
    account, password_hash = account_named(connection, name), _hash(password)
    with connection.transaction():
        connection.execute(
            "UPDATE access.accounts SET password_hash = %s WHERE account_id = %s", (password_hash, account.account_id)
        )
        _end_tokens(connection, account)


def change_grants(connection: Connection[Any], name: str, grants: Iterable[Grant]) -> Account:
    """Give an account these grants in place of those it has."""
    account = account_named(connection, name)._replace(grants=frozenset(grants))
    connection.execute(
        "UPDATE access.accounts SET roles = %s WHERE account_id = %s", (_stored(account.grants), account.account_id)
    )
    return account


def bind(connection: Connection[Any], name: str, subject: UUID) -> frozenset[str]:
    """Say that the account belongs to the person whom an identity provider's sessions name by pseudonym ``subject``.

    From then on both are one person wherever two are needed, and stay so. Answers with the person's pseudonyms by now.
    """
    account = account_named(connection, name)
    connection.execute(
        "INSERT INTO access.bindings (account_id, subject) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (account.account_id, subject),
    )
    return pseudonyms_of(connection, str(account.account_id))


def disable(connection: Connection[Any], name: str) -> None:
    """Let nobody in under this name any more. The account stays, for the ledger names it."""
    account = account_named(connection, name)
    with connection.transaction():
        connection.execute(
            "UPDATE access.accounts SET disabled_at = coalesce(disabled_at, now()) WHERE account_id = %s",
            (account.account_id,),
        )
        _end_tokens(connection, account)


def account_named(connection: Connection[Any], name: str) -> Account:
    """The account of that name; raises AccountRefused if there is none."""
    found = [account for account in accounts(connection) if account.name == _name(name)]
    if not found:
        raise AccountRefused(f"name: expected an account's name, met {name!r}")
    return found[0]


def accounts(connection: Connection[Any]) -> list[Account]:
    """All accounts, by name."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT account_id, name, roles, disabled_at IS NOT NULL AS disabled FROM access.accounts ORDER BY name"
        )
        return [account_of(row) for row in cursor]


def account_of(row: dict[str, Any]) -> Account:
    """The account in a row of ``account_id``, ``name``, ``roles`` and ``disabled``."""
    return Account(row["account_id"], row["name"], frozenset(map(read_grant, row["roles"])), row["disabled"])


class Proven(NamedTuple):
    """An account whose password was given, and the hash by which that was checked."""

    account: Account
    password_hash: str


def lock_proven(connection: Connection[Any], proven: Proven) -> bool:
    """Whether the password that was given is still the account's; it stays so until the transaction ends."""
    found = connection.execute(
        "SELECT FROM access.accounts WHERE account_id = %s AND password_hash = %s FOR SHARE",
        (proven.account.account_id, proven.password_hash),
    )
    return found.rowcount == 1


def sign_in(connection: Connection[Any], attempt: Attempt, hide: Callable[[str], str]) -> Proven | None:
    """The account whose name and password were given; None if they don't fit. Raises TooManyAttempts.

    An attempt counts as failed until it has succeeded, so that many at once are counted like one after the other. A
    name that no account has is kept as ``hide`` gives it: it may be anybody's, or a password typed in the wrong place.
    """
    name = unicodedata.normalize("NFC", attempt.name).strip()
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT account_id, name, roles, disabled_at IS NOT NULL AS disabled, password_hash"
            " FROM access.accounts WHERE name = %s",
            (name,),
        )
        row = cursor.fetchone()
    counted_as = hide(name) if row is None else name
    _refuse_too_many(connection, counted_as, attempt.address)
    attempt_id = uuid4()
    connection.execute(
        "INSERT INTO access.login_failures (attempt_id, name, address) VALUES (%s, %s, %s)",
        (attempt_id, counted_as, attempt.address),
    )
    right = _verified(_nobodys_hash() if row is None else row["password_hash"], attempt.password)
    if row is None or not right or row["disabled"]:
        return None
    connection.execute("DELETE FROM access.login_failures WHERE attempt_id = %s", (attempt_id,))
    kept = given = row["password_hash"]
    if _HASHER.check_needs_rehash(given):
        kept = _hash(attempt.password)
        updated = connection.execute(
            "UPDATE access.accounts SET password_hash = %s WHERE account_id = %s AND password_hash = %s",
            (kept, row["account_id"], given),
        )
        if not updated.rowcount:  # another sign-in has hashed it anew just now, or the password was changed
            return sign_in(connection, attempt, hide)
    return Proven(account_of(row), kept)


def _refuse_too_many(connection: Connection[Any], name: str, address: str) -> None:
    connection.execute(
        "DELETE FROM access.login_failures WHERE failed_at < now() - %s::interval", (FAILURES_COUNT_FOR,)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE name = %(name)s AND address = %(address)s) >= %(both)s"
            " OR count(*) FILTER (WHERE name = %(name)s) >= %(of_name)s"
            " OR count(*) FILTER (WHERE address = %(address)s) >= %(of_address)s AS too_many"
            " FROM access.login_failures WHERE name = %(name)s OR address = %(address)s",
            {
                "name": name,
                "address": address,
                "both": FAILURES_PER_NAME_AND_ADDRESS,
                "of_name": FAILURES_PER_NAME,
                "of_address": FAILURES_PER_ADDRESS,
            },
        )
        (too_many,) = cursor.fetchall()
    if any(too_many.values() if isinstance(too_many, dict) else too_many):
        raise TooManyAttempts


def _end_tokens(connection: Connection[Any], account: Account) -> None:
    connection.execute(
        "UPDATE access.tokens SET revoked_at = now() WHERE account_id = %s AND revoked_at IS NULL",
        (account.account_id,),
    )


def _name(name: str) -> str:
    shown = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(shown) <= 100 or not shown.isprintable():
        raise AccountRefused(f"name: expected 1 to 100 printable characters, met {name!r}")
    return shown


def _hash(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountRefused(
            f"password: expected {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, met {len(password)}"
        )
    with _HASHING:
        return _HASHER.hash(unicodedata.normalize("NFC", password))


@cache
def _nobodys_hash() -> str:
    """Checked where there is no account, so that the time of the answer doesn't tell which names exist."""
    return _HASHER.hash(uuid4().hex)


def _verified(password_hash: str, password: str) -> bool:
    with _HASHING:
        try:
            return _HASHER.verify(password_hash, unicodedata.normalize("NFC", password))
        except VerificationError:
            return False


def _stored(grants: Iterable[Grant]) -> Json:
    return Json(sorted(map(str, grants)))

"""Bearer tokens of local accounts: opaque, kept only as their SHA-256, ending on a day."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import dict_row

from api.accounts import Account, AccountRefused, account_of

PREFIX = "regesta_"
"""What every token of ours begins with, so that scanners of leaked secrets know it."""


class IssuedToken(NamedTuple):
    """A new token. The secret is shown once and kept nowhere."""

    secret: str
    expires_at: datetime


class KnownToken(NamedTuple):
    """A token as a list shows it; ``token_id`` is the beginning of its hash."""

    token_id: str
    account: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    state: str


class Admitted(NamedTuple):
    """Whom a token lets in, and until when."""

    account: Account
    expires_at: datetime


def issue_token(connection: Connection[Any], account: Account, purpose: str, lifetime: timedelta) -> IssuedToken:
    """A new token of ``account``; raises AccountRefused if the account is disabled."""
    if account.disabled:
        raise AccountRefused(f"account: expected one that is not disabled, met {account.name!r}")
    secret = PREFIX + secrets.token_urlsafe(32)
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "INSERT INTO access.tokens (token_hash, account_id, purpose, expires_at)"
            " VALUES (%s, %s, %s, now() + %s) RETURNING expires_at",
            (hash_of(secret), account.account_id, purpose, lifetime),
        )
        (row,) = cursor.fetchall()
    return IssuedToken(secret, row["expires_at"])


def admitted(connection: Connection[Any], secret: str) -> Admitted | None:
    """Whom the token lets in now; None if it is unknown, ended or revoked, or its account disabled."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT a.account_id, a.name, a.roles, false AS disabled, t.expires_at"
            " FROM access.tokens t JOIN access.accounts a USING (account_id)"
            " WHERE t.token_hash = %s AND t.revoked_at IS NULL AND t.expires_at > now() AND a.disabled_at IS NULL",
            (hash_of(secret),),
        )
        row = cursor.fetchone()
    return None if row is None else Admitted(account_of(row), row["expires_at"])


def revoke(connection: Connection[Any], secret: str) -> None:
    """End a token now."""
    connection.execute("UPDATE access.tokens SET revoked_at = now() WHERE token_hash = %s", (hash_of(secret),))


def revoke_by_id(connection: Connection[Any], token_id: str) -> None:
    """End the token that a list shows under ``token_id``; raises AccountRefused if there is not exactly one."""
    ended = connection.execute(
        "UPDATE access.tokens SET revoked_at = coalesce(revoked_at, now())"
        " WHERE left(encode(token_hash, 'hex'), 12) = %s",
        (token_id,),
    )
    if ended.rowcount != 1:
        raise AccountRefused(f"token: expected an id as `regesta token list` shows it, met {token_id!r}")


def tokens(connection: Connection[Any]) -> list[KnownToken]:
    """All tokens, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT left(encode(t.token_hash, 'hex'), 12) AS token_id, a.name AS account, t.purpose, t.created_at,"
            " t.expires_at, CASE WHEN t.revoked_at IS NOT NULL THEN 'revoked' WHEN t.expires_at <= now() THEN 'ended'"
            " ELSE 'valid' END AS state"
            " FROM access.tokens t JOIN access.accounts a USING (account_id) ORDER BY t.created_at DESC"
        )
        return [KnownToken(**row) for row in cursor]


def hash_of(secret: str) -> bytes:
    """What is kept of a token. Plain SHA-256 will do: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()

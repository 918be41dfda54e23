"""Sessions: who calls, and what they may do. Without a token a caller is anonymous and sees what is public."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple
from urllib.parse import unquote

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from api import accounts, tokens
from api.accounts import Attempt
from api.oidc import IdentityProvider
from api.session import ANONYMOUS, PURPOSE_HEADER, Disclosure, NameOrPasswordWrong, NotAuthenticated, Session
from api.settings import Settings
from domain.purpose import EXPECTED_CASE, PURPOSES, MalformedPurpose, Purpose, purpose_of
from ledger.database import Database
from ledger.reading_log import ReadingLog
from ledger.vault import Vault

KNOWN_FOR = 5.0
"""Seconds for which a token once checked is taken without looking again; a revoked one ends within them."""
MOST_KNOWN = 10_000
LONGEST_TOKEN = 8_192


READ_FOR: dict[str, Any] = {
    "name": PURPOSE_HEADER,
    "in": "header",
    "required": False,
    "description": "Why what is not public is read; without it only what is public is shown. The purpose, and the"
    " number of the case if there is one, any character beyond ASCII percent-encoded: `supervision; case=1-7/123`."
    f" Purposes: {', '.join(f'`{code}` ({titles.en})' for code, titles in PURPOSES.items())}."
    " Who read what, when and why is kept",
    "schema": {
        "type": "string",
        "pattern": rf"^({'|'.join(PURPOSES)})(; *case=[0-9A-Za-z.%/-]+)?$",
        "maxLength": 300,
        "examples": ["supervision; case=1-7/123"],
    },
}
"""The description of the header in which a purpose is stated, for every path that can show what is not public."""
FOR_PURPOSE: dict[str, Any] = {"parameters": [READ_FOR]}


class _Known(NamedTuple):
    session: Session
    until: float


class Sessions:
    """The sessions of one service. Thread-safe."""

    def __init__(self, settings: Settings, database: Database, readings: ReadingLog, vault: Vault) -> None:
        self._database, self._readings, self._vault = database, readings, vault
        self._lifetime = timedelta(hours=settings.session_hours)
        self._provider = IdentityProvider(settings) if settings.oidc_issuer else None
        self._known: dict[bytes, _Known] = {}

    def known(self, token: str) -> Session | None:
        """The session of a token checked a moment ago; None if it has to be looked up."""
        found = self._known.get(tokens.hash_of(token))
        return found.session if found and found.until > time.monotonic() else None

    def of(self, token: str) -> Session:
        """The session of a token; raises NotAuthenticated or IdentityProviderUnavailable."""
        session = self._local(token) if token.startswith(tokens.PREFIX) else self._provided(token)
        if session is None or session.expires_at is None:
            raise NotAuthenticated
        left = (session.expires_at - datetime.now(UTC)).total_seconds()
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[tokens.hash_of(token)] = _Known(session, time.monotonic() + min(KNOWN_FOR, left))
        return session

    def with_purpose(self, session: Session, purpose: Purpose, way: str) -> Session:
        """``session`` as it asks by a ``way`` for a purpose: what it is shown that is not public is kept."""
        return replace(session, disclosure=Disclosure(self._readings, session.pseudonym, purpose, way))

    def open(self, attempt: Attempt) -> tuple[tokens.IssuedToken, Session]:
        """A new session of a local account; raises NameOrPasswordWrong or TooManyAttempts."""
        with self._database.pool.connection() as connection:
            proven = accounts.sign_in(connection, attempt, self._hidden)
            if proven is None:
                raise NameOrPasswordWrong
            account = proven.account
            with connection.transaction():
                if not accounts.lock_proven(connection, proven):  # it was changed since, and all tokens ended
                    raise NameOrPasswordWrong
                issued = tokens.issue_token(connection, account, "session", self._lifetime)
        return issued, Session(str(account.account_id), account.grants, issued.expires_at)

    def close(self, token: str) -> None:
        """End the session of a local token. A provider's token ends with the provider."""
        self._known.pop(tokens.hash_of(token), None)
        with self._database.pool.connection() as connection:
            tokens.revoke(connection, token)

    def _hidden(self, name: str) -> str:
        """What is kept of a name that was typed where no account has it."""
        return self._vault.keyed_hash("sign-in", name.encode()).hex()

    def _local(self, token: str) -> Session | None:
        with self._database.pool.connection() as connection:
            found = tokens.admitted(connection, token)
        if found is None:
            return None
        return Session(str(found.account.account_id), found.account.grants, found.expires_at)

    def _provided(self, token: str) -> Session | None:
        found = self._provider.identify(token) if self._provider else None
        if found is None:
            return None
        return Session(str(found.pseudonym), found.grants, found.expires_at)


def bearer_token(request: Request) -> str | None:
    """The bearer token of a request, None if it brings none; raises NotAuthenticated for other credentials."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN or not token.isascii():
        raise NotAuthenticated
    return token


def read_purpose(header: str) -> Purpose:
    """The purpose that the header states: ``supervision; case=1-7/123``, any letter beyond ASCII percent-encoded.

    Raises MalformedPurpose.
    """
    code, separator, said = header.partition(";")
    name, _, case_number = said.strip().partition("=")
    if not separator:
        return purpose_of(code.strip(), None)
    try:
        return purpose_of(code.strip(), unquote(case_number.strip(), errors="strict") if name == "case" else "")
    except UnicodeDecodeError:
        raise MalformedPurpose(EXPECTED_CASE, case_number[:80]) from None


async def sessions_of(request: Request) -> Sessions:
    """The sessions of the running application."""
    sessions: Sessions = request.app.state.sessions
    return sessions


TheSessions = Annotated[Sessions, Depends(sessions_of)]


class _BearerSession(SecurityBase):
    """The caller's session, by bearer token. Scheme and dependency in one: each dependency costs every read."""

    def __init__(self) -> None:
        self.model = HTTPBearer(description="A token from POST /sessions, `regesta token`, or the OIDC provider")
        self.scheme_name = "HTTPBearer"

    async def __call__(self, request: Request) -> Session:
        """``ANONYMOUS`` without a token. Raises NotAuthenticated for one that lets nobody in."""
        token = bearer_token(request)
        if token is None:
            return ANONYMOUS
        sessions = await sessions_of(request)
        session = sessions.known(token)
        if session is None:
            session = await run_in_threadpool(sessions.of, token)
        stated = request.headers.get(PURPOSE_HEADER)
        if stated is None:
            return session
        way = f"{request.method} {request.scope['route'].path}"
        return sessions.with_purpose(session, read_purpose(stated), way)


current_session = _BearerSession()
CurrentSession = Annotated[Session, Depends(current_session)]


async def signed_in(session: CurrentSession) -> Session:
    """The caller's session; raises NotAuthenticated for an anonymous caller, before the body is looked at."""
    if session.is_anonymous:
        raise NotAuthenticated
    return session


SignedIn = Annotated[Session, Depends(signed_in)]

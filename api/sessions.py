"""Sessions: who calls, and what they may do. Without a token a caller is anonymous and sees what is public."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from api import accounts, tokens
from api.accounts import Attempt
from api.grants import Grant, Role, holds
from api.oidc import IdentityProvider
from api.settings import Settings
from domain.register import Register
from ledger.database import Database

KNOWN_FOR = 5.0
"""Seconds for which a token once checked is taken without looking again; a revoked one ends within them."""
MOST_KNOWN = 10_000
LONGEST_TOKEN = 8_192


class NotAuthenticated(Exception):
    """No token, or one that lets nobody in."""

    message = "expected a valid bearer token, met none or one that is unknown, ended or revoked"


class NameOrPasswordWrong(NotAuthenticated):
    """The name and the password given don't fit any account."""

    message = "expected the name and password of an account, met others"


class NotPermitted(Exception):
    """The session lacks the role that is needed."""

    message = "expected a session with the needed role in register {register}, met one without"

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.values = {"register": register}


@dataclass(frozen=True, slots=True)
class Session:
    """Who calls. ``pseudonym`` is what the ledger keeps of them; empty for an anonymous caller."""

    pseudonym: str
    grants: frozenset[Grant]
    expires_at: datetime | None

    @property
    def is_anonymous(self) -> bool:
        """Whether the caller brought no token."""
        return not self.pseudonym

    def may_record(self, register: str) -> bool:
        """Whether acts may be recorded in ``register``."""
        return holds(self.grants, register, Role.CLERK)

    def may_confirm(self, register: str) -> bool:
        """Whether acts that others propose in ``register`` may be confirmed or rejected."""
        return holds(self.grants, register, Role.CLERK, Role.APPROVER)

    def may_read_confidential(self, register: str) -> bool:
        """Whether what is not public in ``register`` may be read."""
        return holds(self.grants, register, Role.CLERK, Role.APPROVER, Role.READER, Role.AUDITOR)

    def may_audit(self, register: str) -> bool:
        """Whether it may be seen who recorded an act in ``register``, and acts be looked up by it."""
        return holds(self.grants, register, Role.AUDITOR)


def reads_confidential(session: Session, register: Register) -> bool:
    """Whether the session may read what is not public in ``register``.

    Raises NotAuthenticated or NotPermitted if all of the register is not public, and the session may not.
    """
    may = session.may_read_confidential(register.name)
    if not may and not register.public:
        raise NotAuthenticated if session.is_anonymous else NotPermitted(register.name)
    return may


ANONYMOUS = Session("", frozenset(), None)


class _Known(NamedTuple):
    session: Session
    until: float


class Sessions:
    """The sessions of one service. Thread-safe."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
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

    def open(self, attempt: Attempt) -> tuple[tokens.IssuedToken, Session]:
        """A new session of a local account; raises NameOrPasswordWrong or TooManyAttempts."""
        with self._database.pool.connection() as connection:
            account = accounts.sign_in(connection, attempt)
            if account is None:
                raise NameOrPasswordWrong
            issued = tokens.issue_token(connection, account, "session", self._lifetime)
        return issued, Session(str(account.account_id), account.grants, issued.expires_at)

    def close(self, token: str) -> None:
        """End the session of a local token. A provider's token ends with the provider."""
        self._known.pop(tokens.hash_of(token), None)
        with self._database.pool.connection() as connection:
            tokens.revoke(connection, token)

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
        known = sessions.known(token)
        return await run_in_threadpool(sessions.of, token) if known is None else known


current_session = _BearerSession()
CurrentSession = Annotated[Session, Depends(current_session)]


async def signed_in(session: CurrentSession) -> Session:
    """The caller's session; raises NotAuthenticated for an anonymous caller, before the body is looked at."""
    if session.is_anonymous:
        raise NotAuthenticated
    return session


SignedIn = Annotated[Session, Depends(signed_in)]

"""Paths of sessions: sign in with a local account, see who one is, sign out."""

from __future__ import annotations

from datetime import datetime

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import LONGEST_PASSWORD, Attempt
from api.errors import problems
from api.sessions import CurrentSession, TheSessions, bearer_token

SIGNING_IN_AT_ONCE = 4
"""A password takes long to check: more attempts wait, and take no thread and no connection from other requests."""


class Credentials(BaseModel):
    """A local account's name and password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")
    password: str = Field(min_length=1, max_length=LONGEST_PASSWORD)


class Opened(BaseModel):
    """A new session."""

    token: str = Field(description="To be sent as `Authorization: Bearer …`; shown once")
    expires_at: datetime
    roles: list[str] = Field(description="What the caller may do, as register:role", examples=[["institutions:clerk"]])


class Current(BaseModel):
    """The session of the caller."""

    pseudonym: str | None = Field(description="What the ledger keeps of the caller; none for an anonymous one")
    expires_at: datetime | None
    roles: list[str]


def sessions_router() -> APIRouter:
    """The paths of sessions."""
    router = APIRouter(tags=["sessions"])
    at_once = CapacityLimiter(SIGNING_IN_AT_ONCE)

    @router.post("/sessions", status_code=201, responses=problems(400, 401, 413, 422, 429))
    async def sign_in(request: Request, response: Response, sessions: TheSessions, credentials: Credentials) -> Opened:
        """Sign in with a local account."""
        address = request.client.host if request.client else ""
        attempt = Attempt(credentials.name, credentials.password, address)
        issued, session = await to_thread.run_sync(sessions.open, attempt, limiter=at_once)
        response.headers["Cache-Control"] = "no-store"
        return Opened(token=issued.secret, expires_at=issued.expires_at, roles=sorted(map(str, session.grants)))

    @router.get("/sessions/current", responses=problems(401))
    def who_am_i(response: Response, session: CurrentSession) -> Current:
        """Who calls, and what they may do."""
        response.headers["Cache-Control"] = "no-store"
        return Current(
            pseudonym=session.pseudonym or None,
            expires_at=session.expires_at,
            roles=sorted(map(str, session.grants)),
        )

    @router.delete("/sessions/current", status_code=204, responses=problems(401))
    def sign_out(request: Request, sessions: TheSessions, session: CurrentSession) -> None:
        """Sign out: the token ends now. A token of the identity provider ends there, not here."""
        token = bearer_token(request)
        if token is not None:
            sessions.close(token)

    return router

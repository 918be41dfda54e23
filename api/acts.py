"""All acts over HTTP: searched, and as a feed by position that a reader can resume."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from pydantic import AwareDatetime, BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.answers import ActShape, Known, json_response, known_json, text_of
from api.errors import Malformed, problems
from api.lists import LARGEST_PAGE, USUAL_PAGE
from api.oidc import IdentityProviderUnavailable
from api.parameters import KnownAtText, TheService
from api.service import Service
from api.session import NotAuthenticated, NotPermitted, Session
from api.sessions import FOR_PURPOSE, CurrentSession, current_session
from api.visible import documents, visible
from domain.legal_time import LegalDate
from projections.act_list import positions_of
from projections.moment import resolve_known_at

_POLL_SECONDS = 0.5
Position = Annotated[int, Query(ge=-1, lt=2**62)]


def _written_out(value: Any) -> Any:
    if isinstance(value, str) and "T" not in value.upper():
        raise PydanticCustomError("datetime_parsing", "an instant with its offset")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""An instant in ISO form; a number of seconds is not one."""


class ActList(BaseModel):
    """Acts in the order of the ledger."""

    known_at: Known
    acts: list[ActShape]
    next_cursor: int | None


class Feed(BaseModel):
    """Acts after a position. ``last`` is where to go on: everything up to it has been told."""

    acts: list[ActShape]
    last: int


def acts_router() -> APIRouter:
    """``GET /acts`` and ``GET /changes``."""
    router = APIRouter(tags=["acts"])
    _add_acts(router)
    _add_changes(router)
    return router


def _add_acts(router: APIRouter) -> None:
    @router.get("/acts", response_model=ActList, openapi_extra=FOR_PURPOSE, responses=problems(400, 401, 403, 422))
    def acts(
        service: TheService,
        session: CurrentSession,
        register: Annotated[str | None, Query(max_length=60)] = None,
        kind: Annotated[str | None, Query(max_length=60, pattern=r"^[a-z_]+$", description="Kind of act")] = None,
        decision: Annotated[str | None, Query(max_length=200, description="Decision number")] = None,
        actor: Annotated[str | None, Query(max_length=200, description="Pseudonym of who acted; for auditors")] = None,
        decided_from: LegalDate | None = None,
        decided_to: LegalDate | None = None,
        effective_from: LegalDate | None = None,
        effective_to: LegalDate | None = None,
        recorded_from: Instant | None = None,
        recorded_to: Instant | None = None,
        late: Annotated[bool | None, Query(description="Only acts recorded after the day they took effect")] = None,
        known_at: KnownAtText = None,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE,
        cursor: Position = -1,
    ) -> Response:
        """Acts of all registers, oldest first. To ask for an actor, a session needs the role of an auditor."""
        if actor is not None and not session.may_audit(register or "*"):
            raise NotPermitted(register or "*")
        if register is not None and register not in service.catalogue.registers:
            raise Malformed("register", "one of {values}", register, values=", ".join(service.catalogue.registers))
        query = visible(service.catalogue, session, register)._replace(
            verb=kind, decision_number=_text("decision", decision), actor=_text("actor", actor),
            decided_from=decided_from, decided_to=decided_to, effective_from=effective_from,
            effective_to=effective_to, recorded_from=_utc(recorded_from), recorded_to=_utc(recorded_to), late=late,
        )  # fmt: skip
        with service.database.pool.connection() as connection:
            known = resolve_known_at(connection, known_at)
            positions = positions_of(connection, query, after=cursor, upto=known.position, limit=limit + 1)
            shown = documents(
                service.catalogue, session, service.ledger.acts_at(connection, positions[:limit]), known.position
            )
        following = str(positions[limit - 1]) if len(positions) > limit else "null"
        answer = f'{{"known_at":{known_json(known)},"acts":{text_of(shown)},"next_cursor":{following}}}'
        return session.answered(json_response(answer), register)


def _add_changes(router: APIRouter) -> None:
    @router.get(
        "/changes",
        response_model=Feed,
        openapi_extra=FOR_PURPOSE,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **problems(400, 401, 422)},
    )
    def changes(
        request: Request,
        service: TheService,
        session: CurrentSession,
        after: Position = -1,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE,
        last_event_id: Annotated[str | None, Header(max_length=20)] = None,
    ) -> Response:
        """Acts after a position, in order; with ``Accept: text/event-stream`` as they are recorded, without end."""
        if "text/event-stream" in (request.headers.get("accept") or ""):
            start = _resumed(last_event_id, after)
            return StreamingResponse(_events(request, service, start), media_type="text/event-stream")
        acts_, last = _after(service, session, after, limit)
        return session.answered(json_response(f'{{"acts":{text_of(acts_)},"last":{last}}}'))


def _after(service: Service, session: Session, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    query = visible(service.catalogue, session, None)
    with service.database.pool.connection() as connection:
        known = resolve_known_at(connection, None)
        positions = positions_of(connection, query, after=after, upto=known.position, limit=limit)
        shown = documents(service.catalogue, session, service.ledger.acts_at(connection, positions), known.position)
    full = len(positions) == limit
    return shown, positions[-1] if full else known.position


async def _events(request: Request, service: Service, after: int) -> AsyncIterator[bytes]:
    while not await request.is_disconnected():
        try:
            session = await current_session(request)
        except (NotAuthenticated, IdentityProviderUnavailable):
            # Whoever may no longer come in gets no further act; coming again tells them why.
            return
        shown, last = await run_in_threadpool(_told, service, session, after)
        for act in shown:
            yield f"id: {act['position']}\nevent: act\ndata: {text_of(act)}\n\n".encode()
        if last <= after:  # less, where acts are waited for that come after others
            yield b": still here\n\n"
            await asyncio.sleep(_POLL_SECONDS)
        after = max(after, last)


def _told(service: Service, session: Session, after: int) -> tuple[list[dict[str, Any]], int]:
    """The next part of a stream, when what it shows is kept as read."""
    shown, last = _after(service, session, after, LARGEST_PAGE)
    session.keep()
    return shown, last


def _resumed(last_event_id: str | None, after: int) -> int:
    if last_event_id is None:
        return after
    if not last_event_id.isdecimal():
        raise Malformed("Last-Event-ID", "a position", last_event_id)
    return int(last_event_id)


def _text(field: str, value: str | None) -> str | None:
    if value is not None and not value.isprintable():
        raise Malformed(field, "printable text", repr(value[:40]))
    return value


def _utc(instant: datetime | None) -> datetime | None:
    if instant is not None and not date(1000, 1, 1) <= instant.date() <= date(9000, 1, 1):
        raise Malformed("recorded_from, recorded_to", "an instant of our time", instant.isoformat())
    return instant

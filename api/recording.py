"""Recording acts over HTTP: a first act, a further act, several acts of one decision."""

from __future__ import annotations

import hashlib
import re
from asyncio import shield, wrap_future
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, Field
from pydantic_core import PydanticSerializationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import json_response, text_of
from api.bodies import OneAct, draft_of, one_act, together
from api.errors import Malformed, problems
from api.grants import Role
from api.language import language_of
from api.previews import PreviewDocument, preview_response
from api.registers import Entry, TheService
from api.service import Service
from api.session import NotPermitted, Session
from api.sessions import FOR_PURPOSE, SignedIn
from domain.act import Actor, Draft
from domain.links import dependent_registers
from domain.refusals import EntryNotFound
from domain.register import Register
from ledger.leaf import instant
from projections.answers import IdempotencyKey, RecordedAct
from projections.batch import Submission
from projections.moment import Moment, read_as_of, resolve_known_at
from projections.reading import as_uuid, entry_ids

Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, description="Makes a retried request safe"),
]
Match = Annotated[
    str | None, Header(alias="If-Match", max_length=40, description="The entry's ETag; refuses a lost update")
]
Previewed = Annotated[
    bool, Query(alias="preview", description="Show the consequences, and record nothing (answered with 200)")
]
WithDependants = Annotated[
    bool,
    Query(
        alias="end_dependants",
        description="End, by the same decision, the entries that would be left without one they rest on",
    ),
]
Correlation = Annotated[
    UUID | None, Header(alias="X-Correlation-Id", description="Ties the acts of one proceeding together")
]


class RecordedShape(BaseModel):
    """A recorded act. What this acknowledges is durable, and every later read sees it."""

    position: int
    recorded_at: datetime
    register_name: str = Field(alias="register")
    entry: UUID
    registration_number: str | None
    version: int
    warnings: list[str] = Field(description="What does not fit the usual form, though it was no reason to refuse")
    ended: list[RecordedShape] = Field(default=[], description="The ends of dependants that were asked for as well")


class RecordedTogether(BaseModel):
    """The recorded acts of one decision, in the order they were asked for."""

    acts: list[RecordedShape]


_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": PreviewDocument, "description": "With preview=true: what would be recorded. Nothing was"},
    **problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
}


def recording_router(register: Register) -> APIRouter:
    """The recording paths of one register, their bodies typed by its kinds of act."""
    router = APIRouter(prefix=f"/registers/{register.name}", tags=[register.name])
    first_body, further_body = one_act(register, first=True), one_act(register, first=False)

    async def first_act(
        request: Request, service: TheService, session: SignedIn, body: OneAct, key: Key = None,
        correlation: Correlation = None, previewed: Previewed = False,
    ) -> Response:  # fmt: skip
        """Record the first act of a new entry: an application, a registration, a refusal, a deferral."""
        actor = acting(session, register.name)
        entry_id = getattr(body, "entry", None) or uuid4()
        draft = draft_of(register, body, body.decision, entry_id, opens=True)
        submission = _submission(request, [draft], actor, key, correlation, body)
        return await (_previewed(request, service, session, submission) if previewed else _one(service, submission))

    async def further_act(
        request: Request, service: TheService, session: SignedIn, entry: Entry, body: OneAct, key: Key = None,
        match: Match = None, correlation: Correlation = None, previewed: Previewed = False,
        end_dependants: WithDependants = False,
    ) -> Response:  # fmt: skip
        """Record a further act of an entry. With If-Match, only if the entry is still at that version."""
        actor = acting(session, register.name)
        entry_id = await run_in_threadpool(_existing, service, register, entry)
        draft = draft_of(register, body, body.decision, entry_id, opens=False, version=_version(match))
        submission = _submission(request, [draft], actor, key, correlation, body)
        if end_dependants:
            submission = _with_ends(service, session, submission)
        return await (_previewed(request, service, session, submission) if previewed else _one(service, submission))

    first_act.__annotations__["body"] = first_body
    further_act.__annotations__["body"] = further_body
    for path, endpoint in (("/acts", first_act), ("/{entry}/acts", further_act)):
        router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            status_code=201,
            response_model=RecordedShape,
            openapi_extra=FOR_PURPOSE,
            responses=_RESPONSES,
        )
    return router


def together_router(service_registers: list[Register]) -> APIRouter:
    """``POST /acts``: several acts of one decision, all or none."""
    router = APIRouter(tags=["acts"])

    async def acts_together(
        request: Request, service: TheService, session: SignedIn, body: Any, key: Key = None,
        correlation: Correlation = None, previewed: Previewed = False, end_dependants: WithDependants = False,
    ) -> Response:  # fmt: skip
        """Record several acts of one decision, all or none. Successor and predecessor links must be mutual."""
        drafts: list[Draft] = []
        actors = []
        for act in body.acts:
            register = service.catalogue.registers[act.register_name]
            actors.append(acting(session, register.name))
            begun = {(draft.register, str(draft.entry_id)): draft.entry_id for draft in drafts}
            entry_id = _chosen(act.entry) if act.new else begun.get((register.name, act.entry.lower()))
            if entry_id is None:
                entry_id = await run_in_threadpool(_existing, service, register, act.entry)
            drafts.append(draft_of(register, act, body.decision, entry_id, opens=act.new))
        submission = _submission(request, drafts, actors[0], key, correlation, body)
        if end_dependants:
            submission = _with_ends(service, session, submission)
        if previewed:
            return await _previewed(request, service, session, submission)
        recorded = await _recorded(service, submission)
        return json_response(f'{{"acts":{text_of([_document(act) for act in recorded])}}}', status=201)

    acts_together.__annotations__["body"] = together(service_registers)
    router.add_api_route(
        "/acts",
        acts_together,
        methods=["POST"],
        status_code=201,
        response_model=RecordedTogether,
        openapi_extra=FOR_PURPOSE,
        responses=_RESPONSES,
    )
    return router


def acting(session: Session, register: str) -> Actor:
    """Who acts in ``register``, from the session and never from the body; raises if the session may not."""
    if not session.may_record(register):
        raise NotPermitted(register)
    return Actor(session.pseudonym, Role.CLERK)


def _existing(service: Service, register: Register, reference: str) -> UUID:
    with service.database.pool.connection() as connection:
        now = Moment(read_as_of(None), resolve_known_at(connection, None))
        found = entry_ids(connection, register, reference, now)
    if not found:
        raise EntryNotFound(entry=reference, register=register.name)
    return found[-1]


def _chosen(reference: str) -> UUID:
    chosen = as_uuid(reference)
    if chosen is None:
        raise Malformed("entry", "the id (UUID) chosen for a new entry", reference)
    return chosen


def _version(match: str | None) -> int | None:
    if match is None or match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*"([0-9]{1,9})"\s*', match)
    if found is None:
        raise Malformed("If-Match", "an entry's ETag", match)
    return int(found[1])


def _submission(
    request: Request, drafts: list[Draft], actor: Actor, key: str | None, correlation: UUID | None, body: BaseModel
) -> Submission:
    idempotency = None
    if key is not None:
        try:
            said = body.model_dump_json()
        except PydanticSerializationError:
            raise Malformed("content", "text", "characters or a depth that JSON can't say") from None
        told = f"{request.method} {request.url.path}\n{request.headers.get('if-match', '')}\n{said}"
        idempotency = IdempotencyKey(_printable(key), hashlib.sha256(told.encode()).digest())
    return Submission(tuple(drafts), actor, correlation or uuid4(), idempotency)


def _printable(key: str) -> str:
    if not key.isascii() or not key.isprintable():
        raise Malformed("Idempotency-Key", "printable ASCII characters", key[:40])
    return key


async def _recorded(service: Service, submission: Submission) -> list[RecordedAct]:
    # A caller who goes away does not take back what was asked for.
    return await shield(wrap_future(service.recording.submit(submission)))


def _with_ends(service: Service, session: Session, submission: Submission) -> Submission:
    """The submission with the ends of dependants, in whatever registers these may be; the session must be a clerk's."""
    asked, ended = {draft.register for draft in submission.drafts}, set[str]()
    while asked:
        asked = dependent_registers(service.catalogue.registers.values(), asked) - ended
        ended |= asked
    for register in sorted(ended):
        acting(session, register)
    key = submission.idempotency
    if key is not None:  # the ends are part of what is asked for
        key = key._replace(request_hash=hashlib.sha256(key.request_hash + b"end_dependants").digest())
    return replace(submission, end_dependants=True, idempotency=key)


async def _previewed(request: Request, service: Service, session: Session, submission: Submission) -> Response:
    language = language_of(request.headers.get("accept-language"))
    return await run_in_threadpool(preview_response, service, session, submission, language)


async def _one(service: Service, submission: Submission) -> Response:
    recorded, *ended = await _recorded(service, submission)
    headers = {
        "ETag": f'"{recorded.version}"',
        "Location": f"/registers/{recorded.register}/{recorded.entry}",
    }
    shown = {**_document(recorded), "ended": [_document(act) for act in ended]}
    return json_response(text_of(shown), headers, 201)


def _document(act: RecordedAct) -> dict[str, Any]:
    return {
        "position": act.position,
        "recorded_at": instant(act.recorded_at),
        "register": act.register,
        "entry": str(act.entry),
        "registration_number": act.registration_number,
        "version": act.version,
        "warnings": list(act.warnings),
        "ended": [],
    }

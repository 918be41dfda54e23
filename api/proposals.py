"""Proposals over HTTP: what waits for a second person, and what that person does with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import Known, json_response, known_json, text_of
from api.errors import Malformed, NotFound, problems
from api.grants import Role
from api.language import Language, language_of
from api.lists import LARGEST_PAGE, USUAL_PAGE
from api.parameters import TheService
from api.previews import PreviewDocument, preview_json
from api.receipts import WantsReceipt
from api.service import Service
from api.session import NotPermitted, Session, not_readable
from api.sessions import FOR_PURPOSE, SignedIn
from api.submitting import Key, RecordedShape, documents, record, submission_of
from domain.act import Act, Actor, Decision, Draft
from domain.proposals import OPEN, Confirming, Rejection, Withdrawal
from domain.timeline import Timeline
from domain.value import Sha256, Value
from ledger.leaf import instant
from projections.bindings import pseudonyms_of
from projections.four_eyes import REGISTER, Stored, read_proposals
from projections.moment import read_as_of, resolve_known_at
from projections.proposal_list import ListedProposal, list_proposals
from projections.submission import Submission


class ConfirmBody(BaseModel):
    """The proposal confirmed, by what was seen of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hash: Annotated[Sha256, Field(description="The proposal's hash, as it was shown to who confirms it")]


class ProposalShape(BaseModel):
    """A proposal: acts that one person has prepared for another to confirm."""

    proposal: UUID
    number: str
    status: str = Field(description="open, confirmed, rejected, withdrawn or lapsed")
    title: str = Field(description="Registers and kinds of the acts proposed")
    registers: list[str]
    last_day: date = Field(description="Last day on which it can be confirmed")
    hash: str = Field(description="SHA-256 of the stored proposal, to be named by who confirms it")
    position: int = Field(description="Position of the act that opened it")
    recorded_at: datetime
    mine: bool = Field(description="Whether the caller proposed it, under whatever account, and so can't confirm it")


class Proposals(BaseModel):
    """Proposals, the oldest first."""

    known_at: Known
    items: list[ProposalShape]
    next_cursor: int | None


class Closing(BaseModel):
    """The act that closed a proposal."""

    kind: str
    position: int
    recorded_at: datetime
    content: dict[str, Any] = Field(description="The reason, or the positions of the acts recorded")


class ProposalDocument(ProposalShape):
    """A proposal with the acts exactly as they were asked for, and what confirming it would do."""

    acts: list[dict[str, Any]]
    closed_by: Closing | None
    preview: PreviewDocument | None = Field(description="What confirming it now would do; null if it is not open")


class ConfirmedDocument(BaseModel):
    """The acts recorded, in the order proposed, and the confirmation recorded with them."""

    acts: list[RecordedShape]
    confirmation: RecordedShape


class ClosedDocument(BaseModel):
    """The act that closed the proposal; nothing else was recorded."""

    closed_by: RecordedShape


_CLOSING = problems(400, 401, 403, 404, 409, 412, 413, 415, 422)


def proposals_router() -> APIRouter:
    """``/proposals``: to be seen, confirmed, rejected, withdrawn."""
    router = APIRouter(prefix="/proposals", tags=["four eyes"])
    router.add_api_route(
        "",
        _proposals,
        methods=["GET"],
        response_model=Proposals,
        openapi_extra=FOR_PURPOSE,
        responses=problems(400, 401, 403, 422),
    )
    router.add_api_route(
        "/{proposal}", _proposal, methods=["GET"], response_model=ProposalDocument, openapi_extra=FOR_PURPOSE,
        responses=problems(400, 401, 403, 404, 422),
    )  # fmt: skip
    for verb, endpoint, answer in (
        ("confirm", _confirm, ConfirmedDocument),
        ("reject", _reject, ClosedDocument),
        ("withdraw", _withdraw, ClosedDocument),
    ):
        router.add_api_route(
            f"/{{proposal}}/{verb}", endpoint, methods=["POST"], status_code=201, response_model=answer,
            responses=_CLOSING,
        )  # fmt: skip
    return router


def _proposals(
    service: TheService,
    session: SignedIn,
    status: Annotated[str, Query(max_length=20, description="open, confirmed, rejected, withdrawn or lapsed")] = OPEN,
    register: Annotated[str | None, Query(max_length=60, description="Only with acts of this register")] = None,
    mine: Annotated[bool | None, Query(description="Only those the caller proposed, or only those of others")] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE,
    cursor: Annotated[int, Query(ge=-1, lt=2**62)] = -1,
) -> Response:
    """Proposals of acts in registers that the session may read, the oldest first."""
    if status not in REGISTER.statuses:
        raise Malformed("status", "one of {values}", status, values=", ".join(sorted(REGISTER.statuses)))
    if register is not None and register not in service.catalogue.registers:
        raise Malformed("register", "one of {values}", register, values=", ".join(service.catalogue.registers))
    readable = [name for name in service.catalogue.registers if session.may_read_confidential(name)]
    if not readable:
        raise not_readable(session, *((register,) if register else service.catalogue.registers))
    with service.database.pool.connection() as connection:
        known = resolve_known_at(connection, None)
        own = pseudonyms_of(connection, session.pseudonym)
        found = list_proposals(
            connection, known=known.position, day=read_as_of(None), statuses=(status,), readable=readable,
            register=register, mine=mine, own=own, after=cursor, limit=limit + 1,
        )  # fmt: skip
    shown = [_listed(one, mine=one.actor in own) for one in found[:limit]]
    for one in found[:limit]:
        # Kept under the register by which the session may see it: in this one nobody has a role.
        session.shows(next(name for name in one.content["registers"] if name in readable), one.entry, known.position)
    following = str(found[limit - 1].position) if len(found) > limit else "null"
    answer = f'{{"known_at":{known_json(known)},"items":{text_of(shown)},"next_cursor":{following}}}'
    return session.answered(json_response(answer))


def _listed(one: ListedProposal, *, mine: bool) -> dict[str, Any]:
    return {
        "proposal": str(one.entry),
        "number": one.number,
        "status": one.status,
        **{name: one.content[name] for name in ("title", "registers", "last_day")},
        "hash": one.hash,
        "position": one.position,
        "recorded_at": instant(one.recorded_at),
        "mine": mine,
    }


def _proposal(request: Request, service: TheService, session: SignedIn, proposal: UUID) -> Response:
    """A proposal: its acts as they were asked for, its hash, and what confirming it would do."""
    stored = _stored(service, proposal)
    for register in stored.act.fields["registers"]:
        if not session.may_read_confidential(register):
            raise not_readable(session, register)
    with service.database.pool.connection() as connection:
        acts = service.ledger.acts_of(connection, [proposal])[proposal]
        own = pseudonyms_of(connection, session.pseudonym)
        known = resolve_known_at(connection, None)
    state = Timeline(REGISTER, acts).state_on(read_as_of(None))
    shown = {
        "proposal": str(proposal),
        "number": stored.act.fields["registration_number"],
        "status": state.status,
        **{name: stored.act.fields[name] for name in ("title", "registers", "last_day", "acts")},
        "hash": stored.hash,
        "position": stored.act.position,
        "recorded_at": instant(stored.act.recorded_at),
        "mine": stored.act.payload.actor in own,
        "closed_by": _closing(acts[1]) if len(acts) > 1 else None,
    }
    preview = "null"
    if state.status == OPEN:
        preview = _preview(service, session, stored, language_of(request.headers.get("accept-language")))
    for asked in shown["acts"]:
        for entry in (proposal, UUID(asked["entry"])):
            session.shows(asked["register_name"], entry, known.position)
    return session.answered(json_response(f'{text_of(shown)[:-1]},"preview":{preview}}}'))


def _closing(act: Act) -> dict[str, Any]:
    return {
        "kind": act.kind.verb,
        "position": act.position,
        "recorded_at": instant(act.recorded_at),
        "content": act.fields,
    }


def _preview(service: Service, session: Session, stored: Stored, language: Language) -> str:
    confirming = Confirming(stored.act.entry_id, stored.hash)
    actor = Actor(session.pseudonym, Role.APPROVER)
    return preview_json(service, session, Submission((), actor, stored.act.entry_id, confirms=confirming), language)


async def _confirm(
    request: Request,
    service: TheService,
    session: SignedIn,
    proposal: UUID,
    body: ConfirmBody,
    key: Key = None,
    receipt: WantsReceipt = False,
) -> Response:
    """Confirm a proposal that another person has made, by its hash. Its acts are decided anew, and recorded."""
    actor = await run_in_threadpool(_closing_actor, service, session, proposal)
    submission = submission_of(request, [], actor, key, proposal, body)
    recorded = await record(service, replace(submission, confirms=Confirming(proposal, body.hash)))
    *acts, confirmation = await documents(service, recorded, receipt=receipt)
    return json_response(text_of({"acts": acts, "confirmation": confirmation}), status=201)


async def _reject(
    request: Request, service: TheService, session: SignedIn, proposal: UUID, body: Rejection, key: Key = None
) -> Response:
    """Reject a proposal that another person has made. None of its acts is recorded."""
    return await _closed(request, service, session, proposal, "reject", body, key)


async def _withdraw(
    request: Request, service: TheService, session: SignedIn, proposal: UUID, body: Withdrawal, key: Key = None
) -> Response:
    """Take back a proposal that the caller has made."""
    return await _closed(request, service, session, proposal, "withdraw", body, key)


async def _closed(
    request: Request, service: Service, session: Session, proposal: UUID, verb: str, body: Value, key: str | None
) -> Response:
    actor = await run_in_threadpool(_closing_actor, service, session, proposal)
    today = read_as_of(None)
    draft = Draft(REGISTER.name, proposal, verb, Decision(decided_on=today), today, body)
    recorded = await record(service, submission_of(request, [draft], actor, key, proposal, body))
    (shown,) = await documents(service, recorded, receipt=False)
    return json_response(text_of({"closed_by": shown}), status=201)


def _stored(service: Service, proposal: UUID) -> Stored:
    with service.database.pool.connection() as connection:
        found = read_proposals(connection, service.ledger, [proposal]).get(proposal)
    if found is None:
        raise NotFound("no proposal {proposal}", proposal=proposal)
    return found


def _closing_actor(service: Service, session: Session, proposal: UUID) -> Actor:
    """Who closes the proposal; raises NotPermitted if the session may not act in each of its registers."""
    registers = _stored(service, proposal).act.fields["registers"]
    for register in registers:
        if not session.may_confirm(register):
            raise NotPermitted(register)
    return Actor(session.pseudonym, Role.CLERK if all(map(session.may_record, registers)) else Role.APPROVER)

"""Recording acts over HTTP: a first act, a further act, several acts of one decision."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, NamedTuple
from uuid import UUID, uuid4

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import json_response, text_of
from api.bodies import OneAct, draft_of, one_act, together
from api.errors import Malformed, problems
from api.grants import Role
from api.language import language_of
from api.parameters import Entry, TheService
from api.previews import PreviewDocument, preview_response
from api.proposed import ProposedShape, proposed_document
from api.receipts import WantsReceipt
from api.service import Service
from api.session import NotPermitted, Session
from api.sessions import FOR_PURPOSE, SignedIn
from api.submitting import Key, RecordedShape, also_asked, documents, record, submission_of
from domain.act import Actor, Draft
from domain.links import dependent_registers
from domain.refusals import EntryNotFound, StaleVersion
from domain.register import Register
from projections.moment import Moment, read_as_of, resolve_known_at
from projections.reading import as_uuid, entry_ids
from projections.submission import Submission

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
Proposed = Annotated[
    bool,
    Query(
        alias="propose",
        description="Propose the acts for another person to confirm: needed where an act is under four eyes",
    ),
]
Correlation = Annotated[
    UUID | None, Header(alias="X-Correlation-Id", description="Ties the acts of one proceeding together")
]


class _Wanted(NamedTuple):
    """What is asked for beside the acts, or in their place."""

    preview: bool
    proposal: bool
    receipt: bool


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
        match: Match = None, correlation: Correlation = None, previewed: Previewed = False, proposed: Proposed = False,
        receipt: WantsReceipt = False,
    ) -> Response:  # fmt: skip
        """Record the first act of a new entry: an application, a registration, a refusal, a deferral.

        With If-Match it is refused: there is no version yet that it could match.
        """
        if match is not None:
            raise StaleVersion(expected=match, met=0)
        actor = acting(session, register.name)
        entry_id = _new_entry(getattr(body, "entry", None) or uuid4())
        draft = draft_of(register, body, body.decision, entry_id, opens=True)
        submission = submission_of(request, [draft], actor, key, correlation, body)
        return await _one(request, service, session, submission, _Wanted(previewed, proposed, receipt))

    async def further_act(
        request: Request, service: TheService, session: SignedIn, entry: Entry, body: OneAct, key: Key = None,
        match: Match = None, correlation: Correlation = None, previewed: Previewed = False,
        end_dependants: WithDependants = False, proposed: Proposed = False, receipt: WantsReceipt = False,
    ) -> Response:  # fmt: skip
        """Record a further act of an entry. With If-Match, only if the entry is still at that version."""
        actor = acting(session, register.name)
        entry_id = await run_in_threadpool(_existing, service, register, entry)
        draft = draft_of(register, body, body.decision, entry_id, opens=False, version=_version(match))
        submission = submission_of(request, [draft], actor, key, correlation, body)
        if end_dependants:
            submission = _with_ends(service, session, submission)
        return await _one(request, service, session, submission, _Wanted(previewed, proposed, receipt))

    first_act.__annotations__["body"] = first_body
    further_act.__annotations__["body"] = further_body
    for path, endpoint in (("/acts", first_act), ("/{entry}/acts", further_act)):
        router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            status_code=201,
            response_model=RecordedShape | ProposedShape,
            openapi_extra=FOR_PURPOSE,
            responses=_RESPONSES,
        )
    return router


def together_router(service_registers: list[Register]) -> APIRouter:
    """``POST /acts``: several acts of one decision, all or none."""
    router = APIRouter(tags=["acts"])

    async def acts_together(
        request: Request, service: TheService, session: SignedIn, body: Any, key: Key = None,
        match: Match = None, correlation: Correlation = None, previewed: Previewed = False,
        end_dependants: WithDependants = False, proposed: Proposed = False, receipt: WantsReceipt = False,
    ) -> Response:  # fmt: skip
        """Record several acts of one decision, all or none. Successor and predecessor links must be mutual.

        The version at which an entry must still be stands with the act; If-Match can't say of which of them it is.
        """
        if match is not None:
            raise Malformed("If-Match", "the version of an entry with the act about it", match)
        drafts: list[Draft] = []
        actors = []
        for act in body.acts:
            register = service.catalogue.registers[act.register_name]
            actors.append(acting(session, register.name))
            begun = {(draft.register, str(draft.entry_id)): draft.entry_id for draft in drafts}
            entry_id = _chosen(act.entry) if act.new else begun.get((register.name, act.entry.lower()))
            if entry_id is None:
                entry_id = await run_in_threadpool(_existing, service, register, act.entry)
            drafts.append(draft_of(register, act, body.decision, entry_id, opens=act.new, version=act.version))
        submission = submission_of(request, drafts, actors[0], key, correlation, body)
        if end_dependants:
            submission = _with_ends(service, session, submission)
        other = await _otherwise(request, service, session, submission, _Wanted(previewed, proposed, receipt))
        if other is not None:
            return other
        shown = await documents(service, await record(service, submission), receipt=receipt)
        return json_response(f'{{"acts":{text_of(shown)}}}', status=201)

    acts_together.__annotations__["body"] = together(service_registers)
    router.add_api_route(
        "/acts",
        acts_together,
        methods=["POST"],
        status_code=201,
        response_model=RecordedTogether | ProposedShape,
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
    return _new_entry(chosen)


def _new_entry(chosen: UUID) -> UUID:
    """The id for a new entry; of version 5 are those which the service makes for entries of its own, and would miss."""
    if chosen.version == 5:
        raise Malformed("entry", "an id (UUID) of another version than 5, best a random one", str(chosen))
    return chosen


def _version(match: str | None) -> int | None:
    if match is None or match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*"([0-9]{1,9})"\s*', match)
    if found is None:
        raise Malformed("If-Match", "an entry's ETag", match)
    return int(found[1])


def _with_ends(service: Service, session: Session, submission: Submission) -> Submission:
    """The submission with the ends of dependants, in whatever registers these may be; the session must be a clerk's."""
    asked, ended = {draft.register for draft in submission.drafts}, set[str]()
    while asked:
        asked = dependent_registers(service.catalogue.registers.values(), asked) - ended
        ended |= asked
    for register in sorted(ended):
        acting(session, register)
    return replace(also_asked(submission, b"end_dependants"), end_dependants=True)


async def _otherwise(
    request: Request, service: Service, session: Session, submission: Submission, wanted: _Wanted
) -> Response | None:
    """The answer to who does not ask for the acts themselves: a preview, or a proposal; None to who does."""
    if wanted.proposal:
        submission = replace(also_asked(submission, b"propose"), proposes=True)
    if wanted.preview:
        language = language_of(request.headers.get("accept-language"))
        return await run_in_threadpool(preview_response, service, session, submission, language)
    if not wanted.proposal:
        return None
    acts = await record(service, submission)
    (shown,) = await documents(service, acts, receipt=wanted.receipt)
    proposal = await run_in_threadpool(proposed_document, service, acts[0])
    return json_response(text_of({**proposal, "receipt": shown.get("receipt")}), status=201)


async def _one(
    request: Request, service: Service, session: Session, submission: Submission, wanted: _Wanted
) -> Response:
    other = await _otherwise(request, service, session, submission, wanted)
    if other is not None:
        return other
    acts = await record(service, submission)
    (shown, *ended), recorded = await documents(service, acts, receipt=wanted.receipt), acts[0]
    headers = {
        "ETag": f'"{recorded.version}"',
        "Location": f"/registers/{recorded.register}/{recorded.entry}",
    }
    return json_response(text_of({**shown, "ended": ended}), headers, 201)

"""Extracts over HTTP: for information of any entry, issued with a number, and given again as they were issued."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import Known, json_response, moment_headers, text_of
from api.errors import problems
from api.extract_files import (
    ExtractForm,
    address_of,
    again,
    check_given,
    check_part,
    file_response,
    issued_extract,
    language_asked,
    note_read,
    proved,
    stated,
)
from api.formats import format_of
from api.grants import Role
from api.pace import TooManyExtracts
from api.parameters import AsOf, Entry, KnownAtText, TheService
from api.service import Service
from api.session import NotPermitted, Session
from api.sessions import FOR_PURPOSE, CurrentSession, SignedIn
from api.submitting import Key, of_nobody_known, record, submission_of
from domain.act import SERVICE, Actor, Decision, Draft
from domain.decide import kind_of, validated
from domain.issued_extracts import REGISTER, ExtractNumber
from domain.legal_time import riga_date
from domain.register import Register
from domain.value import LongText, Text
from ledger.leaf import instant
from projections.moment import KnownAt, Moment, read_as_of, read_known_at, resolve_known_at
from replay.extract.issued import content_of_issue, new_nonce
from replay.extract.statement import Part, Question

Form = Annotated[ExtractForm | None, Query(alias="format", description="Instead of Accept")]
PartAsked = Annotated[
    Part, Query(description="The public part, or the confidential one as well; that only with the permission")
]
Code = Annotated[
    str | None,
    Query(
        alias="hash", max_length=100, description="SHA-256 of the content, or the check code, which is its beginning"
    ),
]
Number = Annotated[ExtractNumber, Path(description="Number of the extract")]
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": {"type": "object"}},
        },
        "description": "The extract: PDF/A-3 with the machine file attached, or the machine file (regesta-extract/1)",
    }
}


class ExtractAsked(BaseModel):
    """An extract to be issued with a number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Annotated[str, Field(max_length=40)] | None = Field(default=None, description="The day; default today")
    known_at: Annotated[str, Field(max_length=40)] | None = Field(default=None, description="As in reads; default now")
    part: Part = Field(default="public", description="The public part, or the confidential one as well")
    to: Text | None = Field(default=None, description="To whom it is issued; not public")
    purpose: Text | None = Field(default=None, description="For what purpose; not public")
    language: Literal["lv", "en"] | None = Field(default=None, description="Instead of Accept-Language")


class RevocationAsked(BaseModel):
    """Why an extract is no longer to be relied on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: LongText


class IssuedDocument(BaseModel):
    """An extract as it was issued."""

    number: str
    position: int = Field(description="Position of the act that issued it")
    recorded_at: datetime
    register_name: str = Field(alias="register")
    entry: str
    as_of: date
    known_at: Known
    sha256: str = Field(description="SHA-256 of what it states")
    code: str = Field(description="The beginning of the hash: with it anyone can check the extract")
    pdf: str = Field(description="Address of the PDF")
    json_file: str = Field(alias="json", description="Address of the machine file")
    check: str = Field(description="Address of the page that tells whether it is genuine")


class RevokedDocument(BaseModel):
    """The act that revoked an extract."""

    number: str
    position: int
    recorded_at: datetime


def extract_router(register: Register) -> APIRouter:
    """``/registers/{register}/{entry}/extract`` and ``…/extracts``."""
    router = APIRouter(prefix=f"/registers/{register.name}", tags=["extracts"])
    _add_reading(router, register)
    _add_issuing(router, register)
    return router


def _add_reading(router: APIRouter, register: Register) -> None:
    @router.get(
        "/{entry}/extract",
        responses={**_FILES, **problems(400, 401, 403, 404, 406, 422)},
        response_class=Response,
        openapi_extra=FOR_PURPOSE,
        summary=f"{register.titles.en}: extract for information",
    )
    def extract_of_entry(
        request: Request, service: TheService, session: CurrentSession, entry: Entry, as_of: AsOf = None,
        known_at: KnownAtText = None, part: PartAsked = "public", form: Form = None,
    ) -> Response:  # fmt: skip
        """An extract without number, for information. Asked again for the same moment, it has the same bytes."""
        shown = format_of(request, form, get_args(ExtractForm))
        check_part(session, register, part)
        made = stated(
            service, Question(register, entry, read_as_of(as_of), read_known_at(known_at), part), nonce=None
        )  # fmt: skip
        moment = made.moment
        headers = {**moment_headers(moment), "Vary": "Authorization, Accept, Accept-Language"}
        name = f"{register.name}-{made.answer.state.registration_number or made.answer.state.entry_id}-{moment.as_of}"
        found = proved(service, made, None, address_of(service, made))
        note_read(session, register, part, made.answer.state.entry_id, moment)
        return session.answered(
            file_response(service, found, shown, language_asked(request), name, headers), register.name
        )


def _add_issuing(router: APIRouter, register: Register) -> None:
    @router.post(
        "/{entry}/extracts",
        status_code=201,
        response_model=IssuedDocument,
        responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
        summary=f"{register.titles.en}: issue an extract",
    )
    async def issue_extract(
        request: Request, service: TheService, session: CurrentSession, entry: Entry, body: ExtractAsked,
        key: Key = None,
    ) -> Response:  # fmt: skip
        """Issue an extract with a number: an act of the register of issued extracts."""
        check_part(session, register, body.part)
        question = Question(register, entry, read_as_of(body.as_of), read_known_at(body.known_at), body.part)
        made = await run_in_threadpool(stated, service, question, nonce=new_nonce())
        content = content_of_issue(
            made, language=body.language or language_asked(request), check_address=service.settings.address,
            to=body.to, purpose=body.purpose,
        )  # fmt: skip
        if session.is_anonymous and not service.paces.extracts.allows():
            raise TooManyExtracts
        draft = _draft("issue", content, uuid4(), opens=True)
        submission = submission_of(request, [draft], _issuer(session, register), key, None, body)
        if session.is_anonymous:
            submission = of_nobody_known(submission)
        (recorded,) = await record(service, submission)
        document = await run_in_threadpool(_document, service, str(recorded.registration_number))
        headers = {"Location": f"/extracts/{document['number']}?hash={document['code']}"}
        return json_response(text_of(document), headers, 201)


def extracts_router() -> APIRouter:
    """``/extracts/{number}``: an extract given again, and its revocation."""
    router = APIRouter(prefix="/extracts", tags=["extracts"])

    @router.get(
        "/{number}",
        responses={**_FILES, **problems(400, 401, 403, 404, 406, 410, 422)},
        response_class=Response,
        openapi_extra=FOR_PURPOSE,
    )
    def extract_again(
        request: Request, service: TheService, session: CurrentSession, number: Number, code: Code = None,
        form: Form = None,
    ) -> Response:  # fmt: skip
        """An issued extract, as it was issued: to those who have its check code, or read the register's entries."""
        shown = format_of(request, form, get_args(ExtractForm))
        issued = issued_extract(service, number)
        check_given(service, session, issued, code)
        headers, said = {"Vary": "Authorization, Accept"}, issued.said
        found = again(service, issued)
        moment = Moment(date.fromisoformat(said["as_of"]), KnownAt(int(said["known_at"]), None))
        note_read(session, issued.of_register(service.ledger), said["part"], UUID(said["of_entry"]), moment)
        answer = file_response(service, found, shown, said["language"], f"izraksts-{number}", headers)
        return session.answered(answer, said["of_register"])

    @router.post(
        "/{number}/revocation",
        status_code=201,
        response_model=RevokedDocument,
        responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    )
    async def revoke_extract(
        request: Request, service: TheService, session: SignedIn, number: Number, body: RevocationAsked, key: Key = None
    ) -> Response:
        """Revoke an extract: a clerk of the entry's register says that it is no longer to be relied on."""
        issued = await run_in_threadpool(issued_extract, service, number)
        register = issued.of_register(service.ledger)
        if not session.may_record(register.name):
            raise NotPermitted(register.name)
        draft = _draft("revoke", body.model_dump(), issued.issue.act.entry_id, opens=False)
        submission = submission_of(request, [draft], Actor(session.pseudonym, Role.CLERK), key, None, body)
        (recorded,) = await record(service, submission)
        told = {"number": number, "position": recorded.position, "recorded_at": instant(recorded.recorded_at)}
        return json_response(text_of(told), status=201)

    return router


def _issuer(session: Session, register: Register) -> Actor:
    """Who issues: the session, or for a caller who is not signed in the service itself."""
    if session.is_anonymous:
        return SERVICE
    return Actor(session.pseudonym, Role.CLERK if session.may_record(register.name) else "requester")


def _draft(verb: str, content: dict[str, Any], entry: UUID, *, opens: bool) -> Draft:
    today = riga_date(datetime.now(UTC))
    stating = validated(kind_of(REGISTER, verb).content, content)
    return Draft(REGISTER.name, entry, verb, Decision(decided_on=today), today, stating, opens_entry=opens)


def _document(service: Service, number: str) -> dict[str, Any]:
    """What is told of an extract just issued: of one that was asked for again with the same key, the first."""
    issued = issued_extract(service, number)
    said, act, base = issued.said, issued.issue.act, f"/extracts/{number}?hash={issued.code}"
    with service.database.pool.connection() as connection:
        known = resolve_known_at(connection, str(said["known_at"]))
    return {
        "number": number,
        "position": act.position,
        "recorded_at": instant(act.recorded_at),
        "register": said["of_register"],
        "entry": said["of_entry"],
        "as_of": said["as_of"],
        "known_at": {
            "position": known.position,
            "recorded_at": None if known.recorded_at is None else instant(known.recorded_at),
        },
        "sha256": issued.sha256,
        "code": issued.code,
        "pdf": f"{base}&format=pdf",
        "json": f"{base}&format=json",
        "check": issued.page,
    }

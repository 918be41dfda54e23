"""Reading registers over HTTP: lists, entries, their acts, timelines and differences. One set of paths per register."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import (
    ActShape,
    EntryDocument,
    Known,
    ListDocument,
    act_document,
    end_json,
    entry_json,
    holds_hidden,
    json_response,
    known_json,
    moment_json,
    text_of,
)
from api.cursor import LONGEST
from api.differences import DiffDocument, diff_entry, diff_register, difference_json
from api.errors import NO_ENTRY, Malformed, NotFound, problems
from api.formats import format_of
from api.lists import LARGEST_PAGE, USUAL_PAGE, Format, page, query_of, stream
from api.parameters import AsOf, Entry, KnownAtText, TheService, service_of
from api.session import reads_confidential
from api.sessions import FOR_PURPOSE, READ_FOR, CurrentSession
from domain.act import is_public
from domain.register import Register, Titles
from projections.moment import Moment, read_as_of, read_known_at, resolve_known_at
from projections.reading import ListQuery, clear, entry_ids, read_entry
from projections.stored_timeline import read_timeline
from replay.report.forms import MEDIA


class RegisterShape(BaseModel):
    """A register and how many entries are in it."""

    register_name: str = Field(alias="register")
    title: dict[str, str]
    statuses: dict[str, dict[str, str]]
    acts: dict[str, dict[str, str]]
    entries: int = Field(description="Entries in the register at the moment asked about")


class RegistersDocument(BaseModel):
    """The registers at a moment."""

    as_of: str
    known_at: Known
    registers: list[RegisterShape]


class ActsDocument(BaseModel):
    """The acts of an entry, oldest first."""

    known_at: Known
    acts: list[ActShape]


class IntervalShape(BaseModel):
    """Days on which an entry's state is constant."""

    valid_from: str
    valid_to: str | None
    status: str
    act: int
    content: dict[str, Any]
    confidential: dict[str, Any] | None = None


class TimelineDocument(BaseModel):
    """The timeline of an entry as known at a position."""

    entry: str
    known_at: Known
    intervals: list[IntervalShape]


def registers_router() -> APIRouter:
    """``/registers``: all registers with their counts."""
    router = APIRouter(tags=["registers"])

    @router.get("/registers", response_model=RegistersDocument, responses=problems(400, 401, 422))
    def registers(service: TheService, _: CurrentSession, as_of: AsOf = None, known_at: KnownAtText = None) -> Response:
        """The registers, with the number of entries in each."""
        with service.database.pool.connection() as connection:
            moment = Moment(read_as_of(as_of), resolve_known_at(connection, known_at))
            shown = [
                {
                    "register": register.name,
                    "title": _titles(register.titles),
                    "statuses": {name: _titles(titles) for name, titles in register.statuses.items()},
                    "acts": {kind.verb: _titles(kind.titles) for kind in register.kinds},
                    "entries": service.totals.of(
                        connection, register, moment, ListQuery(statuses=tuple(sorted(register.alive))), service.vault
                    ),
                }
                for register in service.catalogue.registers.values()
                if register.public
            ]
        return json_response(f'{{{moment_json(moment)},"registers":{text_of(shown)}}}')

    return router


def _titles(titles: Titles) -> dict[str, str]:
    return titles._asdict()


def _problems(register: Register, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a path of ``register`` can answer with; one that is not public asks for a role."""
    return problems(*statuses) if register.public else problems(*statuses, 403)


def register_router(register: Register) -> APIRouter:
    """The reading paths of one register."""
    router = APIRouter(prefix=f"/registers/{register.name}", tags=[register.name])
    _add_list(router, register)
    _add_register_diff(router, register)
    _add_entry(router, register)
    _add_acts(router, register)
    _add_timeline(router, register)
    _add_diff(router, register)
    return router


def _add_list(router: APIRouter, register: Register) -> None:
    fields = sorted(register.filter_fields)

    @router.get(
        "",
        response_model=ListDocument,
        responses={
            200: {
                "content": {
                    "text/csv": {"schema": {"type": "string"}},
                    "application/x-ndjson": {},
                    MEDIA["xlsx"]: {"schema": {"type": "string", "format": "binary"}},
                }
            },
            **_problems(register, 400, 401, 406, 422),
        },
        summary=f"{register.titles.en}: list",
        openapi_extra={"parameters": [READ_FOR, *(_filter_parameter(register, name) for name in fields)]},
    )
    def entries(
        request: Request,
        service: TheService,
        session: CurrentSession,
        as_of: AsOf = None,
        known_at: KnownAtText = None,
        q: Annotated[
            str | None, Query(max_length=200, description="Words to find; case and diacritics do not matter")
        ] = None,
        status: Annotated[list[str] | None, Query(description="Only these statuses")] = None,
        sort: Annotated[str, Query(description="name, -name, registration_number or -registration_number")] = "name",
        limit: Annotated[int | None, Query(ge=1, le=LARGEST_PAGE)] = None,
        cursor: Annotated[str | None, Query(max_length=LONGEST, description="Where the page before ended")] = None,
        format: Annotated[Format | None, Query(description="Instead of Accept")] = None,  # noqa: A002
    ) -> Response:
        """Entries at a moment, in Latvian alphabetical order. CSV, NDJSON and XLSX give the whole list."""
        form = format_of(request, format, get_args(Format))
        filters = {name: request.query_params[name] for name in fields if name in request.query_params}
        confidential = reads_confidential(session, register)
        query = query_of(register, _printable("q", q), status, _checked(filters), sort, not confidential)
        if form == "json":
            return page(
                service, register, query, as_of=as_of, known_at=known_at, cursor=cursor,
                limit=limit or USUAL_PAGE, session=session,
            )  # fmt: skip
        return stream(service, register, query, form, as_of=as_of, known_at=known_at, limit=limit, session=session)


def _filter_parameter(register: Register, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"Only entries with this value: {register.content.model_fields[name].description}",
        "schema": {"type": "string", "maxLength": 200},
    }


def _checked(filters: dict[str, str]) -> dict[str, str]:
    for name, value in filters.items():
        _printable(name, value)
    return filters


def _printable(name: str, value: str | None) -> str | None:
    if value is not None and (len(value) > 200 or "\x00" in value):
        raise Malformed(name, "at most 200 characters of text", value[:40])
    return value


def _add_entry(router: APIRouter, register: Register) -> None:
    @router.get(
        "/{entry}",
        response_model=EntryDocument,
        openapi_extra=FOR_PURPOSE,
        responses=_problems(register, 400, 401, 404, 422),
    )
    def entry_at(
        request: Request, session: CurrentSession, entry: Entry, as_of: AsOf = None, known_at: KnownAtText = None
    ) -> Response:
        """An entry on a day, as known at a position."""
        service = service_of(request)  # not as a dependency: the read that is asked for most should cost least
        confidential = reads_confidential(session, register)
        with service.database.pool.connection() as connection:
            answer = read_entry(
                connection, register, entry, read_as_of(as_of), read_known_at(known_at), public_only=not confidential
            )
        if answer is None:
            raise NotFound(
                "no entry {entry} in register {register} at that moment", entry=entry, register=register.name
            )
        headers = {"ETag": f'"{answer.version}"', "Vary": "Authorization"}
        answer = answer._replace(state=clear(answer.state, service.vault, confidential=confidential))
        return session.answered(json_response(entry_json(register, answer, session), headers), register.name)


def _add_acts(router: APIRouter, register: Register) -> None:
    @router.get(
        "/{entry}/acts",
        response_model=ActsDocument,
        openapi_extra=FOR_PURPOSE,
        responses=_problems(register, 400, 401, 404, 422),
    )
    def acts(service: TheService, session: CurrentSession, entry: Entry, known_at: KnownAtText = None) -> Response:
        """The acts of an entry, oldest first."""
        confidential = reads_confidential(session, register)
        with service.database.pool.connection() as connection:
            known = resolve_known_at(connection, known_at)
            named = entry_ids(connection, register, entry, Moment(read_as_of(None), known))
            recorded = service.ledger.acts_of(connection, named)
        by_position = {act.position: act for of_entry in recorded.values() for act in of_entry}
        shown = [
            act_document(register, act, session, known.position)
            for act in (by_position[position] for position in sorted(by_position))
            if act.position <= known.position and (confidential or is_public(act, by_position))
        ]
        if not shown:
            raise NotFound(NO_ENTRY, entry=entry, register=register.name)
        answer = json_response(f'{{"known_at":{known_json(known)},"acts":{text_of(shown)}}}')
        return session.answered(answer, register.name)


def _add_timeline(router: APIRouter, register: Register) -> None:
    @router.get(
        "/{entry}/timeline",
        response_model=TimelineDocument,
        openapi_extra=FOR_PURPOSE,
        responses=_problems(register, 400, 401, 404, 422),
    )
    def timeline(service: TheService, session: CurrentSession, entry: Entry, known_at: KnownAtText = None) -> Response:
        """The constant intervals of valid time, as known at a position."""
        confidential = reads_confidential(session, register)
        with service.database.pool.connection() as connection:
            known = resolve_known_at(connection, known_at)
            found = entry_ids(connection, register, entry, Moment(read_as_of(None), known))
            intervals = read_timeline(connection, found[-1], known.position, service.vault) if found else []
        shown = ",".join(
            f'{{"valid_from":"{i.first}","valid_to":{end_json(i.end)},"status":"{i.status}","act":{i.act},'
            f'"content":{i.content}{f",{chr(34)}confidential{chr(34)}:{i.confidential}" if confidential else ""}}}'
            for i in intervals
            if confidential or i.status not in register.not_public
        )
        if not shown:
            raise NotFound(NO_ENTRY, entry=entry, register=register.name)
        if confidential and any(holds_hidden(register, i.status, i.confidential) for i in intervals):
            session.shows(register.name, found[-1], known.position)
        answer = json_response(f'{{"entry":"{found[-1]}","known_at":{known_json(known)},"intervals":[{shown}]}}')
        return session.answered(answer, register.name)


From = Annotated[str, Query(alias="from", max_length=90, description="AS_OF/KNOWN_AT; either part may be empty")]
To = Annotated[str, Query(alias="to", max_length=90, description="AS_OF/KNOWN_AT; either part may be empty")]

Proofs = Annotated[bool, Query(description="With proofs of both ends, and of the acts that made the difference")]


def _add_diff(router: APIRouter, register: Register) -> None:
    @router.get(
        "/{entry}/diff",
        response_model=DiffDocument,
        openapi_extra=FOR_PURPOSE,
        responses=_problems(register, 400, 401, 404, 422),
    )
    def diff(
        service: TheService,
        session: CurrentSession,
        entry: Entry,
        from_: From = "/",
        to: To = "/",
        proofs: Proofs = False,
    ) -> Response:
        """What differs in an entry between two moments, field by field, with the acts that made each difference."""
        found = diff_entry(service, register, entry, from_, to, session)
        return session.answered(json_response(difference_json(service, found, proofs=proofs)), register.name)


def _add_register_diff(router: APIRouter, register: Register) -> None:
    @router.get(
        "/diff", response_model=DiffDocument, openapi_extra=FOR_PURPOSE, responses=_problems(register, 400, 401, 422)
    )
    def diff(
        service: TheService,
        session: CurrentSession,
        from_: From = "/",
        to: To = "/",
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
        proofs: Proofs = False,
    ) -> Response:
        """What differs in the whole register between two moments, entry by entry."""
        found = diff_register(service, register, from_, to, limit, cursor, session)
        return session.answered(json_response(difference_json(service, found, proofs=proofs)), register.name)

"""The log of readings over HTTP: who read what, for auditors; and when and why, for the person concerned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, Response

from api.answers import json_response, text_of
from api.errors import NO_ENTRY, Malformed, NotFound, problems
from api.language import Language, language_of
from api.lists import LARGEST_PAGE, USUAL_PAGE
from api.parameters import Entry, TheService
from api.service import Service
from api.session import NotPermitted
from api.sessions import SignedIn
from domain.legal_time import LegalDate, end_of_riga_day
from domain.register import Register
from ledger.leaf import instant
from ledger.readings import Kept, ReadingQuery, find_readings
from projections.moment import Moment, read_as_of, resolve_known_at
from projections.reading import entry_ids
from replay.reading_statement import statement


class ReadingShape(BaseModel):
    """A reading of something that is not public."""

    number: int = Field(description="Its place in the log, from 0 without gaps")
    read_at: datetime
    reader: str = Field(description="Pseudonym of who read")
    role: str = Field(description="The role they read in")
    purpose: str
    case_number: str | None
    way: str = Field(description="The path or command by which it was read")
    register_name: str = Field(alias="register")
    entries: list[UUID] = Field(description="The entries of which something that is not public was shown")
    as_of: date | None = Field(description="The day asked about; null where all days were shown")
    known_at: int = Field(description="As known at this position of the ledger")
    chain_hash: str = Field(description="Ties it to the readings before it")


class Readings(BaseModel):
    """Readings, oldest first."""

    readings: list[ReadingShape]
    next_cursor: int | None = Field(description="Where the next page goes on; null on the last one")


From = Annotated[LegalDate | None, Query(alias="from", description="Read on this day (in Riga) or later")]
To = Annotated[LegalDate | None, Query(alias="to", description="Read on this day (in Riga) or earlier")]
Cursor = Annotated[int, Query(ge=-1, lt=2**62)]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]
InLanguage = Annotated[Language | None, Query(description="Instead of Accept-Language")]


def readings_router() -> APIRouter:
    """``GET /readings``."""
    router = APIRouter(tags=["readings"])

    @router.get("/readings", response_model=Readings, responses=problems(400, 401, 403, 422))
    def readings(
        service: TheService,
        session: SignedIn,
        register: Annotated[str | None, Query(max_length=60)] = None,
        entry: Annotated[list[UUID] | None, Query(max_length=100, description="Readings of any of these")] = None,
        reader: Annotated[str | None, Query(max_length=200, description="Pseudonym of who read")] = None,
        from_: From = None,
        to: To = None,
        limit: Limit = USUAL_PAGE,
        cursor: Cursor = -1,
    ) -> Response:
        """Who read what is not public, when and why, in the registers the session audits. A look here is no reading."""
        known = service.catalogue.registers
        if register is not None and register not in known:
            raise Malformed("register", "one of {values}", register, values=", ".join(known))
        audited = tuple(name for name in known if name in (register or name,) and session.may_audit(name))
        if not audited:
            raise NotPermitted(register or "*")
        if reader is not None and not reader.isprintable():
            raise Malformed("reader", "printable text", repr(reader[:40]))
        asked = ReadingQuery(audited, None if entry is None else tuple(entry), reader, *_bounds(from_, to))
        return _answer(service, asked, cursor, limit)

    return router


def of_entry_router(register: Register) -> APIRouter:
    """The readings of an entry of ``register``: the list for auditors, the statement for the person concerned."""
    router = APIRouter(prefix=f"/registers/{register.name}", tags=[register.name])

    @router.get("/{entry}/readings", response_model=Readings, responses=problems(400, 401, 403, 404, 422))
    def readings(
        service: TheService, session: SignedIn, entry: Entry, from_: From = None, to: To = None,
        limit: Limit = USUAL_PAGE, cursor: Cursor = -1,
    ) -> Response:  # fmt: skip
        """Who read what of the entry is not public, when and why, oldest first. For auditors."""
        if not session.may_audit(register.name):
            raise NotPermitted(register.name)
        entries = _named(service, register, entry)
        return _answer(service, ReadingQuery((register.name,), entries, None, *_bounds(from_, to)), cursor, limit)

    @router.get(
        "/{entry}/readings/statement",
        response_class=HTMLResponse,
        responses={200: {"content": {"text/html": {}}}, **problems(401, 403, 404, 422)},
    )
    def readings_statement(
        request: Request, service: TheService, session: SignedIn, entry: Entry, language: InLanguage = None
    ) -> Response:
        """When, in what role and why the entry was read, to be printed for the person concerned; not by whom."""
        if not session.may_read_with_purpose(register.name):
            raise NotPermitted(register.name)
        entries = _named(service, register, entry)
        accepted = request.headers.get("accept-language")
        chosen = language or (language_of(accepted) if accepted else "lv")
        query = ReadingQuery((register.name,), entries)
        page = statement(register, entry, _all(service, query), chosen)
        return HTMLResponse(page, headers={"Cache-Control": "no-store", "Content-Language": chosen})

    return router


def _bounds(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """The instants at which the days asked for begin and end."""
    begins = None if since is None else end_of_riga_day(since - timedelta(days=1))
    return begins, None if until is None else end_of_riga_day(until)


def _named(service: Service, register: Register, reference: str) -> tuple[UUID, ...]:
    """Every entry that ``reference`` has ever named."""
    with service.database.pool.connection() as connection:
        now = Moment(read_as_of(None), resolve_known_at(connection, None))
        found = entry_ids(connection, register, reference, now)
    if not found:
        raise NotFound(NO_ENTRY, entry=reference, register=register.name)
    return tuple(found)


def _all(service: Service, query: ReadingQuery) -> Iterator[Kept]:
    """All readings that fit, part by part."""
    after = -1
    while True:
        with service.database.pool.connection() as connection:
            part = find_readings(connection, query, after=after, limit=LARGEST_PAGE)
        yield from part
        if len(part) < LARGEST_PAGE:
            return
        after = part[-1].number


def _answer(service: Service, query: ReadingQuery, after: int, limit: int) -> Response:
    with service.database.pool.connection() as connection:
        found = find_readings(connection, query, after=after, limit=limit + 1)
    following = str(found[limit - 1].number) if len(found) > limit else "null"
    shown = text_of([reading_document(kept) for kept in found[:limit]])
    return json_response(f'{{"readings":{shown},"next_cursor":{following}}}', {"Cache-Control": "no-store"})


def reading_document(kept: Kept) -> dict[str, Any]:
    """A reading as auditors are shown it."""
    reading = kept.reading
    return {
        "number": kept.number,
        "read_at": instant(kept.read_at),
        **reading._asdict(),
        "entries": [str(entry) for entry in reading.entries],
        "as_of": None if reading.as_of is None else reading.as_of.isoformat(),
        "chain_hash": kept.chain_hash.hex(),
    }

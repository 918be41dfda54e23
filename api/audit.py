"""``GET /audit/late``: acts recorded late, decided backwards or otherwise out of the usual order. For auditors."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.acts import Position
from api.answers import Known, json_response, known_headers, known_json, text_of
from api.errors import problems
from api.formats import format_of
from api.lists import LARGEST_PAGE, USUAL_PAGE
from api.parameters import KnownAtText, TheService
from api.service import Service
from api.session import NotAuthenticated, NotPermitted, PurposeNeeded, Session
from api.sessions import FOR_PURPOSE, CurrentSession
from domain.legal_time import LegalDate
from ledger.leaf import instant
from projections.late_acts import FINDINGS, LateAct, LateCount, late_acts, late_counts
from projections.moment import resolve_known_at

Form = Literal["json", "csv"]
_DAYS = Field(description=f"By how many days, of: {', '.join(FINDINGS)}; null where that is in order")


class LateActShape(BaseModel):
    """An act with its four dates, and what is unusual about them."""

    position: int
    register_name: str = Field(alias="register")
    entry: UUID
    registration_number: str | None
    kind: str
    decision: str | None = Field(description="Number of the decision")
    actor: str = Field(description="Pseudonym of who recorded it")
    received_on: date | None
    decided_on: date
    effective_on: date
    recorded_at: datetime
    recorded_on: date = Field(description="The day of recording in Riga")
    days: dict[str, int | None] = _DAYS


class LateCountShape(BaseModel):
    """How many acts a register recorded in a month, and how many of them are unusual."""

    register_name: str = Field(alias="register")
    month: str = Field(description="YYYY-MM, by the day of recording in Riga")
    acts: int
    unusual: int
    found: dict[str, int]


class LateDocument(BaseModel):
    """Unusual acts in the order of recording, and counts of all that was asked for."""

    known_at: Known
    summary: list[LateCountShape]
    acts: list[LateActShape]
    next_cursor: int | None


def audit_router() -> APIRouter:
    """The path of the auditor's report."""
    router = APIRouter(tags=["audit"])

    @router.get(
        "/audit/late",
        response_model=LateDocument,
        openapi_extra=FOR_PURPOSE,
        responses={
            200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
            **problems(400, 401, 403, 406, 422),
        },
    )
    def late(
        request: Request,
        service: TheService,
        session: CurrentSession,
        from_: Annotated[LegalDate, Query(alias="from", description="First day of recording")] = date(1800, 1, 1),
        to: Annotated[LegalDate, Query(description="Last day of recording (Riga)")] = date(2999, 12, 31),
        known_at: KnownAtText = None,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE,
        cursor: Position = -1,
        format: Annotated[Form | None, Query(description="Instead of Accept")] = None,  # noqa: A002
    ) -> Response:
        """Acts recorded after they took effect, decided after it, or otherwise with dates in an unusual order.

        Of the registers that the session audits. CSV gives all of them; the summary counts all of them.
        """
        form, registers = format_of(request, format, get_args(Form)), _audited(service, session)
        with service.database.pool.connection() as connection:
            known = resolve_known_at(connection, known_at)
            if form == "csv":
                rows = late_acts(connection, registers, from_, to, upto=known.position, after=cursor)
            else:
                found = late_acts(connection, registers, from_, to, upto=known.position, after=cursor, limit=limit + 1)
                counts = late_counts(connection, registers, from_, to, upto=known.position)
        if form == "csv":
            note_hidden(service, session, rows, known.position)
            headers = {**known_headers(known), "Vary": "Authorization, Accept"}
            return session.answered(Response(_csv(rows), headers=headers, media_type="text/csv"))
        note_hidden(service, session, found[:limit], known.position)
        following = str(found[limit - 1].position) if len(found) > limit else "null"
        acts = text_of([late_document(act) for act in found[:limit]])
        summary = text_of([count_document(each) for each in counts])
        answer = f'{{"known_at":{known_json(known)},"summary":{summary},"acts":{acts},"next_cursor":{following}}}'
        return session.answered(json_response(answer, {"Vary": "Authorization, Accept"}))

    return router


def _audited(service: Service, session: Session) -> list[str]:
    audited = [name for name in service.catalogue.registers if session.may_audit(name)]
    if session.is_anonymous:
        raise NotAuthenticated
    if not audited:
        raise NotPermitted("*")
    if session.disclosure is None:
        raise PurposeNeeded("*")
    return audited


def note_hidden(service: Service, session: Session, acts: list[LateAct], known_at: int) -> None:
    """Note which entries are shown with acts that are not public."""
    for act in acts:
        if is_hidden(service, act):
            session.shows(act.register, act.entry, known_at)


def is_hidden(service: Service, act: LateAct) -> bool:
    """Whether an act is not public, or about one that may not be."""
    register = service.catalogue.registers[act.register]
    kind = register.by_verb[act.verb]
    return not (register.public and kind.public and kind.effect == "state")


def late_document(act: LateAct) -> dict[str, Any]:
    """An act as the report shows it."""
    return {
        "position": act.position,
        "register": act.register,
        "entry": str(act.entry),
        "registration_number": act.registration_number,
        "kind": act.verb,
        "decision": act.decision_number,
        "actor": act.actor,
        "received_on": None if act.received_on is None else act.received_on.isoformat(),
        "decided_on": act.decided_on.isoformat(),
        "effective_on": act.effective_on.isoformat(),
        "recorded_at": instant(act.recorded_at),
        "recorded_on": act.recorded_on.isoformat(),
        "days": act.days,
    }


def count_document(counted: LateCount) -> dict[str, Any]:
    """A month of a register as the report shows it."""
    return {
        "register": counted.register,
        "month": f"{counted.month:%Y-%m}",
        "acts": counted.acts,
        "unusual": counted.unusual,
        "found": counted.found,
    }


def _csv(acts: list[LateAct]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    for number, act in enumerate(acts):
        row = flat(act)
        if not number:
            writer.writerow(row)
        writer.writerow(row.values())
    return text.getvalue()


def flat(act: LateAct) -> dict[str, Any]:
    """An act as a row: what is unusual in columns of its own."""
    shown = late_document(act)
    del shown["days"]
    return {**shown, **act.days}

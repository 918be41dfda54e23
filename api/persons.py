"""Erasing persons over HTTP: for those who are charged with data protection, after it was decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from psycopg import Connection
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.answers import json_response, text_of
from api.errors import Malformed, NotFound, problems
from api.grants import Role, holds
from api.lists import LARGEST_PAGE, USUAL_PAGE
from api.parameters import TheService
from api.service import Service
from api.session import NotPermitted, Session
from api.sessions import SignedIn
from domain.act import Actor
from domain.erasures import REGISTER
from domain.legal_time import LegalDate, riga_date
from domain.personal_code import PersonalCode
from domain.retention import retention_rules
from domain.value import Text
from ledger.leaf import instant
from projections.erasing import Concerned, by_code, by_field
from projections.erasures import Decided, Receipt, erase
from projections.retention import Due, due


class WhomToErase(BaseModel):
    """A person, by their personal code or by an entry and the field in which they are named; and why."""

    model_config = ConfigDict(extra="forbid")

    personal_code: PersonalCode | None = Field(default=None, description="The person's code, or the one before it")
    entry: UUID | None = Field(default=None, description="The entry in which the person is named")
    field: Text | None = Field(default=None, description="The field of that entry: head, founders, name, note")
    case: Text = Field(description="Number of the case or decision; it must not name the person")
    legal_ground: Text = Field(description="On what legal ground, e.g. GDPR 17(1)(a)")
    decided_on: LegalDate | None = Field(default=None, description="Day of the decision; default today")


class Unchanged(BaseModel):
    """The tree of all acts before the erasure: its root before and after. They are the same."""

    size: int
    root_before: str
    root_after: str


class ErasureReceipt(BaseModel):
    """What was erased; with preview=true what would be, and nothing was."""

    position: int | None = Field(description="Position of the act that tells of it")
    recorded_at: datetime | None
    subjects: list[UUID] = Field(description="Pseudonyms of those whose keys were destroyed")
    entries: list[UUID] = Field(description="The entries in which they stood")
    acts: int = Field(description="How many acts said something of them")
    values: int = Field(description="How many values can no longer be read")
    beside: list[UUID] = Field(
        description="Others with codes of their own in these entries: a wrong code, corrected since. They stay"
    )
    unchanged: Unchanged | None = Field(description="The proof that nothing else changed; null in a preview")


class DueShape(BaseModel):
    """An entry whose values are due for erasure."""

    register_name: str = Field(alias="register")
    entry: UUID
    registration_number: str | None
    status: str
    since: date = Field(description="Since when the entry is what it is")
    ground: str = Field(description="On what ground its values are kept no longer")


class DueDocument(BaseModel):
    """Entries whose values are due on a day, the longest ended first. Nothing is erased without a decision."""

    on: date
    entries: list[DueShape]
    more: bool


def persons_router() -> APIRouter:
    """``POST /persons/erasure`` and ``GET /persons/due``."""
    router = APIRouter(tags=["persons"])

    @router.post(
        "/persons/erasure", response_model=ErasureReceipt, responses=problems(400, 401, 403, 404, 409, 412, 422)
    )
    def erasure(
        service: TheService,
        session: SignedIn,
        body: WhomToErase,
        preview: Annotated[bool, Query(description="Show what would be erased, and erase nothing")] = False,
    ) -> Response:
        """Erase a person: destroy the key under which their values are sealed. Nobody can bring them back.

        Free texts of acts that name the person go with them. Every proof, figure and link stays as it was.
        """
        actor = _protecting(session)
        with service.database.pool.connection() as connection:
            concerned = found(connection, service, body.personal_code, body.entry, body.field)
        if preview:
            return json_response(text_of(document(concerned, None)))
        decided_on = body.decided_on or riga_date(datetime.now(UTC))
        decided = Decided(body.case, body.legal_ground, decided_on)
        receipt = erase(service.database, service.recording, concerned, decided, actor)
        return json_response(text_of(document(concerned, receipt)))

    @router.get("/persons/due", response_model=DueDocument, responses=problems(400, 401, 403, 422))
    def due_for_erasure(
        service: TheService,
        session: SignedIn,
        on: Annotated[LegalDate | None, Query(description="The day asked about; default today")] = None,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE,
    ) -> Response:
        """Entries that came to their end so long ago that the values of persons in them are kept no longer."""
        _protecting(session)
        day = on or riga_date(datetime.now(UTC))
        with service.database.pool.connection() as connection:
            entries = due(connection, retention_rules(), day, limit + 1)
        return json_response(text_of({
            "on": day.isoformat(), "entries": [due_json(each) for each in entries[:limit]],
            "more": len(entries) > limit,
        }))  # fmt: skip

    return router


def due_json(each: Due) -> dict[str, Any]:
    """An entry whose values are due, as it is told."""
    return {**each._asdict(), "entry": str(each.entry), "since": each.since.isoformat()}


def found(
    connection: Connection[Any], service: Service, code: str | None, entry: UUID | None, field: str | None
) -> Concerned:
    """What there is of a person, named by code or by entry and field. Raises Malformed or NotFound."""
    if (code is None) == (entry is None and field is None) or (entry is None) != (field is None):
        raise Malformed("personal_code, entry, field", "a personal code, or an entry and a field", "others")
    if code is not None:
        concerned = by_code(connection, service.ledger, service.vault, code)
    else:
        assert entry is not None  # noqa: S101 - checked above, together with the field
        assert field is not None  # noqa: S101
        concerned = by_field(connection, service.ledger, service.vault, entry, field)
    if concerned is None:
        raise NotFound("nobody is known so whose values are not erased already")
    return concerned


def document(concerned: Concerned, receipt: Receipt | None) -> dict[str, Any]:
    """What is told of an erasure, or of one that is not done yet."""
    unchanged = None
    if receipt is not None:
        unchanged = {"size": receipt.size, "root_before": receipt.root_before, "root_after": receipt.root_after}
    return {
        "position": None if receipt is None else receipt.act.position,
        "recorded_at": None if receipt is None else instant(receipt.act.recorded_at),
        "subjects": [str(subject) for subject in concerned.subjects],
        "entries": [str(entry) for entry in concerned.entries],
        "acts": concerned.acts,
        "values": concerned.values,
        "beside": [str(subject) for subject in concerned.beside],
        "unchanged": unchanged,
    }


def _protecting(session: Session) -> Actor:
    if not holds(session.grants, REGISTER.name, Role.DATA_PROTECTION):
        raise NotPermitted(REGISTER.name)
    return Actor(session.pseudonym, Role.DATA_PROTECTION)

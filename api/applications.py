"""What waits for a decision, over HTTP: for those who keep the registers."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import MomentShape, json_response, moment_json, text_of
from api.errors import Malformed, problems
from api.lists import LARGEST_PAGE, USUAL_PAGE
from api.parameters import AsOf, KnownAtText, TheService
from api.service import Service
from api.session import Session, not_readable
from api.sessions import FOR_PURPOSE, SignedIn
from domain.legal_time import NEVER_ENDS, LegalDate
from projections.moment import Moment, read_as_of, resolve_known_at
from projections.open_applications import open_applications


class OpenApplicationShape(BaseModel):
    """An application that waits for its decision."""

    register_name: str = Field(alias="register")
    entry: UUID
    name: str
    status: str = Field(description="applied, or overdue after the last day of its time limit")
    due_on: date = Field(description="Last day of the time limit, as extended by now")
    act: int = Field(description="Position of the act that made this state")


class OpenApplications(MomentShape):
    """Applications that wait, the first due first. ``more`` says that there are others beyond ``limit``."""

    applications: list[OpenApplicationShape]
    more: bool


def applications_router() -> APIRouter:
    """``GET /applications``."""
    router = APIRouter(tags=["acts"])

    @router.get(
        "/applications",
        response_model=OpenApplications,
        openapi_extra=FOR_PURPOSE,
        responses=problems(400, 401, 403, 422),
    )
    def applications(
        service: TheService,
        session: SignedIn,
        register: Annotated[str | None, Query(max_length=60)] = None,
        due_until: Annotated[LegalDate | None, Query(description="Only those due by that day")] = None,
        as_of: AsOf = None,
        known_at: KnownAtText = None,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE,
    ) -> Response:
        """Applications that wait for a decision in the registers the session may read, the first due first."""
        registers = _readable(service, session, register)
        with service.database.pool.connection() as connection:
            moment = Moment(read_as_of(as_of), resolve_known_at(connection, known_at))
            found = open_applications(connection, registers, moment, due_until or NEVER_ENDS, limit + 1, service.vault)
        shown = [
            {"register": each.register, "entry": str(each.entry_id), "name": each.name, "status": each.status,
             "due_on": each.due_on.isoformat(), "act": each.act}
            for each in found[:limit]
        ]  # fmt: skip
        for each in found[:limit]:
            session.shows(each.register, each.entry_id, moment.known_at.position, moment.as_of)
        more = "true" if len(found) > limit else "false"
        answer = json_response(f'{{{moment_json(moment)},"applications":{text_of(shown)},"more":{more}}}')
        return session.answered(answer, register)

    return router


def _readable(service: Service, session: Session, asked: str | None) -> list[str]:
    known = service.catalogue.registers
    if asked is not None and asked not in known:
        raise Malformed("register", "one of {values}", asked, values=", ".join(known))
    readable = [name for name in known if name in (asked or name,) and session.may_read_confidential(name)]
    if not readable:
        raise not_readable(session, *((asked,) if asked else known))
    return readable

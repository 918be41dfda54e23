"""Previews over HTTP: what recording would do, for the clerk to see before it is asked for."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import json_response, text_of
from api.errors import Problem
from api.language import Language
from api.refused import refused_problem
from api.service import Service
from api.session import Session, reads_confidential
from domain.legal_time import NEVER_ENDS
from domain.register import ABSENT, NOTHING, Register, State
from projections.figures import all_figures
from projections.moment import resolve_known_at
from projections.preview import Change, preview
from projections.submission import Submission


class ExpectedAct(BaseModel):
    """An act as it would be recorded, the number that its entry would be given included."""

    register_name: str = Field(alias="register")
    entry: UUID
    registration_number: str | None
    version: int
    warnings: list[str]


class StateShape(BaseModel):
    """What an entry is on a day."""

    status: str
    content: dict[str, Any]


class ChangeShape(BaseModel):
    """Days on which an entry would be another."""

    register_name: str = Field(alias="register")
    entry: UUID
    first: date = Field(alias="from")
    end: date | None = Field(alias="to", description="First day on which it no longer holds; null if none is known")
    before: StateShape
    after: StateShape


class MovedShape(BaseModel):
    """A figure of the yearly statistics that would be another."""

    figure: str
    title: dict[str, str]
    year: int
    before: int
    after: int


class PreviewDocument(BaseModel):
    """What recording would do. Nothing was recorded, and what others record meanwhile may change it."""

    acts: list[ExpectedAct]
    changes: list[ChangeShape]
    figures: list[MovedShape]
    conflict: Problem | None = Field(description="Why it would be refused; the dependants in the way are named there")


def preview_response(service: Service, session: Session, submission: Submission, language: Language) -> Response:
    """The preview of ``submission``, when what it shows is kept as read.

    Raises NotPermitted or PurposeNeeded if it is about a register that is not public.
    """
    for draft in submission.drafts:
        reads_confidential(session, service.catalogue.registers[draft.register])
    return session.answered(json_response(preview_json(service, session, submission, language)))


def preview_json(service: Service, session: Session, submission: Submission, language: Language) -> str:
    """The preview of ``submission`` as JSON text. The states of entries that are there already are read."""
    registers = service.catalogue.registers
    with service.database.pool.connection() as connection:
        known_at = resolve_known_at(connection, None).position
        found = preview(connection, service.ledger, submission)
    acts = [
        {"register": act.register, "entry": str(act.entry), "registration_number": act.registration_number,
         "version": act.version, "warnings": list(act.warnings)}
        for act in found.recorded
    ]  # fmt: skip
    figures = [
        {**moved._asdict(), "title": all_figures().get(moved.figure).titles._asdict()} for moved in found.figures
    ]
    conflict = None if found.conflict is None else refused_problem(found.conflict, language)
    begun = {act.entry for act in found.recorded if act.version == 1}
    changes = []
    for change in found.changes:
        register = registers[change.register]
        before, after = (_visible(register, state, session) for state in (change.before, change.after))
        if before == after:
            continue
        changes.append(_change(change, before, after))
        if change.entry not in begun and any(_hides(register, state) for state in (before, after)):
            session.shows(register.name, change.entry, known_at)
    return text_of({"acts": acts, "changes": changes, "figures": figures, "conflict": conflict})


def _visible(register: Register, state: State, session: Session) -> State:
    """``state`` as far as ``session`` may read it now."""
    if session.may_read_confidential(register.name):
        return state
    if not register.public or state.status in register.not_public:
        return NOTHING
    public = {name: state.content[name] for name in state.content if name not in register.confidential_fields}
    return State(state.status, public)


def _hides(register: Register, state: State) -> bool:
    hidden = not register.public or state.status in register.not_public
    return state.status != ABSENT and (hidden or not register.confidential_fields.isdisjoint(state.content))


def _change(change: Change, before: State, after: State) -> dict[str, Any]:
    return {
        "register": change.register,
        "entry": str(change.entry),
        "from": change.first.isoformat(),
        "to": None if change.end == NEVER_ENDS else change.end.isoformat(),
        "before": _state(before),
        "after": _state(after),
    }


def _state(state: State) -> dict[str, Any]:
    return {"status": state.status, "content": dict(state.content)}

"""Previews over HTTP: what recording would do, for the clerk to see before it is asked for."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from api.answers import text_of
from api.errors import Problem
from api.language import Language
from api.refused import refused_problem
from api.service import Service
from domain.legal_time import NEVER_ENDS
from domain.register import State
from projections.batch import Submission
from projections.figures import all_figures
from projections.preview import Change, preview


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


def preview_json(service: Service, submission: Submission, language: Language) -> str:
    """The preview of ``submission`` as JSON text."""
    with service.database.pool.connection() as connection:
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
    changes = [_change(change) for change in found.changes]
    return text_of({"acts": acts, "changes": changes, "figures": figures, "conflict": conflict})


def _change(change: Change) -> dict[str, Any]:
    return {
        "register": change.register,
        "entry": str(change.entry),
        "from": change.first.isoformat(),
        "to": None if change.end == NEVER_ENDS else change.end.isoformat(),
        "before": _state(change.before),
        "after": _state(change.after),
    }


def _state(state: State) -> dict[str, Any]:
    return {"status": state.status, "content": dict(state.content)}

"""Answers about the register: their documented shapes, and their bytes.

Stored content is passed on as the JSON text it is stored as; only the frame around it is written here.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.responses import Response

from api.session import Session
from domain.act import Act
from domain.legal_time import NEVER_ENDS, riga_date
from domain.register import Register
from ledger.leaf import instant
from projections.moment import KnownAt, Moment
from projections.reading import EntryAnswer, EntryState


class Known(BaseModel):
    """What was known: the newest position taken into account."""

    position: int = Field(description="Position in the ledger; -1 before the first act")
    recorded_at: datetime | None = Field(description="When that act was recorded (UTC)")


class MomentShape(BaseModel):
    """The moment every answer names, so that the same question can be asked again."""

    as_of: date
    known_at: Known


class EntryShape(BaseModel):
    """An entry's state on a day."""

    entry: UUID
    registration_number: str | None
    status: str
    valid_from: date = Field(description="First day on which this state holds")
    valid_to: date | None = Field(description="First day on which it no longer holds; null if none is known")
    act: int = Field(description="Position of the act that made this state")
    content: dict[str, Any] = Field(description="The public content, by field")
    confidential: dict[str, Any] | None = Field(
        default=None, description="The confidential content; only for sessions with the permission, and a purpose"
    )


class EntryDocument(EntryShape, MomentShape):
    """An entry at a moment."""

    register_name: str = Field(alias="register")
    version: int = Field(description="How many acts the entry had; also its ETag")


class ListDocument(MomentShape):
    """A page of a register at a moment."""

    register_name: str = Field(alias="register")
    items: list[EntryShape]
    next_cursor: str | None
    total: int


def json_response(body: str, headers: dict[str, str] | None = None, status: int = 200) -> Response:
    """An answer whose JSON text is written already."""
    return Response(body.encode(), status, headers=headers, media_type="application/json")


def text_of(value: Any) -> str:
    """``value`` as JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def known_json(known_at: KnownAt) -> str:
    """The JSON text of what was known."""
    when = "null" if known_at.recorded_at is None else f'"{instant(known_at.recorded_at)}"'
    return f'{{"position":{known_at.position},"recorded_at":{when}}}'


def moment_json(moment: Moment) -> str:
    """The members every answer about the register has."""
    return f'"as_of":"{moment.as_of}","known_at":{known_json(moment.known_at)}'


def moment_headers(moment: Moment) -> dict[str, str]:
    """The moment of an answer whose format has no place for it."""
    return {"X-As-Of": moment.as_of.isoformat(), **known_headers(moment.known_at)}


def known_headers(known: KnownAt) -> dict[str, str]:
    """What was known, of an answer whose format has no place for it."""
    headers = {"X-Known-At-Position": str(known.position)}
    if known.recorded_at is not None:
        headers["X-Known-At-Recorded-At"] = instant(known.recorded_at)
    return headers


def end_json(end: date) -> str:
    """The end of an interval: null if none is known."""
    return "null" if end == NEVER_ENDS else f'"{end}"'


def state_json(register: Register, state: EntryState, session: Session, moment: Moment) -> str:
    """The members of an entry's state, as far as ``session`` may read them now."""
    number = text_of(state.registration_number)
    hidden = ""
    if session.may_read_confidential(register.name):
        hidden = f',"confidential":{state.confidential}'
        if holds_hidden(register, state.status, state.confidential):
            session.shows(register.name, state.entry_id, moment.known_at.position, moment.as_of)
    return (
        f'"entry":"{state.entry_id}","registration_number":{number},"status":"{state.status}",'
        f'"valid_from":"{state.valid_from}","valid_to":{end_json(state.valid_to)},"act":{state.act},'
        f'"content":{state.content}{hidden}'
    )


def holds_hidden(register: Register, status: str, confidential: str) -> bool:
    """Whether something is not public in a state with this ``status`` and this confidential content (JSON text)."""
    return confidential != "{}" or not register.public or status in register.not_public


def entry_json(register: Register, answer: EntryAnswer, session: Session) -> str:
    """An entry at a moment, as far as ``session`` may read it now."""
    return (
        f'{{"register":"{register.name}",{moment_json(answer.moment)},"version":{answer.version},'
        f"{state_json(register, answer.state, session, answer.moment)}}}"
    )


def act_document(register: Register, act: Act, session: Session, known_at: int) -> dict[str, Any]:
    """An act as ``session`` may read it now: the confidential part with its note and source, and who acted, or not."""
    payload = act.payload
    confidential = session.may_read_confidential(register.name)
    public = _without(act.fields, register.confidential_fields)
    shown: dict[str, Any] = {
        "position": act.position,
        "recorded_at": instant(act.recorded_at),
        "register": register.name,
        "entry": str(act.entry_id),
        "version": act.version,
        "kind": act.kind.verb,
        "event": f"{act.kind.event}:{act.kind.version}",
        "act_id": str(payload.act_id),
        "decision": payload.decision.model_dump(mode="json"),
        "effective_on": payload.effective_on.isoformat(),
        "received_on": None if payload.received_on is None else payload.received_on.isoformat(),
        "answers": payload.answers,
        "late": payload.effective_on < riga_date(act.recorded_at),
        "content": act.fields if confidential else public,
    }
    if session.may_audit(register.name):
        shown |= {"actor": payload.actor, "role": payload.role}
    if confidential:
        shown |= {"note": payload.note, "source": payload.source, "correlation_id": str(payload.correlation_id)}
        # An act about another act may be about one that is not public.
        hidden = not (register.public and act.kind.public and act.kind.effect == "state")
        if hidden or payload.note is not None or payload.source is not None or public != act.fields:
            session.shows(register.name, act.entry_id, known_at)
    return shown


def _without(fields: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """``fields`` without confidential ones, also within a correction's content or a reorganisation's changes."""
    return {
        name: _without(value, hidden) if isinstance(value, dict) and name in ("content", "changes") else value
        for name, value in fields.items()
        if name not in hidden
    }


_WITH_PERMISSION = "only for sessions that may read the confidential part of the register, and say why"
_TO_AUDITORS = "only for auditors of the register"


class ActShape(BaseModel):
    """A recorded act with its four dates."""

    position: int
    recorded_at: datetime
    register_name: str = Field(alias="register")
    entry: UUID
    version: int = Field(description="The entry's version after this act")
    kind: str
    event: str = Field(description="Name and version of the event in the ledger")
    act_id: UUID
    decision: dict[str, Any]
    effective_on: date
    received_on: date | None
    answers: int | None
    late: bool = Field(description="Effective before the day it was recorded (Europe/Riga)")
    content: dict[str, Any]
    actor: str | None = Field(default=None, description=f"Pseudonym of who acted; {_TO_AUDITORS}")
    role: str | None = Field(default=None, description=f"The role they acted in; {_TO_AUDITORS}")
    note: str | None = Field(default=None, description=f"A note for the service; {_WITH_PERMISSION}")
    source: str | None = Field(default=None, description=f"What an imported act was read from; {_WITH_PERMISSION}")
    correlation_id: UUID | None = Field(
        default=None, description=f"Ties the acts of one proceeding together; {_WITH_PERMISSION}"
    )

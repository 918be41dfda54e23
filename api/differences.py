"""Differences between two moments over HTTP."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from psycopg import Connection
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import EntryShape, json_response, moment_json, state_json, text_of
from api.errors import NO_ENTRY, Malformed, NotFound
from api.service import Service
from api.session import Session, reads_confidential
from domain.act import Act, is_public
from domain.register import Register
from ledger.vault import Vault
from projections.differences import StatePair, acts_between, differing, touches
from projections.moment import Moment, read_as_of, resolve_known_at
from projections.reading import EntryState, as_uuid, clear, entry_ids


class FieldDifference(BaseModel):
    """A field that differs, and the acts that made the difference."""

    field: str
    before: Any
    after: Any
    acts: list[int]


class EntryDifference(BaseModel):
    """An entry that differs between two moments."""

    entry: str
    registration_number: str | None
    before: EntryShape | None
    after: EntryShape | None
    fields: list[FieldDifference]


class DiffDocument(BaseModel):
    """Differences between two moments."""

    from_moment: dict[str, Any] = Field(alias="from")
    to_moment: dict[str, Any] = Field(alias="to")
    entries: list[EntryDifference]
    next_cursor: str | None


def diff_entry(
    service: Service, register: Register, reference: str, before: str, after: str, session: Session
) -> Response:
    """What differs in one entry between two moments; an entry that the caller may not see is not found."""
    confidential = reads_confidential(session, register)
    with service.database.pool.connection() as connection:
        first, second = _moment(connection, "from", before), _moment(connection, "to", after)
        named = (entry_ids(connection, register, reference, moment) for moment in (second, first))
        found = next(filter(None, named), [])
        acts = service.ledger.acts_of(connection, found[-1:])
        by_position = {act.position: act for of_entry in acts.values() for act in of_entry}
        if not any(confidential or is_public(act, by_position) for act in by_position.values()):
            raise NotFound(NO_ENTRY, entry=reference, register=register.name)
        pairs = differing(
            connection, register, first, second, only=found[-1], hidden=() if confidential else register.not_public
        )
    return _document(register, first, second, pairs, acts, None, session, service.vault)


def diff_register(
    service: Service, register: Register, before: str, after: str, limit: int, cursor: str | None, session: Session
) -> Response:
    """What differs in a register between two moments, in the order of entry ids; the cursor is the last id."""
    confidential = reads_confidential(session, register)
    beyond = None if cursor is None else as_uuid(cursor)
    if cursor is not None and beyond is None:
        raise Malformed("cursor", "a cursor given by this list", cursor[:80])
    with service.database.pool.connection() as connection:
        first, second = _moment(connection, "from", before), _moment(connection, "to", after)
        hidden = () if confidential else register.not_public
        pairs = differing(connection, register, first, second, beyond=beyond, limit=limit + 1, hidden=hidden)
        following = pairs[limit - 1].entry_id if len(pairs) > limit else None
        pairs = pairs[:limit]
        acts = service.ledger.acts_of(connection, [pair.entry_id for pair in pairs])
    return _document(register, first, second, pairs, acts, following, session, service.vault)


def _moment(connection: Connection[Any], field: str, text: str) -> Moment:
    as_of, separator, known_at = text.partition("/")
    if not separator:
        raise Malformed(field, "AS_OF/KNOWN_AT, where either part may be empty", text)
    return Moment(read_as_of(as_of), resolve_known_at(connection, known_at))


def _document(
    register: Register,
    before: Moment,
    after: Moment,
    pairs: list[StatePair],
    acts: dict[UUID, list[Act]],
    following: UUID | None,
    session: Session,
    vault: Vault,
) -> Response:
    opened = [_opened(pair, vault, session.may_read_confidential(register.name)) for pair in pairs]
    shown = [_pair_json(register, pair, acts[pair.entry_id], before, after, session) for pair in opened]
    entries = ",".join(text for text in shown if text)
    cursor = "null" if following is None else f'"{following}"'
    answer = json_response(
        f'{{"from":{{{moment_json(before)}}},"to":{{{moment_json(after)}}},"entries":[{entries}],"next_cursor":{cursor}}}'
    )
    return session.answered(answer, register.name)


def _opened(pair: StatePair, vault: Vault, confidential: bool) -> StatePair:
    before, after = (
        None if state is None else clear(state, vault, confidential=confidential) for state in (pair.before, pair.after)
    )
    return pair._replace(before=before, after=after)


def _pair_json(
    register: Register, pair: StatePair, acts: list[Act], before: Moment, after: Moment, session: Session
) -> str | None:
    confidential = session.may_read_confidential(register.name)
    old, new = _values(pair.before, confidential), _values(pair.after, confidential)
    by_position = {act.position: act for act in acts}
    visible = [act for act in acts_between(acts, before, after) if confidential or is_public(act, by_position)]
    fields = [
        {
            "field": name,
            "before": old.get(name),
            "after": new.get(name),
            "acts": [act.position for act in visible if touches(act, name, by_position)],
        }
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]
    if not fields:
        return None
    number = next((s.registration_number for s in (pair.after, pair.before) if s is not None), None)
    sides = ",".join(
        f'"{side}":' + ("null" if state is None else f"{{{state_json(register, state, session, moment)}}}")
        for side, state, moment in (("before", pair.before, before), ("after", pair.after, after))
    )
    return f'{{"entry":"{pair.entry_id}","registration_number":{text_of(number)},{sides},"fields":{text_of(fields)}}}'


def _values(state: EntryState | None, confidential: bool) -> dict[str, Any]:
    if state is None:
        return {}
    values: dict[str, Any] = {"status": state.status, **json.loads(state.content)}
    return values | json.loads(state.confidential) if confidential else values

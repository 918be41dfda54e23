"""Differences between two moments over HTTP."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from pydantic import BaseModel, Field

from api.answers import EntryShape, moment_json, state_json, text_of
from api.difference_proofs import ProofsShape, difference_proofs
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
    proofs: ProofsShape | None = Field(default=None, description="With proofs=true: of both ends, and of the acts")


class Difference(NamedTuple):
    """What differs between two moments, and where the list goes on."""

    before: Moment
    after: Moment
    entries: list[str]
    acts: set[int]
    following: UUID | None


def diff_entry(
    service: Service, register: Register, reference: str, before: str, after: str, session: Session
) -> Difference:
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
    return _difference(register, first, second, pairs, acts, None, session, service.vault)


def diff_register(
    service: Service, register: Register, before: str, after: str, limit: int, cursor: str | None, session: Session
) -> Difference:
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
    return _difference(register, first, second, pairs, acts, following, session, service.vault)


def _moment(connection: Connection[Any], field: str, text: str) -> Moment:
    as_of, separator, known_at = text.partition("/")
    if not separator:
        raise Malformed(field, "AS_OF/KNOWN_AT, where either part may be empty", text)
    return Moment(read_as_of(as_of), resolve_known_at(connection, known_at))


def difference_json(service: Service, found: Difference, *, proofs: bool) -> str:
    """The JSON text of a difference; with ``proofs`` those of both ends and of the acts that are named."""
    cursor = "null" if found.following is None else f'"{found.following}"'
    proved = ""
    if proofs:
        proved = f',"proofs":{text_of(difference_proofs(service, found.before, found.after, found.acts))}'
    return (
        f'{{"from":{{{moment_json(found.before)}}},"to":{{{moment_json(found.after)}}},'
        f'"entries":[{",".join(found.entries)}],"next_cursor":{cursor}{proved}}}'
    )


def _difference(
    register: Register,
    before: Moment,
    after: Moment,
    pairs: list[StatePair],
    acts: dict[UUID, list[Act]],
    following: UUID | None,
    session: Session,
    vault: Vault,
) -> Difference:
    confidential = session.may_read_confidential(register.name)
    entries, named = [], set[int]()
    for pair in (_opened(pair, vault, confidential) for pair in pairs):
        fields = _fields(pair, acts[pair.entry_id], before, after, confidential)
        if fields:
            entries.append(_pair_json(register, pair, fields, before, after, session))
            named.update(position for field in fields for position in field["acts"])
    return Difference(before, after, entries, named, following)


def _opened(pair: StatePair, vault: Vault, confidential: bool) -> StatePair:
    before, after = (
        None if state is None else clear(state, vault, confidential=confidential) for state in (pair.before, pair.after)
    )
    return pair._replace(before=before, after=after)


def _fields(
    pair: StatePair, acts: list[Act], before: Moment, after: Moment, confidential: bool
) -> list[dict[str, Any]]:
    old, new = _values(pair.before, confidential), _values(pair.after, confidential)
    by_position = {act.position: act for act in acts}
    visible = [act for act in acts_between(acts, before, after) if confidential or is_public(act, by_position)]
    return [
        {
            "field": name,
            "before": old.get(name),
            "after": new.get(name),
            "acts": [act.position for act in visible if touches(act, name, by_position)],
        }
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _pair_json(
    register: Register, pair: StatePair, fields: list[dict[str, Any]], before: Moment, after: Moment, session: Session
) -> str:
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

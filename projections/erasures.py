"""Recording erasures, and keeping them: a key destroyed once stays so, whatever backup of the vault is put back."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row
from pydantic_core import from_json

from domain.act import Actor, Decision, Draft
from domain.erasures import REGISTER, Erasure
from domain.legal_time import LegalDate
from ledger.database import Database, connect
from ledger.merkle import root
from ledger.recorder import head
from ledger.subjects import destroy
from ledger.tiles import Tiles
from projections.answers import RecordedAct
from projections.erasing import Concerned
from projections.recording import Recording
from projections.submission import Submission


class Decided(NamedTuple):
    """In which case, on what legal ground and when an erasure was decided. None of it names the person."""

    case: str
    legal_ground: str
    decided_on: LegalDate


class Receipt(NamedTuple):
    """The act that tells of an erasure, and the root of the tree of all acts before it, then and now."""

    act: RecordedAct
    size: int
    root_before: str
    root_after: str


def erase(database: Database, recording: Recording, concerned: Concerned, decided: Decided, actor: Actor) -> Receipt:
    """Destroy the keys of those ``concerned`` and record it, in one transaction. Raises what recording raises."""
    with database.pool.connection() as connection:
        size = head(connection).position + 1
        before = _root(connection, size)
    (act,) = recording.record(erasing(concerned, decided, actor))
    with database.pool.connection() as connection:
        return Receipt(act, size, before, _root(connection, size))


def erasing(concerned: Concerned, decided: Decided, actor: Actor) -> Submission:
    """What asks for the erasure of those ``concerned`` to be recorded, and their keys to be destroyed with it."""
    content = Erasure(
        case=decided.case,
        legal_ground=decided.legal_ground,
        subjects=concerned.subjects,
        entries=concerned.entries,
        acts=concerned.acts,
        values=concerned.values,
    )
    decision = Decision(decided_on=decided.decided_on, legal_ground=decided.legal_ground)
    draft = Draft(REGISTER.name, uuid4(), "erase", decision, None, content, opens_entry=True)
    return Submission((draft,), actor, uuid4(), erases=concerned)


def destroy_again(url: str) -> int:
    """Destroy the keys for which an erasure stands and which are there nonetheless; returns how many these were."""
    with connect(url) as connection:
        rows = connection.cursor(row_factory=tuple_row).execute(
            "SELECT e.state FROM entry_names n JOIN ledger.events e ON e.originator_id = n.entry_id"
            " WHERE n.register = %s",
            (REGISTER.name,),
        )
        erased = {UUID(subject) for (state,) in rows for subject in from_json(bytes(state))["content"]["subjects"]}
        back = connection.cursor(row_factory=tuple_row).execute(
            "SELECT subject_id FROM vault.subjects WHERE wrapped_key IS NOT NULL AND subject_id = ANY(%s)",
            (list(erased),),
        )
        wanted = [row[0] for row in back]
        if wanted:
            destroy(connection.cursor(row_factory=dict_row), wanted)
        connection.commit()
        return len(wanted)


def _root(connection: Connection[Any], size: int) -> str:
    return root(Tiles(connection), size).hex()

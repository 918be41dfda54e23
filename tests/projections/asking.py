"""Asking for acts from many sides at once, and looking at what the ledger then holds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

from domain.act import Draft
from domain.institutions import REGISTER
from domain.refusals import ActRefused
from ledger.database import Database
from projections.answers import IdempotencyKey, RecordedAct
from projections.recording import Recording
from projections.submission import Submission
from tests.domain.story import BASIC_SCHOOL, OFFICER, draft

MARCH = date(2020, 3, 2)
SERIES = "31129"
"""The series of numbers of the basic schools that ``registration`` asks for."""


def registration(entry_id: UUID | None = None, on: date = MARCH, **content: Any) -> Draft:
    """A new institution."""
    return draft(REGISTER, entry_id or uuid4(), "register", on, {**BASIC_SCHOOL, **content}, opens_entry=True)


def act(verb: str, entry_id: UUID, /, on: date = MARCH, version: int | None = None, **content: Any) -> Draft:
    """An act of an institution that is registered."""
    return draft(REGISTER, entry_id, verb, on, content, expected_version=version)


def submission(*drafts: Draft, key: str | None = None, request: str = "") -> Submission:
    """The request to record ``drafts``; ``request`` stands for the bytes that came with ``key``."""
    idempotency = None if key is None else IdempotencyKey(key, sha256(request.encode()).digest())
    return Submission(drafts, OFFICER, uuid4(), idempotency)


def at_once(asked: Sequence[Submission], *services: Recording) -> list[list[RecordedAct] | ActRefused]:
    """What each request is answered, the services taking turns; none is made before all are ready."""
    ready = Barrier(len(asked))

    def ask(turn: int) -> list[RecordedAct] | ActRefused:
        ready.wait(60)
        try:
            return services[turn % len(services)].record(asked[turn])
        except ActRefused as refusal:
            return refusal

    with ThreadPoolExecutor(len(asked)) as threads:
        return list(threads.map(ask, range(len(asked))))


def positions(database: Database) -> list[int]:
    """The positions in the ledger, in order."""
    return [number - 1 for number in column(database, "SELECT notification_id FROM ledger.events ORDER BY 1")]


def column(database: Database, statement: str) -> list[Any]:
    """The only column that ``statement`` selects."""
    with database.pool.connection() as connection:
        return [value for row in connection.execute(statement) for value in dict(row).values()]


def told(recorded: Sequence[RecordedAct]) -> list[list[Any]]:
    """An answer as plain values of JSON."""
    return [[a.position, a.recorded_at.isoformat(), str(a.entry), a.registration_number, a.version] for a in recorded]

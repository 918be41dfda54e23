"""What repeated requests are answered: by its idempotency key, a request gets what it was answered before."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Cursor

from domain.refusals import KeyUsedForAnotherRequest
from ledger.commitment import committed_id, seal


class IdempotencyKey(NamedTuple):
    """A caller's key for one request, and the SHA-256 of that request."""

    key: str
    request_hash: bytes


class RecordedAct(NamedTuple):
    """What the caller is told of a recorded act. ``warnings`` were no reason to refuse it."""

    position: int
    recorded_at: datetime
    register: str
    entry: UUID
    registration_number: str | None
    version: int
    warnings: tuple[str, ...]


class KeyRow(NamedTuple):
    """A row of ``ledger.idempotency_keys``: who asked with which key for what, and what they were answered."""

    actor: str
    key: str
    request_hash: bytes
    answer: str
    committed_by: int

    @property
    def columns(self) -> tuple[bytes, ...]:
        """Each column as bytes, to be committed to."""
        return (
            self.actor.encode(),
            self.key.encode(),
            self.request_hash,
            self.answer.encode(),
            str(self.committed_by).encode(),
        )


Asked = tuple[str, IdempotencyKey]
"""Who asked, by pseudonym, and with which key."""


class Answer(NamedTuple):
    """What a request is answered, as it is kept."""

    row: KeyRow
    recorded: list[RecordedAct]
    digests: bytes

    @property
    def committed_id(self) -> UUID:
        """The id of the act at ``row.committed_by``: it commits to the row."""
        return committed_id(self.digests)


def answer_to(asked: Asked, recorded: list[RecordedAct], committed_by: int) -> Answer:
    """The answer to a request, to which the act at ``committed_by`` commits."""
    actor, (key, request_hash) = asked
    row = KeyRow(actor, key, request_hash, _to_json(recorded), committed_by)
    return Answer(row, recorded, seal(row.columns))


class Answers:
    """The answers that requests were given, read and written under the appending lock."""

    def __init__(self, cursor: Cursor[Any], asked: Iterable[Asked]) -> None:
        self._cursor = cursor
        self._known: dict[tuple[str, str], tuple[bytes, list[RecordedAct]]] = {}
        self._new: list[tuple[Any, ...]] = []
        wanted = [(actor, key.key) for actor, key in asked]
        if wanted:
            cursor.execute(
                "SELECT k.actor, k.key, k.request_hash, k.answer FROM ledger.idempotency_keys k"
                " JOIN unnest(%s::text[], %s::text[]) AS w(actor, key) USING (actor, key)",
                tuple(map(list, zip(*wanted, strict=True))),
            )
            for row in cursor.fetchall():
                self._known[row["actor"], row["key"]] = (bytes(row["request_hash"]), _from_json(row["answer"]))

    def given(self, asked: Asked) -> list[RecordedAct] | None:
        """What the request was answered; None if it is new. Raises KeyUsedForAnotherRequest."""
        actor, (key, request_hash) = asked
        found = self._known.get((actor, key))
        if found is None:
            return None
        if found[0] != request_hash:
            raise KeyUsedForAnotherRequest(key=key)
        return found[1]

    def keep(self, answer: Answer) -> None:
        """Remember what a request is answered, now that what it asked for is recorded."""
        row = answer.row
        self._known[row.actor, row.key] = (row.request_hash, answer.recorded)
        self._new.append((*row, answer.digests))

    def write(self) -> None:
        """Write what was kept."""
        self._cursor.executemany(
            "INSERT INTO ledger.idempotency_keys (actor, key, request_hash, answer, committed_by, digests)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            self._new,
        )


def _to_json(answer: list[RecordedAct]) -> str:
    return json.dumps([[a.position, a.recorded_at.isoformat(), *map(str, a[2:4]), *a[4:]] for a in answer])


def _from_json(answer: list[list[Any]]) -> list[RecordedAct]:
    return [RecordedAct(a[0], datetime.fromisoformat(a[1]), a[2], UUID(a[3]), a[4], a[5], tuple(a[6])) for a in answer]

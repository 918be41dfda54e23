"""Making the digests that chain the log of readings into the ledger, and reading them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

from psycopg import Connection
from psycopg.rows import tuple_row
from pydantic_core import from_json

from domain.act import SERVICE, Decision, Draft
from domain.reading_digests import RECORDED, REGISTER, ReadingDigest, digest_id
from domain.refusals import EntryExists
from ledger.database import Database
from projections.moment import LAST_DAY, Moment, resolve_known_at
from projections.reading import ListQuery, read_list
from projections.recording import Recording
from projections.submission import Submission


class Digested(NamedTuple):
    """Readings of one day that stand in no digest yet: from number ``first`` to ``last``, where the chain ends."""

    day: date
    first: int
    last: int
    chain_hash: bytes


def digest_readings(database: Database, recording: Recording, before: date | None = None) -> int:
    """Digest what was read on days (in Riga) before ``before``, or all that was read; returns how many digests.

    Whatever else digests at the same time, each reading is in one digest. Raises what recording raises.
    """
    made = 0
    while True:
        with database.pool.connection() as connection:
            found = next(undigested(connection, before), None)
        if found is None:
            return made
        content = ReadingDigest(
            day=found.day,
            first=found.first,
            last=found.last,
            count=found.last - found.first + 1,
            chain_hash=found.chain_hash.hex(),
        )
        decision, entry = Decision(decided_on=found.day), digest_id(found.first)
        draft = Draft(REGISTER.name, entry, "digest", decision, None, content, opens_entry=True)
        try:
            recording.record(Submission((draft,), SERVICE, uuid4()))
            made += 1
        except EntryExists:
            continue  # another process has made it meanwhile


def undigested(connection: Connection[Any], before: date | None) -> Iterator[Digested]:
    """The readings in no digest yet, day by day."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "WITH days AS (SELECT (read_at AT TIME ZONE 'Europe/Riga')::date AS day, min(number) AS first,"
        "   max(number) AS last FROM ledger.readings WHERE number > %s GROUP BY 1)"
        " SELECT d.day, d.first, d.last, r.chain_hash FROM days d JOIN ledger.readings r ON r.number = d.last"
        " WHERE d.day < %s::date OR %s::date IS NULL ORDER BY d.first",
        (last_digested(connection), before, before),
    )
    for day, first, last, chain_hash in rows:
        yield Digested(day, first, last, bytes(chain_hash))


def last_digested(connection: Connection[Any]) -> int:
    """The number of the last reading in a digest; -1 if there is none."""
    now = Moment(LAST_DAY, resolve_known_at(connection, None))
    query = ListQuery(statuses=(RECORDED,), order="-registration_number")
    newest = read_list(connection, REGISTER, now, query, 1)
    return int(from_json(newest[0].state.content)["last"]) if newest else -1

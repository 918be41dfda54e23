"""Verifying the log of readings: row by row against itself, and against the digests that stand in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.act import Act
from domain.catalogue import Catalogue, topic_of
from domain.legal_time import riga_date
from domain.reading_digests import REGISTER
from ledger.ledger import ACT_COLUMNS, Ledger
from ledger.readings import BEGINNING, COLUMNS, Kept, chained, readings_from
from replay.verify.evidence import Evidence
from replay.verify.finding import Finding, Wrong, wrong

READINGS, EVENTS = "ledger.readings", "ledger.events"
READING_COLUMNS = tuple(COLUMNS.split(", "))
"""The columns of the log: a change of any of them is noticed."""


class ReadingsRead(NamedTuple):
    """How many readings were checked; how many of the last stand in no digest yet; the first thing wrong, if any."""

    readings: int
    undigested: int
    wrong: Finding | None


def check_readings(connection: Connection[Any], catalogue: Catalogue) -> ReadingsRead:
    """Check the whole log as ``connection`` sees it, in a transaction that sees one state of the database.

    Whatever was read after the last digest is checked by its own chain alone: that the newest rows of all are there,
    nothing vouches for until they are digested.
    """
    checked, digested = 0, 0
    digests = iter(_digests(connection, catalogue))
    try:
        _check_calendar(connection)
        digest = _next(digests, None)
        for kept in _in_order(connection):
            if digest is not None and kept.number >= digest.content["first"]:
                _check_day(kept, digest)
            if digest is not None and kept.number == digest.content["last"]:
                _check_end(kept, digest)
                digested = kept.number + 1
                digest = _next(digests, digest)
            checked += 1
        if digest is not None:
            raise wrong(READINGS, f"number {checked}", "number", f"a reading that {_named(digest)} tells of", "none")
    except Wrong as found:
        return ReadingsRead(checked, checked - digested, found.finding)
    return ReadingsRead(checked, checked - digested, None)


def readings_checked(evidence: Evidence) -> int:
    """How many readings there are, if nothing is wrong with them; else raises Wrong."""
    checked = check_readings(evidence.connection, evidence.catalogue)
    if checked.wrong is not None:
        raise Wrong(checked.wrong)
    return checked.readings


class _Digest(NamedTuple):
    position: int
    content: dict[str, Any]


def _digests(connection: Connection[Any], catalogue: Catalogue) -> list[_Digest]:
    topics = [topic_of(kind) for kind in REGISTER.kinds]
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"SELECT {ACT_COLUMNS} FROM ledger.events WHERE topic = ANY(%s) ORDER BY notification_id",
        (topics,),
    )
    acts: Iterable[Act] = Ledger(catalogue).decoded(rows)
    return [_Digest(act.position, act.fields) for act in acts]


def _next(digests: Iterator[_Digest], before: _Digest | None) -> _Digest | None:
    digest = next(digests, None)
    if digest is not None:
        expected = 0 if before is None else before.content["last"] + 1
        if digest.content["first"] != expected:
            row = f"position {digest.position}"
            raise wrong(
                EVENTS, row, "state", f"a digest from reading {expected}", f"one from {digest.content['first']}"
            )
    return digest


def _check_calendar(connection: Connection[Any]) -> None:
    """No reading was made, or asks about a day, beyond the calendar: such a row could not even be read."""
    found = connection.cursor(row_factory=tuple_row).execute(
        "SELECT number, CASE WHEN as_of NOT BETWEEN '0001-01-01' AND '9999-12-31' THEN 'as_of' ELSE 'read_at' END,"
        " coalesce(as_of::text, ''), read_at::text FROM ledger.readings"
        " WHERE as_of NOT BETWEEN '0001-01-01' AND '9999-12-31' OR read_at NOT BETWEEN '2000-01-01' AND '9000-01-01'"
        " ORDER BY number LIMIT 1"
    )
    for number, column, as_of, read_at in found:
        raise wrong(READINGS, f"number {number}", column, "a day", as_of if column == "as_of" else read_at)


def _in_order(connection: Connection[Any]) -> Iterator[Kept]:
    """The readings, each of them proved to follow the one before."""
    chain_hash, read_at = BEGINNING, None
    for number, kept in enumerate(readings_from(connection, 0)):
        row = f"number {number}"
        if kept.number != number:
            raise wrong(READINGS, row, "number", number, kept.number)
        column = kept.changed_column()
        expected = chained(chain_hash, kept.digests)
        if kept.chain_hash != expected:
            # Digests that the row's columns have are right: then it is the chain that was cut or written anew.
            if column is None:
                raise wrong(READINGS, row, "chain_hash", expected, kept.chain_hash)
            raise wrong(READINGS, row, "digests", "what the chain hash stands for", kept.digests)
        if column is not None:
            met = getattr(kept, column) if column in Kept._fields else getattr(kept.reading, column)
            raise wrong(READINGS, row, column, "what its digest says", met)
        if read_at is not None and kept.read_at < read_at:
            raise wrong(READINGS, row, "read_at", f"not before {read_at}", kept.read_at)
        chain_hash, read_at = kept.chain_hash, kept.read_at
        yield kept


def _check_day(kept: Kept, digest: _Digest) -> None:
    day = date.fromisoformat(digest.content["day"])
    if riga_date(kept.read_at) != day:
        raise wrong(READINGS, f"number {kept.number}", "read_at", f"{day}, as {_named(digest)} says", kept.read_at)


def _check_end(kept: Kept, digest: _Digest) -> None:
    expected = digest.content["chain_hash"]
    if kept.chain_hash.hex() != expected:
        row = f"number {kept.number}"
        raise wrong(READINGS, row, "chain_hash", f"{expected}, as {_named(digest)} says", kept.chain_hash)


def _named(digest: _Digest) -> str:
    return f"the digest at position {digest.position}"

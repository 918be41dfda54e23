from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ledger.database import Database, connect
from ledger.reading_log import ReadingLog
from ledger.readings import BEGINNING, ChainEnd, chain_end, chained, readings_from
from tests.ledger.reading_examples import reading, readings

CHANGES = [
    "UPDATE ledger.readings SET purpose = 'audit'",
    "DELETE FROM ledger.readings",
    "TRUNCATE ledger.readings",
]
INSERT = (
    "INSERT INTO ledger.readings SELECT number + %s, read_at + %s::interval, reader, role, purpose, case_number, way,"
    " register, entries, as_of, known_at, digests, chain_hash FROM ledger.readings WHERE number = 2"
)


@pytest.fixture
def log(database: Database) -> ReadingLog:
    return ReadingLog(database)


@pytest.fixture
def service(database_url: str) -> Iterator[Connection[Any]]:
    """A connection in the application's role."""
    with connect(database_url) as connection:
        connection.autocommit = True
        yield connection


@pytest.fixture
def owner(database_url: str) -> Iterator[Connection[Any]]:
    """A connection of the superuser, who owns the tables."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def test_readings_are_read_as_they_were_added_each_chained_to_the_one_before(
    log: ReadingLog, service: Connection[Any]
) -> None:
    assert chain_end(service) == ChainEnd(-1, BEGINNING)
    added = readings(12)
    log.add(added[:5])
    for one in added[5:]:
        log.add([one])
    kept = list(readings_from(service, 0, part=5))
    assert [each.reading for each in kept] == added
    assert [each.number for each in kept] == list(range(12))
    assert list(readings_from(service, 9)) == kept[9:]
    assert chain_end(service) == ChainEnd(11, kept[11].chain_hash)
    before = BEGINNING
    for each in kept:
        assert each.chain_hash == chained(before, each.digests)
        assert each.changed_column() is None
        before = each.chain_hash


def test_the_same_reading_has_other_digests_each_time_so_that_nobody_can_guess_it(
    log: ReadingLog, service: Connection[Any]
) -> None:
    log.add([reading(), reading()])
    first, second = readings_from(service, 0)
    assert {first.digests[at : at + 32] for at in range(16, 368, 32)}.isdisjoint(
        {second.digests[at : at + 32] for at in range(16, 368, 32)}
    )


def test_a_row_that_says_something_else_than_its_digests_is_known_by_the_column(
    log: ReadingLog, service: Connection[Any]
) -> None:
    log.add([reading()])
    (kept,) = readings_from(service, 0)
    assert kept._replace(number=1).changed_column() == "number"
    assert kept._replace(read_at=datetime(2020, 1, 1, tzinfo=UTC)).changed_column() == "read_at"
    other = reading(
        reader="x", role="reader", purpose="audit", case_number=None, way="regesta entry", register="psychologists",
        entries=(), as_of=None, known_at=5,
    )  # fmt: skip
    for column, value in other._asdict().items():
        assert kept._replace(reading=reading(**{column: value})).changed_column() == column


def test_many_who_read_at_once_leave_one_chain_without_gaps_and_a_clock_that_never_goes_back(
    database: Database, log: ReadingLog, service: Connection[Any]
) -> None:
    """Two services, each with many readers."""
    logs = [log, ReadingLog(database)]
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda nth: logs[nth % 2].add(readings(1 + nth % 3)), range(90)))
    kept = list(readings_from(service, 0))
    assert [each.number for each in kept] == list(range(180))
    assert all(a.read_at <= b.read_at for a, b in pairwise(kept))
    assert all(b.chain_hash == chained(a.chain_hash, b.digests) for a, b in pairwise(kept))


def test_who_waits_for_a_commit_that_fails_is_told_and_the_next_one_goes_on(
    log: ReadingLog, owner: Connection[Any], service: Connection[Any]
) -> None:
    owner.execute("REVOKE INSERT ON ledger.readings FROM regesta")

    def add(_: int) -> bool:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            log.add([reading()])
        return True

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(add, range(12)))
    owner.execute("GRANT INSERT ON ledger.readings TO regesta")
    log.add([reading()])
    assert [each.number for each in readings_from(service, 0)] == [0]


@pytest.mark.parametrize("change", CHANGES)
def test_the_log_only_grows_whoever_asks(
    log: ReadingLog, service: Connection[Any], owner: Connection[Any], change: str
) -> None:
    log.add(readings(3))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        service.execute(change)
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        owner.execute(change)
    assert len(list(readings_from(service, 0))) == 3


@pytest.mark.parametrize(
    ("further", "later", "refused"),
    [(2, "0", "without gap"), (1, "-1 second", "before the one before")],
)
def test_a_row_out_of_its_place_or_time_is_refused(
    log: ReadingLog, service: Connection[Any], further: int, later: str, refused: str
) -> None:
    log.add(readings(3))
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match=refused):
        service.execute(INSERT, (further, later))

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from threading import Event
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError
from psycopg import Connection

from ledger.database import Database, connect
from ledger.recorder import LedgerRecorder, appending, head
from tests.ledger.appends import LATER, act, acts, insert, positions, waiting_for_their_turn

CHANGES = [
    "UPDATE ledger.{table} SET actor = 'somebody else'",
    "UPDATE ledger.{table} SET actor = actor WHERE false",
    "DELETE FROM ledger.{table}",
    "TRUNCATE ledger.{table}",
    "INSERT INTO ledger.{table} SELECT * FROM ledger.{table} ON CONFLICT ({key}) DO UPDATE SET actor = excluded.actor",
    "MERGE INTO ledger.{table} t USING ledger.{table} s ON t.actor = s.actor WHEN MATCHED THEN DELETE",
]
KEYS = {"events": "notification_id", "idempotency_keys": "actor, key"}


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


def wait_until(other: Future[Any], connection: Connection[Any]) -> None:
    """Go on once ``other`` waits for its turn to append (or ended without, which its caller will see)."""
    while not waiting_for_their_turn(connection) and not other.done():
        pass


@pytest.mark.parametrize("table", KEYS)
@pytest.mark.parametrize("change", CHANGES)
def test_the_service_may_not_change_what_is_recorded(service: Connection[Any], table: str, change: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        service.execute(change.format(table=table, key=KEYS[table]))


@pytest.mark.parametrize("table", KEYS)
@pytest.mark.parametrize("change", CHANGES)
def test_whoever_may_everything_still_meets_the_trigger(
    database: Database, owner: Connection[Any], table: str, change: str
) -> None:
    LedgerRecorder(database).insert_events(acts(2))
    with pytest.raises(
        psycopg.errors.RaiseException, match=rf"on ledger.{table} is refused: the ledger is append-only"
    ):
        owner.execute(change.format(table=table, key=KEYS[table]))
    assert positions(owner) == [0, 1]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger.events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_append_only ON ledger.events",
        "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE sql RETURN NULL",
        "ALTER TABLE ledger.events RENAME TO past_events",
        "DROP TABLE ledger.events",
        "SET session_replication_role = replica",
    ],
)
def test_the_service_can_not_take_its_guards_away(service: Connection[Any], statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        service.execute(statement)


def test_positions_have_no_gaps_when_many_append_and_some_are_refused_or_give_up(database: Database) -> None:
    recorder = LedgerRecorder(database)
    taken = act()
    recorder.insert_events([taken])

    def work(number: int) -> int:
        if number % 3 == 0:
            with pytest.raises(IntegrityError):
                recorder.insert_events([*acts(2), taken])
            return 0
        if number % 3 == 1:
            with database.pool.connection() as connection, appending(connection) as append:
                append.insert(acts(3))
                raise psycopg.Rollback
            return 0
        recorder.insert_events(acts(number % 4 + 1))
        return number % 4 + 1

    with ThreadPoolExecutor(8) as threads:
        recorded = sum(threads.map(work, range(120)))
    with database.pool.connection() as connection:
        assert positions(connection) == list(range(recorded + 1))


def test_events_of_one_append_stand_together(database: Database) -> None:
    recorder = LedgerRecorder(database)
    with ThreadPoolExecutor(8) as threads:
        for numbers in threads.map(lambda _: recorder.insert_events(acts(7)), range(40)):
            assert numbers is not None
            assert list(numbers) == list(range(numbers[0], numbers[0] + 7))


def test_recorded_at_never_goes_back(database: Database) -> None:
    recorder = LedgerRecorder(database)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: recorder.insert_events(acts(2)), range(60)))
    with database.pool.connection() as connection:
        rows = connection.execute("SELECT recorded_at FROM ledger.events ORDER BY notification_id").fetchall()
    assert all(before["recorded_at"] <= after["recorded_at"] for before, after in pairwise(rows))


def test_when_the_clock_is_behind_the_last_instant_counts_until_it_has_caught_up(
    database: Database, owner: Connection[Any]
) -> None:
    insert(owner, 0, recorded_at=LATER)
    LedgerRecorder(database).insert_events(acts(2))
    with database.pool.connection() as connection:
        assert head(connection) == (2, LATER)


def test_an_event_older_than_the_one_before_it_is_refused(service: Connection[Any]) -> None:
    insert(service, 0)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="position 1 does not follow the event"):
        insert(service, 1, recorded_at=LATER - timedelta(microseconds=1))
    insert(service, 1)


@pytest.mark.parametrize("position", [1, 2, 7])
def test_a_position_that_skips_is_refused(service: Connection[Any], position: int) -> None:
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match=f"from 0 without gap, met {position} to"):
        insert(service, position)
    insert(service, 0)


def test_rows_with_a_gap_among_them_are_refused(owner: Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="met 0 to 2 in 2 rows"):
        owner.execute(
            "INSERT INTO ledger.events SELECT n, gen_random_uuid(), 1, 't:1', '', now(), 'a', NULL,"
            " decode(repeat('00', 32), 'hex') FROM unnest(ARRAY[1, 3]) n"
        )


def test_a_position_is_taken_once(service: Connection[Any]) -> None:
    insert(service, 0)
    with pytest.raises(psycopg.errors.UniqueViolation):
        insert(service, 0)


def test_a_version_is_taken_once_and_none_is_left_out(database: Database) -> None:
    recorder = LedgerRecorder(database)
    first, second, third = acts(3)
    recorder.insert_events([first])
    for wrong in ([first], [third], [second, second], [third, second], [act(first.originator_id, 0)]):
        with pytest.raises(IntegrityError):
            recorder.insert_events(wrong)
    with pytest.raises(IntegrityError):
        recorder.insert_events([act(version=2)])
    assert recorder.insert_events([second, third]) == [2, 3]


@pytest.mark.parametrize("previous", [None, 1, 7])
def test_an_event_that_names_another_than_its_aggregates_last_is_refused(
    service: Connection[Any], previous: int | None
) -> None:
    aggregate = uuid4()
    insert(service, 0, originator_id=aggregate)
    insert(service, 1)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="position 2 does not follow"):
        insert(service, 2, originator_id=aggregate, originator_version=2, previous=previous)
    insert(service, 2, originator_id=aggregate, originator_version=2, previous=0)


@pytest.mark.parametrize("gives_up", [False, True])
def test_whoever_appends_next_waits_and_takes_the_position_that_is_then_free(
    database: Database, owner: Connection[Any], gives_up: bool
) -> None:
    recorder = LedgerRecorder(database)
    with ThreadPoolExecutor(1) as other:
        with database.pool.connection() as connection, appending(connection) as append:
            append.insert([act()])
            waiting = other.submit(recorder.insert_events, [act()])
            wait_until(waiting, owner)
            assert not waiting.done()
            assert positions(owner) == []
            if gives_up:
                raise psycopg.Rollback
        assert waiting.result() == [1 if gives_up else 2]


def test_even_plain_sql_waiting_for_their_turn_so_that_no_position_is_seen_before_the_one_before(
    database: Database, service: Connection[Any], owner: Connection[Any]
) -> None:
    with ThreadPoolExecutor(1) as other:
        with database.pool.connection() as connection, appending(connection) as append:
            append.insert([act()])
            waiting = other.submit(insert, service, 1)
            wait_until(waiting, owner)
            assert positions(owner) == []
        waiting.result()
    assert positions(owner) == [0, 1]


def test_a_reader_sees_every_position_up_to_the_newest_it_sees(database: Database, owner: Connection[Any]) -> None:
    recorder, done = LedgerRecorder(database), Event()

    def read() -> int:
        seen = 0
        while not done.is_set():
            found = positions(owner)
            assert found == list(range(len(found)))
            assert len(found) >= seen
            seen = len(found)
        return seen

    with ThreadPoolExecutor(8) as threads:
        reader = threads.submit(read)
        writers = [threads.submit(recorder.insert_events, acts(number % 5 + 1)) for number in range(100)]
        for writer in writers:
            writer.result()
        done.set()
        reader.result()
    assert len(positions(owner)) == 300

"""The log of readings is held against itself and against the digests in the ledger: any change of it is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, LiteralString

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from domain.catalogue import Catalogue
from domain.legal_time import riga_date
from domain.reading_digests import REGISTER
from ledger.commitment import seal
from ledger.database import Database
from ledger.reading_log import ReadingLog
from ledger.readings import BEGINNING, chain_end, chained, columns_of, readings_from
from projections.moment import LAST_DAY, Moment, resolve_known_at
from projections.reading import ListQuery, read_list
from projections.reading_digests import digest_readings, last_digested, undigested
from projections.recording import Recording
from replay.verify.finding import Finding
from replay.verify.readings import READING_COLUMNS, ReadingsRead, check_readings
from tests.conftest import fresh_database
from tests.ledger.reading_examples import readings

DIGESTED, SINCE = 24, 6
OTHERWISE: dict[str, LiteralString] = {
    "number": "number + 1000",
    "read_at": "read_at + interval '1 microsecond'",
    "reader": "reader || 'x'",
    "role": "'auditor'",
    "purpose": "'audit'",
    "case_number": "coalesce(case_number || '1', '1')",
    "way": "'regesta entry'",
    "register": "'psychologists'",
    "entries": "entries[2:] || gen_random_uuid()",
    "as_of": "coalesce(as_of + 1, '2020-01-01')",
    "known_at": "known_at + 1",
    "digests": "set_byte(digests, length(digests) - 1, get_byte(digests, length(digests) - 1) # 1)",
    "chain_hash": "set_byte(chain_hash, 0, get_byte(chain_hash, 0) # 1)",
}


class Logged:
    """A database whose log has readings that are digested, in two digests, and some since."""

    def __init__(self, url: str, catalogue: Catalogue) -> None:
        self.url, self.catalogue = url, catalogue

    @contextmanager
    def tampered(self) -> Iterator[Connection[Any]]:
        """A transaction of someone whom no trigger hinders; nothing of it stays."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SET session_replication_role = replica")
            yield connection
            connection.rollback()

    def checked(self, connection: Connection[Any]) -> ReadingsRead:
        return check_readings(connection, self.catalogue)


@pytest.fixture(scope="module")
def logged(server_url: str, catalogue: Catalogue) -> Iterator[Logged]:
    with fresh_database(server_url) as url:
        database = Database(url)
        recording, log = Recording(database, catalogue), ReadingLog(database)
        for _ in range(2):
            log.add(readings(DIGESTED // 2))
            assert digest_readings(database, recording) == 1
        log.add(readings(SINCE))
        recording.close()
        yield Logged(url, catalogue)
        database.close()


def test_an_honest_log_is_whole(logged: Logged) -> None:
    with logged.tampered() as connection:
        assert logged.checked(connection) == ReadingsRead(DIGESTED + SINCE, SINCE, None)


def test_every_column_of_the_table_is_one_that_is_checked(logged: Logged) -> None:
    with logged.tampered() as connection:
        found = connection.cursor(row_factory=tuple_row).execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'ledger.readings'::regclass AND attnum > 0"
        )
        assert {column for (column,) in found} == set(READING_COLUMNS) == OTHERWISE.keys()


@pytest.mark.parametrize("column", READING_COLUMNS)
@pytest.mark.parametrize("number", [0, 11, 12, 20, DIGESTED - 1, DIGESTED, DIGESTED + SINCE - 1])
def test_a_change_of_any_column_of_any_row_is_noticed_and_named(logged: Logged, column: str, number: int) -> None:
    with logged.tampered() as connection:
        change = SQL("UPDATE ledger.readings SET {} = {} WHERE number = %s")
        connection.execute(change.format(Identifier(column), SQL(OTHERWISE[column])), (number,))
        wrong = logged.checked(connection).wrong
        assert wrong is not None
        assert (wrong.table, wrong.row, wrong.column) == ("ledger.readings", f"number {number}", column)


@pytest.mark.parametrize("number", [0, 11, 12, 20, DIGESTED - 1, DIGESTED])
def test_a_row_taken_away_is_missed(logged: Logged, number: int) -> None:
    with logged.tampered() as connection:
        connection.execute("DELETE FROM ledger.readings WHERE number = %s", (number,))
        wrong = logged.checked(connection).wrong
        assert wrong is not None
        assert (wrong.table, wrong.row) == ("ledger.readings", f"number {number}")


def test_the_newest_rows_taken_away_are_missed_if_they_were_digested(logged: Logged) -> None:
    with logged.tampered() as connection:
        connection.execute("DELETE FROM ledger.readings WHERE number >= %s", (DIGESTED - 1,))
        assert logged.checked(connection).wrong == Finding(
            "ledger.readings", f"number {DIGESTED - 1}", "number",
            "a reading that the digest at position 1 tells of", "none",
        )  # fmt: skip


def written_anew(connection: Connection[Any], take_away: set[int]) -> None:
    """The log as if some readings had never been: numbers, digests and chain all made anew."""
    left = [kept for kept in readings_from(connection, 0) if kept.number not in take_away]
    connection.execute("DELETE FROM ledger.readings")
    before = BEGINNING
    for number, kept in enumerate(left):
        digests = seal(columns_of(number, kept.read_at, kept.reading))
        before = chained(before, digests)
        said = kept.reading._replace(entries=list(kept.reading.entries))  # type: ignore[arg-type]
        connection.execute(
            "INSERT INTO ledger.readings VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (number, kept.read_at, *said, digests, before),
        )


@settings(max_examples=15, deadline=None, database=None, suppress_health_check=[*HealthCheck])
@given(st.sets(st.integers(0, DIGESTED - 1), min_size=1, max_size=3))
def test_a_log_thinned_and_chained_anew_is_not_what_the_digests_say(logged: Logged, take_away: set[int]) -> None:
    with logged.tampered() as connection:
        written_anew(connection, take_away)
        wrong = logged.checked(connection).wrong
        assert wrong is not None
        assert "digest at position" in wrong.expected


@pytest.mark.parametrize("number", [0, 5, 12, DIGESTED - 2])
def test_a_row_told_otherwise_and_chained_anew_is_not_what_the_digests_say(logged: Logged, number: int) -> None:
    with logged.tampered() as connection:
        before = BEGINNING
        for kept in list(readings_from(connection, 0)):
            digests = kept.digests
            if kept.number == number:
                digests = seal(columns_of(number, kept.read_at, kept.reading._replace(purpose="audit")))
            before = chained(before, digests)
            connection.execute(
                "UPDATE ledger.readings SET purpose = CASE number WHEN %s THEN 'audit' ELSE purpose END,"
                " digests = %s, chain_hash = %s WHERE number = %s",
                (number, digests, before, kept.number),
            )
        wrong = logged.checked(connection).wrong
        assert wrong is not None
        assert "digest at position" in wrong.expected


def test_rows_that_trade_places_are_noticed(logged: Logged) -> None:
    with logged.tampered() as connection:
        connection.execute("UPDATE ledger.readings SET number = number + 1000 WHERE number IN (5, 6)")
        connection.execute("UPDATE ledger.readings SET number = 1011 - number WHERE number > 1000")
        wrong = logged.checked(connection).wrong
        assert wrong is not None
        assert wrong.row == "number 5"


def test_a_row_put_in_is_noticed(logged: Logged) -> None:
    with logged.tampered() as connection:
        connection.execute("UPDATE ledger.readings SET number = number + 1000 WHERE number >= 15")
        connection.execute(
            "INSERT INTO ledger.readings SELECT 15, read_at, reader, role, purpose, case_number, way, register,"
            " entries, as_of, known_at, digests, chain_hash FROM ledger.readings WHERE number = 14"
        )
        connection.execute("UPDATE ledger.readings SET number = number - 999 WHERE number >= 1000")
        wrong = logged.checked(connection).wrong
        assert wrong is not None
        assert wrong.row == "number 15"


def test_a_digest_taken_out_of_the_ledger_is_missed_by_the_next(logged: Logged) -> None:
    with logged.tampered() as connection:
        connection.execute("DELETE FROM ledger.events WHERE notification_id = 1")
        wrong = logged.checked(connection).wrong
        assert wrong is not None
        assert (wrong.table, wrong.row, wrong.column) == ("ledger.events", "position 1", "state")


def test_each_day_is_digested_once_it_is_over_and_by_one_only(
    database: Database, recording: Recording, catalogue: Catalogue
) -> None:
    log = ReadingLog(database)
    log.add(readings(3))
    with database.pool.connection() as connection:
        end = chain_end(connection)
        (kept, *_) = readings_from(connection, 0)
    today = riga_date(kept.read_at)
    assert digest_readings(database, recording, today) == 0
    others = Recording(database, catalogue)
    assert digest_readings(database, recording, today + timedelta(days=1)) == 1
    assert digest_readings(database, others) == 0
    others.close()
    with database.pool.connection() as connection:
        (listed,) = read_list(
            connection, REGISTER, Moment(LAST_DAY, resolve_known_at(connection, None)), ListQuery(), 10
        )
        assert (last_digested(connection), list(undigested(connection, None))) == (2, [])
    assert f'"day":"{today}","first":0,"last":2,"count":3,"chain_hash":"{end.chain_hash.hex()}"' in listed.state.content


def test_the_days_are_those_of_riga(database: Database) -> None:
    ReadingLog(database).add(readings(4))
    with psycopg.connect(database.url) as owner:
        owner.execute("SET session_replication_role = replica")
        for number, instant in enumerate(
            ["2026-03-01 21:59:59Z", "2026-03-01 22:00Z", "2026-03-29 20:59Z", "2026-03-29 21:00Z"]
        ):
            owner.execute("UPDATE ledger.readings SET read_at = %s WHERE number = %s", (instant, number))
    with database.pool.connection() as connection:
        found = [(each.day, each.first, each.last) for each in undigested(connection, None)]
        before = [each.day for each in undigested(connection, date(2026, 3, 29))]
    days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 29), date(2026, 3, 30)]
    assert found == [(day, number, number) for number, day in enumerate(days)]
    assert before == days[:2]

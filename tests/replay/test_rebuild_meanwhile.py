"""Rebuilding while the service goes on: nothing is missed, nobody is stopped, and a rebuild that dies is no harm."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.institutions import REGISTER
from ledger.database import Database
from ledger.recorder import APPENDING_LOCK
from projections import reading
from projections.moment import Moment, read_known_at, resolve_known_at
from projections.reading import ListQuery, read_entry, read_list
from projections.recording import Recording
from replay.rebuild import REBUILDING_LOCK, RebuildRunning, Rebuilt
from replay.shares import RebuildFailed
from tests.projections.asking import MARCH, act, column, positions, registration, submission
from tests.replay.rebuilding import rebuilt, rows, schemas, superuser, until, until_waited_for

ROOT = Path(__file__).parents[2]


def test_what_is_recorded_during_rebuilds_is_in_the_projections_and_readers_notice_nothing(
    database_url: str, database: Database, recording: Recording
) -> None:
    done, acknowledged = Event(), list[UUID]()

    def write() -> int:
        for taken in count():
            if done.is_set():
                return taken
            entry = uuid4()
            recording.record(submission(registration(entry), registration()))
            recording.record(submission(act("amend", entry, head="ANNA KALNIŅA")))
            acknowledged.append(entry)
        raise AssertionError

    def read() -> int:
        for taken in count():
            if done.is_set():
                return taken
            known = list(acknowledged)
            with database.pool.connection() as connection:
                moment = Moment(MARCH, resolve_known_at(connection, None))
                assert reading.count(connection, REGISTER, moment, ListQuery()) >= 2 * len(known)
                listed = read_list(connection, REGISTER, moment, ListQuery(), 50)
                assert len(listed) == min(50, 2 * len(known)) or len(known) < 25
                for entry in known[-1:]:
                    asked = read_known_at(None)
                    answer = read_entry(connection, REGISTER, str(entry), MARCH, asked, public_only=True)
                    assert answer is not None
                    assert answer.version == 2
        raise AssertionError

    with ThreadPoolExecutor(4) as threads:
        working = [threads.submit(work) for work in (write, read, write, read)]
        try:
            until(lambda: acknowledged)
            rebuilds = [rebuilt(database_url, compare=compare) for compare in (True, False, True)]
        finally:
            done.set()
        assert all(each.result(60) for each in working)
    assert [each.difference for each in rebuilds] == [None] * 3
    assert 0 < rebuilds[0].acts < rebuilds[1].acts < rebuilds[2].acts <= 3 * len(acknowledged)
    assert positions(database) == list(range(3 * len(acknowledged)))
    assert rebuilt(database_url) == Rebuilt(3 * len(acknowledged), 3 * len(acknowledged) - 1, None)


@pytest.mark.parametrize("compare", [True, False])
def test_a_long_read_delays_the_end_of_a_rebuild_and_nobody_else(
    database_url: str, database: Database, recording: Recording, compare: bool
) -> None:
    recording.record(submission(registration()))
    with ThreadPoolExecutor(1) as threads, psycopg.connect(make_conninfo(database_url)) as long_read:
        long_read.execute("SELECT FROM projections.entry_states")
        rebuilding = threads.submit(rebuilt, database_url, compare=compare)
        until(lambda: "projections_before" in schemas(database_url))
        recording.record(submission(registration()))
        assert column(database, "SELECT count(*) FROM entry_states") == [2]
        assert not rebuilding.done()
        long_read.rollback()
        assert rebuilding.result(60) == Rebuilt(1, 0, None)
    assert schemas(database_url) == {"projections"}


@contextmanager
def held_at_the_swap(database_url: str, start: Callable[[], object]) -> Iterator[psycopg.Connection[Any]]:
    """``start`` a rebuild that, in this block, has its shadow ready and waits for its turn to swap."""
    with superuser(database_url) as holding:
        holding.execute("SELECT pg_advisory_lock(%s)", (APPENDING_LOCK,))
        start()
        until_waited_for(holding, APPENDING_LOCK)
        yield holding


def test_of_two_rebuilds_at_once_the_second_is_refused_and_harms_nothing(
    database_url: str, recording: Recording
) -> None:
    recording.record(submission(registration()))
    before = rows(database_url)
    with ThreadPoolExecutor(1) as threads:
        first: list[Future[Rebuilt]] = []
        with held_at_the_swap(database_url, lambda: first.append(threads.submit(rebuilt, database_url))):
            with pytest.raises(RebuildRunning, match="another rebuild is running"):
                rebuilt(database_url)
            assert schemas(database_url) == {"projections", "projections_shadow"}
        assert first[0].result(60) == Rebuilt(1, 0, None)
    assert rows(database_url) == before
    assert rebuilt(database_url) == Rebuilt(1, 0, None)


def test_an_unreadable_event_recorded_during_a_rebuild_stops_it_and_the_live_tables_stay(
    database_url: str, recording: Recording
) -> None:
    recording.record(submission(registration()))
    before = rows(database_url)
    with ThreadPoolExecutor(1) as threads:
        rebuilding: list[Future[Rebuilt]] = []
        with held_at_the_swap(
            database_url, lambda: rebuilding.append(threads.submit(rebuilt, database_url))
        ) as connection:
            connection.execute(UNREADABLE)
        with pytest.raises(RebuildFailed, match=r"castle\.built:1"):
            rebuilding[0].result(60)
    assert rows(database_url) == before
    assert schemas(database_url) == {"projections"}


UNREADABLE = """
    INSERT INTO ledger.events (notification_id, originator_id, originator_version, topic, state, recorded_at, actor,
        leaf_hash)
    SELECT 2, gen_random_uuid(), 1, 'castle.built:1', '{}', recorded_at, actor, leaf_hash FROM ledger.events
"""

REBUILD = """
import sys
from tests.replay.rebuilding import rebuilt
if __name__ == "__main__":
    rebuilt(sys.argv[1])
"""


def start_rebuild(database_url: str) -> subprocess.Popen[bytes]:
    """A rebuild in a process of its own, to be killed."""
    return subprocess.Popen([sys.executable, "-c", REBUILD, database_url], cwd=ROOT)


def no_rebuild_runs(database_url: str) -> bool:
    """Whether the server has noticed that the killed rebuild is gone."""
    held = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s"
    with superuser(database_url) as connection:
        return not connection.execute(held, divmod(REBUILDING_LOCK, 2**32)).fetchall()


def test_what_a_rebuild_killed_before_its_swap_leaves_does_not_stop_the_next(
    database_url: str, recording: Recording
) -> None:
    recording.record(submission(registration()))
    before = rows(database_url)
    killed: list[subprocess.Popen[bytes]] = []
    with held_at_the_swap(database_url, lambda: killed.append(start_rebuild(database_url))):
        killed[0].kill()
        assert killed[0].wait(60) == -9
        assert "projections_shadow" in schemas(database_url)
    until(lambda: no_rebuild_runs(database_url))
    assert rows(database_url) == before
    assert rebuilt(database_url) == Rebuilt(1, 0, None)
    assert schemas(database_url) == {"projections"}


def test_what_a_rebuild_killed_after_its_swap_leaves_does_not_stop_the_next(
    database_url: str, recording: Recording
) -> None:
    recording.record(submission(registration()))
    before = rows(database_url)
    with psycopg.connect(make_conninfo(database_url)) as long_read:
        long_read.execute("SELECT FROM projections.entry_states")
        with start_rebuild(database_url) as killed:
            until(lambda: "projections_before" in schemas(database_url))
            killed.kill()
        long_read.rollback()
    until(lambda: no_rebuild_runs(database_url))
    assert rows(database_url) == before
    assert rebuilt(database_url) == Rebuilt(1, 0, None)
    assert schemas(database_url) == {"projections"}

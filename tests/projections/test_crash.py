"""Crashes: of a service in the middle of its work, and of the connections it works with."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.catalogue import Catalogue
from ledger.database import Database
from ledger.ledger import Ledger
from ledger.recorder import appending
from projections.answers import RecordedAct
from projections.recording import NothingRecorded, OutcomeUnknown, Recording
from projections.submission import Submission
from replay.rebuild import rebuild
from tests.projections.asking import act, column, positions, registration, submission, told
from tests.projections.writer import INSTITUTIONS, requests

ROOT = Path(__file__).parents[2]
ROUNDS = 3
Acknowledged = dict[str, list[list[Any]]]


@contextmanager
def superuser(url: str, database: str | None = None) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the server's owner, to the tests' database or another."""
    conninfo = make_conninfo(url) if database is None else make_conninfo(url, dbname=database)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


def run_writer(url: str, acknowledged: Acknowledged, new_ones: int | None, delay: float = 0) -> int:
    """Run the writer until it has ``new_ones`` more acknowledged and ``delay`` passed; then kill it."""
    enough = len(acknowledged) + (new_ones if new_ones is not None else sys.maxsize)
    command = [sys.executable, "-m", "tests.projections.writer", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        killed = False
        for line in writer.stdout:
            if not line.endswith("\n"):
                continue
            key, answer = json.loads(line)
            assert acknowledged.setdefault(key, answer) == answer
            if len(acknowledged) >= enough and not killed:
                time.sleep(delay)
                writer.kill()
                killed = True
    return writer.returncode


def check_ledger(database: Database, acknowledged: Acknowledged) -> None:
    """No gap, nothing acknowledged lost, nothing recorded twice."""
    recorded = positions(database)
    assert recorded == list(range(len(recorded)))
    with database.pool.connection() as connection:
        rows = connection.execute(
            "SELECT notification_id - 1 AS position, recorded_at, originator_id AS entry, originator_version AS version"
            " FROM ledger.events"
        ).fetchall()
    stored = {row["position"]: (row["recorded_at"].isoformat(), str(row["entry"]), row["version"]) for row in rows}
    for answer in acknowledged.values():
        for position, recorded_at, entry, _, version in answer:
            assert stored[position] == (recorded_at, entry, version)
    keys = column(database, "SELECT key FROM ledger.idempotency_keys")
    assert acknowledged.keys() <= set(keys)
    asked = {key: drafts for institution in range(INSTITUTIONS) for key, drafts in requests(institution)}
    assert len(recorded) == sum(len(asked[key]) for key in keys)


def check_projections(url: str, catalogue: Catalogue) -> None:
    """The projections equal those folded from the ledger anew."""
    assert rebuild(url, Ledger(catalogue), lambda done, of: None, compare=True, processes=1).difference is None


def test_a_killed_service_loses_nothing_it_acknowledged_and_records_nothing_twice(
    database_url: str, database: Database, catalogue: Catalogue
) -> None:
    random, acknowledged = Random(2020), Acknowledged()
    for _ in range(ROUNDS):
        assert run_writer(database_url, acknowledged, random.randint(1, 100), random.uniform(0, 0.02)) == -9
        check_ledger(database, acknowledged)
    check_projections(database_url, catalogue)
    assert run_writer(database_url, acknowledged, None) == 0
    check_ledger(database, acknowledged)
    assert acknowledged.keys() == {key for institution in range(INSTITUTIONS) for key, _ in requests(institution)}
    check_projections(database_url, catalogue)


def until_answered(recording: Recording, asked: Submission) -> list[RecordedAct]:
    """Ask, and ask again with the same key where the outcome is unknown."""
    while True:
        try:
            return recording.record(asked)
        except (OutcomeUnknown, NothingRecorded):
            continue


def terminate_all(url: str) -> None:
    """Cut all connections to the tests' database."""
    name = conninfo_to_dict(url)["dbname"]
    with superuser(url, "postgres") as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


def test_connections_cut_under_load_lose_nothing_and_double_nothing(
    database_url: str, database: Database, recording: Recording, catalogue: Catalogue
) -> None:
    done, random = Event(), Random(2020)

    def cut() -> None:
        while not done.wait(random.uniform(0.005, 0.1)):
            terminate_all(database_url)

    def ask(institution: int) -> Acknowledged:
        return {
            key: told(until_answered(recording, submission(*drafts, key=key))) for key, drafts in requests(institution)
        }

    cutting = Thread(target=cut)
    cutting.start()
    try:
        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(ask, range(INSTITUTIONS)))
    finally:
        done.set()
        cutting.join()
    database.pool.check()
    acknowledged = {key: answer for of_one in answers for key, answer in of_one.items()}
    check_ledger(database, acknowledged)
    assert set(column(database, "SELECT key FROM ledger.idempotency_keys")) == acknowledged.keys()
    check_projections(database_url, catalogue)


def test_recording_goes_on_by_itself_after_every_connection_was_cut(
    database_url: str, database: Database, recording: Recording
) -> None:
    for turn in range(5):
        terminate_all(database_url)
        assert recording.record(submission(registration()))[0].position == turn


def waits_at(database_url: str, query: str) -> int:
    """The backend that waits for an advisory lock in ``query``, as soon as there is one."""
    name = conninfo_to_dict(database_url)["dbname"]
    with superuser(database_url, "postgres") as connection:
        for _ in range(6000):
            row = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND wait_event = 'advisory' AND query LIKE %s",
                (name, query),
            ).fetchone()
            if row is not None:
                return int(row[0])
            time.sleep(0.01)
    raise AssertionError(f"no backend waits in {query}")


def terminate(database_url: str, pid: int) -> None:
    with superuser(database_url, "postgres") as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))


def test_a_connection_lost_before_the_commit_is_replaced_and_the_caller_gets_an_answer(
    database_url: str, database: Database, recording: Recording
) -> None:
    with ThreadPoolExecutor(1) as threads:
        with psycopg.connect(make_conninfo(database_url)) as holding, appending(holding):
            asked: Future[list[RecordedAct]] = threads.submit(recording.record, submission(registration()))
            terminate(database_url, waits_at(database_url, "SELECT pg_advisory%"))
        assert asked.result(60)[0].position == 0
    assert positions(database) == [0]


SLOW_COMMIT = """
    CREATE FUNCTION public.wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END; $$;
    CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON ledger.events
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.wait_at_commit();
"""
"""Makes the commit of an append wait until nobody else holds the advisory lock 42."""


def test_of_a_connection_lost_during_the_commit_the_outcome_is_unknown_and_the_key_makes_asking_again_safe(
    database_url: str, database: Database, recording: Recording
) -> None:
    entry = uuid4()
    asked = [submission(registration(entry), key="register"), submission(act("amend", entry, head=None), key="amend")]
    with superuser(database_url) as admin, ThreadPoolExecutor(1) as threads:
        admin.execute(SLOW_COMMIT)
        for turn, one in enumerate(asked):
            admin.execute("SELECT pg_advisory_lock(42)")
            waiting = threads.submit(recording.record, one)
            terminate(database_url, waits_at(database_url, "COMMIT"))
            admin.execute("SELECT pg_advisory_unlock(42)")
            with pytest.raises(OutcomeUnknown):
                waiting.result(60)
            assert positions(database) == list(range(turn))
            assert recording.record(one) == recording.record(one)
            assert positions(database) == list(range(turn + 1))


def test_of_a_database_that_cannot_be_reached_it_is_known_that_nothing_was_recorded(
    database_url: str, database: Database, recording: Recording
) -> None:
    name = conninfo_to_dict(database_url)["dbname"]
    database.pool.timeout = 1
    with superuser(database_url, "postgres") as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        terminate_all(database_url)
        with pytest.raises(NothingRecorded):
            recording.record(submission(registration()))
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    database.pool.timeout = 60
    recording.record(submission(registration()))
    assert positions(database) == [0]

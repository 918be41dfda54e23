"""Verifying while others are at work: nothing is found that is not so, and nobody waits for who is gone."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.recording import Recording
from replay import shares
from replay.rebuild import REBUILDING_LOCK, RebuildRunning
from replay.shares import RebuildFailed
from replay.verify.pieces import ReadingFailed, Share, next_piece, read, reader
from replay.verify.verify import Verified, verify
from tests.conftest import fresh_database
from tests.projections.asking import registration, submission
from tests.replay.rebuilding import rebuilt, until_waited_for


@pytest.fixture
def three_acts(recording: Recording) -> None:
    for _ in range(3):
        recording.record(submission(registration()))


def verified(
    url: str, server_url: str, catalogue: Catalogue, meanwhile: Callable[[int, int], None] = lambda *_: None
) -> Verified:
    """What verifying with a fresh replay finds; ``meanwhile`` is done in the middle of it."""
    with fresh_database(server_url) as scratch:
        return verify(url, catalogue, scratch_url=scratch, progress=meanwhile, processes=1)


@pytest.mark.usefixtures("three_acts")
def test_a_rebuild_is_refused_while_a_ledger_is_verified(
    database_url: str, server_url: str, catalogue: Catalogue
) -> None:
    refused = []

    def meanwhile(*_: int) -> None:
        with pytest.raises(RebuildRunning, match="nothing was done") as error:
            rebuilt(database_url)
        refused.append(error)

    assert verified(database_url, server_url, catalogue, meanwhile).finding is None
    assert refused
    assert rebuilt(database_url).difference is None


@pytest.mark.usefixtures("three_acts")
def test_verifying_waits_for_a_rebuild_that_is_being_done(
    database_url: str, server_url: str, catalogue: Catalogue
) -> None:
    with (
        ThreadPoolExecutor(1) as threads,
        psycopg.connect(make_conninfo(database_url), autocommit=True) as rebuilding,
    ):
        rebuilding.execute("SELECT pg_advisory_lock(%s)", (REBUILDING_LOCK,))
        asked = threads.submit(verified, database_url, server_url, catalogue)
        until_waited_for(rebuilding, REBUILDING_LOCK)
        rebuilding.execute("UPDATE projections.acts SET verb = 'amend' WHERE position = 1")
        rebuilding.execute("SELECT pg_advisory_unlock(%s)", (REBUILDING_LOCK,))
        finding = asked.result(60).finding
    assert finding is not None
    assert (finding.table, finding.row) == ("projections.acts", "position 1")


@pytest.mark.usefixtures("three_acts")
def test_a_replay_that_could_not_be_done_is_no_finding(
    database_url: str, server_url: str, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "_COMMAND", (sys.executable, "-c", "raise SystemExit('killed')"))
    with pytest.raises(RebuildFailed, match="a process of the rebuild stopped"):
        verified(database_url, server_url, catalogue)


def test_a_process_that_can_not_read_ends_the_verification(capfd: pytest.CaptureFixture[str]) -> None:
    share = Share("postgresql:///nowhere?host=/nowhere", "", 1, 0, 1)
    with reader(share) as told, pytest.raises(ReadingFailed, match="its error is above"):
        next_piece(told)
    assert "/nowhere" in capfd.readouterr().err
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("three_acts")
def test_a_process_that_reads_ends_when_nobody_takes_what_it_tells(database: Database, database_url: str) -> None:
    told, telling = multiprocessing.Pipe(duplex=False)
    told.close()
    with database.pool.connection() as connection, connection.transaction(), telling:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        exported = connection.execute("SELECT pg_export_snapshot() AS snapshot").fetchone()
        assert exported is not None
        read(Share(database_url, dict(exported)["snapshot"], 3, 0, 1), telling)

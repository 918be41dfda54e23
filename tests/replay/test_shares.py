"""A rebuild's processes: what becomes of it if one of them ends before its time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from projections.recording import Recording
from replay.refold import Share
from replay.shares import RebuildFailed, refold_all
from tests.projections.asking import registration, submission
from tests.replay.rebuilding import superuser, until


@contextmanager
def held_shares(url: str) -> Iterator[list[Share]]:
    """Two shares whose processes, in this block, wait for the table that they fill."""
    middle, whole = 2**127, 2**128
    with psycopg.connect(make_conninfo(url)) as connection:
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchall()[0]
        connection.execute("LOCK TABLE projections.acts IN ACCESS EXCLUSIVE MODE")
        yield [
            Share(url, url, snapshot, "projections", first, last)
            for first, last in ((0, middle - 1), (middle, whole - 1))
        ]


def processes() -> list[psutil.Process]:
    """The processes that refold for this one."""
    return [each for each in psutil.Process().children() if "replay.refold" in each.cmdline()]


def waiting(url: str) -> int:
    """How many wait for a table."""
    with superuser(url) as connection:
        return len(connection.execute("SELECT FROM pg_locks WHERE locktype = 'relation' AND NOT granted").fetchall())


def test_if_a_process_dies_the_rebuild_fails_and_the_others_do_not_go_on(
    database_url: str, recording: Recording
) -> None:
    recording.record(submission(registration()))
    with ThreadPoolExecutor(1) as threads, held_shares(database_url) as shares:
        refolding = threads.submit(refold_all, shares, lambda more: None)
        until(lambda: waiting(database_url) == len(shares))
        processes()[0].kill()
        with pytest.raises(RebuildFailed, match="a process of the rebuild stopped"):
            refolding.result(60)
        assert processes() == []


def test_if_a_process_cannot_begin_the_rebuild_fails(capfd: pytest.CaptureFixture[str]) -> None:
    nowhere = "postgresql:///nowhere?host=/nowhere"
    with pytest.raises(RebuildFailed, match="its error is above"):
        refold_all([Share(nowhere, nowhere, "", "projections", 0, 2**128 - 1)], lambda more: None)
    assert "/nowhere" in capfd.readouterr().err

"""Whatever a process that appends and seals is hit by, the ledger is whole and goes on, and nothing told is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from ledger.checkpoint import Checkpoint
from ledger.database import Database
from ledger.growing import check_tiles
from ledger.merkle import nodes_of, root
from ledger.note import Note, check_note
from ledger.recorder import LedgerRecorder
from ledger.sealing import Sealer
from ledger.signing import HEAD_FILE, FileSigner, LogHead, LogSigner
from tests.conftest import fresh_database
from tests.ledger.appends import act
from tests.ledger.synthetic import fill

WAIT = 300
KILLED = [("fsync", 1), ("fsync", 2), ("fsync", 4), ("rename", 1), ("rename", 2), ("flock", 2), ("sendto", 16),
          ("sendto", 24), ("sendto", 32)]  # fmt: skip
FAILING = ["fsync:error=EIO:when=1+2", "rename:error=EIO:when=1+3", "flock:error=EIO:when=2+3",
           "write:error=ENOSPC:when=12"]  # fmt: skip


@pytest.fixture(scope="module")
def strace() -> str:
    """Where strace is. Skips without it, but not where CI is set."""
    found = shutil.which("strace")
    if found is None and "CI" not in os.environ:
        pytest.skip("no strace (CI would fail here)")
    assert found is not None
    return found


class Hit:
    """A ledger of this file's own, and processes that work on it and are hit by faults."""

    def __init__(self, url: str, keys: Path, strace: str) -> None:
        self.url, self.keys, self.strace = url, keys, strace

    def by(self, fault: str, how_many: int = 3) -> tuple[int, int, int]:
        """Run a process that meets ``fault``; returns the newest position and largest size it told of, and its code."""
        command = [self.strace, "-f", "-qq", "-o", os.devnull, "-e", f"trace={fault.partition(':')[0]}",
                   "-e", f"inject={fault}", sys.executable, "-m", "tests.ledger.sealing_process", self.url,
                   str(self.keys), str(how_many)]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT, check=False)
        told = [line.split() for line in done.stdout.splitlines()]
        return (
            max((int(number) for word, number in told if word == "appended"), default=-1),
            max((int(number) for word, number in told if word == "sealed"), default=0),
            done.returncode,
        )


@pytest.fixture(scope="module")
def hit(server_url: str, strace: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hit]:
    with fresh_database(server_url) as url:
        fill(url, 0, 254)  # the tree's first tile fills while faults strike
        yield Hit(url, tmp_path_factory.mktemp("faults") / "keys", strace)


def goes_on(hit: Hit, appended: int, sealed: int) -> None:
    """Everything told holds, the ledger is whole, and the next act is sealed with all before it."""
    database = Database(hit.url)
    signer = LogSigner(FileSigner.opened(hit.keys, "register.example/log"), LogHead(hit.keys / HEAD_FILE))
    sealer = Sealer(database, signer)
    try:
        (number,) = LedgerRecorder(database).insert_events([act()]) or ()
        note = Note.parse(sealer.wait_for(number - 1))
        assert Checkpoint.parse(note.text).size > max(appended, sealed - 1)
        assert (sealer.refusal, sealer.trouble) == (None, None)
        with database.pool.connection() as connection, connection.transaction():
            check_tiles(connection)
            rows = connection.execute("SELECT leaf_hash FROM ledger.events ORDER BY notification_id").fetchall()
            nodes = nodes_of([row["leaf_hash"] for row in rows])
            kept = connection.execute("SELECT note FROM ledger.checkpoints ORDER BY size").fetchall()
        signed = [Note.parse(row["note"]) for row in kept]
        found = [Checkpoint.parse(note.text) for note in signed]
        for note, checkpoint in zip(signed, found, strict=True):
            check_note(note, signer.signer.verifier_key)
            assert checkpoint.root == root(nodes, checkpoint.size)
        assert all(before.size < after.size for before, after in pairwise(found))
        assert sealed == 0 or sealed in {checkpoint.size for checkpoint in found}
    finally:
        sealer.close()
        database.close()


@pytest.mark.parametrize(("call", "number"), KILLED)
def test_a_process_killed_at_any_point_of_appending_and_sealing(hit: Hit, call: str, number: int) -> None:
    appended, sealed, code = hit.by(f"{call}:signal=KILL:when={number}")
    assert code == -signal.SIGKILL
    goes_on(hit, appended, sealed)


@pytest.mark.parametrize("fault", FAILING)
def test_system_calls_that_fail_delay_sealing_at_most(hit: Hit, fault: str) -> None:
    appended, sealed, _ = hit.by(fault)
    goes_on(hit, appended, sealed)


def test_where_nothing_can_be_written_before_signing_nothing_is_signed(hit: Hit) -> None:
    head = LogHead(hit.keys / HEAD_FILE).read()
    database = Database(hit.url)
    with database.pool.connection() as connection:
        before = connection.execute("SELECT max(size) AS size FROM ledger.checkpoints").fetchone()
    # The first act's receipt never comes; the process is ended while it waits.
    command = [hit.strace, "-f", "-qq", "-o", os.devnull, "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=1+",
               sys.executable, "-m", "tests.ledger.sealing_process", hit.url, str(hit.keys), "1"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        appended = int(process.stdout.readline().split()[1])
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)
        children = psutil.Process(process.pid).children(recursive=True)
        for each in children:
            each.kill()  # before strace, without which its calls would no longer fail
        process.wait(WAIT)
    with database.pool.connection() as connection:
        after = connection.execute("SELECT max(size) AS size FROM ledger.checkpoints").fetchone()
    database.close()
    assert (before, head) == (after, LogHead(hit.keys / HEAD_FILE).read())
    goes_on(hit, appended, 0)

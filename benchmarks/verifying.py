"""Verifying a ledger of many acts, beside the bare time of reading and hashing as many rows in one process.

The comparison of the projections with a fresh replay is left out: ``rebuild`` measures a replay.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NamedTuple

from benchmarks.rebuilding import fill
from benchmarks.server import drop, fresh
from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import Database
from ledger.sealing import Sealer
from ledger.signing import HEAD_FILE, FileSigner, LogHead, LogSigner
from replay.snapshot import snapshot
from replay.verify.sealed import Kept
from replay.verify.verify import Verified, verify

SEALED_AT = 20
"""How many checkpoints the ledger has: what is verified of them does not grow with the acts."""
COLUMNS = "notification_id, originator_id, originator_version, topic, state, recorded_at, actor, previous, leaf_hash"
ENVELOPE = bytes(330)
"""As long as a leaf."""


class Effort(NamedTuple):
    """How many acts to verify, how often to measure, and how many honest ledgers are to give no alarm."""

    acts: int
    turns: int
    honest_runs: int


class Figures(NamedTuple):
    """The least seconds of each, and how many honest ledgers gave no alarm."""

    acts: int
    verified_seconds: float
    bare_seconds: float
    honest_runs: int


def measure_verifying(server_url: str, effort: Effort, progress: Callable[[str], None]) -> Figures:
    """Fill a ledger, seal it, and verify it beside the bare loop, turn by turn."""
    url = fresh(server_url, "verifying")
    database = Database(url)
    verified, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        signer = LogSigner(FileSigner.opened(Path(folder), "benchmark.invalid/log"), LogHead(Path(folder) / HEAD_FILE))
        sealer = Sealer(database, signer)
        try:
            written, groups = 0, count()
            while written < effort.acts:
                written += fill(url, written, written + effort.acts // SEALED_AT, groups)
                sealer.seal()
            progress(f"{written} acts written and sealed")
        finally:
            sealer.close()
        for _ in range(effort.turns):
            begin = time.perf_counter()
            _bare(url)
            bare.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            found = _verified(url, signer)
            verified.append(time.perf_counter() - begin)
            assert found.finding is None, found.finding
            assert (found.acts, found.unsealed) == (written, 0)
            progress(f"{written} acts verified in {verified[-1]:.1f} s, read and hashed in {bare[-1]:.1f} s")
    database.close()
    drop(server_url, "verifying")
    return Figures(written, min(verified), min(bare), _honest(effort.honest_runs))


def _verified(url: str, signer: LogSigner) -> Verified:
    head = signer.head.read()
    assert head is not None
    outside = [Kept("log-head", head)]
    return verify(url, Catalogue(all_registers()), keys=[signer.signer.verifier_key], outside=outside)


def _bare(url: str) -> None:
    """Read every row, and hash its payload and as many bytes as its leaf has."""
    statement = f"COPY (SELECT {COLUMNS} FROM ledger.events ORDER BY notification_id) TO STDOUT (FORMAT BINARY)"
    with snapshot(url) as connection, connection.cursor().copy(statement) as copy:
        for row in copy.rows():
            hashlib.sha256(row[4]).digest()
            hashlib.sha256(ENVELOPE).digest()


def _honest(runs: int) -> int:
    """How many honest ledgers gave no alarm; fails at the first that did."""
    import pytest

    os.environ["HONEST_RUNS"] = str(runs)
    code = pytest.main(["-q", "-p", "no:cacheprovider", "-o", "timeout=7200", "tests/replay/test_verify_honest.py"])
    assert code == 0, "an honest ledger was said not to be whole"
    return runs

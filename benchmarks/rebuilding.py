"""Rebuilding all projections: ours beside what it can't do without, and the eventsourcing library's runner."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import IO, Any, NamedTuple

import psutil
import psycopg
from psycopg.sql import SQL, Identifier

from benchmarks.histories import synthetic_entries, write_rounds
from benchmarks.processes import run
from benchmarks.server import drop, fresh
from replay.rebuild import PROCESSES, TABLES, entry_ranges
from replay.shares import RebuildFailed

ROUNDS = 5
"""Acts per entry."""
ENTRIES_AT_ONCE = 20_000
"""Entries whose acts lie scattered among each other."""
BLOCK = 1 << 20
SECONDS_BETWEEN_SAMPLES = 0.1


class Effort(NamedTuple):
    """How many acts to rebuild from (one rebuild for each number), and how many the library's runner is given."""

    acts: tuple[int, ...]
    library_acts: int


class Rebuilding(NamedTuple):
    """A rebuild from so many acts, what it can't do without, and the peak memory of all its processes together.

    ``read_per_second`` acts are read strictly by as many processes as rebuild, all at once;
    ``copied_per_second`` is a bare COPY, on one connection, of the rows that so many acts give.
    """

    acts: int
    acts_per_second: float
    read_per_second: float
    copied_per_second: float
    peak_memory: int

    @property
    def at_most_per_second(self) -> float:
        """Acts a second if folding and rendering took no time: all cores read, and then all of them copy."""
        return 1 / (1 / self.read_per_second + 1 / (PROCESSES * self.copied_per_second))


class Figures(NamedTuple):
    """The rebuilds, by growing number of acts, and acts per second of the library's runner."""

    rebuildings: list[Rebuilding]
    library_acts: int
    library_acts_per_second: float


def measure_rebuilding(server_url: str, effort: Effort, progress: Callable[[str], None]) -> Figures:
    """Fill one ledger further and further, and rebuild from it at each number of acts."""
    url = fresh(server_url, "rebuilding")
    rebuildings, written, groups = [], 0, count()
    for acts in effort.acts:
        written += fill(url, written, acts, groups)
        progress(f"{written} acts written")
        seconds, peak = _measured_rebuild(url)
        progress(f"{written} acts replayed in {seconds:.1f} s")
        reading, copying = _bare_reading(url), _bare_copy(url)
        rebuildings.append(Rebuilding(written, written / seconds, written / reading, written / copying, peak))
    drop(server_url, "rebuilding")
    url = fresh(server_url, "library_rebuilding", migrated=False)
    arguments = ("benchmarks.contenders.library_rebuilding", str(effort.library_acts))
    rate = float(run(*arguments, DATABASE_URL=url))
    drop(server_url, "library_rebuilding")
    return Figures(rebuildings, effort.library_acts, rate)


def fill(url: str, written: int, wanted: int, groups: Iterator[int]) -> int:
    """Add acts to a ledger of ``written`` until it has ``wanted``; returns how many were added."""
    added = 0
    while written + added < wanted:
        number = min(ENTRIES_AT_ONCE, (wanted - written - added) // ROUNDS)
        first = (written + added) // ROUNDS
        entries = list(synthetic_entries(number, seed=first, first_serial=first))
        added += write_rounds(url, entries, ROUNDS, first_round=ROUNDS * next(groups))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE ledger.events")
        connection.execute("CHECKPOINT")
    return added


def _measured_rebuild(url: str) -> tuple[float, int]:
    """Seconds of a rebuild in a fresh process, and the peak memory of that process and its own, summed."""
    arguments = [sys.executable, "-m", "benchmarks.one_rebuild"]
    environment = os.environ | {"DATABASE_URL": url}
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory_of(process.pid))
            time.sleep(SECONDS_BETWEEN_SAMPLES)
        if process.returncode:
            raise RebuildFailed("its error is above")
        return float(process.stdout.read() if process.stdout else 0), peak


def _memory_of(pid: int) -> int:
    total = 0
    try:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            total += each.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def _bare_reading(url: str) -> float:
    """Seconds in which the processes of a rebuild read all acts strictly, and do nothing with them."""
    shares = [("benchmarks.one_reading", str(first), str(last)) for first, last in entry_ranges(PROCESSES)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        return max(float(seconds) for seconds in pool.map(lambda share: run(*share, DATABASE_URL=url), shares))


def _bare_copy(url: str) -> float:
    """Seconds to COPY all rows that a rebuild makes into tables of the same columns, without indexes."""
    seconds = 0.0
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA bare")
        for table in TABLES:
            like = SQL("CREATE TABLE bare.{0} (LIKE projections.{0})")
            connection.execute(like.format(Identifier(table)))
            connection.commit()
            with tempfile.TemporaryFile() as rows:
                _copy_out(connection, table, rows)
                begin = time.perf_counter()
                _copy_in(connection, table, rows)
                connection.commit()
                seconds += time.perf_counter() - begin
        connection.execute("DROP SCHEMA bare CASCADE")
    return seconds


def _copy_out(connection: psycopg.Connection[Any], table: str, rows: IO[bytes]) -> None:
    with connection.cursor().copy(SQL("COPY projections.{} TO STDOUT").format(Identifier(table))) as copy:
        for block in copy:
            rows.write(block)
    rows.seek(0)


def _copy_in(connection: psycopg.Connection[Any], table: str, rows: IO[bytes]) -> None:
    with connection.cursor().copy(SQL("COPY bare.{} FROM STDIN").format(Identifier(table))) as copy:
        while block := rows.read(BLOCK):
            copy.write(block)

"""Counting over archives of synthetic acts: all tables of all years by DuckDB beside one grouped distinct count."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from domain.legal_time import NEVER_ENDS
from domain.register import Register
from domain.registers import all_registers
from projections.engines.manifest import File, Kind, Manifest, Table
from projections.figures import all_figures
from replay.archive_rows import columns_of_archive

YEARS = range(2011, 2021)
ACTS_PER_ENTRY = 5
ACTS_PER_DECISION = 3
"""On average; numbers of decisions are drawn at random."""
ROWS_AT_ONCE = 120_000
ROUNDS = 3
SECONDS_BETWEEN_SAMPLES = 0.05


class Effort(NamedTuple):
    """How many acts the archives hold, one after the other."""

    acts: tuple[int, ...]


class Counting(NamedTuple):
    """Over an archive of so many acts: the median seconds of each count, and the peak memory of all tables."""

    acts: int
    tables: float
    grouped: float
    peak_memory: int


def measure_archives(effort: Effort, progress: Callable[[str], None]) -> list[Counting]:
    """Write an archive for each number of acts, and count over it; each count is a fresh process."""
    found = []
    for acts in effort.acts:
        folder = Path(tempfile.mkdtemp(prefix="regesta-bench-archive-"))
        try:
            write_synthetic(folder, acts)
            progress(f"archive of {acts} acts written")
            runs: dict[str, list[tuple[float, int]]] = {"tables": [], "grouped": []}
            for _ in range(ROUNDS):  # in turns, so that both meet the same machine
                for what, measured in runs.items():
                    measured.append(_measured(what, folder))
        finally:
            shutil.rmtree(folder)
        seconds = {what: sorted(each[0] for each in measured)[ROUNDS // 2] for what, measured in runs.items()}
        peak = max(memory for _, memory in runs["tables"])
        found.append(Counting(acts, seconds["tables"], seconds["grouped"], peak))
        progress(f"{acts} acts counted in {seconds['tables']:.1f} s, grouped in {seconds['grouped']:.1f} s")
    return found


def _measured(what: str, folder: Path) -> tuple[float, int]:
    """The seconds that ``benchmarks.one_count`` tells, and the peak memory of its process."""
    arguments = [sys.executable, "-m", "benchmarks.one_count", what, str(folder)]
    with subprocess.Popen(arguments, env=dict(os.environ), stdout=subprocess.PIPE, text=True) as process:
        watched, peak = psutil.Process(process.pid), 0
        while process.poll() is None:
            try:
                peak = max(peak, watched.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            time.sleep(SECONDS_BETWEEN_SAMPLES)
        told = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"counting {what} failed; its error is above")
    return float(told), peak


def write_synthetic(folder: Path, acts: int) -> None:
    """An archive of so many acts of all registers in its usual form; each act makes its entry another."""
    registers = all_registers()
    attributes: dict[str, Kind] = {name: "text" for register in registers for name in register.attributes}
    attributes |= dict.fromkeys(_quantities(), "whole number")
    files: list[File] = []
    first, each = 0, acts // (len(registers) * len(YEARS))
    for number, register in enumerate(registers):
        states = []
        for year in YEARS:
            rows = _acts(register, year, first, each, seed=number * 10_000 + year)
            files.append(_write(folder, f"acts/register={register.name}/year={year}", rows, "acts", attributes))
            states.append(_states(register, rows))
            first += each
        rows = pa.concat_tables(states)
        files.append(_write(folder, f"states/register={register.name}", rows, "states", attributes))
    named = {register.name: tuple(sorted(register.attributes)) for register in registers}
    recorded = datetime(2021, 1, 1, tzinfo=UTC).isoformat()
    Manifest(first - 1, recorded, named, attributes, tuple(files)).write(folder)


def _acts(register: Register, year: int, first: int, count: int, seed: int) -> pa.Table:
    random = np.random.default_rng(seed)
    days = np.datetime64(f"{year}-01-01") + np.sort(random.integers(0, 365, count)).astype("timedelta64[D]")
    verbs = [kind.verb for kind in register.kinds if kind.effect == "state"]
    chosen = random.integers(0, len(verbs), count)
    numbers = random.integers(0, max(1, count // ACTS_PER_DECISION), count)
    entries = random.integers(0, max(1, count * len(YEARS) // ACTS_PER_ENTRY), count)
    decided = pa.array(days)
    columns: dict[str, Any] = {
        "position": pa.array(np.arange(first, first + count)),
        "verb": pa.array(verbs).take(pa.array(chosen)),
        "decision_number": pc.binary_join_element_wise("1-7", pa.array(numbers).cast(pa.string()), "/"),
        "decided_on": decided,
        "effective_on": decided,
        "entry_id": pc.binary_join_element_wise(
            "6f9619ff-8b86-4011-0000", pc.utf8_lpad(pa.array(entries).cast(pa.string()), 12, "0"), "-"
        ),
        "form": pa.array(["written", "entry"]).take(pa.array(random.integers(0, 2, count))),
        "role": pa.array(["clerk"]).take(pa.array(np.zeros(count, dtype=np.int64))),
        "version": pa.array(np.ones(count, dtype=np.int32)),
        "leaf_hash": pa.array([hashlib.sha256(bytes(8)).digest()]).take(pa.array(np.zeros(count, dtype=np.int64))),
    }
    statuses = [kind.gives for kind in register.kinds if kind.effect == "state"]
    columns["status"] = pa.array([status or sorted(register.alive)[0] for status in statuses]).take(pa.array(chosen))
    quantities = _quantities()
    for name in register.attributes:
        values: list[Any] = ["new", "municipal", "private", "preschool", None]
        if name in quantities:
            values = [0, 1, 2, 30, None]
        elif name == "school_year":
            values = [f"{year - 1}/{year}", f"{year}/{year + 1}", None, None, None]
        columns[f"by_{name}"] = pa.array(values).take(pa.array(random.integers(0, 5, count)))
    return pa.table(columns)


def _quantities() -> set[str]:
    """The attributes that some figure adds up."""
    return {figure.sum_of for figure in all_figures().measures if figure.sum_of is not None}


def _states(register: Register, acts: pa.Table) -> pa.Table:
    """A layer for each act: from its day on, for ever."""
    end = pa.array([NEVER_ENDS], pa.date32()).take(pa.array(np.zeros(acts.num_rows, dtype=np.int64)))
    columns = {
        "known_from": acts["position"], "entry_id": acts["entry_id"], "valid_from": acts["effective_on"],
        "valid_to": end, "act": acts["position"], "status": acts["status"],
    }  # fmt: skip
    return pa.table({**columns, **{f"by_{name}": acts[f"by_{name}"] for name in register.attributes}})


def _write(folder: Path, place: str, rows: pa.Table, table: Table, attributes: dict[str, Kind]) -> File:
    path = folder / place / "part-0.parquet"
    path.parent.mkdir(parents=True)
    columns = columns_of_archive(table, attributes)
    filled = pa.table([_column(rows, column.name, column.kept) for column in columns], [c.name for c in columns])
    pq.write_table(filled, path, compression="zstd", row_group_size=ROWS_AT_ONCE)
    return File(f"{place}/part-0.parquet", rows.num_rows, "")


def _column(rows: pa.Table, name: str, kept: pa.DataType) -> Any:
    return rows[name].cast(kept) if name in rows.column_names else pa.nulls(rows.num_rows, kept)

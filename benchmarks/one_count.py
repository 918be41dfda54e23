"""``python -m benchmarks.one_count tables|grouped DIR``: count over the archive in DIR, and print the seconds."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.archives import YEARS
from projections.engines.duckdb import MEMORY, duckdb_over
from projections.figures import all_figures

GROUPED = """
    SELECT register, year, verb, count(DISTINCT (decision_number, decided_on))
    FROM read_parquet('{folder}/acts/*/*/*.parquet', hive_partitioning = true) GROUP BY ALL"""


def _tables(folder: Path) -> float:
    """All figures of all years, from opening the archive to the last value."""
    import ibis  # noqa: F401 - imported once by a process, and not part of what is measured

    figures = all_figures()
    begin = time.perf_counter()
    with duckdb_over(folder) as archive:
        archive.values(figures, YEARS, archive.manifest.position)
        return time.perf_counter() - begin


def _grouped(folder: Path) -> float:
    import duckdb

    with TemporaryDirectory() as spilled:
        begin = time.perf_counter()
        with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": spilled}) as connection:
            connection.execute(GROUPED.format(folder=folder)).fetchall()
            return time.perf_counter() - begin


if __name__ == "__main__":
    print((_tables if sys.argv[1] == "tables" else _grouped)(Path(sys.argv[2])))

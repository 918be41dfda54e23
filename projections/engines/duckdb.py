"""DuckDB over an archive: in this process, in bounded memory, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from projections.engines.archived import Archived, Rows
from projections.engines.manifest import File

MEMORY = "2GB"
"""What DuckDB may hold; beyond it, it goes to a temporary folder."""


@contextmanager
def duckdb_over(folder: Path) -> Iterator[Archived]:
    """The archive in ``folder``, counted by DuckDB. Raises ArchiveRefused."""
    import duckdb  # slow to import, and only who counts over an archive needs it

    with TemporaryDirectory(prefix="regesta-duckdb-") as spilled:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY, "temp_directory": spilled, "preserve_insertion_order": False,
            "autoinstall_known_extensions": False, "autoload_known_extensions": False,
        }  # fmt: skip
        with duckdb.connect(config=settings) as connection:

            def table(files: list[File]) -> str:
                listed = ", ".join(_quoted(str(folder / file.name)) for file in files)
                return f"read_parquet([{listed}], hive_partitioning = true, hive_types = {{{_types(files[0])}}})"

            def run(statement: str) -> Rows:
                result = connection.execute(statement)
                columns = [column[0] for column in result.description]
                return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

            yield Archived(folder, "duckdb", table, run)


def _types(file: File) -> str:
    types = {"register": "VARCHAR", "year": "INTEGER"}
    return ", ".join(f"'{name}': {types[name]}" for name in file.partition)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""Holding an archive against the ledger: its files against its manifest, and every row against the database."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.recorder import head
from projections.engines.manifest import MANIFEST, ArchiveRefused, File, Manifest, Table, read_manifest
from replay.archive import CHECKPOINT
from replay.archive_rows import PARTITIONS, Column, columns_of_archive, rows_of
from replay.snapshot import snapshot

ROWS_AT_ONCE = 10_000


class Checked(NamedTuple):
    """The archive that was checked, and the first thing that is wrong with it, if any, in a line."""

    manifest: Manifest
    difference: str | None


def check(url: str, folder: Path) -> Checked:
    """Check the archive in ``folder`` against the database at ``url``. Raises ArchiveRefused if it is none."""
    manifest = read_manifest(folder)
    with snapshot(url) as connection:
        return Checked(manifest, first_difference(connection, folder, manifest))


def first_difference(connection: Connection[Any], folder: Path, manifest: Manifest) -> str | None:
    """What is wrong with the archive, its files before their rows; None if nothing is."""
    with closing(_differences(connection, folder, manifest)) as differences:
        return next(differences, None)


def _differences(connection: Connection[Any], folder: Path, manifest: Manifest) -> Generator[str, None, None]:
    yield from files_that_differ(folder, manifest)
    yield from _moments_that_differ(connection, manifest)
    for table in ("acts", "states"):
        yield from _rows_that_differ(connection, folder, manifest, table)


def files_that_differ(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Where the files are not those of the manifest, in a line each."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()} - {
        MANIFEST,
        CHECKPOINT,
    }
    listed = {file.name: file for file in manifest.files}
    for name in sorted(there | listed.keys()):
        if name not in listed:
            yield f"{name}: a file that the manifest does not list"
        elif name not in there:
            yield f"{name}: expected the file, met none"
        else:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != listed[name].sha256:
                yield f"{name}: expected SHA-256 {listed[name].sha256}, met {found}"


def _moments_that_differ(connection: Connection[Any], manifest: Manifest) -> Iterator[str]:
    last = head(connection).position
    if last < manifest.position:
        yield f"{MANIFEST}: the archive goes to position {manifest.position}, the ledger to {last} only"
        return
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT recorded_at FROM ledger.events WHERE notification_id = %s", (manifest.position + 1,)
    )
    recorded_at = next((row[0].isoformat() for row in rows), None)
    if recorded_at != manifest.recorded_at:
        yield f"{MANIFEST}: position {manifest.position} was recorded {recorded_at}, not {manifest.recorded_at}"


_PLACE: dict[Table, str] = {"acts": "position", "states": "known_from"}


def _rows_that_differ(connection: Connection[Any], folder: Path, manifest: Manifest, table: Table) -> Iterator[str]:
    """Where the archive does not hold the rows of the database, or holds others."""
    columns = [*PARTITIONS[table], *columns_of_archive(table, manifest.attributes)]
    names = [column.name for column in columns]
    archived = _archived(folder, manifest.of(table), columns)
    with closing(rows_of(connection, table, manifest.attributes, manifest.position)) as rows:
        for recorded in rows:
            file, held = next(archived, (table, None))
            if held != recorded:
                yield f"{file}: {_difference(_PLACE[table], names, recorded, held)}"
    for file, surplus in archived:
        yield f"{file}: {_difference(_PLACE[table], names, None, surplus)}"


def _archived(folder: Path, files: Iterable[File], columns: list[Column]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The rows of ``files`` as ``rows_of`` says them, each with its file's name. Raises ArchiveRefused."""
    for file in files:
        shared = file.partition
        path_values = tuple(
            int(shared[column.name]) if pa.types.is_integer(column.kept) else shared[column.name]
            for column in columns
            if column.name in shared
        )
        names = [column.name for column in columns[len(path_values) :]]
        try:
            with pq.ParquetFile(folder / file.name) as parquet:
                for batch in parquet.iter_batches(ROWS_AT_ONCE, columns=names):
                    by_column = [batch.column(name).to_pylist() for name in names]
                    for values in zip(*by_column, strict=True):
                        yield file.name, (*path_values, *values)
        except (pa.ArrowException, KeyError, OSError) as error:
            raise ArchiveRefused(f"{file.name}: expected Parquet of this archive's columns, met {error!r}") from None


def _difference(place: str, names: list[str], recorded: tuple[Any, ...] | None, held: tuple[Any, ...] | None) -> str:
    at = names.index(place)
    if recorded is None or held is None:
        row = recorded or held or ()
        here, there = ("a row", "none") if held else ("no row", "one")
        return f"{place} {row[at]}: {here} in the archive, {there} in the database"
    if recorded[at] != held[at]:
        return f"expected the row of {place} {recorded[at]}, met that of {held[at]}"
    column = next(index for index, value in enumerate(recorded) if value != held[index])
    return f"{place} {held[at]}, {names[column]}: expected {_said(recorded[column])}, met {_said(held[column])}"


def _said(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)

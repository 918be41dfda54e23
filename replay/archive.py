"""Writing an archive of the acts: Parquet files as of one snapshot, without any personal value.

It is written into a folder beside its own and then takes its name, so there is a whole archive or none. The database
sorts the rows; here one file at a time is written, in parts of so many rows, so memory does not grow with the acts.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.register import Register
from domain.registers import all_registers
from ledger.recorder import head
from projections.engines.manifest import ArchiveRefused, File, Manifest, Table
from replay.archive_rows import PARTITIONS, Column, columns_of_archive, kinds_of_attributes, rows_of
from replay.snapshot import snapshot

ROWS_AT_ONCE = 10_000
"""Rows that Python holds; so many times ``PARTS`` are a part of a file that can be read by itself."""
PARTS = 12
CHECKPOINT = "checkpoint"
"""The name of the file with a checkpoint of the log; its signature proves it, so the manifest does not list it."""

Progress = Callable[[int, int], None]
"""Called with (acts written, acts in all)."""


def archive(url: str, folder: Path, progress: Progress) -> Manifest:
    """Write all acts of the database at ``url`` into ``folder``, which is not there or empty. Raises ArchiveRefused."""
    with snapshot(url) as connection:
        return write_archive(connection, folder, all_registers(), progress)


def write_archive(
    connection: Connection[Any], folder: Path, registers: Iterable[Register], progress: Progress = lambda *_: None
) -> Manifest:
    """The same of what ``connection`` sees."""
    registers = list(registers)
    position, recorded_at = head(connection)
    attributes = kinds_of_attributes(connection, registers, position)
    with _unfinished(folder) as made:
        files: list[File] = []
        for table in ("acts", "states"):
            columns = columns_of_archive(table, attributes)
            # What is copied is to be let go of before the connection is.
            with closing(rows_of(connection, table, attributes, position)) as rows:
                for file in _write(made, table, columns, rows):
                    files.append(file)
                    if table == "acts":
                        progress(sum(each.rows for each in files), position + 1)
        manifest = Manifest(
            position,
            None if recorded_at is None else recorded_at.isoformat(),
            {register.name: tuple(sorted(register.attributes)) for register in registers},
            attributes,
            tuple(files),
        )
        written = sum(file.rows for file in manifest.of("acts"))
        if written != position + 1:
            raise ArchiveRefused(
                f"acts: expected {position + 1}, as in the ledger, met {written}; replay --compare names the difference"
            )
        manifest.write(made)
        _write_checkpoint(connection, made, position)
    return manifest


def _write_checkpoint(connection: Connection[Any], made: Path, position: int) -> None:
    """The newest checkpoint of a tree that the archive has whole, by which it is verified without the database."""
    for row in connection.cursor(row_factory=tuple_row, binary=True).execute(
        "SELECT note FROM ledger.checkpoints WHERE size <= %s ORDER BY size DESC LIMIT 1", (position + 1,)
    ):
        (made / CHECKPOINT).write_bytes(row[0])


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder that becomes ``folder`` at the end of the block, and is no more if the block fails.

    What a killed run left of its own is taken away by the next.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ArchiveRefused(f"{folder}: expected a folder that is empty or not there yet, met something else")
    if folder.exists() and any(folder.iterdir()):
        raise ArchiveRefused(f"{folder}: expected an empty folder, met one that holds files; nothing was written")
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = folder.with_name(f".{folder.name}.unfinished")
    made.mkdir(exist_ok=True)
    held = os.open(made, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ArchiveRefused(f"{folder}: another run is writing this archive; nothing was written") from None
        _empty(made)
        try:
            yield made
            _settle(made)
            made.rename(folder)
        except BaseException:
            shutil.rmtree(made)
            raise
    finally:
        os.close(held)


def _empty(folder: Path) -> None:
    for left in folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _settle(folder: Path) -> None:
    """Have everything in ``folder`` on the disk before it takes its name."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write(made: Path, table: Table, columns: list[Column], rows: Iterable[tuple[Any, ...]]) -> Iterator[File]:
    """Write ``rows``, a file for each partition; they come partition by partition."""
    keys = PARTITIONS[table]
    for values, of_partition in groupby(rows, key=lambda row: row[: len(keys)]):
        parts = (f"{key.name}={value}" for key, value in zip(keys, values, strict=True))
        name = "/".join((table, *parts, "part-0.parquet"))
        path = made / name
        path.parent.mkdir(parents=True)
        count = _write_file(path, columns, (row[len(keys) :] for row in of_partition))
        with path.open("rb") as written:
            yield File(name, count, hashlib.file_digest(written, "sha256").hexdigest())


def _write_file(path: Path, columns: list[Column], rows: Iterator[tuple[Any, ...]]) -> int:
    schema = pa.schema([(column.name, column.kept) for column in columns])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batches := list(islice(_batches(schema, rows), PARTS)):
            part = pa.Table.from_batches(batches)
            writer.write_table(part, row_group_size=part.num_rows)
            count += part.num_rows
    return count


def _batches(schema: pa.Schema, rows: Iterator[tuple[Any, ...]]) -> Iterator[pa.RecordBatch]:
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        arrays = [pa.array(values, kind) for values, kind in zip(zip(*batch, strict=True), schema.types, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)

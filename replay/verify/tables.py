"""Every table of the ledger and every column of it has a check, or verifying says that one is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.catalogue import Catalogue
from projections.answers import KeyRow
from replay.verify.events import COLUMNS
from replay.verify.finding import Wrong, wrong
from replay.verify.readings import READING_COLUMNS, check_readings


class Evidence(NamedTuple):
    """What a check works with: the ledger as one snapshot has it, of ``acts`` acts; nothing is written."""

    connection: Connection[Any]
    catalogue: Catalogue
    acts: int


class TableCheck(NamedTuple):
    """How a change of any of ``columns`` is noticed: ``check`` raises Wrong, or says how many rows it looked at."""

    columns: tuple[str, ...]
    check: Callable[[Evidence], int]


WITH_THE_EVENTS: Mapping[str, tuple[str, ...]] = {
    "events": COLUMNS,
    "tiles": ("level", "tile", "hashes", "root"),
    "checkpoints": ("size", "note", "previous"),
    "idempotency_keys": (*KeyRow._fields, "digests"),
}
"""What is checked while the events are read."""


def _check_readings(evidence: Evidence) -> int:
    checked = check_readings(evidence.connection, evidence.catalogue)
    if checked.wrong is not None:
        raise Wrong(checked.wrong)
    return checked.readings


FURTHER: Mapping[str, TableCheck] = {"readings": TableCheck(READING_COLUMNS, _check_readings)}
"""The other tables, each with its check, in the order in which these are made."""


def check_catalogue(connection: Connection[Any], further: Mapping[str, TableCheck]) -> None:
    """Raises Wrong at a table or column of the ledger that no check covers, and at one that is not there."""
    expected = {**WITH_THE_EVENTS, **{table: each.columns for table, each in further.items()}}
    met: dict[str, list[str]] = {}
    for table, column in connection.cursor(row_factory=tuple_row).execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = to_regnamespace('ledger') AND c.relkind IN ('r', 'p', 'f', 'm', 'v')"
        " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
    ):
        met.setdefault(table, []).append(column)
    for table in sorted(expected.keys() | met.keys()):
        name = f"ledger.{table}"
        if table not in met:
            raise wrong(name, "all rows", None, "the table", "none")
        if table not in expected:
            raise wrong(name, "all rows", None, "a table that this version checks", "another")
        for column in sorted(set(met[table]) ^ set(expected[table])):
            there = column in met[table]
            raise wrong(name, "all rows", column, *(("no such column", "one") if there else ("the column", "none")))

"""Every table of the ledger and every column of it has a check, or verifying says that one is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.outside import Cosignature, Timestamp
from projections.answers import KeyRow
from replay.verify.events import COLUMNS
from replay.verify.evidence import TableCheck
from replay.verify.finding import wrong
from replay.verify.others import check_cosignatures, check_timestamps
from replay.verify.readings import READING_COLUMNS, readings_checked

WITH_THE_EVENTS: Mapping[str, tuple[str, ...]] = {
    "events": COLUMNS,
    "tiles": ("level", "tile", "hashes", "root"),
    "checkpoints": ("size", "note", "previous"),
    "idempotency_keys": (*KeyRow._fields, "digests"),
}
"""What is checked while the events are read."""

FURTHER: Mapping[str, TableCheck] = {
    "cosignatures": TableCheck(Cosignature._fields, check_cosignatures),
    "timestamps": TableCheck(Timestamp._fields, check_timestamps),
    "readings": TableCheck(READING_COLUMNS, readings_checked),
}
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

"""Every column of every table of the ledger, changed behind the service's back: noticed, and named.

The database's catalogue says which columns there are: one that verifying does not cover makes these tests fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier

from ledger.database import Database
from tests.conftest import fresh_database
from tests.replay.verifying import Whole, record_acts

ACTS = 600
"""Two full tiles and a part of a third, so that everything stands both in a tile and outside one."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "events": ("notification_id",),
    "idempotency_keys": ("committed_by", "key"),
    "tiles": ("level", "tile"),
    "checkpoints": ("size",),
    "readings": ("number",),
    "cosignatures": ("number",),
    "timestamps": ("number",),
}
"""By what a row of each table is named."""

OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "bigint": ("{} + 1", "{} - 1", "{} + 100000"),
    "smallint": ("({} + 1)::smallint",),
    "integer": ("{} + 1",),
    "text": ("{} || 'x'", "left({}, -1)"),
    "json": ("({}::text || ' ')::json", "regexp_replace({}::text, '[0-9]', '7')::json"),
    "uuid": ("gen_random_uuid()",),
    "bytea": (
        "set_byte({0}, 0, get_byte({0}, 0) # 1)",
        "set_byte({0}, length({0}) - 1, get_byte({0}, length({0}) - 1) # 1)",
    ),
    "timestamp with time zone": ("{} + interval '1 microsecond'", "{} - interval '1 day'", "'infinity'"),
    "date": ("{} + 1",),
    "boolean": ("NOT {}",),
    "uuid[]": ("{}[2:] || gen_random_uuid()",),
    "text[]": ("{} || 'x'",),
}
"""What a value of each type is changed to."""


class Column(NamedTuple):
    """A column of the ledger as the database's catalogue has it."""

    table: str
    name: str
    kind: str
    nullable: bool


@pytest.fixture(scope="module")
def whole(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with fresh_database(server_url) as url:
        keys = tmp_path_factory.mktemp("verifying") / "keys"
        database = Database(url)
        record_acts(database, keys, ACTS)
        database.close()
        yield Whole(url, keys)


def columns(connection: Connection[Any]) -> list[Column]:
    """Every column of every table of the ledger."""
    found = connection.cursor(row_factory=tuple_row).execute(
        "SELECT c.relname, a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'ledger'::regnamespace AND c.relkind NOT IN ('i', 'S', 't', 'I')"
        " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
    )
    return [Column(*row) for row in found]


def places(connection: Connection[Any], table: str) -> list[dict[str, Any]]:
    """Rows of a table, named by their keys: the first, some between, and the last."""
    names = SQL(", ").join(map(Identifier, KEYS[table]))
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    rows = cursor.execute(SQL("SELECT {0} FROM ledger.{1} ORDER BY {0}").format(names, Identifier(table))).fetchall()
    assert len(rows) >= 2, f"the whole ledger has too few rows of {table} to tamper with"
    return [rows[nth] for nth in sorted({0, len(rows) // 3, len(rows) // 2, len(rows) - 1})]


def where(row: Mapping[str, Any]) -> Composed:
    """The condition that a row is the one with these keys."""
    return SQL(" AND ").join(SQL("{} = {}").format(Identifier(name), value) for name, value in row.items())


def named(table: str, row: Mapping[str, Any]) -> str:
    """How a finding names a row."""
    if table == "events":
        return f"position {row['notification_id'] - 1}"
    if table == "idempotency_keys":
        return f"key {row['key']!r} of "
    return ", ".join(f"{name} {value}" for name, value in row.items())


def test_the_ledger_is_whole_before_it_is_tampered_with(whole: Whole) -> None:
    verified = whole.verified()
    assert verified.finding is None
    assert verified.unsealed == 0
    with whole.superuser() as connection:
        for table in {column.table for column in columns(connection)}:
            counted = connection.execute(SQL("SELECT count(*) FROM ledger.{}").format(Identifier(table))).fetchone()
            assert counted == (verified.rows[table],)


def test_a_change_of_any_column_of_any_row_is_noticed_and_named(whole: Whole) -> None:
    tried, unnoticed = 0, []
    with whole.superuser() as connection:
        every = columns(connection)
    for column in every:
        with whole.superuser() as connection:
            rows = places(connection, column.table)
        for nth, row in enumerate(rows):
            changes = OTHERWISE[column.kind]
            changes = (*changes[nth % len(changes) :], *changes)[:1] if nth else changes
            for change in (*changes, *(["NULL"] if column.nullable and nth == 1 else [])):
                tried += 1
                unnoticed += _changed(whole, column, row, change)
    assert not unnoticed, "\n".join(unnoticed)
    assert tried > len(every)


def _changed(whole: Whole, column: Column, row: dict[str, Any], change: str) -> list[str]:
    """What was not noticed as it should be."""
    value = SQL(change).format(Identifier(column.name))
    statement = SQL("UPDATE ledger.{} SET {} = {} WHERE {} AND {} IS DISTINCT FROM {}").format(
        Identifier(column.table),
        Identifier(column.name),
        value,
        where(row),
        SQL("{}::text").format(Identifier(column.name)),
        SQL("({})::text").format(value),
    )
    with whole.restored_after(column.table) as connection:
        try:
            changed = connection.execute(statement).rowcount
        except (psycopg.errors.UniqueViolation, psycopg.errors.CheckViolation):
            return []  # the table itself does not let it be
        if changed == 0:
            return []
        found = whole.verified().finding
    right = (
        found is not None
        and (found.table, found.column) == (f"ledger.{column.table}", column.name)
        and (column.name in KEYS[column.table] or named(column.table, row) in found.row)
    )
    return [] if right else [f"{column.table}.{column.name} of {row} set to {change}: {found}"]

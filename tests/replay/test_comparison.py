"""Comparing live and rebuilt projections: whatever differs, in whatever column, is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from projections.recording import Recording
from replay.comparison import KEYS, Difference, first_difference
from replay.rebuild import SHADOW, TABLES
from tests.projections.asking import act, registration, submission

OTHER = {
    "bigint": "coalesce({column}, 0) - 1",
    "integer": "{column} - 1",
    "text": "coalesce({column}, '') || ' '",
    "uuid": "gen_random_uuid()",
    "date": "coalesce({column}, '2020-01-01') + 1",
    "timestamp with time zone": "{column} + '1 microsecond'",
    "bytea": r"{column} || '\x00'",
    "json": "({column}::text || ' ')::json",
}
"""By type: a value that is not the column's, as little different as can be."""


class Sides(NamedTuple):
    """The live tables and a copy of them, each through a connection of its own; what is changed is rolled back."""

    live: Connection[Any]
    copy: Connection[Any]

    def difference(self) -> Difference | None:
        return first_difference(self.live, self.copy, SHADOW)


@pytest.fixture
def sides(database_url: str, recording: Recording) -> Iterator[Sides]:
    first, second = uuid4(), uuid4()
    recording.record(submission(registration(first), registration(second, name="Ēzeļu skola")))
    recording.record(
        submission(act("amend", first, date(2020, 5, 4), contact_person="Zane Ozola", head="ANNA KALNIŅA"))
    )
    with psycopg.connect(make_conninfo(database_url)) as writing:
        writing.execute("INSERT INTO projections.links VALUES (%s, %s), (%s, %s)", (first, second, second, first))
    with psycopg.connect(make_conninfo(database_url)) as live, psycopg.connect(make_conninfo(database_url)) as copy:
        copy.execute(f"CREATE SCHEMA {SHADOW}")
        for table in TABLES:
            copy.execute(f"CREATE TABLE {SHADOW}.{table} AS TABLE projections.{table}".encode())
        copy.commit()
        yield Sides(live, copy)
        live.rollback()
        copy.rollback()


def first_row(sides: Sides, table: str) -> dict[str, str]:
    """The key of a table's first row."""
    shown = ", ".join(f"{key}::text" for key in KEYS[table])
    order = ", ".join(f"t.{key}" for key in KEYS[table])
    cursor = sides.live.execute(f"SELECT {shown} FROM projections.{table} t ORDER BY {order} LIMIT 1".encode())
    return dict(zip(KEYS[table], cursor.fetchall()[0], strict=True))


def change(sides: Sides, table: str, changed: str) -> None:
    """Change the first row of a live table: set a column, or delete it."""
    keys = ", ".join(KEYS[table])
    first = f"WHERE ctid = (SELECT ctid FROM projections.{table} ORDER BY {keys} LIMIT 1)"
    assert sides.live.execute(f"{changed} {first}".encode()).rowcount == 1


def columns(sides: Sides, table: str) -> dict[str, str]:
    """The columns of a table and their types."""
    return dict(
        sides.live.execute(
            "SELECT column_name::text, data_type::text FROM information_schema.columns"
            " WHERE table_schema = 'projections' AND table_name = %s",
            (table,),
        ).fetchall()
    )


def test_what_is_the_same_has_no_difference(sides: Sides) -> None:
    assert sides.difference() is None


def test_every_table_of_the_schema_is_rebuilt_and_compared(sides: Sides) -> None:
    found = sides.live.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'projections'")
    assert {row[0] for row in found} == set(TABLES) == set(KEYS)


@pytest.mark.parametrize("table", TABLES)
def test_the_least_change_of_any_column_is_named_with_both_values(sides: Sides, table: str) -> None:
    first = first_row(sides, table)
    for column, kind in columns(sides, table).items():
        if column in KEYS[table]:
            continue
        change(sides, table, f"UPDATE projections.{table} SET {column} = {OTHER[kind].format(column=column)}")
        found = sides.difference()
        assert found is not None
        assert (found.table, found.key, found.column) == (table, first, column)
        assert found.live != found.rebuilt
        sides.live.rollback()


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_key_is_a_row_too_many_and_a_row_too_few(sides: Sides, table: str) -> None:
    for column in KEYS[table]:
        kind = columns(sides, table)[column]
        change(sides, table, f"UPDATE projections.{table} SET {column} = {OTHER[kind].format(column=column)}")
        found = sides.difference()
        assert found is not None
        assert (found.table, found.column) == (table, None)
        assert {found.live, found.rebuilt} == {"row present", "no such row"}
        sides.live.rollback()


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_row_is_named_and_so_is_one_too_many(sides: Sides, table: str) -> None:
    first = first_row(sides, table)
    change(sides, table, f"DELETE FROM projections.{table}")
    assert sides.difference() == Difference(table, first, None, "no such row", "row present")
    sides.live.rollback()
    sides.copy.execute(f"TRUNCATE {SHADOW}.{table}".encode())
    assert sides.difference() == Difference(table, first, None, "row present", "no such row")


@pytest.mark.parametrize("day", ["infinity", "-infinity", "10000-01-01", "0044-03-15 BC"])
def test_a_date_that_no_act_can_have_is_named_like_any_other_difference(sides: Sides, day: str) -> None:
    first = first_row(sides, "entry_states")
    change(sides, "entry_states", f"UPDATE projections.entry_states SET valid_to = '{day}'")
    assert sides.difference() == Difference("entry_states", first, "valid_to", day, "9999-12-31")
    sides.live.rollback()
    change(sides, "entry_states", f"UPDATE projections.entry_states SET valid_from = '{day}'")
    found = sides.difference()
    assert found is not None
    assert found.column is None


def test_json_is_compared_as_it_is_written(sides: Sides) -> None:
    for written in ('{"a":1,"b":2}', '{"b":2,"a":1}', '{"a":1.0,"b":2}', '{"a":true,"b":2}'):
        sides.copy.execute(f"UPDATE {SHADOW}.entry_states SET content = %s".encode(), ('{"a":1, "b":2}',))
        sides.live.execute("UPDATE projections.entry_states SET content = %s", (written,))
        found = sides.difference()
        assert found is not None
        assert (found.column, found.live, found.rebuilt) == ("content", written, '{"a":1, "b":2}')

"""What stands in an archive of the acts, row by row, as one snapshot of the database says it.

No personal value is in it: of the acts fact table and of the states only what statistics read is taken, no name,
number or text of an entry, and no actor. An attribute that tells one person from another becomes a surrogate: 1 for
the person whose act comes first in the register, and so on, so that it can be counted and says nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import pyarrow as pa
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from domain.register import Register
from projections.engines.manifest import ATTRIBUTE, Kind, Table

IDENTIFYING = frozenset({"holder"})
"""Attributes that tell one person from another.

A register's file may name more of its own in ``IDENTIFYING_ATTRIBUTES``; they then are identifying in all registers.
"""


class Column(NamedTuple):
    """A column of the archive: its name, how the database says it, and its type there and here."""

    name: str
    said: Composable
    copied: str
    kept: pa.DataType


def _columns(*columns: tuple[str, str, str, pa.DataType]) -> tuple[Column, ...]:
    return tuple(Column(name, SQL(said), copied, kept) for name, said, copied, kept in columns)


PARTITIONS: dict[Table, tuple[Column, ...]] = {
    "acts": _columns(
        ("register", "a.register", "text", pa.string()),
        ("year", "extract(year FROM a.decided_on)::int4", "int4", pa.int32()),
    ),
    "states": _columns(("register", "a.register", "text", pa.string())),
}
"""The columns that stand in the files' paths, in the order of the folders."""

_INSTANT = pa.timestamp("us", tz="UTC")
COLUMNS: dict[Table, tuple[Column, ...]] = {
    "acts": _columns(
        ("position", "a.position", "int8", pa.int64()),
        ("recorded_at", "a.recorded_at", "timestamptz", _INSTANT),
        ("leaf_hash", "e.leaf_hash", "bytea", pa.binary(32)),
        ("entry_id", "a.entry_id::text", "text", pa.string()),
        ("version", "a.version", "int4", pa.int32()),
        ("verb", "a.verb", "text", pa.string()),
        ("event", "a.event", "text", pa.string()),
        ("decision_number", "a.decision_number", "text", pa.string()),
        ("decided_on", "a.decided_on", "date", pa.date32()),
        ("form", "a.form", "text", pa.string()),
        ("body", "a.body", "text", pa.string()),
        ("role", "a.role", "text", pa.string()),
        ("effective_on", "a.effective_on", "date", pa.date32()),
        ("received_on", "a.received_on", "date", pa.date32()),
        ("answers", "a.answers", "int8", pa.int64()),
        ("target", "a.target", "int8", pa.int64()),
        ("mode", "a.mode", "text", pa.string()),
    ),
    "states": _columns(
        ("known_from", "a.known_from", "int8", pa.int64()),
        ("entry_id", "a.entry_id::text", "text", pa.string()),
        ("valid_from", "a.valid_from", "date", pa.date32()),
        ("valid_to", "a.valid_to", "date", pa.date32()),
        ("act", "a.act", "int8", pa.int64()),
        ("status", "a.status", "text", pa.string()),
    ),
}
"""The columns in the files, before those of the attributes."""

_FROM: dict[Table, Composable] = {
    "acts": SQL("acts a LEFT JOIN ledger.events e ON e.notification_id = a.position + 1"),
    "states": SQL("entry_states a"),
}
_KNOWN: dict[Table, Composable] = {"acts": SQL("a.position"), "states": SQL("a.known_from")}
_ORDER: dict[Table, Composable] = {
    "acts": SQL('a.register COLLATE "C", extract(year FROM a.decided_on)::int4, a.position'),
    "states": SQL('a.register COLLATE "C", a.known_from, a.entry_id, a.valid_from'),
}


def identifying(registers: Iterable[Register]) -> frozenset[str]:
    """The attributes that tell one person from another: those of ``IDENTIFYING`` and those the registers name."""
    named = set(IDENTIFYING)
    for register in registers:
        module = f"domain.{register.name.replace('-', '_')}"
        if find_spec(module) is not None:
            named |= set(getattr(import_module(module), "IDENTIFYING_ATTRIBUTES", ()))
    return frozenset(named)


def kinds_of_attributes(connection: Connection[Any], registers: Iterable[Register], position: int) -> dict[str, Kind]:
    """What each attribute of ``registers`` holds in the acts and states up to ``position``.

    It is a whole number where nothing else was met, for a file has one type for all its rows.
    """
    registers = list(registers)
    names = sorted({name for register in registers for name in register.attributes})
    counts = SQL(
        "SELECT v.name FROM (SELECT attributes FROM acts WHERE position <= {0}"
        " UNION ALL SELECT attributes FROM entry_states WHERE known_from <= {0}) a"
        " CROSS JOIN LATERAL json_each(a.attributes) v(name, value)"
        " GROUP BY v.name HAVING bool_and(json_typeof(v.value) = 'number')"
    ).format(Literal(position))
    numbers = {row[0] for row in connection.cursor(row_factory=tuple_row).execute(counts)}
    persons = identifying(registers)
    return {name: "surrogate" if name in persons else "whole number" if name in numbers else "text" for name in names}


def columns_of_archive(table: Table, attributes: Mapping[str, Kind]) -> list[Column]:
    """All columns of ``table`` in its files, in order."""
    return [*COLUMNS[table], *(_column(name, kind, at) for at, (name, kind) in enumerate(sorted(attributes.items())))]


def _column(name: str, kind: Kind, at: int) -> Column:
    said = SQL("a.attributes->>{}").format(Literal(name))
    if kind == "text":
        return Column(ATTRIBUTE + name, said, "text", pa.string())
    if kind == "surrogate":
        return Column(ATTRIBUTE + name, SQL("{}.number").format(Identifier(f"person{at}")), "int8", pa.int64())
    return Column(ATTRIBUTE + name, SQL("({})::int8").format(said), "int8", pa.int64())


def rows_of(
    connection: Connection[Any], table: Table, attributes: Mapping[str, Kind], position: int
) -> Generator[tuple[Any, ...], None, None]:
    """The rows of ``table`` up to ``position``, partition by partition: the path's columns, then the file's."""
    columns = [*PARTITIONS[table], *columns_of_archive(table, attributes)]
    statement = SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(_select(table, columns, attributes, position))
    with connection.cursor().copy(statement) as copy:
        copy.set_types([column.copied for column in columns])
        yield from copy.rows()


def _select(table: Table, columns: list[Column], attributes: Mapping[str, Kind], position: int) -> Composed:
    persons = [
        (name, f"person{at}") for at, (name, kind) in enumerate(sorted(attributes.items())) if kind == "surrogate"
    ]
    joins = [
        SQL(" LEFT JOIN persons {0} ON {0}.register = a.register AND {0}.attribute = {1}"
            " AND {0}.value = a.attributes->>{1}").format(Identifier(alias), Literal(name))
        for name, alias in persons
    ]  # fmt: skip
    return SQL("{}SELECT {} FROM {}{} WHERE {} <= {} ORDER BY {}").format(
        _numbered([name for name, _ in persons], position) if persons else SQL(""),
        SQL(", ").join(column.said for column in columns),
        _FROM[table],
        SQL("").join(joins),
        _KNOWN[table],
        Literal(position),
        _ORDER[table],
    )


def _numbered(names: list[str], position: int) -> Composed:
    """The surrogate of each person in each register, by the position at which the register first knew of them."""
    return SQL("""
        WITH met AS (
            SELECT m.register, v.attribute, m.attributes->>v.attribute AS value, min(m.position) AS first
            FROM (SELECT register, position, attributes FROM acts WHERE position <= {0}
                UNION ALL SELECT register, known_from, attributes FROM entry_states WHERE known_from <= {0}) m
            CROSS JOIN unnest({1}::text[]) v(attribute)
            WHERE m.attributes->>v.attribute IS NOT NULL GROUP BY 1, 2, 3),
        persons AS (
            SELECT register, attribute, value, row_number() OVER (
                PARTITION BY register, attribute ORDER BY first, value COLLATE "C") AS number
            FROM met)
        """).format(Literal(position), Literal(names))

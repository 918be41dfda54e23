"""Comparing rebuilt projections with the live ones, row by row, naming the first difference."""

from __future__ import annotations

from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier
from psycopg.types.string import TextLoader

KEYS: dict[str, tuple[str, ...]] = {
    "acts": ("position",),
    "entry_states": ("entry_id", "known_from", "valid_from"),
    "entry_names": ("register", "sort_key", "entry_id"),
    "registration_numbers": ("space", "number", "entry_id"),
    "links": ("target", "entry_id"),
    "number_series": ("space", "series"),
}
_ROWS_AT_ONCE = 2_000
_AS_WRITTEN = ("json", "date", "timestamptz", "bytea")
"""Types compared as PostgreSQL writes them: Python takes different JSON for equal, and does not know every date."""


class Difference(NamedTuple):
    """The first place where live and rebuilt differ; ``column`` is None where a row stands on one side only."""

    table: str
    key: dict[str, str]
    column: str | None
    live: str | None
    rebuilt: str | None


def first_difference(live: Connection[Any], shadow: Connection[Any], shadow_schema: str) -> Difference | None:
    """The first difference, table by table in the order of their keys; None if every row is the same."""
    for table, keys in KEYS.items():
        difference = _compare(live, shadow, shadow_schema, table, keys)
        if difference is not None:
            return difference
    return None


def _compare(
    live: Connection[Any], shadow: Connection[Any], shadow_schema: str, table: str, keys: tuple[str, ...]
) -> Difference | None:
    with (
        live.cursor("live_rows", row_factory=dict_row) as ours,
        shadow.cursor("rebuilt_rows", row_factory=dict_row) as theirs,
    ):
        for cursor, schema in ((ours, "projections"), (theirs, shadow_schema)):
            for name in _AS_WRITTEN:
                cursor.adapters.register_loader(name, TextLoader)
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(_ordered(schema, table, keys))
        rebuilt_rows = iter(theirs)
        for row in ours:
            difference = _difference(table, keys, row, next(rebuilt_rows, None))
            if difference is not None:
                return difference
        surplus = next(rebuilt_rows, None)
        return None if surplus is None else _difference(table, keys, None, surplus)


def _ordered(schema: str, table: str, keys: tuple[str, ...]) -> Composed:
    order = SQL(", ").join(SQL('{} COLLATE "C"').format(Identifier(k)) if k in _TEXT else Identifier(k) for k in keys)
    return SQL("SELECT t.* FROM {}.{} t ORDER BY {}").format(Identifier(schema), Identifier(table), order)


_TEXT = frozenset({"register", "space", "number", "series"})


def _difference(
    table: str, keys: tuple[str, ...], live: dict[str, Any] | None, rebuilt: dict[str, Any] | None
) -> Difference | None:
    if live == rebuilt:
        return None
    if live is None or rebuilt is None or any(live[key] != rebuilt[key] for key in keys):
        present = _earlier(keys, live, rebuilt)
        key = {name: str(present[name]) for name in keys}
        return Difference(table, key, None, _presence(live is present), _presence(rebuilt is present))
    column = next(name for name in live if live[name] != rebuilt[name])
    key = {name: str(live[name]) for name in keys}
    return Difference(table, key, column, str(live[column]), str(rebuilt[column]))


def _earlier(keys: tuple[str, ...], live: dict[str, Any] | None, rebuilt: dict[str, Any] | None) -> dict[str, Any]:
    found = [row for row in (live, rebuilt) if row is not None]
    return min(found, key=lambda row: tuple(row[key] for key in keys))


def _presence(there: bool) -> str:
    return "row present" if there else "no such row"

"""Writing the projections of newly recorded acts, in the transaction that records them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg import Cursor

from domain.register import Register
from projections import acts, entry_states
from projections.entry_states import NO_NUMBER, STILL_KNOWN, Closing, EntryHistory, Row


class ProjectionsDiverged(Exception):
    """The stored projections are not what the acts before make them; a rebuild shows where."""


def write_facts(cursor: Cursor[Any], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of the acts fact table."""
    _insert(cursor, "acts", acts.COLUMNS, rows)


def write_histories(cursor: Cursor[Any], histories: Iterable[EntryHistory]) -> None:
    """Close and open the rows that new acts have made untrue or true; histories then count as stored."""
    closings: list[Closing] = []
    rows: list[tuple[Register, UUID, Row]] = []
    for history in histories:
        closings += history.closings
        rows += [(history.register, history.entry_id, row) for row in history.to_write()]
    _close(cursor, closings)
    values = [row.values(register, entry_id) for register, entry_id, row in rows]
    _insert(cursor, "entry_states", entry_states.COLUMNS, values)
    names = {(register.name, row.rendered.sort_key, entry_id) for register, entry_id, row in rows}
    _insert(cursor, "entry_names", ("register", "sort_key", "entry_id"), sorted(names), "ON CONFLICT DO NOTHING")
    numbers = {
        (register.numbers.space, row.rendered.registration_number or NO_NUMBER, register.name, entry_id)
        for register, entry_id, row in rows
    }
    columns = ("space", "number", "register", "entry_id")
    _insert(cursor, "registration_numbers", columns, sorted(numbers), "ON CONFLICT DO NOTHING")


def write_series(cursor: Cursor[Any], last_serials: dict[tuple[str, str], int]) -> None:
    """Keep the last serial of each (space, series)."""
    rows = [(space, series, serial) for (space, series), serial in sorted(last_serials.items())]
    _insert(
        cursor,
        "number_series",
        ("space", "series", "last_serial"),
        rows,
        "ON CONFLICT (space, series) DO UPDATE SET last_serial = excluded.last_serial",
    )


def _close(cursor: Cursor[Any], closings: Sequence[Closing]) -> None:
    if not closings:
        return
    cursor.execute(
        "UPDATE entry_states s SET known_to = c.known_to"
        " FROM unnest(%s::uuid[], %s::date[], %s::bigint[]) AS c(entry_id, valid_from, known_to)"
        " WHERE s.entry_id = c.entry_id AND s.valid_from = c.valid_from AND s.known_to = %s",
        (*map(list, zip(*closings, strict=True)), STILL_KNOWN),
    )
    if cursor.rowcount != len(closings):
        raise ProjectionsDiverged(f"entry_states: expected to close {len(closings)} rows, met {cursor.rowcount}")


def _insert(
    cursor: Cursor[Any],
    table: str,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    conflict: str = "",
) -> None:
    if not rows:
        return
    values = ", ".join(["%s"] * len(columns))
    cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values}) {conflict}", rows)

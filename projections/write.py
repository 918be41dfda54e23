"""Writing the projections of newly recorded acts, in the transaction that records them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Cursor

from domain.register import ABSENT
from projections import acts, entry_states
from projections.entry_states import NO_NUMBER, EntryHistory


def write_facts(cursor: Cursor[Any], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of the acts fact table."""
    _insert(cursor, "acts", acts.COLUMNS, rows)


def write_layers(cursor: Cursor[Any], histories: Iterable[EntryHistory]) -> None:
    """Insert the layers that new acts have laid, and the names and numbers they show."""
    layers = [(history.register, history.entry_id, layer) for history in histories for layer in history.layers]
    values = [layer.values(register, entry_id) for register, entry_id, layer in layers]
    _insert(cursor, "entry_states", entry_states.COLUMNS, values)
    shown = [each for each in layers if each[2].rendered.status != ABSENT]
    names = {(register.name, layer.rendered.sort_key, entry_id) for register, entry_id, layer in shown}
    _insert(cursor, "entry_names", ("register", "sort_key", "entry_id"), sorted(names), "ON CONFLICT DO NOTHING")
    numbers = {
        (register.numbers.space, layer.rendered.registration_number or NO_NUMBER, register.name, entry_id)
        for register, entry_id, layer in shown
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


def _insert(
    cursor: Cursor[Any],
    table: str,
    columns: Iterable[str],
    rows: Sequence[tuple[Any, ...]],
    conflict: str = "",
) -> None:
    if not rows:
        return
    names = list(columns)
    values = ", ".join(["%s"] * len(names))
    cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values}) {conflict}", rows)

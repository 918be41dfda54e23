"""Writing the projections of newly recorded acts, in the transaction that records them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Cursor

from projections import acts, entry_states
from projections.entry_states import EntryHistory


def write_facts(cursor: Cursor[Any], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of the acts fact table."""
    _insert(cursor, "acts", acts.COLUMNS, rows)


def write_states(cursor: Cursor[Any], histories: Iterable[EntryHistory]) -> None:
    """Insert the layers that new acts have laid."""
    layers = [layer.values(each.register, each.entry_id) for each in histories for layer in each.layers]
    _insert(cursor, "entry_states", entry_states.COLUMNS, layers)


def write_rehearsed(cursor: Cursor[Any], histories: Iterable[EntryHistory], position: int) -> None:
    """Let stocks find the entries of a rehearsal at ``position``, by numbers that none can have."""
    rows = [(each.register.numbers.space, f"rehearsed {position}", each.register.name, each.entry_id)
            for each in histories]  # fmt: skip
    _insert(cursor, "registration_numbers", ("space", "number", "register", "entry_id"), rows)


def write_layers(cursor: Cursor[Any], histories: Iterable[EntryHistory]) -> None:
    """Insert the layers that new acts have laid, and the names, numbers and links they show."""
    histories = list(histories)
    write_states(cursor, histories)
    names: set[tuple[Any, ...]] = set()
    numbers: set[tuple[Any, ...]] = set()
    links: set[tuple[Any, ...]] = set()
    for history in histories:
        register, entry_id = history.register, history.entry_id
        shown = history.shown()
        names |= {(register.name, sort_key, entry_id) for sort_key in shown.sort_keys}
        numbers |= {(register.numbers.space, number, register.name, entry_id) for number in shown.numbers}
        links |= {(target, entry_id) for target in shown.targets}
    _insert(cursor, "entry_names", ("register", "sort_key", "entry_id"), sorted(names), "ON CONFLICT DO NOTHING")
    columns = ("space", "number", "register", "entry_id")
    _insert(cursor, "registration_numbers", columns, sorted(numbers), "ON CONFLICT DO NOTHING")
    _insert(cursor, "links", ("target", "entry_id"), sorted(links), "ON CONFLICT DO NOTHING")


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

"""The maps of registers, made from their layers as known at a position, and kept up as acts are recorded."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.register import ABSENT, Register
from ledger.register_map import Days, MapEntry, RegisterMap, hash_of
from projections.entry_states import NO_NUMBER

Row = tuple[Any, ...]
"""(entry, valid_from, valid_to, act, status, number) of a layer, the oldest known first."""


def entries_of(
    connection: Connection[Any], register: Register, position: int, only: Sequence[UUID] | None = None
) -> Iterator[tuple[UUID, list[MapEntry]]]:
    """The leaves of each entry of ``register`` as known at ``position``; of those in ``only`` if given.

    An entry has a leaf for each number that it bore on days on which it is public; some have none.
    """
    parameters = {"register": register.name, "position": position, "only": None if only is None else list(only)}
    cursor = connection.cursor(row_factory=tuple_row)
    versions: dict[UUID, int] = dict(
        cursor.execute(
            "SELECT entry_id, count(*) FROM acts WHERE register = %(register)s AND position <= %(position)s"
            " AND (%(only)s::uuid[] IS NULL OR entry_id = ANY(%(only)s)) GROUP BY entry_id",
            parameters,
        ).fetchall()
    )
    rows = cursor.execute(
        "SELECT entry_id, valid_from, valid_to, act, status, registration_number FROM entry_states"
        " WHERE register = %(register)s AND known_from <= %(position)s"
        " AND (%(only)s::uuid[] IS NULL OR entry_id = ANY(%(only)s)) ORDER BY entry_id, known_from",
        parameters,
    )
    for entry, layers in groupby(rows, itemgetter(0)):
        yield entry, list(_leaves(register, entry, versions[entry], [layer[1:] for layer in layers]))


def _leaves(register: Register, entry: UUID, version: int, layers: Sequence[Row]) -> Iterator[MapEntry]:
    by_number: dict[str, list[Days]] = {}
    for first, end, act, status, number in _uppermost(layers):
        if status == ABSENT or status in register.not_public:
            continue
        days = by_number.setdefault(number or NO_NUMBER, [])
        if days and (days[-1].end, days[-1].status, days[-1].act) == (first, status, act):
            days[-1] = days[-1]._replace(end=end)
        else:
            days.append(Days(first, end, status, act))
    for number, days in by_number.items():
        yield MapEntry(number, entry, version, tuple(days))


def _uppermost(layers: Sequence[Row]) -> list[Row]:
    """What of each layer no newer one covers, in the order of days."""
    seen: list[Row] = []
    for layer in layers:
        if seen:
            seen = [part for below in seen for part in _outside(below, layer[0], layer[1])]
        seen.append(layer)
    return sorted(seen, key=itemgetter(0)) if len(seen) > 1 else seen


def _outside(layer: Row, first: date, end: date) -> Iterable[Row]:
    if layer[1] <= first or layer[0] >= end:
        yield layer
        return
    if layer[0] < first:
        yield (layer[0], first, *layer[2:])
    if layer[1] > end:
        yield (end, layer[1], *layer[2:])


class _Kept(NamedTuple):
    """A map as known at ``position``, and the leaves of each entry with their hashes."""

    position: int
    leaves: dict[UUID, list[tuple[MapEntry, bytes]]]
    whole: RegisterMap


class RegisterMaps:
    """The maps of all registers. The newest of each is kept, and only entries with new acts are looked at again."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._turn = threading.Lock()

    def at(self, connection: Connection[Any], register: Register, position: int) -> RegisterMap:
        """The map of ``register`` as known at ``position``."""
        with self._turn:
            kept = self._kept.get(register.name)
            if kept is not None and kept.position == position:
                return kept.whole
            if kept is None or kept.position > position:
                leaves = _hashed(entries_of(connection, register, position))
            else:
                touched = _touched(connection, register, kept.position, position)
                changed = _hashed(entries_of(connection, register, position, touched)) if touched else {}
                leaves = {**kept.leaves, **changed}
            whole = kept.whole if kept is not None and leaves == kept.leaves else _map_of(leaves)
            if kept is None or kept.position < position:
                self._kept[register.name] = _Kept(position, leaves, whole)
            return whole


def _hashed(entries: Iterable[tuple[UUID, list[MapEntry]]]) -> dict[UUID, list[tuple[MapEntry, bytes]]]:
    return {entry: [(leaf, hash_of(leaf.to_bytes())) for leaf in leaves] for entry, leaves in entries}


def _map_of(leaves: dict[UUID, list[tuple[MapEntry, bytes]]]) -> RegisterMap:
    return RegisterMap(
        sorted((leaf for of_entry in leaves.values() for leaf in of_entry), key=lambda leaf: leaf[0].key)
    )


def _touched(connection: Connection[Any], register: Register, after: int, upto: int) -> list[UUID]:
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT DISTINCT entry_id FROM acts WHERE register = %s AND position > %s AND position <= %s",
        (register.name, after, upto),
    )
    return [row[0] for row in rows]

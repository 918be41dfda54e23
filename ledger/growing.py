"""Writing the tree's full tiles as the ledger grows, and holding the tiles there are against the events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.tiles import HEIGHT, WIDTH, hashes_in, tile_root

_AT_ONCE = 64
"""Tiles of which the leaves are read at once."""


class TreeRefused(Exception):
    """The stored tree and the events do not fit each other; the message names table, row and column."""


def grow(connection: Connection[Any], size: int) -> None:
    """Write the full tiles that a tree of ``size`` leaves has and the table has not, lowest level first."""
    cursor = connection.cursor(row_factory=tuple_row, binary=True)
    level = 0
    while full := size >> HEIGHT * (level + 1):
        ((first,),) = cursor.execute(
            "SELECT coalesce(max(tile) + 1, 0) FROM ledger.tiles WHERE level = %s", (level,)
        ).fetchall()
        for tile, hashes in _hashes_of(connection, level, first, full):
            cursor.execute(
                "INSERT INTO ledger.tiles (level, tile, hashes, root) VALUES (%s, %s, %s, %s)",
                (level, tile, b"".join(hashes), tile_root(hashes)),
            )
        level += 1


def check_tiles(connection: Connection[Any]) -> None:
    """Hold every tile against the leaf hashes of the events, or the tiles below it. Raises TreeRefused."""
    levels = connection.cursor(row_factory=tuple_row).execute(
        "SELECT level, count(*) FROM ledger.tiles GROUP BY level ORDER BY level"
    )
    for level, count in levels.fetchall():
        expected = _hashes_of(connection, level, 0, count)
        with connection.cursor("tiles", row_factory=tuple_row, binary=True) as kept:
            kept.itersize = _AT_ONCE
            kept.execute("SELECT tile, hashes, root FROM ledger.tiles WHERE level = %s ORDER BY tile", (level,))
            for (tile, hashes), (met_tile, met, root) in zip(expected, kept, strict=False):
                where = f"ledger.tiles, level {level}, tile {met_tile}"
                if met_tile != tile:
                    raise TreeRefused(f"{where}: expected tile {tile}")
                _check_hashes(where, level, tile, hashes, hashes_in(met))
                if tile_root(hashes) != root:
                    raise TreeRefused(f"{where}, column root: expected the hash over the tile")


def _check_hashes(where: str, level: int, tile: int, expected: list[bytes], met: list[bytes]) -> None:
    for at, (one, other) in enumerate(zip(expected, met, strict=False)):
        if one != other:
            number = tile * WIDTH + at
            below = f"position {number}" if level == 0 else f"level {level - 1}, tile {number}"
            raise TreeRefused(f"{where}, column hashes: expected hash {at} to be that of {below}")
    if len(expected) != len(met):
        raise TreeRefused(f"{where}: expected {len(expected)} hashes below it, met {len(met)}")


def _hashes_of(connection: Connection[Any], level: int, first: int, end: int) -> Iterator[tuple[int, list[bytes]]]:
    """The hashes that tiles ``first`` to ``end`` of ``level`` are made of, tile by tile."""
    if level == 0:
        statement = (
            "SELECT leaf_hash FROM ledger.events WHERE %s < 0 AND notification_id > %s AND notification_id <= %s"
            " ORDER BY notification_id"
        )
    else:
        statement = "SELECT root FROM ledger.tiles WHERE level = %s AND tile >= %s AND tile < %s ORDER BY tile"
    cursor = connection.cursor(row_factory=tuple_row, binary=True)
    for begin in range(first, end, _AT_ONCE):
        last = min(begin + _AT_ONCE, end)
        hashes = [row[0] for row in cursor.execute(statement, (level - 1, begin * WIDTH, last * WIDTH)).fetchall()]
        for tile in range(begin, last):
            at = (tile - begin) * WIDTH
            yield tile, hashes[at : at + WIDTH]

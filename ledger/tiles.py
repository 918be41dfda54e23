"""Tiles and entry bundles (C2SP tlog-tiles): the tree and its leaves in pieces of 256.

Full tiles are kept in ``ledger.tiles``; partial ones and bundles are made from the events whenever they are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.leaf import envelope
from ledger.merkle import Nodes, nodes_of

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes of a full tile, and entries of a full bundle."""
HASH = 32
_PATH = re.compile(
    r"(?P<level>entries|0|[1-9]|[1-5][0-9]|6[0-3])/"
    r"(?P<index>(x[0-9]{3}/){0,6}[0-9]{3})(\.p/(?P<width>[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)


class TilePath(NamedTuple):
    """Which tile: ``level`` (None: an entry bundle), ``number`` within the level, and ``width`` (256: the full one)."""

    level: int | None
    number: int
    width: int

    def __str__(self) -> str:
        level = "entries" if self.level is None else str(self.level)
        digits = f"{self.number:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        index = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        return f"{level}/{index}" + ("" if self.width == WIDTH else f".p/{self.width}")

    @classmethod
    def parse(cls, path: str) -> TilePath | None:
        """The tile at ``path`` (what follows ``tile/``), or None if it is not the one way to write a tile's path."""
        found = _PATH.fullmatch(path)
        if found is None:
            return None
        index = int(found["index"].replace("x", "").replace("/", ""))
        level = None if found["level"] == "entries" else int(found["level"])
        tile = cls(level, index, int(found["width"] or WIDTH))
        return tile if str(tile) == path else None

    def within(self, size: int) -> bool:
        """Whether the tree of ``size`` leaves, or one that it grew from, has this tile."""
        level = self.level or 0
        return self.number * WIDTH + self.width <= size >> HEIGHT * level


def tile_of(nodes: Nodes, path: TilePath) -> bytes:
    """The bytes of a tile: its hashes, one after another."""
    level = HEIGHT * (path.level or 0)
    first = path.number * WIDTH
    return b"".join(nodes(level, first + at) for at in range(path.width))


def bundle_of(entries: Iterable[bytes]) -> bytes:
    """The bytes of an entry bundle: each leaf behind its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_in(bundle: bytes) -> list[bytes]:
    """The leaves of an entry bundle; raises ValueError if it ends within one."""
    entries, at = list[bytes](), 0
    while at < len(bundle):
        begin = at + 2
        at = begin + int.from_bytes(bundle[at:begin], "big")
        if at > len(bundle) or begin > len(bundle):
            raise ValueError(f"entry bundle: expected {at} bytes, met {len(bundle)}")
        entries.append(bundle[begin:at])
    return entries


def tile_root(hashes: Sequence[bytes]) -> bytes:
    """The hash that stands for a full tile one level up."""
    return nodes_of(hashes)(HEIGHT, 0)


def hashes_in(tile: bytes) -> list[bytes]:
    """The hashes of a tile's bytes."""
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]


class Tiles:
    """The tree as the database keeps it, as far as it is sealed; called with (level, index) it gives any of its nodes.

    Reads a tile at most once: to be made anew for every question.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._read: dict[tuple[int, int], Nodes] = {}

    @property
    def size(self) -> int:
        """The size of the newest checkpoint; 0 before the first."""
        return self._one("SELECT coalesce(max(size), 0) FROM ledger.checkpoints", ())

    def __call__(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree ``index`` of height ``level``; raises LookupError if there is none."""
        tile_level, height = divmod(level, HEIGHT)
        tile, at = divmod(index << height, WIDTH)
        nodes = self._read.get((tile_level, tile))
        if nodes is None:
            nodes = self._read[tile_level, tile] = nodes_of(self._hashes(tile_level, tile))
        return nodes(height, at >> height)

    def tile(self, level: int, index: int, width: int) -> bytes:
        """The bytes of the first ``width`` hashes of a tile."""
        return b"".join(self(HEIGHT * level, index * WIDTH + at) for at in range(width))

    def entries(self, index: int, width: int) -> bytes:
        """The bytes of the bundle of the first ``width`` leaves from ``index * 256`` on, made from the events again."""
        return bundle_of(leaves(self._connection, index * WIDTH, index * WIDTH + width))

    def _hashes(self, level: int, tile: int) -> list[bytes]:
        rows = self._rows("SELECT hashes FROM ledger.tiles WHERE level = %s AND tile = %s", (level, tile))
        if rows:
            return hashes_in(rows[0][0])
        first = tile * WIDTH
        if level == 0:
            statement = (
                "SELECT leaf_hash FROM ledger.events WHERE notification_id > %s AND notification_id <= %s"
                " ORDER BY notification_id"
            )
            return [row[0] for row in self._rows(statement, (first, first + WIDTH))]
        statement = "SELECT root FROM ledger.tiles WHERE level = %s AND tile >= %s AND tile < %s ORDER BY tile"
        return [row[0] for row in self._rows(statement, (level - 1, first, first + WIDTH))]

    def _rows(self, statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor(row_factory=tuple_row, binary=True)
        return cursor.execute(statement, parameters).fetchall()

    def _one(self, statement: str, parameters: tuple[Any, ...]) -> int:
        ((found,),) = self._rows(statement, parameters)
        return int(found)


def leaves(connection: Connection[Any], begin: int, end: int) -> Iterable[bytes]:
    """The leaves (canonical envelopes) from position ``begin`` to ``end``, made from the events' rows again."""
    rows = connection.cursor(row_factory=tuple_row, binary=True).execute(
        "SELECT originator_id, originator_version, topic, recorded_at, actor, state, previous FROM ledger.events"
        " WHERE notification_id > %s AND notification_id <= %s ORDER BY notification_id",
        (begin, end),
    )
    for aggregate_id, version, topic, recorded_at, actor, state, previous in rows:
        yield envelope(
            aggregate_id=aggregate_id,
            aggregate_version=version,
            event_type=topic,
            recorded_at=recorded_at,
            actor=actor,
            payload=state,
            previous=previous,
        )

"""Holding what is sealed - tiles, checkpoints, the last tree signed - against the tree rebuilt from the events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.merkle import nodes_of
from ledger.note import Note, NoteRefused, VerifierKey, check_note
from ledger.tiles import WIDTH, hashes_in, tile_root
from replay.verify.events import EVENTS, Piece, at
from replay.verify.finding import Wrong, wrong
from replay.verify.tree import GrowingTree

TILES, CHECKPOINTS = "ledger.tiles", "ledger.checkpoints"


class Kept(NamedTuple):
    """A checkpoint that was kept outside the database: where, and what it says of the tree."""

    where: str
    checkpoint: Checkpoint


class Sealed:
    """Takes the events' leaves in order; raises Wrong at what does not fit them."""

    def __init__(
        self, connection: Connection[Any], acts: int, keys: Sequence[VerifierKey], outside: Sequence[Kept]
    ) -> None:
        self._connection, self._acts, self._keys = connection, acts, keys
        self._tree = GrowingTree()
        self._above: list[list[bytes]] = []
        self._suspect: tuple[int, Wrong] | None = None
        self.signed_by: dict[str, int] = {}
        self.sizes_by_key: dict[VerifierKey, int] = {}
        self.tiles = self.checkpoints = self.size = 0
        self.newest: Checkpoint | None = None
        self._outside = sorted(outside, key=lambda kept: kept.checkpoint.size)
        self._count = next(iter(_rows(connection, "SELECT coalesce(max(size), 0) FROM ledger.checkpoints")))[0]
        self._coming = self._in_order()
        self._next = next(self._coming, None)
        self._check_outside()

    def take(self, piece: Piece) -> None:
        """Hold the events of ``piece`` against tiles and checkpoints."""
        last = (piece.first + len(piece.leaves)) // WIDTH
        stored = self._stored(0, piece.first // WIDTH, last)
        for begin in range(0, len(piece.leaves), WIDTH):
            tile, leaves = (piece.first + begin) // WIDTH, piece.leaves[begin : begin + WIDTH]
            full = len(leaves) == WIDTH
            if full and WIDTH * (tile + 1) <= self._count:
                self._check_tile(0, tile, leaves, piece.roots[begin // WIDTH], stored.get(tile))
            self._check_roots(tile * WIDTH, leaves)
            if full:
                self._tree.add(piece.roots[begin // WIDTH])
                self._raise_to(1, tile, piece.roots[begin // WIDTH])

    def finish(self) -> None:
        """After the last event: nothing is left that the events do not reach, and no tile that is not of this tree."""
        if self._next is not None:
            checkpoint, where = self._next
            raise wrong(
                EVENTS, at(self._acts), None, f"the row: {where} is of {checkpoint.size} acts", f"{self._acts} acts"
            )
        if self._suspect is not None:
            raise self._suspect[1]
        rows = _rows(self._connection, "SELECT level, tile FROM ledger.tiles ORDER BY level, tile")
        met = 0
        for level, tile in rows:
            if (tile + 1) << 8 * (level + 1) > self._count:
                raise wrong(TILES, f"level {level}, tile {tile}", None, f"no row at {self._count} acts", "a row")
            met += 1
        if met != self.tiles:
            raise wrong(TILES, "all rows", None, f"{self.tiles} rows", f"{met}")

    def _raise_to(self, level: int, tile: int, root: bytes) -> None:
        """A tile of the level below is full: its root stands in a tile of ``level``."""
        if len(self._above) < level:
            self._above.append([])
        hashes = self._above[level - 1]
        hashes.append(root)
        if len(hashes) == WIDTH:
            above = tile // WIDTH
            over = tile_root(hashes)
            if (above + 1) << 8 * (level + 1) <= self._count:
                self._check_tile(level, above, hashes, over, self._stored(level, above, above + 1).get(above))
            self._above[level - 1] = []
            self._raise_to(level + 1, above, over)

    def _check_tile(
        self, level: int, tile: int, hashes: Sequence[bytes], root: bytes, stored: tuple[bytes, bytes] | None
    ) -> None:
        self.tiles += 1
        row = f"level {level}, tile {tile}"
        if stored is None:
            self._refuse_elsewhere(level, tile, b"".join(hashes))
            raise wrong(TILES, row, None, "the row", "none")
        if stored[0] != b"".join(hashes):
            found = hashes_in(stored[0])
            nth = next((nth for nth, each in enumerate(hashes) if nth >= len(found) or found[nth] != each), WIDTH)
            expected, met = (each[nth] if nth < len(each) else b"" for each in (hashes, found))
            self._suspect_tile(level, tile * WIDTH + nth, wrong(TILES, row, "hashes", expected, met), met)
        elif stored[1] != root:
            raise wrong(TILES, row, "root", root, stored[1])

    def _refuse_elsewhere(self, level: int, tile: int, hashes: bytes) -> None:
        """Raises Wrong at a row that has the tile's hashes and another place."""
        rows = _rows(self._connection, "SELECT level, tile FROM ledger.tiles WHERE hashes = %s", hashes)
        for met_level, met_tile in rows:
            column, expected, met = ("tile", tile, met_tile) if met_level == level else ("level", level, met_level)
            raise wrong(TILES, f"level {met_level}, tile {met_tile}", column, expected, met)

    def _suspect_tile(self, level: int, position: int, found: Wrong, met: bytes) -> None:
        """Events and tile differ; the next checkpoint tells which of them was changed."""
        if level > 0:
            raise found
        if self._suspect is None:
            self._suspect = (position, found)

    def _check_roots(self, first: int, leaves: Sequence[bytes]) -> None:
        nodes = None
        while self._next is not None and self._next[0].size <= first + len(leaves):
            checkpoint, where = self._next
            nodes = nodes or nodes_of(leaves)
            root = self._tree.root(nodes, checkpoint.size - first)
            if root != checkpoint.root:
                raise self._past_differs(checkpoint, where, root)
            if self._suspect is not None and self._suspect[0] < checkpoint.size:
                raise self._suspect[1]
            self.size = checkpoint.size
            self._next = next(self._coming, None)

    def _past_differs(self, checkpoint: Checkpoint, where: str, root: bytes) -> Wrong:
        if self._suspect is not None:
            tiles = self._suspect[1].finding
            return wrong(EVENTS, at(self._suspect[0]), "leaf_hash", f"{tiles.met}, which is sealed", tiles.expected)
        rows = f"positions {self.size} to {checkpoint.size - 1}"
        expected = f"rows under the root {checkpoint.root.hex()}, which {where} says"
        return wrong(EVENTS, rows, "leaf_hash", expected, f"rows under {root.hex()}")

    def _in_order(self) -> Iterator[tuple[Checkpoint, str]]:
        """All checkpoints by size, those kept outside among them."""
        outside = list(self._outside)
        for checkpoint in self._stored_checkpoints():
            while outside and outside[0].checkpoint.size <= checkpoint.size:
                kept = outside.pop(0)
                yield kept.checkpoint, kept.where
                if kept.checkpoint.size < checkpoint.size:
                    raise _taken_away(kept)
            yield checkpoint, f"the checkpoint of {checkpoint.size} acts"
        for kept in outside:
            yield kept.checkpoint, kept.where
            raise _taken_away(kept)

    def _stored_checkpoints(self) -> Iterator[Checkpoint]:
        with self._connection.cursor("checkpoints", row_factory=tuple_row, binary=True) as cursor:
            cursor.itersize = 1000
            cursor.execute("SELECT size, note, previous FROM ledger.checkpoints ORDER BY size")
            before: int | None = None
            for size, note, previous in cursor:
                row = f"size {size}"
                if previous != before:
                    self._refuse_sizes()
                    raise wrong(CHECKPOINTS, row, "previous", before, previous)
                checkpoint = self._signed(row, note)
                if checkpoint.size != size:
                    raise wrong(CHECKPOINTS, row, "size", f"{checkpoint.size}, as its note says", size)
                self.checkpoints, self.newest, before = self.checkpoints + 1, checkpoint, size
                yield checkpoint

    def _refuse_sizes(self) -> None:
        """Raises Wrong at a row whose size is not what its note says."""
        for size, note in _rows(self._connection, "SELECT size, note FROM ledger.checkpoints ORDER BY size"):
            said = self._signed(f"size {size}", note).size
            if said != size:
                raise wrong(CHECKPOINTS, f"size {size}", "size", f"{said}, as its note says", size)

    def _signed(self, row: str, note: bytes) -> Checkpoint:
        try:
            parsed = Note.parse(note)
            checkpoint = Checkpoint.parse(parsed.text)
            (signature,) = parsed.signatures
            signers = [key for key in self._keys if (key.name, key.key_id) == (signature.name, signature.key_id)]
            if not signers:
                known = ", ".join(map(str, self._keys)) or "none is known"
                raise wrong(CHECKPOINTS, row, "note", f"a signature by a known key ({known})", str(signature).strip())
            check_note(parsed, signers[0])
        except (NoteRefused, CheckpointRefused) as refused:
            raise wrong(CHECKPOINTS, row, "note", "a signed checkpoint", refused) from None
        except ValueError:
            raise wrong(CHECKPOINTS, row, "note", "one signature, the log's", f"{len(parsed.signatures)}") from None
        if checkpoint.origin != signers[0].name or parsed.to_bytes() != note:
            raise wrong(CHECKPOINTS, row, "note", f"a checkpoint of {signers[0].name}", checkpoint.origin)
        self.sizes_by_key[signers[0]] = checkpoint.size
        self.signed_by[str(signers[0])] = self.signed_by.get(str(signers[0]), 0) + 1
        return checkpoint

    def _check_outside(self) -> None:
        for kept in self._outside:
            if kept.checkpoint.size > self._acts:
                expected = f"the row: {kept.where} is of {kept.checkpoint.size} acts"
                raise wrong(EVENTS, at(self._acts), None, expected, f"{self._acts} acts")

    def _stored(self, level: int, first: int, end: int) -> dict[int, tuple[bytes, bytes]]:
        rows = _rows(
            self._connection,
            "SELECT tile, hashes, root FROM ledger.tiles WHERE level = %s AND tile >= %s AND tile < %s",
            level,
            first,
            end,
        )
        return {tile: (hashes, root) for tile, hashes, root in rows}


def _taken_away(kept: Kept) -> Wrong:
    expected = f"the row: {kept.where} is of {kept.checkpoint.size} acts (started again, the service seals a last one)"
    return wrong(CHECKPOINTS, f"size {kept.checkpoint.size}", None, expected, "none")


def _rows(connection: Connection[Any], statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return connection.cursor(row_factory=tuple_row, binary=True).execute(statement, parameters).fetchall()

"""Holding the idempotency keys against the acts that commit to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.commitment import committed_id, differing
from projections.answers import KeyRow
from replay.verify.events import Piece, at
from replay.verify.finding import wrong

KEYS = "ledger.idempotency_keys"


class KeyRows:
    """Takes the acts in order; raises Wrong where a row is not what its act commits to, or one of them is missing."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.count = 0
        self._connection = connection
        self._rows = self._in_order("keys")
        self._next = next(self._rows, None)

    def take(self, piece: Piece) -> None:
        """Hold the acts of ``piece`` against the rows of the keys."""
        for position, act_id in piece.committed.items():
            self._refuse_without_act(position)
            if self._next is None or self._next[0].committed_by != position:
                self._refuse_elsewhere(position, act_id)
                raise wrong(KEYS, f"of the act at {at(position)}", None, "the row that the act commits to", "none")
            row, digests = self._next
            if digests is None or committed_id(digests) != act_id:
                self._refuse_elsewhere(position, act_id)
            _check(row, digests, act_id)
            self.count += 1
            self._next = next(self._rows, None)
        self._refuse_without_act(piece.first + len(piece.leaves))

    def finish(self) -> None:
        """After the last act: no row is left."""
        if self._next is not None:
            row = self._next[0]
            raise wrong(KEYS, _named(row), "committed_by", "the position of an act", row.committed_by)

    def _refuse_without_act(self, end: int) -> None:
        """A row before ``end`` that is not that of an act that was met belongs to none."""
        if self._next is not None and self._next[0].committed_by < end:
            row, digests = self._next
            column, expected = ("digests", "digests") if digests is None else ("committed_by", "the act of the row")
            raise wrong(KEYS, _named(row), column, f"{expected} that an act commits to", row.committed_by)

    def _refuse_elsewhere(self, position: int, act_id: UUID) -> None:
        """If the row that the act commits to stands at another position, that is what is wrong."""
        for row, digests in self._in_order("keys_elsewhere"):
            if digests is not None and committed_id(digests) == act_id and row.committed_by != position:
                raise wrong(KEYS, _named(row), "committed_by", position, row.committed_by)

    def _in_order(self, cursor_name: str) -> Iterator[tuple[KeyRow, bytes | None]]:
        with self._connection.cursor(cursor_name, row_factory=tuple_row, binary=True) as cursor:
            cursor.itersize = 1000
            cursor.execute(
                "SELECT actor, key, request_hash, answer::text, committed_by, digests FROM ledger.idempotency_keys"
                " ORDER BY committed_by, digests IS NULL, actor, key"
            )
            for *row, digests in cursor:
                yield KeyRow(*row), digests


def _check(row: KeyRow, digests: bytes | None, act_id: UUID) -> None:
    if digests is None or committed_id(digests) != act_id:
        raise wrong(KEYS, _named(row), "digests", f"digests that the act {act_id} commits to", digests or "none")
    column = differing(digests, row.columns)
    if column is not None:
        name = KeyRow._fields[column]
        raise wrong(KEYS, _named(row), name, "what its digest says", getattr(row, name))


def _named(row: KeyRow) -> str:
    return f"key {row.key!r} of {row.actor}"

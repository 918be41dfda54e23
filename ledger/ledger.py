"""Reading acts from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.act import Act
from domain.catalogue import Catalogue, UnreadableEvent
from ledger.vault import KeyLost, Vault

ACT_COLUMNS = "notification_id - 1, recorded_at, originator_id, originator_version, topic, state"
"""What of a row of ``ledger.events`` is decoded, in this order."""


class Ledger:
    """The acts of the ledger, decoded by the closed catalogue. An unknown event stops the reader."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @property
    def vault(self) -> Vault | None:
        """The keys of the persons whose acts these are; None where they are not there."""
        return self.catalogue.vault if isinstance(self.catalogue.vault, Vault) else None

    def acts_of(self, connection: Connection[Any], entries: Sequence[UUID]) -> dict[UUID, list[Act]]:
        """All acts of the given entries, by entry, each in the order of recording."""
        found: dict[UUID, list[Act]] = {entry: [] for entry in entries}
        rows = connection.cursor(row_factory=tuple_row).execute(
            f"SELECT {ACT_COLUMNS} FROM ledger.events WHERE originator_id = ANY(%s)"
            " ORDER BY originator_id, originator_version",
            (list(entries),),
        )
        for act in self.decoded(rows):
            found[act.entry_id].append(act)
        return found

    def acts_at(self, connection: Connection[Any], positions: Sequence[int]) -> list[Act]:
        """The acts at the given positions, in order of position."""
        rows = connection.cursor(row_factory=tuple_row).execute(
            f"SELECT {ACT_COLUMNS} FROM ledger.events WHERE notification_id = ANY(%s) ORDER BY notification_id",
            ([position + 1 for position in positions],),
        )
        return list(self.decoded(rows))

    def acts_between(self, connection: Connection[Any], after: int, upto: int, limit: int) -> list[Act]:
        """Up to ``limit`` acts at positions above ``after`` and not above ``upto``, in order."""
        rows = connection.cursor(row_factory=tuple_row).execute(
            f"SELECT {ACT_COLUMNS} FROM ledger.events WHERE notification_id > %s AND notification_id <= %s"
            " ORDER BY notification_id LIMIT %s",
            (after + 1, upto + 1, limit),
        )
        return list(self.decoded(rows))

    def decoded(self, rows: Iterable[Sequence[Any]]) -> Iterable[Act]:
        """Acts from rows of (position, recorded_at, entry, version, topic, state)."""
        if self.vault is not None:
            rows = self._keys_known(self.vault, rows)
        for position, recorded_at, entry_id, version, topic, state in rows:
            yield self.catalogue.decode(
                topic,
                bytes(state),
                position=position,
                recorded_at=recorded_at,
                entry_id=entry_id,
                version=version,
            )

    @staticmethod
    def _keys_known(vault: Vault, rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        """The rows, after looking up at once the keys of all persons in them."""
        known = list(rows)
        try:
            vault.learn(bytes(state).decode() for *_, state in known)
        except KeyLost as lost:
            raise UnreadableEvent(f"positions {known[0][0]} to {known[-1][0]}: {lost}") from lost
        return known

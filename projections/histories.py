"""The entries that a transaction is about, read under the appending lock: what is read is the newest there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from psycopg import Cursor

from domain.catalogue import topic_of
from domain.refusals import EntryNotFound
from domain.register import Register
from domain.timeline import Timeline
from ledger.ledger import Ledger
from projections.entry_states import EntryHistory
from projections.links import targets_of


class Histories:
    """The histories of entries, each read once."""

    def __init__(self, cursor: Cursor[Any], ledger: Ledger) -> None:
        self._connection, self._ledger = cursor.connection, ledger
        self._known: dict[UUID, EntryHistory] = {}

    def read(self, entries: Iterable[UUID]) -> None:
        """Read at once those of ``entries`` that are not known yet."""
        unknown = set(entries).difference(self._known)
        if not unknown:
            return
        for entry_id, acts in self._ledger.acts_of(self._connection, list(unknown)).items():
            if acts:
                register = self._ledger.catalogue.register_of(topic_of(acts[0].kind))
                self._known[entry_id] = EntryHistory(register, entry_id, acts)

    def of(self, register: Register, entry_id: UUID) -> EntryHistory:
        """The history of an entry of ``register``, a new one if there is none. Raises EntryNotFound."""
        history = self._known.get(entry_id)
        if history is None or (not history.timeline.version and history.register is not register):
            history = self._known[entry_id] = EntryHistory(register, entry_id)
        if history.register is not register:
            raise EntryNotFound(entry=entry_id, register=register.name)
        return history

    def known(self, entry_id: UUID) -> Timeline | None:
        """The timeline of an entry without what is being asked for; None if there is no such entry."""
        self.read([entry_id])
        history = self._known.get(entry_id)
        return None if history is None else history.timeline

    def timeline(self, entry_id: UUID) -> Timeline:
        """The timeline of an entry that was asked for before."""
        return self._known[entry_id].timeline

    def rested_on(self) -> set[UUID]:
        """The entries on which those that are known rest."""
        return {target for history in self._known.values() for target in targets_of(history.timeline)}

"""How many entries fit a list, counted once for each moment."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from psycopg import Connection

from domain.register import Register
from ledger.vault import Vault
from projections.moment import Moment
from projections.reading import ListQuery
from projections.sealed_lists import number_of


class Totals:
    """Counts already made; the oldest make room. A count at a position never changes, but by an erasure."""

    def __init__(self, kept: int = 512) -> None:
        self._kept, self._counts, self._lock = kept, OrderedDict[Any, int](), Lock()

    def of(
        self, connection: Connection[Any], register: Register, moment: Moment, query: ListQuery, vault: Vault
    ) -> int:
        """How many entries fit ``query`` at ``moment``."""
        asked = query._replace(order="", after=None)
        key = (register.name, moment.as_of, moment.known_at.position, asked, vault.forgotten)
        with self._lock:
            if key in self._counts:
                self._counts.move_to_end(key)
                return self._counts[key]
        total = number_of(connection, register, moment, query, vault)
        with self._lock:
            self._counts[key] = total
            while len(self._counts) > self._kept:
                self._counts.popitem(last=False)
        return total

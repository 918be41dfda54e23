"""Adding to the log of readings from many requests at once, with one commit for all that wait."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import psycopg

from ledger.database import Database
from ledger.readings import Reading, add


class ReadingNotKept(Exception):
    """The one who wrote for all failed, and not because of the database."""


class _Waiting:
    __slots__ = ("done", "error", "readings")

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.readings, self.done = readings, False
        self.error: Exception | None = None


class ReadingLog:
    """The log of one service. Thread-safe; several processes may add to the same log.

    Whoever comes first writes; those who come while a commit is under way wait, and one of them writes for all.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._joining, self._writing = Lock(), Lock()

    def add(self, readings: Sequence[Reading]) -> None:
        """Add ``readings``; when this returns they are durable. Raises what the database raises.

        The caller holds no connection of the pool: all who do might else wait for one more.
        """
        mine = _Waiting(readings)
        with self._joining:
            self._waiting.append(mine)
        with self._writing:
            if not mine.done:
                self._write_all()
        if mine.error is not None:
            raise mine.error

    def _write_all(self) -> None:
        with self._joining:
            together, self._waiting = self._waiting, []
        error: Exception | None = ReadingNotKept()
        try:
            with self._database.pool.connection() as connection:
                add(connection, [reading for each in together for reading in each.readings])
            error = None
        except psycopg.Error as raised:
            error = raised
        finally:
            for each in together:
                each.error, each.done = error, True

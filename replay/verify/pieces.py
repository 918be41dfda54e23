"""The events in pieces, each read and hashed by one of several processes, in their order."""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

from psycopg import Connection, IsolationLevel
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Literal

from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import connect_to_read
from replay.verify.altered import altered_column
from replay.verify.events import AT_ONCE, Altered, Piece, piece, rows
from replay.verify.finding import Finding, Wrong

_AHEAD = 3
"""Pieces a process may be ahead of whoever takes them: so much is in memory at most."""


class ReadingFailed(Exception):
    """A process that reads events stopped."""


class Share(NamedTuple):
    """Every ``step``-th piece from the one numbered ``first`` on, of ``acts`` events as the snapshot has them."""

    url: str
    snapshot: str
    acts: int
    first: int
    step: int


def pieces(url: str, connection: Connection[Any], acts: int, catalogue: Catalogue, processes: int) -> Iterator[Piece]:
    """All pieces up to ``acts``. Raises Wrong at the first event that is not right. Small ledgers are read here."""
    if processes == 1 or acts <= AT_ONCE:
        for begin in range(0, acts, AT_ONCE):
            yield _piece(connection, begin, min(begin + AT_ONCE, acts), catalogue)
        return
    ((snapshot,),) = connection.cursor(row_factory=tuple_row).execute("SELECT pg_export_snapshot()").fetchall()
    context = multiprocessing.get_context("spawn")
    queues: list[multiprocessing.Queue[Piece | Finding]] = [context.Queue(_AHEAD) for _ in range(processes)]
    readers = [
        context.Process(target=read, args=(Share(url, snapshot, acts, n, processes), queues[n]), daemon=True)
        for n in range(processes)
    ]
    for reader in readers:
        reader.start()
    try:
        for number in range(-(-acts // AT_ONCE)):
            found = _next(queues[number % processes], readers[number % processes])
            if isinstance(found, Finding):
                raise Wrong(found)
            yield found
    finally:
        for reader in readers:
            reader.terminate()
            reader.join()


def read(share: Share, answers: multiprocessing.Queue[Piece | Finding]) -> None:
    """One process's share; stops at what is wrong."""
    catalogue = Catalogue(all_registers())
    with connect_to_read(share.url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.execute(SQL("SET TRANSACTION SNAPSHOT {}").format(Literal(share.snapshot)))
        for begin in range(share.first * AT_ONCE, share.acts, share.step * AT_ONCE):
            try:
                answers.put(_piece(connection, begin, min(begin + AT_ONCE, share.acts), catalogue))
            except Wrong as found:
                answers.put(found.finding)
                return


def _piece(connection: Connection[Any], begin: int, end: int, catalogue: Catalogue) -> Piece:
    try:
        # Whoever looks for the column needs the connection, which a copy that is not let go of holds.
        with closing(rows(connection, begin, end)) as read_rows:
            return piece(read_rows, begin, end, catalogue)
    except Altered as altered:
        raise altered_column(connection, catalogue, altered) from None


def _next(answers: multiprocessing.Queue[Piece | Finding], reader: Any) -> Piece | Finding:
    while True:
        try:
            return answers.get(timeout=1)
        except queue.Empty:
            if reader.exitcode not in (None, 0):
                raise ReadingFailed("a process that reads events stopped; its error is above") from None

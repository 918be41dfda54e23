"""The events in pieces, each read and hashed by one of several processes, in their order."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from multiprocessing.connection import Connection as PipeConnection
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
    with ExitStack() as readers:
        shares = [Share(url, snapshot, acts, n, processes) for n in range(processes)]
        answers = [readers.enter_context(reader(share)) for share in shares]
        for number in range(-(-acts // AT_ONCE)):
            yield next_piece(answers[number % processes])


@contextmanager
def reader(share: Share) -> Iterator[PipeConnection]:
    """What a process tells that reads ``share``; it ends with the block, if not before."""
    context = multiprocessing.get_context("spawn")
    told, telling = context.Pipe(duplex=False)
    with told:
        with telling:  # the process has it to itself then: its end, however it comes, ends what is told
            process = context.Process(target=read, args=(share, telling), daemon=True)
            process.start()
        try:
            yield told
        finally:
            process.terminate()
            process.join()


def next_piece(told: PipeConnection) -> Piece:
    """The next piece of a share. Raises Wrong, or ReadingFailed if its process stopped."""
    try:
        found = told.recv()
    except EOFError:
        raise ReadingFailed("a process that reads events stopped; its error is above") from None
    if isinstance(found, Finding):
        raise Wrong(found)
    if not isinstance(found, Piece):
        raise TypeError(f"expected a piece or a finding, met {type(found)}")
    return found


def read(share: Share, telling: PipeConnection) -> None:
    """One process's share; stops at what is wrong, or when nobody takes its pieces any more."""
    waiting: deque[Future[None]] = deque()
    try:
        with ThreadPoolExecutor(1) as thread:
            for found in _share(share):
                waiting.append(thread.submit(telling.send, found))
                if len(waiting) > _AHEAD:
                    waiting.popleft().result()
            for each in waiting:
                each.result()
    except BrokenPipeError:
        pass


def _share(share: Share) -> Iterator[Piece | Finding]:
    catalogue = Catalogue(all_registers())
    with connect_to_read(share.url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.execute(SQL("SET TRANSACTION SNAPSHOT {}").format(Literal(share.snapshot)))
        for begin in range(share.first * AT_ONCE, share.acts, share.step * AT_ONCE):
            try:
                yield _piece(connection, begin, min(begin + AT_ONCE, share.acts), catalogue)
            except Wrong as found:
                yield found.finding
                return


def _piece(connection: Connection[Any], begin: int, end: int, catalogue: Catalogue) -> Piece:
    try:
        # Whoever looks for the column needs the connection, which a copy that is not let go of holds.
        with closing(rows(connection, begin, end)) as read_rows:
            return piece(read_rows, begin, end, catalogue)
    except Altered as altered:
        raise altered_column(connection, catalogue, altered) from None

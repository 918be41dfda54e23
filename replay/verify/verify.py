"""Verifying a ledger: everything in it is read again and held against everything else, and against what is outside it.

What is trusted are the verifier keys and the checkpoints that the caller brings. Nothing is written.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Literal

from domain.catalogue import Catalogue
from ledger.checkpoint import Checkpoint
from ledger.note import VerifierKey
from ledger.outside import End
from ledger.recorder import head
from replay.comparison import Difference
from replay.rebuild import difference_from_fresh
from replay.shares import ActUnreadable
from replay.snapshot import snapshot
from replay.verify.chain import check_chain, check_count
from replay.verify.events import AT_ONCE, EVENTS, check_order
from replay.verify.evidence import Evidence, TableCheck
from replay.verify.finding import Finding, Wrong, wrong
from replay.verify.keys import KeyRows
from replay.verify.log_keys import KnownKeys
from replay.verify.maps import check_maps
from replay.verify.pieces import pieces
from replay.verify.sealed import Kept, Sealed
from replay.verify.tables import FURTHER, check_catalogue

PROCESSES = 2

Progress = Callable[[int, int], None]
"""Called with (acts done, acts in all)."""


@dataclass(slots=True)
class Verified:
    """What was checked, how much of it, and the first thing that is wrong, if any.

    ``rows`` counts what was looked at by table; ``signed_by`` the checkpoints by verifier key; ``unsealed`` are acts
    after the newest checkpoint, which nothing vouches for yet; ``replayed`` says whether the projections were compared.
    """

    begun_at: datetime
    acts: int = 0
    recorded_at: datetime | None = None
    rows: dict[str, int] = field(default_factory=dict)
    signed_by: dict[str, int] = field(default_factory=dict)
    given_keys: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    newest: Checkpoint | None = None
    unsealed: int = 0
    replayed: bool = False
    seconds: float = 0.0
    finding: Finding | None = None


def verify(
    url: str,
    catalogue: Catalogue,
    *,
    keys: Sequence[VerifierKey] = (),
    outside: Sequence[Kept] = (),
    ends: Mapping[str, End] = MappingProxyType({}),
    scratch_url: str | None = None,
    progress: Progress = lambda *_: None,
    processes: int = PROCESSES,
    further: Mapping[str, TableCheck] = FURTHER,
) -> Verified:
    """Verify the ledger of the database at ``url`` as one snapshot has it.

    ``keys`` are trusted verifier keys, ``outside`` checkpoints kept elsewhere, whose signatures the caller has checked,
    ``ends`` how far tables go that the keys folder knows of.
    Where ``scratch_url`` names a database to work in, the projections are compared with fresh ones made there.
    Raises ReadingFailed or RebuildFailed if that could not be found out; nothing is said of the ledger then.
    """
    verified = Verified(
        datetime.now(UTC), given_keys=tuple(map(str, keys)), outside=tuple(kept.where for kept in outside)
    )
    begin = time.perf_counter()
    try:
        with snapshot(url) as connection:
            check_catalogue(connection, further)
            newest = head(connection)
            verified.acts, verified.recorded_at = newest.position + 1, newest.recorded_at
            with _chain_meanwhile(url, connection, verified.acts):
                _read(url, connection, catalogue, verified, keys, outside, progress, processes)
            for table, each in further.items():
                verified.rows[table] = each.check(Evidence(connection, catalogue, verified.acts, ends))
            if scratch_url is not None:
                _compare(url, connection, scratch_url, verified, progress)
                check_maps(connection, catalogue)
    except Wrong as found:
        verified.finding = found.finding
    verified.seconds = time.perf_counter() - begin
    return verified


def _read(
    url: str,
    connection: Connection[Any],
    catalogue: Catalogue,
    verified: Verified,
    keys: Sequence[VerifierKey],
    outside: Sequence[Kept],
    progress: Progress,
    processes: int,
) -> None:
    """Read every event once, and hold against them what is kept beside them."""
    known = KnownKeys(connection, catalogue, keys)
    sealed = Sealed(connection, verified.acts, known.all, outside)
    key_rows = KeyRows(connection)
    verified.signed_by = sealed.signed_by
    before: int | None = None
    for piece in pieces(url, connection, verified.acts, catalogue, processes):
        check_order(piece.first, piece.recorded_at[0] if before is None else before, piece.recorded_at[0])
        before = piece.recorded_at[1]
        sealed.take(piece)
        key_rows.take(piece)
        verified.rows |= {"events": piece.first + len(piece.leaves), "tiles": sealed.tiles}
        verified.rows |= {"checkpoints": sealed.checkpoints, "idempotency_keys": key_rows.count}
        progress(verified.rows["events"], verified.acts)
    sealed.finish()
    key_rows.finish()
    known.check_signers(sealed.sizes_by_key)
    verified.newest, verified.unsealed = sealed.newest, verified.acts - sealed.size


@contextmanager
def _chain_meanwhile(url: str, connection: Connection[Any], acts: int) -> Iterator[None]:
    """Let the database hold the entries' chains against each other, beside what this process does if that is much."""
    if acts <= AT_ONCE:
        yield
        _check_chain(connection, acts)
        return
    ((exported,),) = connection.cursor(row_factory=tuple_row).execute("SELECT pg_export_snapshot()").fetchall()
    with ThreadPoolExecutor(1) as threads, snapshot(url) as beside:
        beside.execute(SQL("SET TRANSACTION SNAPSHOT {}").format(Literal(exported)))
        checked = threads.submit(_check_chain, beside, acts)
        yield
        checked.result()


def _check_chain(connection: Connection[Any], acts: int) -> None:
    check_count(connection, acts)
    check_chain(connection)


def _compare(url: str, connection: Connection[Any], scratch_url: str, verified: Verified, progress: Progress) -> None:
    try:
        difference = difference_from_fresh(url, connection, scratch_url, progress)
    except ActUnreadable as failed:
        raise wrong(EVENTS, "an act", "state", "an act that can be read", failed) from None
    if difference is not None:
        raise Wrong(_derived(difference))
    verified.replayed = True


def _derived(difference: Difference) -> Finding:
    key = ", ".join(f"{name} {value}" for name, value in difference.key.items())
    table = f"projections.{difference.table}"
    return Finding(table, key, difference.column, str(difference.rebuilt), str(difference.live))

"""Rebuilding all projections from the ledger, beside the live ones, while the service goes on serving.

The acts up to one position are read from a snapshot, entry by entry, by several processes, and folded into shadow
tables in a schema of their own. On request every row is compared with the live table as that snapshot saw it. Then,
under the appending lock, what was recorded meanwhile is added and the schemas change names in one transaction.
Memory does not grow with the number of acts: a process holds one entry and one chunk of rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, IsolationLevel
from psycopg.rows import dict_row, tuple_row
from psycopg.sql import SQL, Identifier

from domain.act import Act
from domain.catalogue import UnreadableEvent, topic_of
from ledger.database import connect
from ledger.ledger import Ledger
from ledger.recorder import appending, head
from projections.acts import fact_row
from projections.entry_states import EntryHistory
from projections.numbers import stated_serial
from projections.write import write_facts, write_layers, write_series
from replay.comparison import Difference, first_difference
from replay.refold import Refolded, Share
from replay.shares import ActUnreadable, RebuildFailed, refold_all

SHADOW, BEFORE = "projections_shadow", "projections_before"
REBUILDING_LOCK = 7234017283807667302
"""The advisory lock that a rebuild holds from its beginning to its end."""
TABLES = ("acts", "entry_states", "entry_names", "registration_numbers", "links", "number_series")
PROCESSES = 2
_LARGEST_UUID = 2**128

Progress = Callable[[int, int], None]
"""Called with (acts done, acts in all)."""


class RebuildRunning(RebuildFailed):
    """The tables are being rebuilt already, or must stay as they are for others who read them."""


class Rebuilt(NamedTuple):
    """How many acts were replayed, up to which position, and the first difference if one was looked for and found."""

    acts: int
    position: int
    difference: Difference | None


def rebuild(
    url: str, ledger: Ledger, progress: Progress, *, compare: bool = False, processes: int = PROCESSES
) -> Rebuilt:
    """Replay the whole ledger into fresh projections and put them in the place of the live ones.

    With ``compare``, every row is held against the live one; at the first difference the live tables stay as they
    are, the shadow is dropped, and the difference is returned.
    """
    with connect(url) as snapshot, connect(url) as shadow:
        _take_turn(snapshot)
        snapshot.isolation_level = IsolationLevel.REPEATABLE_READ
        position = head(snapshot).position
        with _shadow_schema(shadow):
            _refold_in_processes((url, url), snapshot, shadow, position, progress, processes)
            if compare:
                difference = first_difference(snapshot, shadow, SHADOW)
                shadow.rollback()
                if difference is not None:
                    return Rebuilt(position + 1, position, difference)
            snapshot.rollback()
            newest = _swap(shadow, ledger, position)
        return Rebuilt(newest + 1, newest, None)


def difference_from_fresh(
    url: str, snapshot: Connection[Any], scratch_url: str, progress: Progress, *, processes: int = PROCESSES
) -> Difference | None:
    """The first difference of the projections at ``url`` from fresh ones, which are made in the scratch database.

    ``snapshot`` is a connection in a transaction that repeats its reads. Nothing at ``url`` is changed.
    """
    position = head(snapshot).position
    with connect(scratch_url) as shadow, _shadow_schema(shadow):
        _refold_in_processes((url, scratch_url), snapshot, shadow, position, progress, processes)
        difference = first_difference(snapshot, shadow, SHADOW)
        shadow.rollback()
        return difference


def _take_turn(snapshot: Connection[Any]) -> None:
    """Lock out others who rebuild or read at length while ``snapshot`` is open; it itself is still to be taken."""
    lock = "SELECT pg_try_advisory_lock(%s)"
    if not snapshot.cursor(row_factory=tuple_row).execute(lock, (REBUILDING_LOCK,)).fetchall()[0][0]:
        raise RebuildRunning("another rebuild is running, or an archive or a verification; nothing was done")
    snapshot.commit()


@contextmanager
def _shadow_schema(shadow: Connection[Any]) -> Iterator[None]:
    """The shadow tables, empty. What of them is not swapped is dropped at the end, as is what a killed rebuild left."""
    _drop(shadow)
    shadow.execute(SQL("CREATE SCHEMA {}").format(Identifier(SHADOW)))
    for table in TABLES:
        shadow.execute(
            SQL("CREATE TABLE {}.{} (LIKE projections.{} INCLUDING ALL EXCLUDING INDEXES)").format(
                Identifier(SHADOW), Identifier(table), Identifier(table)
            )
        )
    shadow.commit()
    try:
        yield
    except UnreadableEvent as error:
        raise ActUnreadable(str(error)) from error
    finally:
        if not shadow.broken:
            shadow.rollback()
            _drop(shadow)
            shadow.commit()


def _drop(shadow: Connection[Any]) -> None:
    for schema in (SHADOW, BEFORE):
        shadow.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(schema)))


def _refold_in_processes(
    urls: tuple[str, str],
    snapshot: Connection[Any],
    shadow: Connection[Any],
    position: int,
    progress: Progress,
    processes: int,
) -> None:
    exported = snapshot.cursor(row_factory=tuple_row).execute("SELECT pg_export_snapshot()").fetchall()[0][0]
    shares = [Share(*urls, exported, SHADOW, *ids) for ids in entry_ranges(processes)]
    acts = 0

    def through(more: int) -> None:
        nonlocal acts
        acts += more
        progress(acts, position + 1)

    refolded = refold_all(shares, through)
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(partial(_finish, urls[1]), TABLES))
    _write_series(shadow, refolded)
    progress(position + 1, position + 1)


def entry_ranges(shares: int) -> list[tuple[int, int]]:
    """The first and the last id (as 128-bit numbers) of each of so many equal shares of all entries."""
    edges = [_LARGEST_UUID * n // shares for n in range(shares + 1)]
    return [(first, end - 1) for first, end in pairwise(edges)]


def _write_series(shadow: Connection[Any], results: list[Refolded]) -> None:
    last: dict[tuple[str, str], int] = {}
    for result in results:
        for series, serial in result.last_serials.items():
            last[series] = max(serial, last.get(series, 0))
    with shadow.cursor() as cursor:
        cursor.execute(SQL("SET LOCAL search_path = {}, ledger").format(Identifier(SHADOW)))
        write_series(cursor, last)
    shadow.commit()


def _finish(url: str, table: str) -> None:
    """Give a shadow table that is filled the indexes that the live one has, and what plans are made by."""
    with connect(url) as connection:
        connection.execute("SET maintenance_work_mem = '256MB'")
        indexes = connection.cursor(row_factory=tuple_row).execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'projections' AND tablename = %s", (table,)
        )
        for (definition,) in indexes.fetchall():
            connection.execute(definition.replace(" ON projections.", f" ON {SHADOW}.", 1))
        connection.execute(SQL("ANALYZE {}.{}").format(Identifier(SHADOW), Identifier(table)))
        connection.commit()


def _swap(shadow: Connection[Any], ledger: Ledger, position: int) -> int:
    """Add what was recorded after ``position`` and change the schemas' names; returns the newest position."""
    with appending(shadow) as append:
        newest = append.next_position - 1
        append.cursor.execute(SQL("SET LOCAL search_path = {}, ledger").format(Identifier(SHADOW)))
        _catch_up(shadow, ledger, position, newest)
        append.cursor.execute(SQL("ALTER SCHEMA projections RENAME TO {}").format(Identifier(BEFORE)))
        append.cursor.execute(SQL("ALTER SCHEMA {} RENAME TO projections").format(Identifier(SHADOW)))
    return newest


def _catch_up(shadow: Connection[Any], ledger: Ledger, after: int, upto: int) -> None:
    acts = ledger.acts_between(shadow, after, upto, limit=upto - after)
    histories: dict[UUID, EntryHistory] = {}
    for entry_id, recorded in ledger.acts_of(shadow, list({act.entry_id for act in acts})).items():
        before = [act for act in recorded if act.position <= after]
        register = ledger.catalogue.register_of(topic_of(recorded[0].kind))
        histories[entry_id] = EntryHistory(register, entry_id, before)
    serials: dict[tuple[str, str], int] = {}
    with shadow.cursor(row_factory=dict_row) as cursor:
        write_facts(cursor, [_add(histories[act.entry_id], act, serials) for act in acts])
        write_layers(cursor, histories.values())
        cursor.execute("SELECT space, series, last_serial FROM number_series")
        for row in cursor.fetchall():
            series = (row["space"], row["series"])
            serials[series] = max(serials.get(series, 0), row["last_serial"])
        write_series(cursor, serials)


def _add(history: EntryHistory, act: Act, serials: dict[tuple[str, str], int]) -> tuple[Any, ...]:
    history.add(act)
    stated = stated_serial(history.register, act)
    if stated is not None:
        serials[stated[0]] = max(stated[1], serials.get(stated[0], 0))
    return fact_row(history, act)

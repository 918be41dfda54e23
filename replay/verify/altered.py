"""Which column of an event was changed: the one that, put right, gives the leaf hash again.

What a column should say is guessed from everything else the database holds - neighbours, the act itself, what is
derived from it - and a guess counts only if it is proved: if the row then has the hash that was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.catalogue import Catalogue, UnreadableEvent
from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.note import Note, NoteRefused
from ledger.tiles import HASH, WIDTH
from replay.verify.events import COLUMNS, EVENTS, Altered, Row, at, leaf_of, moment
from replay.verify.finding import Wrong, wrong
from replay.verify.tree import root_over

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def altered_column(connection: Connection[Any], catalogue: Catalogue, altered: Altered) -> Wrong:
    """What is wrong with the row: to be raised."""
    position, row = altered.position, altered.row
    leaf, computed = row[COLUMNS.index("leaf_hash")], leaf_of(row)
    for column, value in _guesses(connection, catalogue, position, row):
        nth = COLUMNS.index(column)
        if value != row[nth] and leaf_of((*row[:nth], value, *row[nth + 1 :])) == leaf:
            return wrong(EVENTS, at(position), column, _told(column, value), _told(column, row[nth]))
    if is_sealed(connection, position, computed):
        return wrong(EVENTS, at(position), "leaf_hash", computed, leaf)
    if is_sealed(connection, position, leaf) or not _reads(catalogue, position, row):
        return wrong(EVENTS, at(position), "state", f"what leaf {leaf.hex()} stands for", f"leaf {computed.hex()}")
    return wrong(EVENTS, at(position), "leaf_hash", f"{computed.hex()}, which the row has", leaf)


def is_sealed(connection: Connection[Any], position: int, leaf: bytes) -> bool:
    """Whether ``leaf`` at ``position`` is what a stored tile or the next checkpoint says."""
    tile, within = divmod(position, WIDTH)
    for hashes in _column(connection, "SELECT hashes FROM ledger.tiles WHERE level = 0 AND tile = %s", tile):
        return bool(hashes[HASH * within : HASH * (within + 1)] == leaf)
    statement = "SELECT note FROM ledger.checkpoints WHERE size > %s ORDER BY size LIMIT 1"
    for note in _column(connection, statement, position):
        try:
            checkpoint = Checkpoint.parse(Note.parse(note).text)
        except (NoteRefused, CheckpointRefused):
            return False
        leaves = _column(
            connection,
            "SELECT leaf_hash FROM ledger.events WHERE notification_id > %s AND notification_id <= %s"
            " ORDER BY notification_id",
            tile * WIDTH,
            checkpoint.size,
        )
        roots = _column(connection, "SELECT root FROM ledger.tiles WHERE level = 0 AND tile < %s ORDER BY tile", tile)
        if len(leaves) > within:
            leaves[within] = leaf
            return root_over(roots, leaves) == checkpoint.root
    return False


def _guesses(
    connection: Connection[Any], catalogue: Catalogue, position: int, row: Row
) -> Iterator[tuple[str, bytes | None]]:
    aggregate, previous = UUID(bytes=row[1]), row[COLUMNS.index("previous")]
    with suppress(UnreadableEvent):
        yield "actor", _read(catalogue, position, row).payload.actor.encode()
    for topic in sorted(catalogue.topics):
        yield "topic", topic.encode()
    yield from _as_derived(connection, position)
    yield "previous", None
    for known in _column(connection, "SELECT notification_id FROM ledger.events WHERE originator_id = %s", aggregate):
        yield "previous", _int8(known - 1)
    for version in _column(
        connection, "SELECT originator_version FROM ledger.events WHERE originator_id = %s", aggregate
    ):
        for near in (version - 1, version + 1):
            yield "originator_version", _int8(near)
    yield from (("originator_version", _int8(first)) for first in (0, 1))
    before = -1 if previous is None else int.from_bytes(previous, "big", signed=True)
    statement = "SELECT originator_id FROM ledger.events WHERE notification_id = %s OR previous = %s"
    for other in _column(connection, statement, before + 1, position):
        yield "originator_id", other.bytes
    statement = "SELECT recorded_at FROM ledger.events WHERE notification_id IN (%s, %s) AND isfinite(recorded_at)"
    for instant in _column(connection, statement, position, position + 2):
        yield "recorded_at", _int8((instant - _EPOCH) // timedelta(microseconds=1))


def _as_derived(connection: Connection[Any], position: int) -> Iterator[tuple[str, bytes | None]]:
    """What the projections say of the act, if there are any."""
    if _column(connection, "SELECT 1 WHERE to_regclass('projections.acts') IS NOT NULL"):
        statement = (
            "SELECT recorded_at, entry_id, version, actor FROM projections.acts"
            " WHERE position = %s AND isfinite(recorded_at)"
        )
        for recorded_at, entry, version, actor in _rows(connection, statement, position):
            yield "recorded_at", _int8((recorded_at - _EPOCH) // timedelta(microseconds=1))
            yield "originator_id", entry.bytes
            yield "originator_version", _int8(version)
            yield "actor", actor.encode()


def _read(catalogue: Catalogue, position: int, row: Row) -> Any:
    return catalogue.decode(
        row[3].decode(), row[4], position=position, recorded_at=_EPOCH, entry_id=UUID(bytes=row[1]), version=0
    )


def _reads(catalogue: Catalogue, position: int, row: Row) -> bool:
    try:
        _read(catalogue, position, row)
    except UnreadableEvent:
        return False
    return True


def _rows(connection: Connection[Any], statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return connection.cursor(row_factory=tuple_row, binary=True).execute(statement, parameters).fetchall()


def _column(connection: Connection[Any], statement: str, *parameters: Any) -> list[Any]:
    return [row[0] for row in _rows(connection, statement, *parameters)]


def _int8(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


def _told(column: str, value: bytes | None) -> str:
    if value is None:
        return "none"
    if column == "originator_id":
        return str(UUID(bytes=value))
    if column in ("topic", "actor"):
        return value.decode()
    number = int.from_bytes(value, "big", signed=True)
    return moment(number) if column == "recorded_at" else str(number)

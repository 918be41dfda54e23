"""Reading events in their order and hashing them again, as fast as they can be read."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.sql import SQL, Literal

from domain.catalogue import Catalogue, UnreadableEvent
from ledger.leaf import FORMAT, LARGEST, instant
from ledger.merkle import nodes_of
from ledger.tiles import HEIGHT, WIDTH
from replay.verify.finding import wrong

EVENTS = "ledger.events"
COLUMNS = (
    "notification_id", "originator_id", "originator_version", "topic", "state", "recorded_at", "actor", "previous",
    "leaf_hash",
)  # fmt: skip
AT_ONCE = 64 * WIDTH
"""Positions read at once."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_BEGIN = b'{"act_id":"'
_VERSION_AT = len(_BEGIN) + 14
"""Where the version of the act's id stands in a payload."""

Row = Sequence[Any]
"""A row of ``COLUMNS`` as PostgreSQL's binary form has them."""


class Piece(NamedTuple):
    """Events from position ``first`` on that are right in themselves, not yet held against the tree.

    ``leaves`` are their leaf hashes, ``roots`` those of the full tiles among them, ``committed`` the acts with an id
    that commits to a row of another table, by position; ``recorded_at`` is when the first and the last were recorded,
    in microseconds since 2000.
    """

    first: int
    leaves: list[bytes]
    roots: list[bytes]
    committed: dict[int, UUID]
    recorded_at: tuple[int, int]


def rows(connection: Connection[Any], first: int, end: int) -> Generator[Row, None, None]:
    """The rows at the positions from ``first`` to before ``end``, in order."""
    statement = SQL(
        "COPY (SELECT {} FROM ledger.events WHERE notification_id > {} AND notification_id <= {}"
        " ORDER BY notification_id) TO STDOUT (FORMAT BINARY)"
    ).format(SQL(", ").join(map(SQL, COLUMNS)), Literal(first), Literal(end))
    with connection.cursor().copy(statement) as copy:
        try:
            yield from copy.rows()
        finally:
            while copy.read():  # to break off would end the transaction, and with it the snapshot
                pass


def envelope_of(row: Row) -> bytes:
    """The canonical envelope, after the zero byte that begins a leaf: equal to ``ledger.leaf.envelope``."""
    _, aggregate, version, topic, state, recorded_at, actor, previous, _ = row
    name = aggregate.hex()
    before = "null" if previous is None else _int(previous)
    return (
        f'\0{{"actor":{_quoted(actor)}'
        f',"aggregate":"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}","event":{_quoted(topic)}'
        f',"format":{FORMAT},"payload_sha256":"{hashlib.sha256(state).hexdigest()}","previous":{before}'
        f',"recorded_at":"{moment(_int(recorded_at))}","version":{_int(version)}}}'
    ).encode()


def leaf_of(row: Row) -> bytes:
    """The leaf hash of a row, made from its other columns; of an envelope that no log can hold, none."""
    envelope = envelope_of(row)
    return hashlib.sha256(envelope).digest() if len(envelope) <= LARGEST + 1 else b""


def _int(number: bytes) -> int:
    return int.from_bytes(number, "big", signed=True)


@lru_cache(10_000)
def _quoted(text: bytes) -> str:
    return encode_basestring(text.decode())


@lru_cache(10_000)
def _second(second: int) -> str:
    """The second of an instant, and the point after it; of one that no calendar has, what is no instant."""
    try:
        return instant(_EPOCH + timedelta(seconds=second))[:-7]
    except OverflowError:
        return f"{second}."


def piece(read: Iterable[Row], first: int, end: int, catalogue: Catalogue) -> Piece:
    """Check the events from ``first`` to before ``end``, each for itself and after the one before it.

    Raises Wrong; what is wrong with a row whose leaf does not fit stands as ``leaf_hash`` and is to be found out.
    """
    leaves, committed = list[bytes](), dict[int, UUID]()
    position, begin, before = first, None, 0
    for row in read:
        number, state, recorded_at, leaf = row[0], row[4], row[5], row[8]
        if _int(number) != position + 1:
            raise wrong(EVENTS, at(position), "notification_id", position + 1, _int(number))
        if leaf_of(row) != leaf:
            raise Altered(position, row)
        now = _int(recorded_at)
        if begin is None:
            begin = before = now
        check_order(position, before, now)
        before = now
        _check_payload(catalogue, position, row)
        if state[_VERSION_AT] == 0x38 and state.startswith(_BEGIN):
            committed[position] = UUID(bytes.decode(state[len(_BEGIN) : len(_BEGIN) + 36]))
        leaves.append(leaf)
        position += 1
    if position != end:
        raise wrong(EVENTS, at(position), None, "the row", "none")
    full = range(0, len(leaves) - WIDTH + 1, WIDTH)
    roots = [nodes_of(leaves[tile : tile + WIDTH])(HEIGHT, 0) for tile in full]
    return Piece(first, leaves, roots, committed, (begin or 0, before))


class Altered(Exception):
    """The columns of a row do not give its leaf hash."""

    def __init__(self, position: int, row: Row) -> None:
        super().__init__(position, row)
        self.position, self.row = position, row


@lru_cache(10_000)
def _actor_stated(actor: bytes) -> bytes:
    return f'","actor":{_quoted(actor)},'.encode()


def _check_payload(catalogue: Catalogue, position: int, row: Row) -> None:
    """The act is of the catalogue and names its actor. Only where that is not seen at once is it read: a replay reads
    every act, and its leaf hash is right already.
    """
    _, aggregate, version, topic, state, _, actor, *_ = row
    if (
        topic.decode() in catalogue.topics
        and state.startswith(_BEGIN)
        and state.startswith(_actor_stated(actor), len(_BEGIN) + 36)
    ):
        return
    try:
        act = catalogue.decode(
            topic.decode(),
            state,
            position=position,
            recorded_at=_EPOCH,
            entry_id=UUID(bytes=aggregate),
            version=_int(version),
        )
    except UnreadableEvent as error:
        raise wrong(EVENTS, at(position), "state", "an act of the catalogue", error) from None
    if act.payload.actor.encode() != actor:
        raise wrong(EVENTS, at(position), "actor", f"{act.payload.actor}, as the act states", actor.decode())


def check_order(position: int, before: int, now: int) -> None:
    """The event at ``position`` was recorded ``now``, and the one before it ``before`` that; raises Wrong."""
    if now < before:
        raise wrong(EVENTS, at(position), "recorded_at", f"not before {moment(before)}", moment(now))


def at(position: int) -> str:
    """A row of the events, named."""
    return f"position {position}"


def moment(recorded_at: int) -> str:
    """An instant, given in microseconds since 2000, as the leaf has it."""
    second, microsecond = divmod(recorded_at, 1_000_000)
    return f"{_second(second)}{microsecond:06}Z"

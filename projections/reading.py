"""Asking the registers: an entry, a list, a count - each at a day, as known at a position.

Whatever the moment, the row that answers for an entry is the newest known one that covers the day; the index finds it
without touching the others, so the past costs what the present costs, however many corrections an entry has.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import cache
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.register import ABSENT, Register
from ledger.vault import Vault
from projections.entry_states import NO_NUMBER
from projections.moment import Asked, KnownAt, Moment, newest_known

POINT = """
    SELECT * FROM entry_states
    WHERE entry_id = {entry} AND known_from <= {known} AND valid_from <= {day} AND valid_to > {day}
    ORDER BY known_from DESC LIMIT 1
"""
"""The row of one entry at a moment, to be joined LATERAL; one with status ``absent`` says that there is no entry."""

FIELDS = """
    {row}.entry_id, {row}.status, {row}.valid_from, least({row}.valid_to, (
        SELECT min(newer.valid_from) FROM entry_states newer
        WHERE newer.entry_id = {row}.entry_id AND newer.known_from > {row}.known_from
            AND newer.known_from <= {known} AND newer.valid_from > {day})),
    {row}.act, {row}.registration_number, {row}.content::text, {row}.confidential::text"""
"""The columns of an ``EntryState`` from a row of ``POINT``: it holds until the next row known by then begins."""

_PART = 1_000


class EntryState(NamedTuple):
    """An entry's state on a day. ``content`` and ``confidential`` are JSON texts; ``version`` counts its acts."""

    entry_id: UUID
    status: str
    valid_from: date
    valid_to: date
    act: int
    registration_number: str | None
    content: str
    confidential: str


def clear(state: EntryState, vault: Vault, *, confidential: bool) -> EntryState:
    """``state`` with its sealed values opened; those of the confidential part only if that is shown."""
    content = vault.shown(state.content, state.entry_id, "p")
    if not confidential:
        return state._replace(content=content)
    return state._replace(content=content, confidential=vault.shown(state.confidential, state.entry_id, "c"))


class EntryAnswer(NamedTuple):
    """One entry at a moment, with the number of acts it then had."""

    state: EntryState
    version: int
    moment: Moment


class ListQuery(NamedTuple):
    """What a list is asked for: words to be found, field filters, statuses, order, and where to go on."""

    words: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    statuses: tuple[str, ...] | None = None
    order: str = "name"
    after: tuple[Any, UUID] | None = None


def as_uuid(reference: str) -> UUID | None:
    """The entry id that ``reference`` is, or None if it is a registration number."""
    try:
        return UUID(reference) if len(reference) == 36 else None
    except ValueError:
        return None


def read_entry(
    connection: Connection[Any],
    register: Register,
    reference: str,
    as_of: date,
    asked: Asked,
    *,
    public_only: bool,
) -> EntryAnswer | None:
    """The entry named by registration number or id on ``as_of``, as then known; None if there is none."""
    statement = _entry_statement(asked.condition, by_number=as_uuid(reference) is None)
    row = (
        connection.cursor(row_factory=tuple_row)
        .execute(
            statement,
            {
                "register": register.name,
                "reference": reference,
                "day": as_of,
                "known": asked.parameter,
                "hidden": _array(register.not_public) if public_only else "{}",
                "alive": _array(register.alive),
            },
        )
        .fetchone()
    )
    if row is None:
        return None
    return EntryAnswer(EntryState(*row[:8]), row[8], Moment(as_of, KnownAt(row[9], row[10])))


@cache
def _entry_statement(condition: str, *, by_number: bool) -> str:
    if by_number:
        entries = "SELECT entry_id FROM registration_numbers WHERE register = %(register)s AND number = %(reference)s"
        named = "s.registration_number = %(reference)s"
    else:
        entries, named = "SELECT %(reference)s::uuid AS entry_id", "s.register = %(register)s"
    known = newest_known(Asked(condition, None)).replace("%s", "%(known)s")
    point = POINT.format(entry="n.entry_id", known="k.position", day="%(day)s")
    return f"""
        WITH k AS ({known})
        SELECT {FIELDS.format(row="s", known="k.position", day="%(day)s")},
            (SELECT max(version) FROM acts a WHERE a.entry_id = s.entry_id AND a.position <= k.position),
            k.position, k.recorded_at
        FROM k, ({entries}) n CROSS JOIN LATERAL ({point}) s
        WHERE s.status <> '{ABSENT}' AND {named} AND s.status <> ALL(%(hidden)s::text[])
        ORDER BY s.status = ANY(%(alive)s::text[]) DESC, s.act DESC LIMIT 1
    """


@cache
def _array(statuses: frozenset[str]) -> str:
    """Statuses as PostgreSQL writes an array: they are plain words, and a list would be written anew for each read."""
    return f"{{{','.join(sorted(statuses))}}}"


def entry_ids(connection: Connection[Any], register: Register, reference: str, moment: Moment) -> list[UUID]:
    """The entries of ``register`` that ``reference`` (number or id) named on any day, as known at ``moment``.

    The last is the one it names at ``moment``, as ``read_entry`` finds it: rather an entry that is in the register.
    """
    entry_id = as_uuid(reference)
    parameters = {
        "register": register.name,
        "reference": reference,
        "day": moment.as_of,
        "position": moment.known_at.position,
        "alive": sorted(register.alive),
    }
    if entry_id is not None:
        statement = (
            "SELECT entry_id FROM acts WHERE entry_id = %(reference)s AND register = %(register)s"
            " AND position <= %(position)s ORDER BY position LIMIT 1"
        )
    else:
        point = POINT.format(entry="n.entry_id", known="%(position)s", day="%(day)s")
        statement = f"""
            SELECT n.entry_id FROM registration_numbers n LEFT JOIN LATERAL ({point}) s
                ON s.status <> '{ABSENT}' AND s.registration_number = n.number
            WHERE n.number = %(reference)s AND n.register = %(register)s AND EXISTS (
                SELECT FROM entry_states e WHERE e.entry_id = n.entry_id AND e.registration_number = n.number
                    AND e.known_from <= %(position)s)
            ORDER BY s.entry_id IS NOT NULL, s.status = ANY(%(alive)s), s.act NULLS FIRST, n.entry_id
        """
    return [row[0] for row in connection.cursor(row_factory=tuple_row).execute(statement, parameters)]


class Listed(NamedTuple):
    """An entry in a list, and where a list that stops here goes on."""

    state: EntryState
    place: tuple[Any, UUID]


def read_list(
    connection: Connection[Any], register: Register, moment: Moment, query: ListQuery, limit: int
) -> list[Listed]:
    """The entries of ``register`` at ``moment`` that fit ``query``, in its order, at most ``limit``.

    Nearly every row fits, but the planner, taking the conditions for rare, would read and sort the whole register for
    a page. What stands in a CASE it takes to fit half the time, and so walks along the index until the page is full.
    """
    source, key, direction = _ORDERS[query.order]
    comparison = ">" if direction == "ASC" else "<"
    go_on = f"AND (n.{key}, n.entry_id) {comparison} (%(after_key)s, %(after_entry)s)" if query.after else ""
    statement = f"""
        SELECT {FIELDS.format(row="s", known="%(position)s", day="%(day)s")}, n.{key}
        FROM {source} n CROSS JOIN LATERAL ({_POINT}) s
        WHERE n.register = %(register)s {go_on}
            AND CASE WHEN {_STATE_KEYS[key]} = n.{key} {_conditions(query)} THEN true ELSE false END
        ORDER BY n.{key} {direction}, n.entry_id {direction} LIMIT %(limit)s
    """
    parameters = _parameters(register, moment, query) | {"limit": limit}
    rows = connection.cursor(row_factory=tuple_row).execute(statement, parameters)
    return [Listed(EntryState(*row[:8]), (row[8], row[0])) for row in rows]


def candidates(
    connection: Connection[Any], register: Register, moment: Moment, query: ListQuery, name: str | None
) -> list[tuple[UUID, Any, str, str | None]]:
    """The entries that fit all of ``query`` but its words: id, key of its order, what it is found by, and its ``name``.

    They come in no order. What is sealed is given as its token.
    """
    source, key, _ = _ORDERS[query.order]
    named = "NULL" if name is None else "coalesce(s.content->>%(name)s, s.confidential->>%(name)s)"
    statement = f"""
        SELECT n.entry_id, n.{key}, s.search, {named} FROM {source} n CROSS JOIN LATERAL ({_POINT}) s
        WHERE n.register = %(register)s AND {_STATE_KEYS[key]} = n.{key} {_conditions(query._replace(words=()))}
    """
    parameters = {**_parameters(register, moment, query), "name": name}
    return connection.cursor(row_factory=tuple_row).execute(statement, parameters).fetchall()


def read_whole_list(
    connection: Callable[[], AbstractContextManager[Connection[Any]]],
    register: Register,
    moment: Moment,
    query: ListQuery,
    limit: int | None = None,
) -> Iterator[Listed]:
    """All entries that fit ``query``, at most ``limit``, read part by part, each over a ``connection`` of its own.

    What was known at a position never changes, so the parts fit together whatever is recorded meanwhile.
    """
    left = sys.maxsize if limit is None else limit
    while left:
        with connection() as borrowed:
            part = read_list(borrowed, register, moment, query, min(left, _PART))
        yield from part
        if len(part) < _PART:
            return
        left -= len(part)
        query = query._replace(after=part[-1].place)


def count(connection: Connection[Any], register: Register, moment: Moment, query: ListQuery) -> int:
    """How many entries of ``register`` fit ``query`` at ``moment``, wherever the list goes on."""
    statement = f"""
        SELECT count(*) FROM entry_names n CROSS JOIN LATERAL ({_POINT}) s
        WHERE n.register = %(register)s AND s.sort_key = n.sort_key {_conditions(query)}
    """
    rows = connection.cursor(row_factory=tuple_row).execute(statement, _parameters(register, moment, query))
    return sum(row[0] for row in rows)


_ORDERS: dict[str, tuple[LiteralString, LiteralString, LiteralString]] = {
    "name": ("entry_names", "sort_key", "ASC"),
    "-name": ("entry_names", "sort_key", "DESC"),
    "registration_number": ("registration_numbers", "number", "ASC"),
    "-registration_number": ("registration_numbers", "number", "DESC"),
}
ORDERS = tuple(_ORDERS)
_STATE_KEYS = {"sort_key": "s.sort_key", "number": f"coalesce(s.registration_number, '{NO_NUMBER}')"}


_POINT = POINT.format(entry="n.entry_id", known="%(position)s", day="%(day)s")


def _conditions(query: ListQuery) -> str:
    conditions = f"AND s.status <> '{ABSENT}'"
    if query.statuses is not None:
        conditions += " AND s.status = ANY(%(statuses)s)"
    if query.filters:
        conditions += " AND s.facets LIKE ALL(%(filters)s)"
    if query.words:
        conditions += " AND s.search LIKE ALL(%(patterns)s)"
    return conditions


def _parameters(register: Register, moment: Moment, query: ListQuery) -> dict[str, Any]:
    return {
        "register": register.name,
        "day": moment.as_of,
        "position": moment.known_at.position,
        "statuses": None if query.statuses is None else list(query.statuses),
        "filters": [f"%{_literal(wanted)}%" for wanted in query.filters],
        "patterns": [f"%{_literal(word)}%" for word in query.words],
        "after_key": query.after[0] if query.after else None,
        "after_entry": query.after[1] if query.after else None,
    }


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def read_versions(connection: Connection[Any], entries: Sequence[UUID], position: int) -> dict[UUID, int]:
    """How many acts each entry had at ``position``."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT entry_id, max(version) FROM acts WHERE entry_id = ANY(%s) AND position <= %s GROUP BY entry_id",
        (list(entries), position),
    )
    return dict(rows.fetchall())

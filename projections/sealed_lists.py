"""Lists ordered by a sealed name, or searched through sealed values: what no index can do is done in the process.

Nothing from which a name could be guessed is stored for it: neither a key to sort by nor words to be found by, however
hashed, for how often they occur would tell names. So the entries that fit all else are read, what is sealed of them is
opened, and they are put in their order; the vault keeps what it has opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.latvian_text import search_key, sort_key
from domain.personal import PREFIX, TOKEN
from domain.register import Register
from ledger.vault import Vault
from projections.moment import Moment
from projections.reading import (
    FIELDS,
    POINT,
    EntryState,
    Listed,
    ListQuery,
    candidates,
    count,
    read_list,
    read_whole_list,
)

_PART = 1_000


def number_of(connection: Connection[Any], register: Register, moment: Moment, query: ListQuery, vault: Vault) -> int:
    """How many entries of ``register`` fit ``query`` at ``moment``, wherever the list goes on."""
    if query.words and register.sealed_search_fields:
        return len(_in_order(connection, register, moment, query._replace(after=None), vault))
    return count(connection, register, moment, query)


def page_of(
    connection: Connection[Any], register: Register, moment: Moment, query: ListQuery, limit: int, vault: Vault
) -> list[Listed]:
    """The entries of ``register`` at ``moment`` that fit ``query``, in its order, at most ``limit``.

    A list that is put in order here goes on after an entry, not after a name: where it goes on tells none.
    """
    if not _needs_opening(register, query):
        return read_list(connection, register, moment, query, limit)
    return _states(connection, moment, _in_order(connection, register, moment, query, vault)[:limit])


def whole_list(
    connection: Callable[[], AbstractContextManager[Connection[Any]]],
    register: Register,
    moment: Moment,
    query: ListQuery,
    vault: Vault,
    limit: int | None = None,
) -> Iterator[Listed]:
    """All entries that fit ``query``, at most ``limit``, read part by part, each over a ``connection`` of its own."""
    if not _needs_opening(register, query):
        yield from read_whole_list(connection, register, moment, query, limit)
        return
    with connection() as borrowed:
        entries = _in_order(borrowed, register, moment, query, vault)[:limit]
    for begin in range(0, len(entries), _PART):
        with connection() as borrowed:
            part = _states(borrowed, moment, entries[begin : begin + _PART])
        yield from part


def _needs_opening(register: Register, query: ListQuery) -> bool:
    """Whether ``query`` can't be answered without opening sealed values."""
    by_name = query.order.endswith("name") and register.name_field in register.sealed_fields
    return by_name or bool(query.words and register.sealed_search_fields)


def _states(connection: Connection[Any], moment: Moment, entries: list[UUID]) -> list[Listed]:
    """The states of ``entries`` at ``moment``, in the order of ``entries``."""
    point = POINT.format(entry="n.entry_id", known="%(position)s", day="%(day)s")
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"SELECT {FIELDS.format(row='s', known='%(position)s', day='%(day)s')}"
        f" FROM unnest(%(entries)s::uuid[]) WITH ORDINALITY n(entry_id, place) CROSS JOIN LATERAL ({point}) s"
        " ORDER BY n.place",
        {"entries": entries, "day": moment.as_of, "position": moment.known_at.position},
    )
    return [Listed(EntryState(*row), (b"", row[0])) for row in rows]


def _in_order(
    connection: Connection[Any], register: Register, moment: Moment, query: ListQuery, vault: Vault
) -> list[UUID]:
    """The entries that fit ``query``, in its order, after the one it goes on after."""
    by_name = query.order.endswith("name")
    sealed_name = by_name and register.name_field in register.sealed_fields
    found = []
    rows = candidates(connection, register, moment, query, register.name_field if sealed_name else None)
    vault.learn(text for row in rows for text in row[2:] if text is not None)
    for entry_id, key, search, name in rows:
        if query.words and not _is_found(query.words, search, entry_id, vault):
            continue
        found.append((sort_key(vault.plain(name or "", entry_id)) if sealed_name else key, entry_id))
    ordered = [entry_id for _, entry_id in sorted(found, reverse=query.order.startswith("-"))]
    if query.after is None or query.after[1] not in ordered:
        return ordered
    return ordered[ordered.index(query.after[1]) + 1 :]


def _is_found(words: tuple[str, ...], search: str, entry_id: UUID, vault: Vault) -> bool:
    if PREFIX in search:
        opened = (vault.opened(token, entry_id) for token in TOKEN.findall(search))
        search = " ".join((TOKEN.sub("", search), *(search_key(str(value)) for value in opened)))
    return all(word in search for word in words)

"""What is to be erased of a person: every subject under whose key something of them is sealed, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import tuple_row

from domain.latvian_text import search_key
from domain.personal import Erased, Whose, subject_of
from domain.refusals import PersonActedOn
from ledger.ledger import Ledger
from ledger.recorder import head
from ledger.subjects import code_label
from ledger.vault import Vault
from projections.four_eyes import PROPOSED

_STEM = 4
"""Letters of a word at least, and how many letters a Latvian ending takes at most is half of that."""


class Concerned(NamedTuple):
    """What an erasure is about, as known at a position of the ledger.

    ``beside`` are other persons with codes of their own in these entries: they stay.
    """

    known_at: int
    subjects: tuple[UUID, ...]
    entries: tuple[UUID, ...]
    acts: int
    values: int
    beside: tuple[UUID, ...]


class _Met(NamedTuple):
    entry: UUID
    position: int
    whose: Whose
    field: str
    token: str

    @property
    def subject(self) -> str:
        return subject_of(self.token)


def by_code(connection: Connection[Any], ledger: Ledger, vault: Vault, code: str) -> Concerned | None:
    """What there is of who has this personal code, or had it; None if nobody is known by it."""
    known_at = head(connection).position
    row = connection.cursor(row_factory=tuple_row).execute(
        "SELECT subject_id FROM vault.labels WHERE label = %s", (code_label(vault, code).told,)
    ).fetchone()  # fmt: skip
    return None if row is None else _concerned(connection, ledger, vault, known_at, {row[0].hex})


def by_field(connection: Connection[Any], ledger: Ledger, vault: Vault, entry: UUID, field: str) -> Concerned | None:
    """What there is of those who are or were named in a field of an entry; None if nobody was."""
    known_at = head(connection).position
    named = {met.subject for met in _met(connection, ledger, [entry]) if met.field == field}
    there = _not_erased(connection, named)
    return _concerned(connection, ledger, vault, known_at, there) if there else None


def check_unchanged(cursor: Cursor[Any], concerned: Concerned) -> None:
    """Raise PersonActedOn if an act recorded since is of those ``concerned``, of their entries, or proposes one.

    It might say something of them of which the erasure knows nothing.
    """
    cursor.execute(
        "SELECT e.notification_id - 1 AS position FROM ledger.events e WHERE e.notification_id > %s"
        " AND (e.originator_id = ANY(%s) OR EXISTS (SELECT FROM unnest(%s::text[]) AS told"
        " WHERE position(convert_to(told, 'UTF8') IN e.state) > 0)) ORDER BY e.notification_id LIMIT 1",
        (
            concerned.known_at + 1,
            list(concerned.entries),
            [*(f":{subject.hex}:" for subject in concerned.subjects), *map(str, concerned.entries)],
        ),
    )
    for row in cursor.fetchall():
        raise PersonActedOn(position=row["position"])


def _concerned(connection: Connection[Any], ledger: Ledger, vault: Vault, known_at: int, roots: set[str]) -> Concerned:
    met = _met(connection, ledger, _entries_with(connection, roots))
    about = {each.entry for each in met if each.whose is Whose.PERSON and each.subject in roots}
    proposals = _proposals_for(connection, {each.entry for each in met})
    met += _met(connection, ledger, list(proposals.keys() - {each.entry for each in met}))
    about |= {proposal for proposal, entries in proposals.items() if entries & about}
    codeless = _without_code(connection, {each.subject for each in met if each.whose is Whose.PERSON})
    stems = _stems(vault, [each for each in met if each.subject in roots])
    subjects, beside = set(roots), set[str]()
    for each in met:
        if each.entry in about:
            if each.whose is Whose.TEXT or (each.whose is Whose.PERSON and each.subject in codeless):
                subjects.add(each.subject)
            elif each.whose is Whose.PERSON and each.subject not in roots:
                beside.add(each.subject)
        elif each.whose is Whose.TEXT and _names(vault, each, stems):
            subjects.add(each.subject)
    concerned = [each for each in met if each.subject in subjects]
    return Concerned(
        known_at,
        tuple(sorted(map(UUID, subjects))),
        tuple(sorted({each.entry for each in concerned})),
        len({each.position for each in concerned}),
        len(concerned),
        tuple(sorted(map(UUID, beside))),
    )


def _entries_with(connection: Connection[Any], subjects: Iterable[str]) -> list[UUID]:
    """The entries in whose acts something is sealed for ``subjects``. Every act is looked at: this is asked rarely."""
    found = set[UUID]()
    for subject in subjects:
        rows = connection.cursor(row_factory=tuple_row).execute(
            "SELECT DISTINCT originator_id FROM ledger.events WHERE position(%s::bytea IN state) > 0",
            (f":{subject}:".encode(),),
        )
        found |= {row[0] for row in rows}
    return sorted(found)


def _proposals_for(connection: Connection[Any], entries: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """The proposals of acts of ``entries``, and of which of these: their notes and reasons tell of who is in them."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT e.originator_id, array_agg(w.entry) FROM ledger.events e"
        " JOIN unnest(%s::uuid[]) AS w(entry) ON position(convert_to(w.entry::text, 'UTF8') IN e.state) > 0"
        " WHERE e.topic = %s GROUP BY e.originator_id",
        (list(entries), PROPOSED),
    )
    return {proposal: set(of) for proposal, of in rows}


def _met(connection: Connection[Any], ledger: Ledger, entries: list[UUID]) -> list[_Met]:
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT originator_id, notification_id - 1, topic, state FROM ledger.events WHERE originator_id = ANY(%s)"
        " ORDER BY notification_id",
        (entries,),
    )
    return [
        _Met(entry, position, whose, field, token)
        for entry, position, topic, state in rows
        for whose, field, token in ledger.catalogue.sealed_in(topic, bytes(state))
    ]


def _without_code(connection: Connection[Any], subjects: set[str]) -> set[str]:
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT DISTINCT subject_id FROM vault.labels WHERE kind = 'code' AND subject_id = ANY(%s)",
        ([UUID(subject) for subject in subjects],),
    )
    return subjects - {row[0].hex for row in rows}


def _not_erased(connection: Connection[Any], subjects: set[str]) -> set[str]:
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT subject_id FROM vault.subjects WHERE wrapped_key IS NOT NULL AND subject_id = ANY(%s)",
        ([UUID(subject) for subject in subjects],),
    )
    return {row[0].hex for row in rows}


def _stems(vault: Vault, values: Iterable[_Met]) -> set[str]:
    """The words of ``values`` without their endings, by which a text names who they are of."""
    words: Iterator[str] = (
        word
        for each in values
        if not isinstance(value := vault.opened(each.token, each.entry), Erased)
        for word in search_key(str(value)).replace("-", " ").split()
    )
    return {word[: max(_STEM - 1, len(word) - _STEM // 2)] for word in words if len(word) >= _STEM}


def _names(vault: Vault, text: _Met, stems: set[str]) -> bool:
    said = search_key(str(vault.opened(text.token, text.entry)))
    return any(stem in said for stem in stems)

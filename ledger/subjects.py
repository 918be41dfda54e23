"""Subjects while acts are recorded: whose a value is, and under which key it is sealed.

A subject is one person. Who has a personal code is the same in whatever entry, before and after a change of code; who
has none is so within one entry, and who is but named there, by what is written. All of it is found by keyed hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

from psycopg import Cursor

from ledger.person_keys import new_key
from ledger.vault import SubjectKey, Vault

Kind = Literal["code", "entry", "value"]


class Label(NamedTuple):
    """By what a subject is found. ``told`` is the keyed hash of it."""

    kind: Kind
    told: bytes


def code_label(vault: Vault, code: str) -> Label:
    """The label of who has this personal code."""
    return Label("code", vault.keyed_hash("code", code.encode()))


def entry_label(vault: Vault, entry_id: UUID) -> Label:
    """The label of the person whom an entry is about."""
    return Label("entry", vault.keyed_hash("entry", entry_id.bytes))


def value_label(vault: Vault, entry_id: UUID, field: str, text: str) -> Label:
    """The label of who is named so in a field of an entry, or of what is written there.

    Labels are looked up before an act is decided, so that half a character, which is refused then, has one as well.
    """
    written = text.encode(errors="surrogatepass")
    return Label("value", vault.keyed_hash("value", entry_id.bytes, field.encode(), written))


class _Subject(NamedTuple):
    of: SubjectKey
    coded: bool
    """Whether a personal code leads to it."""


class Subjects:
    """The subjects of one appending transaction, read as needed under the appending lock; new ones written at once."""

    def __init__(self, cursor: Cursor[Any], vault: Vault) -> None:
        self._cursor, self.vault = cursor, vault
        self._known: dict[bytes, _Subject | None] = {}
        self._made: list[SubjectKey] = []
        self._labelled: list[tuple[Label, UUID]] = []

    @property
    def made(self) -> Sequence[SubjectKey]:
        """The subjects that are new; nobody else knows of them before the transaction commits."""
        return self._made

    def look_up(self, labels: Iterable[Label]) -> None:
        """Read at once what is known of ``labels``."""
        unknown = {label.told for label in labels if label.told not in self._known}
        if not unknown:
            return
        self._known.update(dict.fromkeys(unknown))
        self._cursor.execute(
            "SELECT l.label, s.subject_id, s.wrapped_key, s.kek_id,"
            " EXISTS (SELECT FROM vault.labels c WHERE c.subject_id = l.subject_id AND c.kind = 'code') AS coded"
            " FROM vault.labels l JOIN vault.subjects s USING (subject_id)"
            " WHERE l.label = ANY(%b) AND s.wrapped_key IS NOT NULL",
            (list(unknown),),
        )
        for row in self._cursor.fetchall():
            of = self.vault.unwrapped(row["subject_id"], bytes(row["wrapped_key"]), row["kek_id"])
            self._known[bytes(row["label"])] = _Subject(of, row["coded"])

    def of_person(self, entry: Label, codes: Sequence[Label]) -> SubjectKey:
        """The subject of the person whom an entry is about and who has ``codes``, the oldest first.

        A code that nobody has yet, stated of an entry whose person has another, is taken for another person's: a
        change of code states both, and the correction of a wrong one must not leave it with the right person.
        """
        self.look_up([entry, *codes])
        found = next((known for code in codes if (known := self._known[code.told]) is not None), None)
        if found is None:
            found = self._known[entry.told]
            if found is not None and codes and found.coded:
                found = None
        if found is None:
            found = _Subject(SubjectKey(uuid4().hex, new_key()), bool(codes))
            self._made.append(found.of)
        found = found._replace(coded=found.coded or bool(codes))
        for label in (*codes, entry):
            known = self._known[label.told]
            if known is None:
                self._labelled.append((label, UUID(found.of.subject)))
            if known is None or known.of == found.of:
                self._known[label.told] = found
        return found.of

    def of_value(self, label: Label) -> SubjectKey:
        """The subject of who is named, or of what is written, in a field."""
        self.look_up([label])
        found = self._known[label.told]
        if found is None:
            found = self._known[label.told] = _Subject(SubjectKey(uuid4().hex, new_key()), coded=False)
            self._made.append(found.of)
            self._labelled.append((label, UUID(found.of.subject)))
        return found.of

    def write(self) -> None:
        """Write the subjects and labels that are new."""
        if not self._labelled:
            return
        self._cursor.execute("SELECT kek_id FROM vault.hashing_key")
        (row,) = self._cursor.fetchall()
        wraps = row["kek_id"]
        self._cursor.execute(
            "INSERT INTO vault.subjects (subject_id, wrapped_key, kek_id)"
            " SELECT s.*, %s FROM unnest(%b::uuid[], %b::bytea[]) AS s",
            (wraps, [UUID(of.subject) for of in self._made], [self.vault.wrapped(of, wraps) for of in self._made]),
        )
        self._cursor.execute(
            "INSERT INTO vault.labels (label, kind, subject_id)"
            " SELECT * FROM unnest(%b::bytea[], %s::text[], %b::uuid[])",
            (
                [label.told for label, _ in self._labelled],
                [label.kind for label, _ in self._labelled],
                [subject for _, subject in self._labelled],
            ),
        )


def destroy(cursor: Cursor[Any], subjects: Iterable[UUID]) -> None:
    """Destroy the keys of ``subjects`` and all that leads to them. The rows stay: these keys were not lost."""
    wanted = list(subjects)
    cursor.execute(
        "INSERT INTO vault.subjects (subject_id, wrapped_key, kek_id)"
        " SELECT s.id, NULL, '' FROM unnest(%s::uuid[]) s(id)"
        " ON CONFLICT (subject_id) DO UPDATE SET wrapped_key = NULL, kek_id = ''",
        (wanted,),
    )
    cursor.execute("DELETE FROM vault.labels WHERE subject_id = ANY(%s)", (wanted,))

"""Sealing while acts are recorded: whose each value of an act is, by what the act and its entry say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from psycopg import Cursor

from domain.act import Act, Draft
from domain.catalogue import FREE_TEXTS, Catalogue, stated_fields
from domain.personal import Erased, Part, Personal, Seal, Whose, changed
from domain.register import Fields, Register
from ledger.subjects import Label, Subjects, code_label, destroy, entry_label, value_label
from ledger.vault import SubjectKey, Vault, seal

_CODES = ("former_personal_code", "personal_code")
"""The fields of a person's codes, the older one first."""


class _ActSealing:
    """Seals the values of one act, or of one that it proposes, for the entry with which they are stored."""

    def __init__(self, persons: Persons, stored_with: UUID, register: Register, entry_id: UUID, fields: Fields) -> None:
        self._persons, self._stored_with = persons, stored_with
        self._register, self._entry_id, self._fields = register, entry_id, fields

    def __call__(self, whose: Whose, field: str, text: str) -> str:
        """The token of a clear text in a field."""
        if whose is Whose.PERSON:
            of = self._persons.of_person(self._register, self._entry_id, self._fields)
        else:
            of = self._persons.of_value(self._entry_id, field, text)
        part = self._register.part_of(field) if self._entry_id == self._stored_with else "c"
        return self._persons.sealed(of, self._stored_with, part, text)

    def of_proposed(self, act: Mapping[str, Any]) -> _ActSealing:
        """What seals the values of an act that this one proposes."""
        register = self._persons.catalogue.registers[act["register_name"]]
        content: Fields = act["content"]
        stated = content["content"] if "target" in content and "content" in content else content
        return _ActSealing(self._persons, self._stored_with, register, UUID(act["entry"]), stated)


class Persons:
    """The persons of one appending transaction. What it seals it can open before anything is committed."""

    def __init__(self, cursor: Cursor[Any], vault: Vault, catalogue: Catalogue) -> None:
        self._vault, self._subjects, self.catalogue = vault, Subjects(cursor, vault), catalogue
        self._cursor, self._destroyed = cursor, False
        self._sealed: dict[str, str] = {}

    def look_up(self, drafts: Iterable[tuple[Register, Draft]]) -> None:
        """Read at once which of the persons in ``drafts`` are known."""
        self._subjects.look_up(label for register, draft in drafts for label in self._labels(register, draft))

    def sealing(self, register: Register, act: Act, content: Fields) -> Seal:
        """What seals the values of ``act``, which leaves ``content``."""
        return _ActSealing(self, act.entry_id, register, act.entry_id, {**content, **act.stated})

    def opened(self, token: str, entry_id: UUID) -> Personal:
        """The value of a token, of this transaction or an earlier one."""
        text = self._sealed.get(token)
        return self._vault.opened(token, entry_id) if text is None else Personal(text, token)

    def write(self) -> None:
        """Write the keys of persons who are new."""
        self._subjects.write()

    def destroy(self, subjects: Iterable[UUID]) -> None:
        """Destroy the keys of ``subjects``."""
        wanted = list(subjects)
        if wanted:
            self._destroyed = True
            destroy(self._cursor, wanted)

    def committed(self) -> None:
        """What was written is there for all by now."""
        self._vault.remember(self._subjects.made)
        if self._destroyed:
            self._vault.forget()

    def of_person(self, register: Register, entry_id: UUID, fields: Fields) -> SubjectKey:
        """The person whom an entry is about that holds ``fields``."""
        return self._subjects.of_person(self._entry(register, entry_id, fields), list(self._codes(fields)))

    def of_value(self, entry_id: UUID, field: str, text: str) -> SubjectKey:
        """Who is named, or what is written, in a field of an entry."""
        return self._subjects.of_value(value_label(self._vault, entry_id, field, text))

    def sealed(self, of: SubjectKey, entry_id: UUID, part: Part, text: str) -> str:
        """The token of ``text``, which is stored with an entry."""
        token = seal(of, entry_id, part, text)
        self._sealed[token] = text
        return token

    def _codes(self, fields: Fields) -> Iterator[Label]:
        for name in _CODES:
            code = fields.get(name)
            if code is not None and not isinstance(code, Erased):
                yield code_label(self._vault, code)

    def _entry(self, register: Register, entry_id: UUID, content: Fields) -> Label:
        """The label of the person whom the entry is about; where another entry is about the same person, of that."""
        linked = None if register.person is None else content.get(register.person)
        return entry_label(self._vault, entry_id if linked is None else UUID(linked))

    def _labels(self, register: Register, draft: Draft) -> list[Label]:
        found: list[Label] = []
        fields = stated_fields(draft.content)

        def note(whose: Whose, field: str, text: str) -> str:
            if whose is not Whose.PERSON:
                found.append(value_label(self._vault, draft.entry_id, field, text))
            return text

        changed(fields, register.sealed_fields, note)
        for name in FREE_TEXTS:
            text = getattr(draft, name)
            if text is not None:
                note(Whose.TEXT, name, text)
        if Whose.PERSON in register.sealed_fields.values():
            found += [self._entry(register, draft.entry_id, fields), *self._codes(fields)]
        return found

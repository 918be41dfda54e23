"""An extract said in a language, line by line, for paper to be laid out from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from domain.act import Act
from domain.legal_time import NEVER_ENDS, RIGA
from domain.register import Register
from replay.extract import words
from replay.extract.machine import Extract
from replay.extract.titles import title_of_field, title_of_value
from replay.extract.words import Language, day_said, day_written, moment_said, said

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A field with a value: what it is called, and what it holds, line by line."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act behind the entry: its kind, its decision line by line, and when it took effect and was recorded."""

    kind: str
    decision: tuple[str, ...]
    effective: str
    recorded: str


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed. ``subject`` is whom or what the entry is about; ``made_at`` is the file's date."""

    language: Language
    office: str
    title: str
    register: str
    number: str
    subject: str
    facts: tuple[Row, ...]
    moment: str
    content: tuple[Row, ...]
    confidential: tuple[Row, ...]
    acts: tuple[ActRow, ...]
    checks: tuple[str, ...]
    marks: tuple[Row, ...]
    address: str
    made_at: datetime


def printed(extract: Extract, language: Language) -> Printed:
    """``extract`` said in ``language``. Everything follows from the extract: the same one is printed the same."""
    made, stated = extract.statement, extract.statement.stated
    register, content = made.register, stated["state"]["content"]
    naming = _Naming(register, stated["named"], language)
    issue = extract.issue
    number = said(words.FOR_INFORMATION, language)
    if issue is not None:
        day = day_said(issue.act.effective_on, language)
        number = f"{said(words.NUMBERED, language, number=issue.number)}, {said(words.ISSUED_ON, language, day=day)}"
    known = made.moment.known_at
    recorded_at = known.recorded_at or _BEFORE_ALL
    moment = said(
        words.KNOWN_AT, language, moment=moment_said(recorded_at, language), position=known.position
    )  # fmt: skip
    return Printed(
        language=language,
        office=said(words.OFFICE, language),
        title=said(words.EXTRACT, language),
        register=said(register.titles, language),
        number=number,
        subject=content.get(register.name_field) or stated["registration_number"] or stated["entry"],
        facts=tuple(_facts(extract, language)),
        moment=f"{said(words.STATE_ON, language, day=day_said(made.moment.as_of, language))}, {moment}",
        content=tuple(naming.rows(content)),
        confidential=tuple(naming.rows(stated["state"].get("confidential", {}))),
        acts=tuple(_act(stored.act, language) for stored in made.acts),
        checks=tuple(_checks(extract, language)),
        marks=tuple(_marks(extract, language)),
        address=extract.check,
        made_at=recorded_at if issue is None else issue.act.recorded_at,
    )


def _facts(extract: Extract, language: Language) -> Iterator[Row]:
    register, state = extract.statement.register, extract.statement.answer.state
    basis = words.LEGAL_BASES.get(register.name)
    if basis is not None:
        yield Row(said(words.LEGAL_BASIS, language), (said(basis, language),))
    if state.registration_number is not None:
        title = title_of_field(register.name, register.number_field) or words.NUMBER
        yield Row(said(title, language), (state.registration_number,))
    first = day_written(state.valid_from, language)
    holds = said(words.VALID_SINCE, language, first=first)
    if state.valid_to != NEVER_ENDS:
        last = day_written(date.fromordinal(state.valid_to.toordinal() - 1), language)
        holds = said(words.VALID, language, first=first, last=last)
    status = register.statuses.get(state.status)
    yield Row(said(words.STATUS, language), (state.status if status is None else said(status, language), holds))


class _Naming:
    """Says the fields of a register in a language; ``named`` are the entries that they name by id."""

    def __init__(self, register: Register, named: Mapping[str, Mapping[str, Any]], language: Language) -> None:
        self._register, self._named, self._language = register, named, language

    def rows(self, content: Mapping[str, Any]) -> Iterator[Row]:
        """The fields that hold something, in the register's order; the number is told apart."""
        for field in self._register.field_order(content):
            value = content[field]
            if field != self._register.number_field and value not in (None, "", [], {}):
                yield Row(self._title(field), tuple(self._lines(field, value)))

    def _lines(self, field: str, value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, each in value.items():
                if each not in (None, "", [], {}):
                    yield f"{self._title(name)}: {'; '.join(self._lines(name, each))}"
        elif isinstance(value, list):
            for each in value:
                yield ", ".join(self._lines(field, each))
        else:
            yield self._value(field, value)

    def _title(self, field: str) -> str:
        title = title_of_field(self._register.name, field)
        return field.replace("_", " ").capitalize() if title is None else said(title, self._language)

    def _value(self, field: str, value: Any) -> str:
        if isinstance(value, bool):
            return said(words.YES if value else words.NO, self._language)
        title = title_of_value(self._register.name, field, value)
        if title is not None:
            return said(title, self._language)
        if isinstance(value, str) and value in self._named:
            other = self._named[value]
            return ", ".join(str(other[part]) for part in ("name", "registration_number") if other[part])
        if isinstance(value, str) and _DAY.fullmatch(value):
            return day_written(date.fromisoformat(value), self._language)
        return str(value)


def _act(act: Act, language: Language) -> ActRow:
    decision, kind = act.payload.decision, said(act.kind.titles, language)
    if act.kind.effect != "state":
        kind = f"{kind} ({said(words.ABOUT_ACT, language, position=act.fields['target'])})"
    day = day_written(decision.decided_on, language)
    told = (
        day if decision.number is None else said(words.DECISION_NUMBERED, language, number=decision.number, day=day),
        ", ".join(filter(None, (said(words.FORMS[decision.form], language), decision.body))),
        decision.legal_ground,
    )
    recorded = f"{act.recorded_at.astimezone(RIGA):%d.%m.%Y %H:%M}"
    return ActRow(
        kind,
        tuple(line for line in told if line is not None),
        day_written(act.effective_on, language),
        f"{recorded}, {act.position}",
    )


def _checks(extract: Extract, language: Language) -> Iterator[str]:
    address = extract.check
    if extract.issue is None:
        yield said(words.CHECK_UNNUMBERED, language, address=address)
    else:
        page = address.partition("?")[0]
        yield said(words.CHECK_NUMBERED, language, address=page, code=spaced(extract.code))
    yield said(words.CHECK_OFFLINE, language, file=said(words.FILE, language))


def _marks(extract: Extract, language: Language) -> Iterator[Row]:
    tree = extract.checkpoint
    if extract.issue is not None:
        yield Row(said(words.CODE, language), (spaced(extract.code),))
    yield Row(said(words.FINGERPRINT, language), (extract.statement.sha256,))
    yield Row(said(words.RULES, language), (extract.statement.stated["rule_version"],))
    yield Row(said(words.TREE, language), (said(words.TREE_OF, language, origin=tree.origin, size=tree.size),))


def spaced(code: str) -> str:
    """A code in groups of four digits, as people copy it."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))

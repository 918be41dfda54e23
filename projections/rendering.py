"""What is stored of a state besides its days: the texts by which an entry is shown, counted, found and ordered."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from itertools import compress
from operator import is_not
from typing import Any, NamedTuple

from pydantic_core import to_json

from domain.latvian_text import search_key, sort_key
from domain.personal import PROPOSED, Personal, as_stored, each_text
from domain.register import Fields, Register, State

LONGEST_SORT_KEY = 2_400
"""Bytes by which names are ordered: an index of PostgreSQL holds at most 2,704 a row. Longer ones go by entry."""


class Rendered(NamedTuple):
    """What the row of a state holds besides its two axes; from ``attributes`` on these are JSON texts."""

    status: str
    registration_number: str | None
    sort_key: bytes
    search: str
    facets: str
    attributes: str
    content: str
    confidential: str


class _Form(NamedTuple):
    """The fields that a content of certain fields has, in the order of the register's file, by what they are for."""

    shown: tuple[str, ...]
    hidden: tuple[str, ...]
    searched: tuple[str, ...]
    filtered: tuple[str, ...]
    sealed: tuple[str, ...]


@cache
def _form(register: Register, names: tuple[str, ...]) -> _Form:
    def among(fields: Collection[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in fields)

    shown = [name for name in names if name not in register.confidential_fields]
    sealed = {*register.sealed_fields, PROPOSED}
    return _Form(
        *map(among, (shown, register.confidential_fields, register.search_fields, register.filter_fields, sealed))
    )


class _Part:
    """A text made of what fields ``give`` for it, by ``write``; made anew when one gives something else."""

    __slots__ = ("_given", "_text", "_write")

    def __init__(self, write: Callable[[dict[str, Any]], str], given: dict[str, Any]) -> None:
        self._write, self._given = write, given
        self._text: str | None = None

    def give(self, name: str, value: Any) -> None:
        """Let the field ``name`` give ``value``."""
        self._given[name] = value
        self._text = None

    def text(self) -> str:
        """The text."""
        if self._text is None:
            self._text = self._write(self._given)
        return self._text


class Rendering:
    """Renders the states of one entry, one after the other: only what fields with another value give is made anew."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._content: Fields = {}
        self._names: tuple[str, ...] | None = None
        self._name: str | None = None
        self._sort_key = b""

    def of(self, state: State) -> Rendered:
        """The row of ``state``."""
        content = state.content
        if content is not self._content:
            self._take(content)
        return Rendered(
            state.status,
            content.get(self._register.number_field),
            self._sort_key,
            self._search.text(),
            self._facets.text(),
            self._attributes,
            self._shown.text(),
            self._hidden.text(),
        )

    def counted(self, content: Fields, stated: Fields) -> str:
        """By what an act counts that leaves ``content`` and states ``stated``: a JSON text."""
        if content is self._content:
            for attribute in self._register.told_by_acts:
                if attribute.tell(stated) is not None:
                    break
            else:
                return self._attributes
        return _json(self._register.counted_by(content, stated))

    def _take(self, content: Fields) -> None:
        names = tuple(content)
        if names == self._names:
            others = map(is_not, content.values(), self._content.values())
            changed = dict(compress(content.items(), others))
            for name, value in changed.items():
                self._render(name, value)
            counts_anew = not self._register.counting_fields.isdisjoint(changed)
        else:
            self._begin(content)
            self._names, counts_anew = names, True
        if counts_anew:
            self._attributes = _json(self._register.counted_by(content, {}))
        self._content = content
        self._sort_by(content.get(self._register.name_field) or "")

    def _begin(self, content: Fields) -> None:
        form = self._form = _form(self._register, tuple(self._register.field_order(content)))
        stored = {**content, **{name: as_stored(content[name]) for name in form.sealed}}
        self._shown = _Part(_json, {name: stored[name] for name in form.shown})
        self._hidden = _Part(_json, {name: stored[name] for name in form.hidden})
        self._search = _Part(_words, {name: _searched_as(content[name]) for name in form.searched})
        self._facets = _Part(_joined, {name: _facets(name, content[name]) for name in form.filtered})

    def _render(self, name: str, value: Any) -> None:
        form = self._form
        if name in form.searched:
            self._search.give(name, _searched_as(value))
        if name in form.filtered:
            self._facets.give(name, _facets(name, value))
        stored = as_stored(value) if name in form.sealed else value
        (self._hidden if name in form.hidden else self._shown).give(name, stored)

    def _sort_by(self, name: str) -> None:
        if name is not self._name:
            # By a sealed name nothing is ordered that others can read: those who open it put it in its place.
            key = b"" if isinstance(name, Personal) else sort_key(name)[:LONGEST_SORT_KEY]
            self._name, self._sort_key = name, key


def facet(name: str, value: Any) -> str:
    """What a state is found by that holds ``value`` in the field ``name``, or among others there."""
    return f"\n{name}={value}\n"


def _facets(name: str, value: Any) -> str:
    if value is None:
        return ""
    return "".join([facet(name, each) for each in value]) if isinstance(value, list | tuple) else facet(name, value)


def _searched_as(value: Any) -> str:
    """What the texts in ``value`` are found by; a sealed one stands there as its token, found by those who open it."""
    return _word(value) if isinstance(value, str) else " ".join(filter(None, map(_word, each_text(value))))


def _word(text: str) -> str:
    return text.token if isinstance(text, Personal) else search_key(text)


def _words(given: dict[str, str]) -> str:
    return " ".join(filter(None, given.values()))


def _joined(given: dict[str, str]) -> str:
    return "".join(given.values())


def _json(value: Any) -> str:
    return to_json(value).decode()

"""A natural person's values: what of an act is sealed before it is stored, and how a sealed value is met again.

A sealed value is stored as a token, ``sealed:1:PART:SUBJECT:DATA``. Whoever holds the key of its subject meets it as
``Personal``: a text like any other, which knows the token it is stored as. Where the key was destroyed it is
``Erased``: it says no more than that, yet is told apart from other values as before, so that nothing else of the
register changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Literal, Protocol
from uuid import UUID

PREFIX = "sealed:1:"
TOKEN = re.compile(PREFIX + r"[pc]:[0-9a-f]{32}:[A-Za-z0-9_-]+")
ERASED = "erased"
"""What is shown in the place of an erased value."""

Part = Literal["p", "c"]
"""The part of an entry in which a value is shown: the public or the confidential one. A token is good for one."""


class Whose(Enum):
    """Whose a sealed field's values are."""

    PERSON = "person"
    """Of the person whom the entry is about."""
    OTHER = "other"
    """Each of somebody else: a head, a founder, a nanny."""
    TEXT = "text"
    """A free text, which may name anyone."""


class Personal(str):
    """A sealed value as its clear text. ``token`` is what is stored of it."""

    __slots__ = ("token",)
    token: str

    def __new__(cls, text: str, token: str) -> Personal:
        """The clear ``text`` of ``token``."""
        made = super().__new__(cls, text)
        made.token = token
        return made

    @property
    def subject(self) -> str:
        """The person's pseudonym: the id of the subject under whose key the value is sealed."""
        return subject_of(self.token)


class Erased(Personal):
    """A value whose key was destroyed. Two of them are equal where the values were: where the tokens are."""

    __slots__ = ()

    def __new__(cls, token: str) -> Erased:
        """What is left of ``token``."""
        made = super().__new__(cls, ERASED, token)
        assert isinstance(made, Erased)  # noqa: S101 - tells the type checker what __new__ makes
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Erased) and other.token == self.token

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.token)


class Unsealing(Protocol):
    """Who holds the keys of persons, as far as reading goes."""

    def opened(self, token: str, entry_id: UUID) -> Personal:
        """The value that ``token`` seals in an entry; ``Erased`` if its key was destroyed.

        Raises ValueError if it is no token of that entry, or if its key is lost.
        """


class WithoutKeys:
    """Who holds no key of any person: meets every sealed value as if it were erased.

    All that is derived from acts can be so: nothing that is stored depends on what sealed values say.
    """

    def opened(self, token: str, _: UUID) -> Personal:
        """What is left of ``token``."""
        return Erased(token)


class Seal(Protocol):
    """Seals the values of one act."""

    def __call__(self, whose: Whose, field: str, text: str) -> str:
        """The token of a clear text in a field."""

    def of_proposed(self, act: Mapping[str, Any]) -> Seal:
        """What seals the values of an act that the act proposes: they are of the persons of that one's entry."""


def subject_of(token: str) -> str:
    """The id of the subject of a token: 32 hexadecimal digits."""
    return token[len(PREFIX) + 2 : len(PREFIX) + 34]


HOLDING_FIELDS = ("content", "changes")
"""Fields that hold fields of an entry: a correction's content, a reorganisation's changes."""
PROPOSED = "acts"
"""The field that holds acts of other registers, each with its ``register_name`` and ``content``."""


def as_stored(value: Any) -> Any:
    """``value`` with the tokens of what in it is personal."""
    if isinstance(value, str):
        return value.token if isinstance(value, Personal) else value
    if isinstance(value, dict):
        return {name: as_stored(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_stored(each) for each in value]
    return value


def each_text(value: Any) -> Iterator[str]:
    """The texts in ``value``, one by one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from each_text(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from each_text(part)


def changed(
    fields: Mapping[str, Any], names: Mapping[str, Whose], change: Callable[[Whose, str, str], Any]
) -> dict[str, Any]:
    """``fields`` with ``change(whose, field, text)`` in the place of each text in the fields in ``names``.

    Fields of a correction's content and of a reorganisation's changes are taken by their names as well.
    """
    made = dict(fields)
    for name, value in fields.items():
        whose = names.get(name)
        if whose is not None:
            if value:
                made[name] = _changed(value, whose, name, change)
        elif name in HOLDING_FIELDS and isinstance(value, dict):
            made[name] = changed(value, names, change)
    return made


def _changed(value: Any, whose: Whose, name: str, change: Callable[[Whose, str, str], Any]) -> Any:
    if isinstance(value, str):
        return change(whose, name, value)
    if isinstance(value, dict):
        return {key: _changed(each, whose, name, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_changed(each, whose, name, change) for each in value]
    return value

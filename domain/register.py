"""A register is one file: this module holds the terms in which such a file speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID

from domain.attribute import Attribute
from domain.mark import Link, Mark, whose_is
from domain.personal import Personal, Whose
from domain.value import Value

if TYPE_CHECKING:
    from domain.act import Payload

ABSENT = "absent"
"""The status of an entry on days on which no act has made it anything: before its first act takes effect."""

ANNULLED = "annulled"
"""The status of an entry on days on which the act that opened it is annulled."""

APPLICATION_ANNULLED = "application_annulled"
"""The same where that act is not public: nor is what it says, annulled or not."""

AT_REST = frozenset({ANNULLED, APPLICATION_ANNULLED})
"""The statuses in which the acts that rest on the one annulled rest with it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` entries that ``counts`` (by content) may rest on the same entry by ``link`` on any day."""

    link: str
    most: int
    counts: Callable[[Mapping[str, Any]], bool]
    of: Titles


class Titles(NamedTuple):
    """A name in both languages of the service."""

    lv: str
    en: str


class State(NamedTuple):
    """What is true of an entry on a day: its status and its content (plain JSON values by field name)."""

    status: str
    content: Mapping[str, Any]


NOTHING = State(ABSENT, {})

Fields = Mapping[str, Any]
"""Content as plain JSON values by field name."""


class Reason(NamedTuple):
    """Why an act does not apply: a template in English, translated by the interface, and the values that fill it."""

    message: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return self.message.format(**self.values)


Guard = Callable[[State, Fields], Reason | None]
"""(state the act meets, fields the act states) -> why the act does not apply, or None."""

Evolve = Callable[[Fields, Fields, "Payload[Any]"], Fields]
"""(content before, fields the act states, the act) -> content after."""


def content_replaced(_: Fields, stated: Fields, __: Payload[Any]) -> Fields:
    """The act states the whole content."""
    return stated


def content_merged(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    """The act states the fields that change."""
    return {**before, **stated}


def content_kept(before: Fields, _: Fields, __: Payload[Any]) -> Fields:
    """The act changes no content."""
    return before


def always(_: State, __: Fields) -> Reason | None:
    """No rule beyond the status the act must meet."""
    return None


@dataclass(frozen=True, eq=False)
class ActKind:
    """A kind of act of one register.

    ``verb`` names it in requests; ``event`` and ``version`` name it in the ledger, for ever. ``meets`` are the
    statuses in which it applies; ``gives`` is the status it leaves (None: unchanged). ``opens`` marks the acts that
    open the entry: if one is annulled, the entry is. ``guard`` says why the act does not apply, or None.
    ``evolve`` never refuses. ``public`` acts are shown to anyone, without their confidential part. ``upcasts``
    lead what version n said to version n + 1.
    """

    verb: str
    event: str
    version: int
    titles: Titles
    content: type[Value]
    meets: frozenset[str]
    gives: str | None = None
    opens: bool = False
    effect: Literal["state", "corrects", "annuls"] = "state"
    evolve: Evolve = content_kept
    guard: Guard = always
    public: bool = True
    upcasts: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)

    @cached_property
    def payload_type(self) -> type[Payload[Any]]:
        """The validated type of what an act of this kind says."""
        from domain.act import Payload

        return Payload[self.content]  # type: ignore[name-defined]


class Term(NamedTuple):
    """The last day on which a state holds by itself, and the status after it."""

    last_day: date
    status: str


@dataclass(frozen=True, slots=True)
class NumberSeries:
    """How registration numbers are given. ``space`` is where a number is alive once on any day.

    ``split(number)`` gives (series, serial) or None for a number outside the scheme; ``series(content)`` the series
    a new entry belongs to, or None if the content does not say; ``number(series, serial)`` the number, or None when
    the series is exhausted; ``warnings(number, content)`` what does not fit, to be shown, never refused.
    """

    space: str
    split: Callable[[str], tuple[str, int] | None]
    series: Callable[[Fields], str | None]
    number: Callable[[str, int], str | None]
    warnings: Callable[[str, Fields], list[str]]


def no_term(_: State) -> Term | None:
    """States of this register end by acts only."""
    return None


def no_warnings(_: Fields) -> list[str]:
    """Nothing but the number has a usual form that it might not fit."""
    return []


@dataclass(frozen=True, eq=False)
class Register:
    """A register of the service: its content, kinds of act, statuses, terms, numbers and public part.

    ``name`` is its path; ``alive`` the statuses in which an entry is in the register and its number taken;
    ``not_public`` those of applications that led to no entry; ``name_field`` is what lists are sorted by;
    ``warnings`` is what of the fields an act states does not fit, the number apart, to be shown, never refused;
    ``attributes`` are what its acts and entries are counted by, beside the columns that every act has; by those among
    ``breakdowns`` anyone may have a figure broken down;
    ``limits`` bound how many may rest on the same entry; ``ends_with`` is the act (verb and content) by which an
    entry ends on the day on which one it rests on ends;
    ``examples`` are contents by verb, shown to those who ask for acts; ``recorded_by`` says whether clerks ask for its
    acts, or the service itself records what it did (a receipt, a digest); ``person`` is the link to the entry about the
    same person, in a register that keeps no personal code of its own.
    """

    name: str
    titles: Titles
    content: type[Value]
    kinds: tuple[ActKind, ...]
    statuses: Mapping[str, Titles]
    alive: frozenset[str]
    not_public: frozenset[str]
    name_field: str
    numbers: NumberSeries
    number_field: str = "registration_number"
    public: bool = True
    recorded_by: Literal["clerks", "service"] = "clerks"
    person: str | None = None
    term: Callable[[State], Term | None] = no_term
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    breakdowns: tuple[str, ...] = ()
    warnings: Callable[[Fields], list[str]] = no_warnings
    limits: tuple[Limit, ...] = ()
    ends_with: tuple[str, Fields] | None = None
    examples: Mapping[str, Fields] = field(default_factory=dict)

    @cached_property
    def by_verb(self) -> dict[str, ActKind]:
        """The register's kinds of act by the verb of requests."""
        return {kind.verb: kind for kind in self.kinds}

    @cached_property
    def confidential_fields(self) -> frozenset[str]:
        """Content fields that only a session with the permission may see."""
        return self._marked(Mark.CONFIDENTIAL)

    @cached_property
    def links(self) -> dict[str, Link]:
        """Content fields that name the entries on which an entry rests."""
        marks = {name: info.metadata for name, info in self.content.model_fields.items()}
        return {name: mark for name, found in marks.items() for mark in found if isinstance(mark, Link)}

    def rests_on(self, content: Fields) -> list[tuple[str, UUID]]:
        """The entries that ``content`` names in its links, each with the field that names it."""
        found = []
        for name in self.links:
            named = content.get(name)
            found += [(name, UUID(each)) for each in ((named,) if isinstance(named, str) else named or ())]
        return found

    @cached_property
    def filter_fields(self) -> frozenset[str]:
        """Content fields that lists can be filtered by."""
        return self._marked(Mark.FILTER)

    @cached_property
    def search_fields(self) -> frozenset[str]:
        """Content fields that the search looks into."""
        return self._marked(Mark.SEARCH)

    def field_order(self, content: Fields) -> list[str]:
        """The names in ``content`` in the order in which the register's file declares them; others follow."""
        declared = self._declared
        known = [name for name in declared if name in content]
        return known if len(known) == len(content) else known + [name for name in content if name not in declared]

    @cached_property
    def _declared(self) -> dict[str, None]:
        return dict.fromkeys(self.content.model_fields)

    def on_day(self, state: State, day: date) -> State:
        """``state`` as it is on ``day`` if nothing is decided in between: its term may have ended by itself."""
        term = self.term(state)
        if term is not None and day > term.last_day:
            return State(term.status, state.content)
        return state

    def counted_by(self, content: Fields, stated: Fields) -> dict[str, str | int]:
        """The attributes of an act that leaves ``content`` and states ``stated``, as far as there are any."""
        found: dict[str, str | int] = {}
        for name, (told_by, _, tell) in self.attributes.items():
            value = tell(content if told_by == "entry" else stated)
            if value is None:
                continue
            if value is True or value is False:
                value = "yes" if value else "no"
            elif isinstance(value, Personal):  # told from other persons, and no more
                value = value.subject
            found[name] = value
        return found

    @cached_property
    def counting_fields(self) -> frozenset[str]:
        """The content fields on which ``attributes`` depend."""
        return frozenset(field for each in self.attributes.values() if each.told_by == "entry" for field in each.fields)

    @cached_property
    def told_by_acts(self) -> tuple[Attribute, ...]:
        """The attributes that acts themselves tell: one that tells none counts as the entry does that it leaves."""
        return tuple(attribute for attribute in self.attributes.values() if attribute.told_by == "act")

    def warnings_about(self, stated: Fields) -> list[str]:
        """What of the fields an act states does not fit their usual form, the registration number first."""
        number = stated.get(self.number_field)
        return [*([] if number is None else self.numbers.warnings(number, stated)), *self.warnings(stated)]

    @cached_property
    def sealed_fields(self) -> dict[str, Whose]:
        """The fields, of entries and of acts, whose texts are sealed before they are stored, and whose they are."""
        found: dict[str, Whose] = {}
        for content in (self.content, *(kind.content for kind in self.kinds)):
            for name, info in content.model_fields.items():
                whose = whose_is(info)
                if whose is not None and found.setdefault(name, whose) is not whose:
                    raise ValueError(f"{self.name}: field {name} is sealed as {whose} and as {found[name]}")
        return found

    @cached_property
    def sealed_search_fields(self) -> frozenset[str]:
        """Content fields that the search looks into, and that are sealed."""
        return self.search_fields & self.sealed_fields.keys()

    def part_of(self, name: str) -> Literal["p", "c"]:
        """The part of an entry in which the field is shown: the public or the confidential one."""
        return "c" if name in self.confidential_fields or name not in self._declared else "p"

    def _marked(self, mark: Mark) -> frozenset[str]:
        return frozenset(name for name, info in self.content.model_fields.items() if mark in info.metadata)

"""The application (iesniegums) for registration: the acts from its receipt to the amendments of what it led to.

They are shared by every register that is applied to, whatever its entries are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from domain.act import Annulment, Correction, Payload
from domain.legal_time import LegalDate
from domain.register import (
    ABSENT,
    ANNULLED,
    APPLICATION_ANNULLED,
    AT_REST,
    ActKind,
    Evolve,
    Fields,
    Guard,
    Reason,
    State,
    Term,
    Titles,
    content_merged,
    content_replaced,
)
from domain.stated_fields import StatedFields
from domain.time_limit import extended_too_far, from_receipt, over
from domain.value import LongText, Text, Value

APPLIED, OVERDUE, REFUSED, REGISTERED = "applied", "overdue", "refused", "registered"

BEFORE_REGISTRATION = {
    APPLIED: Titles("iesniegts", "application received"),
    OVERDUE: Titles("nokavēts termiņš", "application overdue"),
    REFUSED: Titles("atteikts", "registration refused"),
    REGISTERED: Titles("reģistrēts", "registered"),
    ANNULLED: Titles("akts atcelts", "act annulled"),
    APPLICATION_ANNULLED: Titles("iesnieguma saņemšana atcelta", "receipt of the application annulled"),
}
"""The statuses of a register that is applied to; the status after the end differs by register."""

NOT_PUBLIC = frozenset({APPLIED, OVERDUE, REFUSED, APPLICATION_ANNULLED})
"""The statuses of applications that led to no entry."""

Belongs = Callable[[Fields], Reason | None]
"""(content) -> why it does not fit the register, or None."""


class Refusal(Value):
    """A refusal (atteikums), with its reason; the name if the entry begins with it."""

    reason: LongText
    name: Text | None = None


class Deferral(Value):
    """A deferral (atlikšana) or extension of the time limit, with the new last day."""

    until: LegalDate
    reason: LongText | None = None
    name: Text | None = None


class Contents(NamedTuple):
    """The content types of a register, by what states them."""

    whole: type[Value]
    registration: type[Value]
    application: type[StatedFields]
    changes: type[StatedFields]


def time_limit(state: State) -> Term | None:
    """An application is overdue, by itself, on the day after its time limit."""
    if state.status != APPLIED:
        return None
    return Term(date.fromisoformat(state.content["due_on"]), OVERDUE)


def _received(_: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    return {**stated, **from_receipt(act)}


def _registered(_: Fields, stated: Fields, __: Payload[Any]) -> Fields:
    return {name: value for name, value in stated.items() if name != "basis"}


def _refused(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    kept = over(before)
    return kept if stated["name"] is None else {**kept, "name": stated["name"]}


def _deferred(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    named = before if stated["name"] is None else {**before, "name": stated["name"]}
    return {**named, "due_on": stated["until"]}


class Granting(NamedTuple):
    """How a register calls the act that an application asks for, and what it leads to.

    ``verb`` names the act in requests; ``noun.granted`` is its event, and ``noun.asked_refused`` that of a refusal.
    """

    verb: str
    granted: str
    asked: str
    status: str
    titles: Titles
    refused: Titles
    deferred: Titles
    evolve: Evolve
    taken_over: Evolve
    """What an import leaves."""


REGISTRATION = Granting(
    verb="register",
    granted="registered",
    asked="registration",
    status=REGISTERED,
    titles=Titles("Reģistrēšana", "Registered"),
    refused=Titles("Atteikums reģistrēt", "Registration refused"),
    deferred=Titles("Atlikts reģistrēt, pagarināts termiņš", "Registration deferred, time limit extended"),
    evolve=_registered,
    taken_over=content_replaced,
)

NAME_MISSING = "name: expected a name in an act that begins an entry, met none"


def _names_the_entry(state: State, stated: Fields) -> Reason | None:
    return Reason(NAME_MISSING, {}) if state.status in (ABSENT, REFUSED) and stated.get("name") is None else None


def _deferral_allowed(state: State, stated: Fields) -> Reason | None:
    return _names_the_entry(state, stated) or extended_too_far(state, stated)


def kinds_of_registration(noun: str, contents: Contents, belongs: Belongs) -> tuple[ActKind, ...]:
    """The kinds of act, named ``noun.…``, by which a register's entries begin and are amended."""

    def amended(state: State, stated: Fields) -> Reason | None:
        return belongs({**state.content, **stated})

    return (
        *kinds_of_granting(noun, contents, belongs, REGISTRATION),
        *kinds_of_amendment(noun, contents, amended, REGISTERED, content_merged),
    )


def kinds_of_granting(noun: str, contents: Contents, belongs: Belongs, granting: Granting) -> tuple[ActKind, ...]:
    """The kinds of act, named ``noun.…``, by which a register's entries begin."""

    def fits(_: State, stated: Fields) -> Reason | None:
        return belongs(stated)

    undecided = frozenset({ABSENT, APPLIED, OVERDUE})
    again = frozenset({ABSENT, APPLIED, OVERDUE, *AT_REST})
    return (
        ActKind("receive", f"{noun}.application_received", 1, Titles("Iesniegums saņemts", "Application received"),
                contents.application, frozenset({ABSENT, REFUSED}), APPLIED, opens=True, evolve=_received,
                guard=_names_the_entry, public=False),
        ActKind(granting.verb, f"{noun}.{granting.granted}", 1, granting.titles,
                contents.registration, again, granting.status, opens=True, evolve=granting.evolve, guard=fits),
        ActKind("import", f"{noun}.imported", 1, Titles("Pārņemts no VIIS", "Imported from VIIS"),
                contents.whole, frozenset({ABSENT}), granting.status, opens=True, evolve=granting.taken_over,
                guard=fits),
        ActKind("refuse", f"{noun}.{granting.asked}_refused", 1, granting.refused,
                Refusal, undecided, REFUSED, evolve=_refused, guard=_names_the_entry, public=False),
        ActKind("defer", f"{noun}.{granting.asked}_deferred", 1, granting.deferred,
                Deferral, undecided, APPLIED, evolve=_deferred, guard=_deferral_allowed, public=False),
    )  # fmt: skip


def kinds_of_amendment(noun: str, contents: Contents, guard: Guard, status: str, evolve: Evolve) -> tuple[ActKind, ...]:
    """The kinds of act, named ``noun.…``, about the amendment of entries that are ``status``."""
    there = frozenset({status})
    return (
        ActKind("amend", f"{noun}.amended", 1, Titles("Izmaiņas", "Amended"),
                contents.changes, there, evolve=evolve, guard=guard),
        ActKind("refuse_amendment", f"{noun}.amendment_refused", 1,
                Titles("Atteikums veikt grozījumus", "Amendment refused"), Refusal, there, public=False),
        ActKind("defer_amendment", f"{noun}.amendment_deferred", 1,
                Titles("Atlikts izdarīt grozījumus", "Amendment deferred"), Deferral, there, public=False),
    )  # fmt: skip


def kinds_about_acts(noun: str) -> tuple[ActKind, ...]:
    """The kinds of act that are about an earlier act of the entry: its correction and its annulment."""
    return (
        ActKind("correct", f"{noun}.clerically_corrected", 1, Titles("Kļūdas labojums", "Clerical correction"),
                Correction, frozenset(), effect="corrects"),
        ActKind("annul", f"{noun}.act_annulled", 1, Titles("Administratīvā akta atcelšana", "Act annulled"),
                Annulment, frozenset(), effect="annuls"),
    )  # fmt: skip

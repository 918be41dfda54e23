"""A person's application to a commission (komisija) of the service: its receipt, and how it ends without success.

It is shared by the registers in which a commission decides about persons. Nothing of an application is public.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field

from domain.act import Payload
from domain.application import APPLIED, OVERDUE, REFUSED
from domain.attribute import of_act, of_entry
from domain.legal_time import LegalDate
from domain.mark import Mark
from domain.personal_code import PersonalCode, mismatch
from domain.register import ABSENT, ActKind, Fields, Titles
from domain.sitting import Decided
from domain.time_limit import extended_too_far, from_receipt, over
from domain.value import LongText, Number, Text, Value

WITHDRAWN = "withdrawn"

UNDECIDED = frozenset({APPLIED, OVERDUE})
"""The statuses in which the commission may decide on an application."""


class Applicant(Value):
    """The person. A personal code changes once in a life; the one given before it stays with the entry."""

    name: Annotated[Text, Mark.PERSONAL, Mark.SEARCH, Field(description="First name and surname (vārds, uzvārds)")]
    personal_code: Annotated[
        PersonalCode, Mark.PERSONAL, Mark.CONFIDENTIAL, Field(description="Personal code; not public")
    ]
    former_personal_code: Annotated[
        PersonalCode | None,
        Mark.PERSONAL,
        Mark.CONFIDENTIAL,
        Field(description="Personal code before its change; not public"),
    ] = None


class Entered(Applicant):
    """What an entry holds of the person and of how it came about."""

    registration_number: Annotated[
        Number | None, Mark.SEARCH, Field(description="Number of the document; given by the service if not supplied")
    ] = None
    refused_on: Annotated[
        LegalDate | None,
        Mark.CONFIDENTIAL,
        Field(description="Day on which it was refused at first, if it was; taken from the refusal; not public"),
    ] = None


class ReasonedDecision(Decided):
    """A decision of the commission against the person, with its reason."""

    reason: LongText


class NewTimeLimit(Value):
    """An extension of the time limit (termiņa pagarināšana, atlikšana), with the new last day."""

    until: LegalDate
    reason: LongText | None = None


class Withdrawal(Value):
    """The applicant withdraws the application (iesnieguma atsaukums)."""

    reason: LongText | None = None


def _told_from_others(held: Mapping[str, Any] | None) -> str | None:
    return None if held is None else f"{held['held_on']} {held['minutes']}"


SITTING = of_act("sitting", told=_told_from_others)
"""The sitting at which an act was decided."""

REFUSED_BEFORE = of_entry("refused_on", told=lambda day: day is not None)
"""Whether the commission had refused at first."""


def warnings(stated: Fields) -> list[str]:
    """What of the personal codes stated does not fit."""
    codes = (stated.get("personal_code"), stated.get("former_personal_code"))
    return [warning for code in codes if code and (warning := mismatch(code))]


def entered(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    """The act states the whole content, and its sitting; an earlier refusal is not forgotten."""
    whole = {name: value for name, value in stated.items() if name != "sitting"}
    return {**whole, "refused_on": whole.get("refused_on") or before.get("refused_on")}


def ended(before: Fields, _: Fields, __: Payload[Any]) -> Fields:
    """The time limit of the application is of no more matter."""
    return over(before)


def _received(before: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    return {**stated, "refused_on": before.get("refused_on"), **from_receipt(act)}


def _refused(before: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    first = before.get("refused_on") or act.decision.decided_on.isoformat()
    return {**ended(before, stated, act), "refused_on": first}


def _deferred(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    return {**before, "due_on": stated["until"]}


def kinds_of_application(
    noun: str, application: type[Applicant], deferral: type[Value], after: Iterable[str] = ()
) -> tuple[ActKind, ...]:
    """The kinds of act, named ``noun.…``, from the receipt of an application to its end without what was asked for.

    ``after`` are further statuses, of the register's own, after which a person may apply again.
    """
    again = frozenset({ABSENT, REFUSED, WITHDRAWN, *after})
    return (
        ActKind("receive", f"{noun}.application_received", 1, Titles("Iesniegums saņemts", "Application received"),
                application, again, APPLIED, opens=True, evolve=_received, public=False),
        ActKind("refuse", f"{noun}.refused", 1, Titles("Atteikums izsniegt", "Refused"),
                ReasonedDecision, UNDECIDED, REFUSED, evolve=_refused, public=False),
        ActKind("defer", f"{noun}.deferred", 1,
                Titles("Lēmums atlikts, pagarināts termiņš", "Deferred, time limit extended"),
                deferral, UNDECIDED, APPLIED, evolve=_deferred, guard=extended_too_far, public=False),
        ActKind("withdraw", f"{noun}.application_withdrawn", 1,
                Titles("Iesniegums atsaukts", "Application withdrawn"),
                Withdrawal, UNDECIDED | {REFUSED}, WITHDRAWN, evolve=ended, public=False),
    )  # fmt: skip

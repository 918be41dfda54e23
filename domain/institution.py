"""The institution (iestāde): content and acts shared by every register whose entries are institutions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from domain.act import Annulment, Correction, Payload
from domain.institution_types import TYPES, InstitutionKindCode, InstitutionTypeCode, LegalStatusCode
from domain.legal_time import LegalDate
from domain.register import (
    ABSENT,
    ANNULLED,
    APPLICATION_ANNULLED,
    AT_REST,
    ActKind,
    Fields,
    Mark,
    Reason,
    State,
    StatedFields,
    Term,
    Titles,
    content_merged,
    content_replaced,
    stated_fields_of,
)
from domain.registration_number import FOUNDER_CLASSES
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
"""The statuses every register of institutions has; the status after the end differs by register."""

NOT_PUBLIC = frozenset({APPLIED, OVERDUE, REFUSED, APPLICATION_ANNULLED})
"""The statuses of applications that led to no entry."""

Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00-\x1f,|]+@[^@\s\x00-\x1f,|]+$", max_length=254)]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() -]*[0-9][0-9+() -]*$", max_length=40)]
Count = Annotated[int, Field(ge=0, le=10_000)]


ChangesT = TypeVar("ChangesT", bound=StatedFields)


class Founders(Value):
    """Founders (dibinātāji), several possible: those declared and those who in fact are."""

    declared: Annotated[tuple[Text, ...], Field(min_length=1, max_length=100)]
    actual: Annotated[tuple[Text, ...], Field(min_length=1, max_length=100)]


class Institution(Value):
    """What the register holds of an institution on a day. An application may state only part of it."""

    name: Annotated[Text, Mark.SEARCH, Field(description="Name (nosaukums)")]
    registration_number: Annotated[
        Number | None,
        Mark.SEARCH,
        Field(description="Registration number; given by the service if not supplied"),
    ] = None
    kind: Annotated[InstitutionKindCode, Mark.FILTER, Field(description="Kind (veids)")]
    type: Annotated[InstitutionTypeCode, Mark.FILTER, Field(description="Type (tips)")]
    legal_status: Annotated[LegalStatusCode, Mark.FILTER, Field(description="Legal status (juridiskais status)")]
    founders: Annotated[Founders, Mark.SEARCH, Field(description="Declared and actual founders")]
    address: Annotated[Text, Mark.SEARCH, Field(description="Address, as in the State Address Register")]
    head: Annotated[Text | None, Mark.SEARCH, Field(description="Name of the head (vadītājs)")] = None
    phones: Annotated[tuple[Phone, ...], Field(max_length=20, description="Telephone numbers")] = ()
    emails: Annotated[tuple[Email, ...], Field(max_length=20, description="E-mail addresses")] = ()
    contact_person: Annotated[
        Text | None, Mark.CONFIDENTIAL, Field(description="Contact person for the service; not public")
    ] = None
    branches: Annotated[Count, Field(description="Number of branches (filiāles)")] = 0
    units: Annotated[Count, Field(description="Number of units (struktūrvienības)")] = 0
    programme_sites: Annotated[
        tuple[Text, ...], Field(max_length=100, description="Programme sites (īstenošanas vietas)")
    ] = ()
    territory: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] | None,
        Mark.FILTER,
        Field(description="Two-digit territory of the registration number's series"),
    ] = None
    founder_class: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[0-9]$")] | None,
        Mark.FILTER,
        Field(description="Founder class digit: 9 municipality, 8 private law, 0-7 state"),
    ] = None
    predecessors: Annotated[
        tuple[UUID, ...], Field(max_length=50, description="Entries this one continues (reorganisation)")
    ] = ()
    successors: Annotated[
        tuple[UUID, ...], Field(max_length=50, description="Entries that continue this one (reorganisation)")
    ] = ()

    @model_validator(mode="after")
    def _type_is_of_the_kind(self) -> Institution:
        expected = TYPES[self.type].kind
        if expected != self.kind:
            raise ValueError(f"kind: expected {expected} for type {self.type}, met {self.kind}")
        return self


ENTRY_LINKS = frozenset({"predecessors", "successors"})
NOT_AMENDED = ENTRY_LINKS | {"registration_number"}

InstitutionApplication = stated_fields_of(Institution, "InstitutionApplication", without=NOT_AMENDED)
InstitutionChanges = stated_fields_of(Institution, "InstitutionChanges", without=NOT_AMENDED)

RegistrationBasis = Literal["new", "type_or_name_changed", "reorganised"]


class InstitutionRegistration(Institution):
    """The content of a registration, and what brought it about."""

    basis: RegistrationBasis = "new"


class Refusal(Value):
    """A refusal (atteikums), with its reason; the name if the entry begins with it."""

    reason: LongText
    name: Text | None = None


class Deferral(Value):
    """A deferral (atlikšana) or extension of the time limit, with the new last day."""

    until: LegalDate
    reason: LongText | None = None
    name: Text | None = None


class Removal(Value):
    """Removal from the register: struck off (svītrošana) or excluded (izslēgšana)."""

    basis: Literal["liquidation", "reorganised", "type_or_name_changed", "own_request", "other"]
    successors: tuple[UUID, ...] = Field(default=(), max_length=50)


class Reorganisation(Value, Generic[ChangesT]):
    """A reorganisation that the institution survives: absorbing, splitting off, or changing type or name."""

    form: Literal["merge", "absorb", "split", "change_of_type", "change_of_name"]
    predecessors: tuple[UUID, ...] = Field(default=(), max_length=50)
    successors: tuple[UUID, ...] = Field(default=(), max_length=50)
    changes: ChangesT | None = None


def one_month_after(day: date) -> date:
    """The last day of a time limit of one month from ``day`` (Administrative Procedure Law s. 64(1))."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def time_limit(state: State) -> Term | None:
    """An application is overdue, by itself, on the day after its time limit."""
    if state.status != APPLIED:
        return None
    return Term(date.fromisoformat(state.content["due_on"]), OVERDUE)


def _received(_: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    return {**stated, "due_on": one_month_after(act.received_on or act.effective_on).isoformat()}


def _registered(_: Fields, stated: Fields, __: Payload[Any]) -> Fields:
    return {name: value for name, value in stated.items() if name != "basis"}


def _refused(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    kept = {name: value for name, value in before.items() if name != "due_on"}
    return kept if stated["name"] is None else {**kept, "name": stated["name"]}


def _deferred(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    named = before if stated["name"] is None else {**before, "name": stated["name"]}
    return {**named, "due_on": stated["until"]}


def _removed(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    return {**before, "successors": [*before["successors"], *stated["successors"]]}


def _reorganised(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    return {
        **before,
        **(stated["changes"] or {}),
        "predecessors": [*before["predecessors"], *stated["predecessors"]],
        "successors": [*before["successors"], *stated["successors"]],
    }


NAME_MISSING = "name: expected the institution's name in an act that begins an entry, met none"
KIND_OF_TYPE = "kind: expected {expected} for type {type}, met {met}"


def _names_the_entry(state: State, stated: Fields) -> Reason | None:
    return Reason(NAME_MISSING, {}) if state.status in (ABSENT, REFUSED) and stated.get("name") is None else None


def type_fits_kind(content: Fields) -> Reason | None:
    """Why ``content``'s kind is not the kind of its type, or None."""
    expected = TYPES[content["type"]].kind
    if content["kind"] != expected:
        return Reason(KIND_OF_TYPE, {"expected": expected, "type": content["type"], "met": content["kind"]})
    return None


def founder_class_of(content: Fields) -> str | None:
    """``state``, ``private`` or ``municipal``; None where the content does not say."""
    digit = content.get("founder_class")
    return None if digit is None else FOUNDER_CLASSES[digit]


class Contents(NamedTuple):
    """The content types of a register of institutions, by what states them."""

    whole: type[Value]
    registration: type[Value]
    application: type[StatedFields]
    changes: type[StatedFields]


INSTITUTION_CONTENTS = Contents(Institution, InstitutionRegistration, InstitutionApplication, InstitutionChanges)


def kinds_of_act(
    noun: str, removal: ActKind, contents: Contents, belongs: Callable[[Fields], Reason | None]
) -> tuple[ActKind, ...]:
    """The kinds of act of a register of institutions whose events are named ``noun.…``.

    ``removal`` is the register's own act that ends registration; ``belongs`` says why a content does not fit the
    register, or None.
    """

    def fits(_: State, stated: Fields) -> Reason | None:
        return belongs(stated)

    def amended(state: State, stated: Fields) -> Reason | None:
        return belongs({**state.content, **stated})

    def reorganised(state: State, stated: Fields) -> Reason | None:
        return belongs({**state.content, **(stated["changes"] or {})})

    undecided = frozenset({ABSENT, APPLIED, OVERDUE})
    again = frozenset({ABSENT, APPLIED, OVERDUE, *AT_REST})
    registered = frozenset({REGISTERED})
    return (
        ActKind("receive", f"{noun}.application_received", 1, Titles("Iesniegums saņemts", "Application received"),
                contents.application, frozenset({ABSENT, REFUSED}), APPLIED, opens=True, evolve=_received,
                guard=_names_the_entry, public=False),
        ActKind("register", f"{noun}.registered", 1, Titles("Reģistrēšana", "Registered"),
                contents.registration, again, REGISTERED, opens=True, evolve=_registered, guard=fits),
        ActKind("import", f"{noun}.imported", 1, Titles("Pārņemts no VIIS", "Imported from VIIS"),
                contents.whole, frozenset({ABSENT}), REGISTERED, opens=True, evolve=content_replaced, guard=fits),
        ActKind("refuse", f"{noun}.registration_refused", 1, Titles("Atteikums reģistrēt", "Registration refused"),
                Refusal, undecided, REFUSED, evolve=_refused, guard=_names_the_entry, public=False),
        ActKind("defer", f"{noun}.registration_deferred", 1,
                Titles("Atlikts reģistrēt, pagarināts termiņš", "Registration deferred, time limit extended"),
                Deferral, undecided, APPLIED, evolve=_deferred, guard=_names_the_entry, public=False),
        ActKind("amend", f"{noun}.amended", 1, Titles("Izmaiņas", "Amended"),
                contents.changes, registered, evolve=content_merged, guard=amended),
        ActKind("refuse_amendment", f"{noun}.amendment_refused", 1,
                Titles("Atteikums veikt grozījumus", "Amendment refused"), Refusal, registered, public=False),
        ActKind("defer_amendment", f"{noun}.amendment_deferred", 1,
                Titles("Atlikts izdarīt grozījumus", "Amendment deferred"), Deferral, registered, public=False),
        ActKind("reorganise", f"{noun}.reorganised", 1, Titles("Reorganizācija", "Reorganised"),
                Reorganisation[contents.changes], registered,  # type: ignore[name-defined]
                evolve=_reorganised, guard=reorganised),
        removal,
        ActKind("correct", f"{noun}.clerically_corrected", 1, Titles("Kļūdas labojums", "Clerical correction"),
                Correction, frozenset(), effect="corrects"),
        ActKind("annul", f"{noun}.act_annulled", 1, Titles("Administratīvā akta atcelšana", "Act annulled"),
                Annulment, frozenset(), effect="annuls"),
    )  # fmt: skip


def removal_kind(verb: str, event: str, titles: Titles, status: str) -> ActKind:
    """The act that ends a registration, under the verb and status of its register."""
    return ActKind(verb, event, 1, titles, Removal, frozenset({REGISTERED}), status, evolve=_removed)

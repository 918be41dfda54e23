"""The institution (iestāde): content and acts shared by every register whose entries are institutions."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from domain.act import Payload
from domain.application import REGISTERED, Belongs, Contents, kinds_about_acts, kinds_of_registration
from domain.institution_types import TYPES, InstitutionKindCode, InstitutionTypeCode, LegalStatusCode
from domain.mark import Mark
from domain.register import ActKind, Fields, Reason, State, Titles
from domain.registration_number import FOUNDER_CLASSES
from domain.stated_fields import StatedFields, stated_fields_of
from domain.value import Count, Email, Number, Phone, Text, Value

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
    founders: Annotated[Founders, Mark.NAMED, Mark.SEARCH, Field(description="Declared and actual founders")]
    address: Annotated[Text, Mark.SEARCH, Field(description="Address, as in the State Address Register")]
    head: Annotated[Text | None, Mark.NAMED, Mark.SEARCH, Field(description="Name of the head (vadītājs)")] = None
    phones: Annotated[tuple[Phone, ...], Field(max_length=20, description="Telephone numbers")] = ()
    emails: Annotated[tuple[Email, ...], Field(max_length=20, description="E-mail addresses")] = ()
    contact_person: Annotated[
        Text | None, Mark.NAMED, Mark.CONFIDENTIAL, Field(description="Contact person for the service; not public")
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


def _removed(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    return {**before, "successors": [*before["successors"], *stated["successors"]]}


def _reorganised(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    return {
        **before,
        **(stated["changes"] or {}),
        "predecessors": [*before["predecessors"], *stated["predecessors"]],
        "successors": [*before["successors"], *stated["successors"]],
    }


KIND_OF_TYPE = "kind: expected {expected} for type {type}, met {met}"


def type_fits_kind(content: Fields) -> Reason | None:
    """Why ``content``'s kind is not the kind of its type, or None."""
    expected = TYPES[content["type"]].kind
    if content["kind"] != expected:
        return Reason(KIND_OF_TYPE, {"expected": expected, "type": content["type"], "met": content["kind"]})
    return None


def founder_class(digit: str | None) -> str | None:
    """``state``, ``private`` or ``municipal``; None where there is no digit to say it."""
    return None if digit is None else FOUNDER_CLASSES[digit]


INSTITUTION_CONTENTS = Contents(Institution, InstitutionRegistration, InstitutionApplication, InstitutionChanges)


def kinds_of_act(noun: str, removal: ActKind, contents: Contents, belongs: Belongs) -> tuple[ActKind, ...]:
    """The kinds of act of a register of institutions whose events are named ``noun.…``.

    ``removal`` is the register's own act that ends registration; ``belongs`` says why a content does not fit the
    register, or None.
    """

    def reorganised(state: State, stated: Fields) -> Reason | None:
        return belongs({**state.content, **(stated["changes"] or {})})

    return (
        *kinds_of_registration(noun, contents, belongs),
        ActKind("reorganise", f"{noun}.reorganised", 1, Titles("Reorganizācija", "Reorganised"),
                Reorganisation[contents.changes], frozenset({REGISTERED}),  # type: ignore[name-defined]
                evolve=_reorganised, guard=reorganised),
        removal,
        *kinds_about_acts(noun),
    )  # fmt: skip


def removal_kind(verb: str, event: str, titles: Titles, status: str) -> ActKind:
    """The act that ends a registration, under the verb and status of its register."""
    return ActKind(verb, event, 1, titles, Removal, frozenset({REGISTERED}), status, evolve=_removed)

"""Register of scientific institutions (Zinātnisko institūciju reģistrs), Law on Scientific Activity.

It shares the institution's acts under verbs of its own: an institution is excluded (izslēgta), not struck off.
Its numbers have six digits.
"""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.institution import (
    BEFORE_REGISTRATION,
    NOT_AMENDED,
    NOT_PUBLIC,
    REGISTERED,
    Contents,
    Count,
    Email,
    Founders,
    Number,
    Phone,
    RegistrationBasis,
    kinds_of_act,
    removal_kind,
    time_limit,
)
from domain.institution_examples import INSTITUTE, examples_of
from domain.institution_types import LegalStatusCode
from domain.register import Facts, Fields, Mark, NumberSeries, Register, Titles, stated_fields_of
from domain.value import Text, Value

EXCLUDED = "excluded"
_FORM = re.compile(r"[0-9]{6}")


class ScientificInstitution(Value):
    """What the register holds of a scientific institution on a day."""

    name: Annotated[Text, Mark.SEARCH, Field(description="Name (nosaukums)")]
    registration_number: Annotated[
        Number | None,
        Mark.SEARCH,
        Field(description="Registration number; given by the service if not supplied"),
    ] = None
    legal_status: Annotated[LegalStatusCode, Mark.FILTER, Field(description="Legal status (juridiskais status)")]
    founders: Annotated[Founders, Mark.SEARCH, Field(description="Declared and actual founders")]
    address: Annotated[Text, Mark.SEARCH, Field(description="Address, as in the State Address Register")]
    head: Annotated[Text | None, Mark.SEARCH, Field(description="Name of the head (vadītājs)")] = None
    phones: Annotated[tuple[Phone, ...], Field(max_length=20, description="Telephone numbers")] = ()
    emails: Annotated[tuple[Email, ...], Field(max_length=20, description="E-mail addresses")] = ()
    contact_person: Annotated[
        Text | None, Mark.CONFIDENTIAL, Field(description="Contact person for the service; not public")
    ] = None
    doctors: Annotated[Count | None, Field(description="Persons with a doctoral degree")] = None
    predecessors: Annotated[tuple[UUID, ...], Field(max_length=50, description="Entries this one continues")] = ()
    successors: Annotated[tuple[UUID, ...], Field(max_length=50, description="Entries that continue this one")] = ()


class ScientificRegistration(ScientificInstitution):
    """The content of a registration, and what brought it about."""

    basis: RegistrationBasis = "new"


CONTENTS = Contents(
    ScientificInstitution,
    ScientificRegistration,
    stated_fields_of(ScientificInstitution, "ScientificInstitutionApplication", without=NOT_AMENDED),
    stated_fields_of(ScientificInstitution, "ScientificInstitutionChanges", without=NOT_AMENDED),
)


def split(number: str) -> tuple[str, int] | None:
    """All six-digit numbers are of one series."""
    return ("", int(number)) if _FORM.fullmatch(number) else None


def number_in(_: str, serial: int) -> str | None:
    """The six-digit number with ``serial``, or None when they are used up."""
    return f"{serial:06d}" if serial < 1_000_000 else None


def mismatches(number: str, _: Fields) -> list[str]:
    """A warning for a number that has not six digits."""
    return [] if _FORM.fullmatch(number) else [f"registration number: expected six digits, met {number!r}"]


def facts(_: Fields, stated: Fields) -> Facts:
    """Acts are counted by kind and basis."""
    return Facts(basis=stated.get("basis"))


exclude = removal_kind(
    "exclude", "scientific_institution.excluded", Titles("Izslēgšana no reģistra", "Excluded"), EXCLUDED
)

REGISTER = Register(
    name="scientific-institutions",
    titles=Titles("Zinātnisko institūciju reģistrs", "Register of scientific institutions"),
    content=ScientificInstitution,
    kinds=kinds_of_act("scientific_institution", exclude, CONTENTS, lambda _: None),
    statuses={**BEFORE_REGISTRATION, EXCLUDED: Titles("izslēgts", "excluded")},
    alive=frozenset({REGISTERED}),
    not_public=NOT_PUBLIC,
    name_field="name",
    numbers=NumberSeries("scientific", split, lambda _: "", number_in, mismatches),
    term=time_limit,
    facts=facts,
    examples=examples_of(INSTITUTE, "900001", "exclude"),
)

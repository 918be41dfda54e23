"""Register of scientific institutions (Zinātnisko institūciju reģistrs), Law on Scientific Activity.

It shares the institution's acts under verbs of its own: an institution is excluded (izslēgta), not struck off.
Its numbers have six digits.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.application import BEFORE_REGISTRATION, NOT_PUBLIC, REGISTERED, Contents, time_limit
from domain.attribute import of_act
from domain.institution import NOT_AMENDED, Founders, RegistrationBasis, kinds_of_act, removal_kind
from domain.institution_examples import INSTITUTE, examples_of
from domain.institution_types import LegalStatusCode
from domain.mark import Mark
from domain.register import Register, Titles
from domain.six_digit_number import numbers_in
from domain.stated_fields import stated_fields_of
from domain.value import Count, Email, Number, Phone, Text, Value

EXCLUDED = "excluded"


class ScientificInstitution(Value):
    """What the register holds of a scientific institution on a day."""

    name: Annotated[Text, Mark.SEARCH, Field(description="Name (nosaukums)")]
    registration_number: Annotated[
        Number | None,
        Mark.SEARCH,
        Field(description="Registration number; given by the service if not supplied"),
    ] = None
    legal_status: Annotated[LegalStatusCode, Mark.FILTER, Field(description="Legal status (juridiskais status)")]
    founders: Annotated[Founders, Mark.NAMED, Mark.SEARCH, Field(description="Declared and actual founders")]
    address: Annotated[Text, Mark.SEARCH, Field(description="Address, as in the State Address Register")]
    head: Annotated[Text | None, Mark.NAMED, Mark.SEARCH, Field(description="Name of the head (vadītājs)")] = None
    phones: Annotated[tuple[Phone, ...], Field(max_length=20, description="Telephone numbers")] = ()
    emails: Annotated[tuple[Email, ...], Field(max_length=20, description="E-mail addresses")] = ()
    contact_person: Annotated[
        Text | None, Mark.NAMED, Mark.CONFIDENTIAL, Field(description="Contact person for the service; not public")
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
    numbers=numbers_in("scientific"),
    term=time_limit,
    attributes={"basis": of_act("basis")},
    examples=examples_of(INSTITUTE, "900001", "exclude"),
)

"""Register of childcare providers (Bērnu uzraudzības pakalpojuma sniedzēju reģistrs), MK 404/2013.

A provider is a natural or a legal person. Where a natural person lives and how to reach them is kept apart from the
public contacts of legal persons, and is confidential; so are personal codes and the names of attached nannies.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.application import (
    BEFORE_REGISTRATION,
    NOT_PUBLIC,
    REGISTERED,
    Contents,
    kinds_about_acts,
    kinds_of_registration,
    time_limit,
)
from domain.attribute import of_act, of_entry
from domain.legal_number import LegalNumber
from domain.legal_number import mismatch as mismatch_of_legal_number
from domain.mark import Mark
from domain.personal_code import PersonalCode
from domain.personal_code import mismatch as mismatch_of_personal_code
from domain.register import ActKind, Fields, Reason, Register, Titles
from domain.six_digit_number import numbers_in
from domain.stated_fields import stated_fields_of
from domain.value import Email, Number, Phone, Text, Value

EXCLUDED = "excluded"


class PrivateContacts(Value):
    """Where a natural person lives and how the service reaches them."""

    address: Text | None = None
    phones: Annotated[tuple[Phone, ...], Field(max_length=20)] = ()
    emails: Annotated[tuple[Email, ...], Field(max_length=20)] = ()


class ChildcareProvider(Value):
    """What the register holds of a provider on a day. An application may state only part of it."""

    name: Annotated[
        Text, Mark.PERSONAL, Mark.SEARCH, Field(description="Name of the person or firm (vārds, uzvārds; nosaukums)")
    ]
    registration_number: Annotated[
        Number | None,
        Mark.SEARCH,
        Field(description="Registration number; given by the service if not supplied"),
    ] = None
    provider_kind: Annotated[
        Literal["natural", "legal"], Mark.FILTER, Field(description="Natural person (sole traders included) or legal")
    ]
    personal_code: Annotated[
        PersonalCode | None,
        Mark.PERSONAL,
        Mark.CONFIDENTIAL,
        Field(description="Personal code of a natural person; not public"),
    ] = None
    legal_registration_number: Annotated[
        LegalNumber | None, Mark.SEARCH, Field(description="Number of a legal person (nodokļu maksātāja numurs)")
    ] = None
    service: Annotated[
        Literal["short", "full_time", "both"],
        Mark.FILTER,
        Field(description="Up to four hours a day (īslaicīgs), more (pilna laika), or both"),
    ]
    address: Annotated[Text | None, Mark.SEARCH, Field(description="Legal address of a legal person")] = None
    phones: Annotated[tuple[Phone, ...], Field(max_length=20, description="Telephone numbers of a legal person")] = ()
    emails: Annotated[tuple[Email, ...], Field(max_length=20, description="E-mail addresses of a legal person")] = ()
    private_contacts: Annotated[
        PrivateContacts | None,
        Mark.PERSONAL,
        Mark.CONFIDENTIAL,
        Field(description="Contacts of a natural person; not public"),
    ] = None
    places: Annotated[
        tuple[Text, ...],
        Mark.PERSONAL,
        Mark.SEARCH,
        Field(max_length=100, description="Places of service, as far as they are public"),
    ] = ()
    manager: Annotated[
        Text | None, Mark.NAMED, Mark.SEARCH, Field(description="Manager (vadītājs) of a legal person")
    ] = None
    nannies: Annotated[
        tuple[Text, ...],
        Mark.NAMED,
        Mark.CONFIDENTIAL,
        Field(max_length=500, description="Attached nannies (aukles); not public"),
    ] = ()

    @model_validator(mode="after")
    def _fits_the_kind(self) -> ChildcareProvider:
        reason = misfit(dict(self))
        if reason is not None:
            raise ValueError(str(reason))
        return self


class Exclusion(Value):
    """Exclusion from the register (izslēgšana). What else there is to say of it is the act's note, not public."""

    basis: Literal["own_request", "founder_liquidated", "business_ended", "service_ended", "other"]


_WANTED = {"natural": ("personal_code",), "legal": ("legal_registration_number", "address", "nannies")}
_FOREIGN = {
    "natural": ("legal_registration_number", "address", "phones", "emails", "manager"),
    "legal": ("personal_code", "private_contacts"),
}
FIELD_MISSING = "{field}: expected a value for a {kind} person, met none"
FIELD_OF_OTHERS = "{field}: expected none for a {kind} person, met one"


def misfit(content: Fields) -> Reason | None:
    """Why ``content`` does not fit the kind of person the provider is, or None. No value is repeated."""
    kind = content["provider_kind"]
    for field in _WANTED[kind]:
        if not content[field]:
            return Reason(FIELD_MISSING, {"field": field, "kind": kind})
    for field in _FOREIGN[kind]:
        if content[field]:
            return Reason(FIELD_OF_OTHERS, {"field": field, "kind": kind})
    return None


def warnings(stated: Fields) -> list[str]:
    """What of the codes stated does not fit."""
    code, number = stated.get("personal_code"), stated.get("legal_registration_number")
    found = (code and mismatch_of_personal_code(code), number and mismatch_of_legal_number(number))
    return [warning for warning in found if warning]


CONTENTS = Contents(
    whole=ChildcareProvider,
    registration=ChildcareProvider,
    application=stated_fields_of(
        ChildcareProvider, "ChildcareProviderApplication", without=frozenset({"registration_number"})
    ),
    changes=stated_fields_of(
        ChildcareProvider, "ChildcareProviderChanges", without=frozenset({"registration_number", "provider_kind"})
    ),
)

exclude = ActKind(
    "exclude", "childcare_provider.excluded", 1, Titles("Izslēgšana no reģistra", "Excluded"), Exclusion,
    frozenset({REGISTERED}), EXCLUDED,
)  # fmt: skip

_NANNY: Fields = {
    "name": "Ilze Ezeriņa",
    "provider_kind": "natural",
    "personal_code": "390000-00018",
    "service": "full_time",
    "private_contacts": {"address": "EZERA IELA 3 - 4, RĪGA, LV-1034", "phones": ["20000001"]},
}
_EXAMPLES: dict[str, Fields] = {
    "receive": {"name": _NANNY["name"], "provider_kind": "natural", "service": "full_time"},
    "register": _NANNY,
    "import": {**_NANNY, "registration_number": "900001"},
    "refuse": {"name": _NANNY["name"], "reason": "Nav apgūti bērnu uzraudzības kursi."},
    "defer": {"name": _NANNY["name"], "until": "2027-03-01", "reason": "Nav saņemta Sodu reģistra izziņa."},
    "amend": {"service": "both", "places": ["EZERA IELA 5, RĪGA, LV-1034"]},
    "refuse_amendment": {"reason": "Pievienotajai auklei nav veselības pārbaudes."},
    "defer_amendment": {"until": "2027-03-01", "reason": "Nav saņemta pārtikas uzņēmuma atļauja."},
    "exclude": {"basis": "own_request"},
    "correct": {"target": 0, "content": {**_NANNY, "registration_number": "900001"}},
    "annul": {"target": 0, "mode": "ex_tunc", "reason": "Lēmums pieņemts par citu personu."},
}

REGISTER = Register(
    name="childcare-providers",
    titles=Titles("Bērnu uzraudzības pakalpojuma sniedzēju reģistrs", "Register of childcare providers"),
    content=ChildcareProvider,
    kinds=(
        *kinds_of_registration("childcare_provider", CONTENTS, misfit),
        exclude,
        *kinds_about_acts("childcare_provider"),
    ),
    statuses={**BEFORE_REGISTRATION, EXCLUDED: Titles("izslēgts", "excluded")},
    alive=frozenset({REGISTERED}),
    not_public=NOT_PUBLIC,
    name_field="name",
    numbers=numbers_in("childcare"),
    term=time_limit,
    attributes={"kind": of_entry("provider_kind"), "type": of_entry("service"), "basis": of_act("basis")},
    breakdowns=("kind", "type"),
    warnings=warnings,
    examples=_EXAMPLES,
)

"""Register of other institutions under the Education Law (citas Izglītības likumā noteiktās institūcijas), MK 397/2015.

Since 1 September 2015 associations, foundations, workshops of craft masters, studios and those units of the National
Armed Forces whose tasks include the education of adults are registered apart from educational institutions. The
register was abolished by the amendments of the law in 2022; its entries stay readable.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

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
from domain.legal_time import LegalDate
from domain.mark import Mark
from domain.register import ActKind, Fields, Register, Titles
from domain.six_digit_number import numbers_in
from domain.stated_fields import stated_fields_of
from domain.value import Email, Number, Phone, Text, Value

STRUCK_OFF = "struck_off"


class OtherInstitution(Value):
    """What the register holds of an institution on a day. An application may state only part of it."""

    name: Annotated[Text, Mark.SEARCH, Field(description="Name, in the state language (State Language Law s. 18)")]
    registration_number: Annotated[
        Number | None,
        Mark.SEARCH,
        Field(description="Registration number; given by the service if not supplied"),
    ] = None
    kind: Annotated[
        Literal["association", "foundation", "craft_workshop", "studio", "armed_forces_unit"],
        Mark.FILTER,
        Field(description="Kind of institution (biedrība, nodibinājums, amatnieku darbnīca, studija, NBS vienība)"),
    ]
    legal_registration_number: Annotated[
        LegalNumber | None, Mark.SEARCH, Field(description="Number of the legal person (nodokļu maksātāja numurs)")
    ] = None
    statutes_of: Annotated[
        LegalDate | None, Field(description="Date of the statutes or by-law that the application came with")
    ] = None
    address: Annotated[Text, Mark.SEARCH, Field(description="Address, as in the State Address Register")]
    head: Annotated[Text | None, Mark.NAMED, Mark.SEARCH, Field(description="Name of the head (vadītājs)")] = None
    phones: Annotated[tuple[Phone, ...], Field(max_length=20, description="Telephone numbers")] = ()
    emails: Annotated[tuple[Email, ...], Field(max_length=20, description="E-mail addresses")] = ()
    contact_person: Annotated[
        Text | None, Mark.NAMED, Mark.CONFIDENTIAL, Field(description="Contact person for the service; not public")
    ] = None


class StrikingOff(Value):
    """The end of a registration (svītrošana no reģistra)."""

    basis: Literal["own_request", "liquidation", "reorganisation", "activity_ended", "other"]


def warnings(stated: Fields) -> list[str]:
    """What of the number of the legal person does not fit."""
    number = stated.get("legal_registration_number")
    warning = number and mismatch_of_legal_number(number)
    return [warning] if warning else []


_FIXED = frozenset({"registration_number"})

CONTENTS = Contents(
    whole=OtherInstitution,
    registration=OtherInstitution,
    application=stated_fields_of(OtherInstitution, "OtherInstitutionApplication", without=_FIXED),
    changes=stated_fields_of(OtherInstitution, "OtherInstitutionChanges", without=_FIXED),
)

strike_off = ActKind(
    "strike_off", "other_institution.struck_off", 1, Titles("Svītrošana no reģistra", "Struck off"), StrikingOff,
    frozenset({REGISTERED}), STRUCK_OFF,
)  # fmt: skip

_STUDIO: Fields = {"name": "Ezera keramikas studija", "kind": "studio", "address": "EZERA IELA 5, RĪGA, LV-1034"}
_EXAMPLES: dict[str, Fields] = {
    "receive": {"name": _STUDIO["name"], "kind": "studio"},
    "register": _STUDIO,
    "import": {**_STUDIO, "registration_number": "900001"},
    "refuse": {"name": _STUDIO["name"], "reason": "Nosaukums neatbilst Valsts valodas likumam."},
    "defer": {"name": _STUDIO["name"], "until": "2027-03-01", "reason": "Nav iesniegts nolikums."},
    "amend": {"head": "Zane Ozola"},
    "refuse_amendment": {"reason": "Adrese neatbilst Valsts adrešu reģistram."},
    "defer_amendment": {"until": "2027-03-01", "reason": "Nav iesniegti grozītie statūti."},
    "strike_off": {"basis": "activity_ended"},
    "correct": {"target": 0, "content": {**_STUDIO, "registration_number": "900001"}},
    "annul": {"target": 0, "mode": "ex_tunc", "reason": "Lēmums pieņemts par citu institūciju."},
}

REGISTER = Register(
    name="other-institutions",
    titles=Titles(
        "Citu Izglītības likumā noteikto institūciju reģistrs", "Register of other institutions under the Education Law"
    ),
    content=OtherInstitution,
    kinds=(
        *kinds_of_registration("other_institution", CONTENTS, lambda _: None),
        strike_off,
        *kinds_about_acts("other_institution"),
    ),
    statuses={**BEFORE_REGISTRATION, STRUCK_OFF: Titles("svītrots", "struck off")},
    alive=frozenset({REGISTERED}),
    not_public=NOT_PUBLIC,
    name_field="name",
    numbers=numbers_in("other_institutions"),
    term=time_limit,
    attributes={"kind": of_entry("kind"), "basis": of_act("basis")},
    breakdowns=("kind",),
    warnings=warnings,
    examples=_EXAMPLES,
)

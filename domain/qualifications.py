"""Recognition of professional competence acquired outside formal education (Vocational Education Law s. 29.1(3)).

The register holds two kinds of entry. A *delegation agreement* (deleģēšanas līgums) lets a body, an accredited
institution or examination centre, examine for one qualification of one level; it is no administrative act, and ends
on its last day, by its termination, or with the institution it is concluded with. An *award* is the qualification
that a person was awarded after an examination there (MK 662/2011), an entry for each: it does not end. Before 2020 it
is not held which agreement an award rests on.

The bodies know their examinees. The public sees which qualification was awarded, when, and by what number; not to whom.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.act import Payload
from domain.application import kinds_about_acts
from domain.attribute import of_act, of_entry
from domain.legal_time import LegalDate
from domain.mark import Link, Mark
from domain.personal_code import HOLDER, PersonalCode
from domain.personal_code import mismatch as mismatch_of_personal_code
from domain.qualifications_list import listed_qualifications
from domain.register import (
    ABSENT,
    ANNULLED,
    ActKind,
    Evolve,
    Fields,
    Reason,
    Register,
    State,
    Term,
    Titles,
    content_merged,
)
from domain.six_digit_number import numbers_in
from domain.stated_fields import stated_fields_of
from domain.value import Number, Text, Value

IN_FORCE, TERMINATED, EXPIRED, AWARDED = "in_force", "terminated", "expired", "awarded"

RegistrationNumber = Annotated[
    Number | None, Mark.SEARCH, Field(description="Number of the entry; given by the service if not supplied")
]
Name = Annotated[
    Text,
    Mark.SEARCH,
    Mark.FILTER,
    Field(description="Professional qualification, as the list of MK 1412/2013 names it"),
]
Level = Annotated[Literal["1", "2", "3"], Mark.FILTER, Field(description="Level of the qualification (PKL)")]
Body = Annotated[Text, Mark.SEARCH, Field(description="Body that may examine: institution or examination centre")]
Institution = Annotated[
    UUID | None,
    Link("institutions"),
    Field(description="The body's entry in the register of institutions, if it is kept there"),
]
LastDay = Annotated[LegalDate | None, Field(description="Last day of the agreement; without one it has no term")]
AgreementOfAward = Annotated[
    UUID | None,
    Link("qualifications", statuses=frozenset({IN_FORCE, TERMINATED, EXPIRED})),
    Field(description="The delegation agreement under which the person was examined; not held before 2020"),
]
Holder = Annotated[Text, Mark.PERSONAL, Mark.CONFIDENTIAL, Field(description="Name of the person; not public")]
Code = Annotated[
    PersonalCode, Mark.PERSONAL, Mark.CONFIDENTIAL, Field(description="Personal code of the person; not public")
]
FormerCode = Annotated[
    PersonalCode | None,
    Mark.PERSONAL,
    Mark.CONFIDENTIAL,
    Field(description="The code the person had before it was changed; not public"),
]


class Agreement(Value):
    """A delegation agreement, as it is concluded: one body, one qualification, one level."""

    registration_number: RegistrationNumber = None
    qualification: Name
    level: Level
    body: Body
    institution: Institution = None
    valid_until: LastDay = None


class Award(Value):
    """A qualification awarded to a person; the day is the one on which the act takes effect."""

    registration_number: RegistrationNumber = None
    qualification: Name
    level: Level
    agreement: AgreementOfAward = None
    holder: Holder
    personal_code: Code
    former_personal_code: FormerCode = None


class Qualification(Value):
    """What the register holds of an agreement or an award on a day; each has the fields of its kind."""

    kind: Annotated[
        Literal["agreement", "award"], Mark.FILTER, Field(description="Delegation agreement or qualification awarded")
    ]
    registration_number: RegistrationNumber = None
    qualification: Name
    level: Level
    body: Annotated[Text | None, Mark.SEARCH, Field(description="Body that may examine, of an agreement")] = None
    institution: Institution = None
    valid_until: LastDay = None
    agreement: AgreementOfAward = None
    holder: Annotated[
        Text | None, Mark.PERSONAL, Mark.CONFIDENTIAL, Field(description="Name of the person; not public")
    ] = None
    personal_code: Annotated[
        PersonalCode | None,
        Mark.PERSONAL,
        Mark.CONFIDENTIAL,
        Field(description="Personal code of the person; not public"),
    ] = None
    former_personal_code: FormerCode = None


class Termination(Value):
    """The end of an agreement before its last day."""

    basis: Literal["by_agreement", "request_of_body", "breach", "body_closed", "other"]


AgreementChanges = stated_fields_of(
    Agreement, "AgreementChanges", without=frozenset({"registration_number", "qualification", "level"})
)
AwardChanges = stated_fields_of(
    Award, "AwardChanges", without=frozenset({"registration_number", "qualification", "level", "agreement"})
)

NOT_ON_THE_LIST = "qualification: expected one of the list of qualifications (MK 1412/2013), met {met}"
NOT_OF_THE_LEVEL = "level: expected {expected} for {qualification}, met {met}"


def on_the_list(_: State, stated: Fields) -> Reason | None:
    """Why what is stated is no qualification of the list, or not of that level; None if it is."""
    name, level = stated["qualification"], stated["level"]
    listed = listed_qualifications().get(name)
    if listed is None:
        return Reason(NOT_ON_THE_LIST, {"met": name})
    if level not in listed.levels:
        return Reason(NOT_OF_THE_LEVEL, {"expected": ", ".join(listed.levels), "qualification": name, "met": level})
    return None


def _begun_as(kind: str) -> Evolve:
    def begun(_: Fields, stated: Fields, __: Payload[Value]) -> Fields:
        return {"kind": kind, **stated}

    return begun


def last_day(state: State) -> Term | None:
    """An agreement with a last day expires, by itself, on the day after."""
    until = state.content.get("valid_until")
    if state.status != IN_FORCE or until is None:
        return None
    return Term(date.fromisoformat(until), EXPIRED)


def warnings(stated: Fields) -> list[str]:
    """What of the codes stated does not fit."""
    codes = (stated.get("personal_code"), stated.get("former_personal_code"))
    found = (code and mismatch_of_personal_code(code) for code in codes)
    return [warning for warning in found if warning]


_AGREEMENT: Fields = {
    "qualification": "Pavārs",
    "level": "3",
    "body": "Ezeru profesionālā vidusskola",
    "valid_until": "2999-12-31",
}
_AWARD: Fields = {"qualification": "Pavārs", "level": "3", "holder": "Ilze Ezeriņa", "personal_code": "390000-00018"}
_EXAMPLES: dict[str, Fields] = {
    "conclude": _AGREEMENT,
    "amend": {"body": "Ezeru tehnikums"},
    "terminate": {"basis": "request_of_body"},
    "award": _AWARD,
    "amend_award": {"holder": "Ilze Ozola"},
    "correct": {"target": 0, "content": {**_AGREEMENT, "registration_number": "900001"}},
    "annul": {"target": 0, "mode": "ex_tunc", "reason": "Līgums ierakstīts divreiz."},
}

REGISTER = Register(
    name="qualifications",
    titles=Titles(
        "Deleģēšanas līgumu un profesionālo kvalifikāciju reģistrs",
        "Register of delegation agreements and professional qualifications",
    ),
    content=Qualification,
    kinds=(
        ActKind("conclude", "qualification.agreement_concluded", 1,
                Titles("Deleģēšanas līguma noslēgšana", "Delegation agreement concluded"),
                Agreement, frozenset({ABSENT}), IN_FORCE, opens=True, evolve=_begun_as("agreement"), guard=on_the_list),
        ActKind("amend", "qualification.agreement_amended", 1,
                Titles("Deleģēšanas līguma grozījumi", "Delegation agreement amended"),
                AgreementChanges, frozenset({IN_FORCE}), evolve=content_merged),
        ActKind("terminate", "qualification.agreement_terminated", 1,
                Titles("Deleģēšanas līguma izbeigšana", "Delegation agreement terminated"),
                Termination, frozenset({IN_FORCE}), TERMINATED),
        ActKind("award", "qualification.awarded", 1,
                Titles("Profesionālās kvalifikācijas piešķiršana", "Professional qualification awarded"),
                Award, frozenset({ABSENT}), AWARDED, opens=True, evolve=_begun_as("award"), guard=on_the_list),
        ActKind("amend_award", "qualification.award_amended", 1,
                Titles("Personas datu izmaiņas", "Data of the person amended"),
                AwardChanges, frozenset({AWARDED}), evolve=content_merged),
        *kinds_about_acts("qualification"),
    ),
    statuses={
        IN_FORCE: Titles("spēkā", "in force"),
        TERMINATED: Titles("izbeigts", "terminated"),
        EXPIRED: Titles("beidzies termiņš", "expired"),
        AWARDED: Titles("piešķirta", "awarded"),
        ANNULLED: Titles("akts atcelts", "act annulled"),
    },
    alive=frozenset({IN_FORCE, AWARDED}),
    not_public=frozenset(),
    name_field="qualification",
    numbers=numbers_in("qualifications"),
    term=last_day,
    attributes={
        "kind": of_entry("kind"),
        "qualification": of_entry("qualification"),
        "level": of_entry("level"),
        "body_delegated": of_entry("institution", "body"),
        "holder": HOLDER,
        "basis": of_act("basis"),
    },
    breakdowns=("kind", "qualification", "level"),
    warnings=warnings,
    ends_with=("terminate", {"basis": "body_closed"}),
    examples=_EXAMPLES,
)  # fmt: skip

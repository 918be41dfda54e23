"""Register of psychologists (Psihologu reģistrs), Psychologist Law and MK 301/2018.

The Board for Certification of Psychologists (Psihologu sertifikācijas padome) decides at its sittings; the service
keeps the register. Number, day and body of a decision are the act's own; its sitting is part of what the act says.
Whose practice is suspended or terminated is in the register still, until excluded. Certificates and supervisor's
licences are entries of a register of their own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from domain.application import (
    APPLIED,
    BEFORE_REGISTRATION,
    NOT_PUBLIC,
    OVERDUE,
    REGISTERED,
    Contents,
    kinds_about_acts,
    kinds_of_registration,
    time_limit,
)
from domain.mark import Mark
from domain.personal_code import PersonalCode
from domain.personal_code import mismatch as mismatch_of_personal_code
from domain.register import ActKind, Fields, Register, Titles, content_merged
from domain.sitting import Decided, decided_at_sitting
from domain.six_digit_number import numbers_in
from domain.stated_fields import stated_fields_of
from domain.value import Number, Text, Value

SUSPENDED, TERMINATED, EXCLUDED = "suspended", "terminated", "excluded"
BOARD = "Psihologu sertifikācijas padome"
"""The body that decides, as decisions name it."""


class Education(Value):
    """A degree or qualification (izglītība): where it was acquired, in which programme, and what it is."""

    institution: Annotated[Text, Field(description="Educational institution")]
    programme: Annotated[Text | None, Field(description="Study programme")] = None
    degree: Annotated[Text | None, Field(description="Degree awarded")] = None
    qualification: Annotated[Text | None, Field(description="Qualification acquired")] = None
    country: Annotated[Text | None, Field(description="Country in which it was acquired, if not Latvia")] = None


Educations = Annotated[tuple[Education, ...], Field(min_length=1, max_length=20, description="Education in psychology")]
Supervised = Annotated[
    bool, Mark.FILTER, Field(description="Practises under a contract with a supervisor, having no certificate yet")
]
Name = Annotated[Text, Mark.PERSONAL, Mark.SEARCH, Field(description="First name and surname (vārds, uzvārds)")]


class Psychologist(Value):
    """What the register holds of a psychologist on a day. An application may state only part of it."""

    name: Name
    registration_number: Annotated[
        Number | None,
        Mark.SEARCH,
        Field(description="Registration number; given by the service if not supplied"),
    ] = None
    personal_code: Annotated[
        PersonalCode, Mark.PERSONAL, Mark.CONFIDENTIAL, Field(description="Personal code; not public")
    ]
    former_personal_code: Annotated[
        PersonalCode | None,
        Mark.PERSONAL,
        Mark.CONFIDENTIAL,
        Field(description="The code before it was changed; not public"),
    ] = None
    education: Educations
    supervised_practice: Supervised = False


class Reregistration(Value):
    """What a re-registration (pārreģistrācija) states anew; number and personal code stay."""

    name: Name
    education: Educations
    supervised_practice: Supervised = False


class Recognition(Value):
    """Recognition of a qualification acquired abroad (MK 566/2017; for temporary services MK 827/2016)."""

    qualification: Annotated[Text, Field(description="The professional qualification recognised")]
    institution: Annotated[Text | None, Field(description="Where it was acquired")] = None
    country: Annotated[Text, Field(description="Country in which it was acquired")]


def warnings(stated: Fields) -> list[str]:
    """What of the codes stated does not fit."""
    codes = (stated.get("personal_code"), stated.get("former_personal_code"))
    found = (code and mismatch_of_personal_code(code) for code in codes)
    return [warning for warning in found if warning]


_NOUN = "psychologist"
_UNCHANGED = frozenset({"registration_number"})
_IN_REGISTER = frozenset({REGISTERED, SUSPENDED, TERMINATED})

CONTENTS = Contents(
    whole=Psychologist,
    registration=Psychologist,
    application=stated_fields_of(Psychologist, "PsychologistApplication", without=_UNCHANGED),
    changes=stated_fields_of(Psychologist, "PsychologistChanges", without=_UNCHANGED),
)


def _kinds_of_registration() -> tuple[ActKind, ...]:
    """The Board registers and refuses; the service receives applications, extends their time limit, and amends."""
    kinds = {kind.verb: kind for kind in kinds_of_registration(_NOUN, CONTENTS, lambda _: None)}
    return (
        kinds["receive"],
        decided_at_sitting(kinds["register"], "PsychologistRegistration"),
        kinds["import"],
        decided_at_sitting(kinds["refuse"], "PsychologistRefusal"),
        kinds["defer"],
        replace(kinds["amend"], meets=_IN_REGISTER),
    )


def _kinds_of_practice() -> tuple[ActKind, ...]:
    """What the Board decides of those who are registered, or apply with a qualification from abroad."""
    return (
        decided_at_sitting(
            ActKind("recognise_qualification", f"{_NOUN}.qualification_recognised", 1,
                    Titles("Profesionālās kvalifikācijas atzīšana", "Professional qualification recognised"),
                    Recognition, frozenset({APPLIED, OVERDUE}), public=False),
            "PsychologistRecognition"),
        decided_at_sitting(
            ActKind("reregister", f"{_NOUN}.reregistered", 1, Titles("Pārreģistrēšana", "Re-registered"),
                    Reregistration, frozenset({REGISTERED, TERMINATED, EXCLUDED}), REGISTERED,
                    evolve=content_merged),
            "PsychologistReregistration"),
        ActKind("suspend", f"{_NOUN}.practice_suspended", 1,
                Titles("Profesionālās darbības apturēšana", "Practice suspended"),
                Decided, frozenset({REGISTERED}), SUSPENDED),
        ActKind("restore", f"{_NOUN}.practice_restored", 1,
                Titles("Profesionālās darbības atjaunošana", "Practice restored"),
                Decided, frozenset({SUSPENDED, TERMINATED}), REGISTERED),
        ActKind("terminate", f"{_NOUN}.practice_terminated", 1,
                Titles("Profesionālās darbības izbeigšana", "Practice terminated"),
                Decided, frozenset({REGISTERED, SUSPENDED}), TERMINATED),
        ActKind("exclude", f"{_NOUN}.excluded", 1, Titles("Izslēgšana no reģistra", "Excluded"),
                Decided, _IN_REGISTER, EXCLUDED),
    )  # fmt: skip


_SITTING: Fields = {"sitting": {"held_on": "2026-11-02", "minutes": "11"}}
_PERSON: Fields = {
    "name": "Ilze Ezeriņa",
    "personal_code": "395000-00006",
    "education": [
        {
            "institution": "Latvijas Universitāte",
            "programme": "Psiholoģija",
            "degree": "profesionālais maģistra grāds",
            "qualification": "psihologs",
        }
    ],
}
_EXAMPLES: dict[str, Fields] = {
    "receive": {"name": _PERSON["name"], "personal_code": _PERSON["personal_code"]},
    "register": {**_PERSON, **_SITTING},
    "import": {**_PERSON, "registration_number": "900001"},
    "refuse": {"name": _PERSON["name"], "reason": "Izglītība neatbilst Psihologu likuma 3. pantam.", **_SITTING},
    "defer": {"name": _PERSON["name"], "until": "2027-03-01", "reason": "Nav saņemtas ziņas no Sodu reģistra."},
    "amend": {"supervised_practice": True},
    "recognise_qualification": {"qualification": "psihologs", "country": "Igaunija", **_SITTING},
    "reregister": {"name": _PERSON["name"], "education": _PERSON["education"], **_SITTING},
    "suspend": _SITTING,
    "restore": _SITTING,
    "terminate": _SITTING,
    "exclude": _SITTING,
    "correct": {"target": 0, "content": {**_PERSON, "registration_number": "900001", **_SITTING}},
    "annul": {"target": 0, "mode": "ex_tunc", "reason": "Lēmums pieņemts par citu personu."},
}

REGISTER = Register(
    name="psychologists",
    titles=Titles("Psihologu reģistrs", "Register of psychologists"),
    content=Psychologist,
    kinds=(*_kinds_of_registration(), *_kinds_of_practice(), *kinds_about_acts(_NOUN)),
    statuses={
        **BEFORE_REGISTRATION,
        SUSPENDED: Titles("profesionālā darbība apturēta", "practice suspended"),
        TERMINATED: Titles("profesionālā darbība izbeigta", "practice terminated"),
        EXCLUDED: Titles("izslēgts", "excluded"),
    },
    alive=_IN_REGISTER,
    not_public=NOT_PUBLIC,
    name_field="name",
    numbers=numbers_in("psychologists"),
    term=time_limit,
    warnings=warnings,
    examples=_EXAMPLES,
)

"""Monitoring returns (monitoringa atskaites): what municipalities and institutions tell the service with counts.

There are three kinds. A return about *children*: how many of compulsory school age are registered in no institution,
by the reasons known (report of 2020, table 8). A return about *absence*: how many learners missed lessons without a
justifying reason in half a school year, by level of education (table 9). And an *update*: the service compared the
register of residents with VIIS on a day and asked about the children of whom nothing is known.

How many children of a municipality are ill or disabled is not public: so few may be known by their number. A return
stands for its territory or institution as a whole, so the returns of several add up. An interim return about
children tells how matters stand within the year; only those for the year add up to the year's figures.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from domain.application import kinds_about_acts
from domain.attribute import Attribute, of_entry
from domain.legal_time import LegalDate
from domain.mark import Link, Mark
from domain.register import ABSENT, ANNULLED, ActKind, Fields, Register, Titles
from domain.six_digit_number import numbers_in
from domain.value import Number, Text, Value

RECORDED = "recorded"

Children = Annotated[int, Field(ge=0, le=1_000_000)]
"""How many children or learners; of a whole country there may be many."""

Territory = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]


def _of_two_years_in_turn(text: str) -> str:
    if int(text[5:]) != int(text[:4]) + 1:
        raise ValueError("expected a school year such as 2019/2020, met other years")
    return text


SchoolYear = Annotated[
    str, StringConstraints(pattern=r"^[12][0-9]{3}/[12][0-9]{3}$"), AfterValidator(_of_two_years_in_turn)
]


class ChildrenByReason(Value):
    """Children registered in no institution, by the reason known. A reason that is not stated is that of no child."""

    family: Annotated[Children, Field(description="Preschool education in the family")] = 0
    unknown: Annotated[Children, Field(description="The municipality has no information")] = 0
    arrived: Annotated[Children, Field(description="Arrived from another state")] = 0
    next_year: Annotated[Children, Field(description="Starts school in the next school year")] = 0
    ill: Annotated[Children, Field(description="Long-term illness")] = 0
    disabled: Annotated[Children, Field(description="Disability")] = 0
    closure: Annotated[Children, Field(description="Institution closed or reorganised")] = 0
    missing: Annotated[Children, Field(description="Missing person")] = 0
    parent: Annotated[Children, Field(description="Raises a child")] = 0
    works: Annotated[Children, Field(description="Works; no information about basic education completed")] = 0
    abroad_adopted: Annotated[Children, Field(description="Adopted abroad")] = 0
    abroad_foreign: Annotated[Children, Field(description="Citizen of another state with a residence permit")] = 0
    abroad_emigrated: Annotated[Children, Field(description="The family left the country")] = 0
    not_told: Annotated[Children, Field(description="The return does not tell the reason")] = 0


class LearnersByLevel(Value):
    """Learners who missed lessons without a justifying reason, by level of education."""

    preschool: Annotated[Children, Field(description="Preschool")] = 0
    basic: Annotated[Children, Field(description="General basic education")] = 0
    secondary: Annotated[Children, Field(description="General secondary education")] = 0
    vocational: Annotated[Children, Field(description="Vocational education")] = 0


RegistrationNumber = Annotated[
    Number | None, Mark.SEARCH, Field(description="Number of the return; given by the service if not supplied")
]
Submitter = Annotated[Text, Mark.SEARCH, Field(description="Municipality or institution whose return it is")]
OfTerritory = Annotated[
    Territory | None, Mark.FILTER, Field(description="Two-digit territory, as in registration numbers")
]
OfInstitution = Annotated[
    UUID | None,
    Link("institutions", statuses=frozenset({"registered", "struck_off"})),
    Field(description="The institution's entry in the register of institutions, if it is kept there"),
]
DataDay = Annotated[LegalDate, Field(description="The day whose data are counted")]
Purpose = Annotated[
    Literal["year", "interim"], Mark.FILTER, Field(description="For the year's figures, or how matters stand within it")
]
OfSchoolYear = Annotated[SchoolYear, Mark.FILTER, Field(description="School year, such as 2019/2020")]
Half = Annotated[Literal["1", "2"], Mark.FILTER, Field(description="Half of the school year")]


class ChildrenReturn(Value):
    """A return about children of compulsory school age who are registered in no institution."""

    registration_number: RegistrationNumber = None
    submitter: Submitter
    territory: OfTerritory = None
    data_day: DataDay
    purpose: Purpose = "year"
    children: Annotated[
        ChildrenByReason, Mark.CONFIDENTIAL, Field(description="Children by reason; not public by municipality")
    ]


class AbsenceReturn(Value):
    """A return about absence in half a school year."""

    registration_number: RegistrationNumber = None
    submitter: Submitter
    territory: OfTerritory = None
    institution: OfInstitution = None
    school_year: OfSchoolYear
    half: Half
    learners: Annotated[LearnersByLevel, Field(description="Learners by level of education")]


class Update(Value):
    """An update of the data about children that the returns are asked for by."""

    registration_number: RegistrationNumber = None
    submitter: Annotated[Text, Field(description="Who compared the data")] = "IKVD"
    data_day: DataDay


class MonitoringReturn(Value):
    """What the register holds of a return; each has the fields of its kind."""

    kind: Annotated[
        Literal["children", "absence", "update"], Mark.FILTER, Field(description="What the return is about")
    ]
    registration_number: RegistrationNumber = None
    submitter: Submitter
    territory: OfTerritory = None
    institution: OfInstitution = None
    data_day: Annotated[LegalDate | None, Field(description="The day whose data are counted")] = None
    purpose: Annotated[Purpose | None, Mark.FILTER, Field(description="For the year's figures, or within it")] = None
    school_year: Annotated[SchoolYear | None, Mark.FILTER, Field(description="School year of a return on absence")] = (
        None
    )
    half: Annotated[Literal["1", "2"] | None, Mark.FILTER, Field(description="Half of the school year")] = None
    children: Annotated[
        ChildrenByReason | None, Mark.CONFIDENTIAL, Field(description="Children by reason; not public by municipality")
    ] = None
    learners: Annotated[LearnersByLevel | None, Field(description="Learners by level of education")] = None


def _recording(verb: str, kind: str, event: str, titles: Titles, content: type[Value]) -> ActKind:
    return ActKind(
        verb, f"monitoring_return.{event}", 1, titles, content, frozenset({ABSENT}), RECORDED, opens=True,
        evolve=lambda _, stated, __: {"kind": kind, **stated},
    )  # fmt: skip


def _counted(field: str, name: str) -> Attribute:
    return of_entry(field, told=lambda counts: None if counts is None else int(counts[name]))


_QUANTITIES: dict[str, Attribute] = {
    **{f"children_{name}": _counted("children", name) for name in ChildrenByReason.model_fields},
    **{f"learners_{name}": _counted("learners", name) for name in LearnersByLevel.model_fields},
}

_CHILDREN: Fields = {
    "submitter": "Rēzeknes pilsētas dome",
    "territory": "31",
    "data_day": "2020-09-14",
    "children": {"family": 3, "abroad_emigrated": 12},
}
_EXAMPLES: dict[str, Fields] = {
    "record_children": _CHILDREN,
    "record_absence": {
        "submitter": "Rēzeknes pilsētas dome",
        "territory": "31",
        "school_year": "2019/2020",
        "half": "1",
        "learners": {"basic": 4, "vocational": 9},
    },
    "record_update": {"data_day": "2020-09-14"},
    "correct": {"target": 0, "content": {**_CHILDREN, "registration_number": "900001"}},
    "annul": {"target": 0, "mode": "ex_tunc", "reason": "Atskaite ierakstīta divreiz."},
}

REGISTER = Register(
    name="monitoring-returns",
    titles=Titles("Monitoringa atskaišu reģistrs", "Register of monitoring returns"),
    content=MonitoringReturn,
    kinds=(
        _recording("record_children", "children", "children_told",
                   Titles("Atskaite par nereģistrētajiem bērniem", "Return about children not registered"),
                   ChildrenReturn),
        _recording("record_absence", "absence", "absence_told",
                   Titles("Atskaite par kavējumiem", "Return about absence"), AbsenceReturn),
        _recording("record_update", "update", "data_updated",
                   Titles("Datu aktualizācija", "Data updated"), Update),
        *kinds_about_acts("monitoring_return"),
    ),
    statuses={
        RECORDED: Titles("ierakstīta", "recorded"),
        ANNULLED: Titles("akts atcelts", "act annulled"),
    },
    alive=frozenset({RECORDED}),
    not_public=frozenset(),
    name_field="submitter",
    numbers=numbers_in("monitoring_returns"),
    attributes={
        "kind": of_entry("kind"),
        "territory": of_entry("territory"),
        "purpose": of_entry("purpose"),
        "data_day": of_entry("data_day"),
        "school_year": of_entry("school_year"),
        "half": of_entry("half"),
        **_QUANTITIES,
    },
    breakdowns=("kind", "purpose"),
    examples=_EXAMPLES,
)  # fmt: skip

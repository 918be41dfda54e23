"""Permits to work as a teacher for formerly convicted persons (iepriekš sodītas personas), MK 414/2019.

The Person evaluation commission evaluates a person in a closed sitting, once the conviction is expunged or removed;
before that the person is not evaluated. It grants the permit, with restrictions or without, or refuses it, and cancels
it later if need be. All of it is data about criminal convictions (GDPR article 10): no part of this register is public,
neither an entry, nor an act, nor that there is one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.application import (
    APPLIED,
    BEFORE_REGISTRATION,
    OVERDUE,
    REFUSED,
    kinds_about_acts,
    time_limit,
)
from domain.attribute import of_entry
from domain.commission import (
    SITTING,
    UNDECIDED,
    WITHDRAWN,
    Applicant,
    Entered,
    NewTimeLimit,
    ReasonedDecision,
    ended,
    entered,
    kinds_of_application,
    warnings,
)
from domain.legal_time import LegalDate
from domain.mark import Mark
from domain.personal_code import HOLDER
from domain.register import (
    ABSENT,
    ANNULLED,
    APPLICATION_ANNULLED,
    AT_REST,
    ActKind,
    Fields,
    Reason,
    Register,
    State,
    Titles,
)
from domain.sitting import Decided
from domain.six_digit_number import numbers_in
from domain.value import Text, Value

IN_FORCE, CANCELLED, NOT_EVALUATED = "in_force", "cancelled", "not_evaluated"

LearnerGroup = Literal["preschool", "compulsory", "youth", "adults", "special_needs", "minors"]


class Conviction(Value):
    """A conviction as the commission needs to know it."""

    ground: Annotated[Text, Field(description="Section of the Criminal Law (Krimināllikuma pants)")]
    decided_by: Annotated[Text | None, Field(description="Court, or prosecutor who issued the injunction")] = None
    decided_on: Annotated[LegalDate | None, Field(description="Day of the judgment or injunction")] = None
    cleared_on: Annotated[
        LegalDate | None, Field(description="Day on which the conviction was expunged or removed (dzēsta, noņemta)")
    ] = None


Convictions = Annotated[
    tuple[Conviction, ...],
    Mark.PERSONAL,
    Mark.CONFIDENTIAL,
    Field(max_length=50, description="Convictions, expunged or removed; not public"),
]


class PermitApplication(Applicant):
    """What an application for a permit states."""

    convictions: Convictions = ()


class TeachingPermit(Entered):
    """What the register holds of a permit on a day."""

    restrictions: Annotated[
        tuple[LearnerGroup, ...],
        Mark.FILTER,
        Field(max_length=6, description="Groups of learners whom the person may not teach; none: without restrictions"),
    ] = ()
    convictions: Annotated[Convictions, Field(min_length=1)]


class Grant(TeachingPermit, Decided):
    """The permit that the commission grants, with restrictions (ar ierobežojumiem) or without."""


class CommissionDeferral(NewTimeLimit, Decided):
    """The commission defers its decision (atlikšana), to the new last day."""


CONVICTION_NOT_CLEARED = "convictions.cleared_on: expected a day not after the sitting, met {met}"


def _is_cleared(_: State, stated: Fields) -> Reason | None:
    """A person is evaluated only after each conviction is expunged or removed."""
    held_on = stated["sitting"]["held_on"]
    for conviction in stated["convictions"]:
        cleared_on = conviction["cleared_on"]
        if cleared_on is None or cleared_on > held_on:
            return Reason(CONVICTION_NOT_CLEARED, {"met": cleared_on or "-"})
    return None


_N = "teaching_permit"
_KINDS = (
    *kinds_of_application(_N, PermitApplication, CommissionDeferral, after=(NOT_EVALUATED,)),
    ActKind("dismiss", f"{_N}.not_evaluated", 1, Titles("Persona netiek izvērtēta", "Person not evaluated"),
            ReasonedDecision, UNDECIDED, NOT_EVALUATED, evolve=ended, public=False),
    ActKind("grant", f"{_N}.granted", 1, Titles("Atļauja izsniegta", "Granted"),
            Grant, UNDECIDED | {ABSENT, *AT_REST}, IN_FORCE, opens=True, evolve=entered, guard=_is_cleared,
            public=False),
    ActKind("import", f"{_N}.imported", 1, Titles("Pārņemts no uzskaites", "Imported from earlier records"),
            TeachingPermit, frozenset({ABSENT}), IN_FORCE, opens=True, evolve=entered, public=False),
    ActKind("cancel", f"{_N}.cancelled", 1, Titles("Atļauja anulēta", "Cancelled"),
            ReasonedDecision, frozenset({IN_FORCE}), CANCELLED, public=False),
    *kinds_about_acts(_N),
)  # fmt: skip

_SITTING: Fields = {"held_on": "2020-03-02", "minutes": "2"}
_PERSON: Fields = {"name": "Jānis Ezeriņš", "personal_code": "390000-00018"}
_CONVICTION: Fields = {"ground": "Krimināllikuma 262. pants", "cleared_on": "2015-06-30"}
_PERMIT: Fields = {**_PERSON, "restrictions": ["minors"], "convictions": [_CONVICTION]}
_EXAMPLES: dict[str, Fields] = {
    "receive": {**_PERSON, "convictions": [_CONVICTION]},
    "refuse": {"sitting": _SITTING, "reason": "Komisija nav guvusi pārliecību, ka netiks kaitēts izglītojamiem."},
    "defer": {"sitting": _SITTING, "until": "2027-03-01", "reason": "Nav saņemts tiesas spriedums."},
    "withdraw": {"reason": None},
    "dismiss": {"sitting": _SITTING, "reason": "Sodāmība nav dzēsta."},
    "grant": {**_PERMIT, "sitting": _SITTING},
    "import": {**_PERMIT, "registration_number": "900001"},
    "cancel": {"sitting": _SITTING, "reason": "Persona atkal sodīta."},
    "correct": {"target": 0, "content": {**_PERMIT, "sitting": _SITTING}},
    "annul": {"target": 0, "mode": "ex_tunc", "reason": "Lēmums pieņemts par citu personu."},
}

_STATUSES = {
    APPLIED: BEFORE_REGISTRATION[APPLIED],
    OVERDUE: BEFORE_REGISTRATION[OVERDUE],
    REFUSED: Titles("atteikts", "refused"),
    NOT_EVALUATED: Titles("nav izvērtēts", "not evaluated"),
    WITHDRAWN: Titles("iesniegums atsaukts", "application withdrawn"),
    IN_FORCE: Titles("spēkā", "in force"),
    CANCELLED: Titles("anulēts", "cancelled"),
    ANNULLED: Titles("akts atcelts", "act annulled"),
    APPLICATION_ANNULLED: Titles("akts atcelts", "act annulled"),
}

REGISTER = Register(
    name="teaching-permits",
    titles=Titles(
        "Iepriekš sodīto personu atļaujas strādāt par pedagogu", "Permits to teach for formerly convicted persons"
    ),
    content=TeachingPermit,
    kinds=_KINDS,
    statuses=_STATUSES,
    alive=frozenset({IN_FORCE}),
    not_public=frozenset(_STATUSES),
    name_field="name",
    numbers=numbers_in("teaching-permits"),
    public=False,
    term=time_limit,
    attributes={"holder": HOLDER, "sitting": SITTING, "restricted": of_entry("restrictions", told=bool)},
    warnings=warnings,
    examples=_EXAMPLES,
)

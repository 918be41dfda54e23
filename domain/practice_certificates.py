"""Register of private-practice certificates (Pedagogu privātprakses sertifikāti), MK 682/2016.

A certificate is tied to one programme of a teacher, its target groups, theme and territories; one teacher may hold
several. The commission issues it for three years and extends it for three more. After its last day it is expired, with
no act. Where a teacher practises may be a home, so that addresses are confidential and territories are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.act import Payload
from domain.application import (
    BEFORE_REGISTRATION,
    NOT_PUBLIC,
    REFUSED,
    REGISTERED,
    kinds_about_acts,
    time_limit,
)
from domain.attribute import of_act, of_entry
from domain.commission import (
    REFUSED_BEFORE,
    SITTING,
    UNDECIDED,
    WITHDRAWN,
    Applicant,
    Entered,
    NewTimeLimit,
    ReasonedDecision,
    entered,
    kinds_of_application,
    warnings,
)
from domain.legal_time import LegalDate
from domain.mark import Mark
from domain.personal_code import HOLDER, PersonalCode
from domain.register import ABSENT, AT_REST, ActKind, Fields, Reason, Register, State, Term, Titles
from domain.sitting import Decided
from domain.six_digit_number import numbers_in
from domain.value import Text

IN_FORCE, EXPIRED, CANCELLED = "in_force", "expired", "cancelled"
YEARS = 3
"""For how many years a certificate is issued, and extended."""

ProgrammeKind = Literal["interest", "adult_nonformal"]
TargetGroup = Literal["preschool", "compulsory", "youth", "adults", "special_needs"]
Theme = Literal["languages", "speech", "art", "music", "dance", "sport", "science", "preschool", "law", "other"]
Groups = Annotated[tuple[TargetGroup, ...], Field(max_length=5)]
Lines = Annotated[tuple[Text, ...], Field(max_length=100)]

_KIND = Field(description="Interest education (interešu izglītība) or adult non-formal education")
_PROGRAMME = Field(description="Name of the programme (programmas nosaukums)")
_GROUPS = Field(description="Whom the programme is for: an age, several, and learners with special needs")
_THEME = Field(description="Theme of the programme (tematiskā joma)")
_TERRITORIES = Field(description="Administrative territories of the places of practice")
_ADDRESSES = Field(description="Planned places of practice; not public")


class CertificateApplication(Applicant):
    """What an application for a certificate states, as far as it states it."""

    programme_kind: Annotated[ProgrammeKind | None, _KIND] = None
    programme: Annotated[Text | None, _PROGRAMME] = None
    target_groups: Annotated[Groups, _GROUPS] = ()
    theme: Annotated[Theme | None, _THEME] = None
    territories: Annotated[Lines, _TERRITORIES] = ()
    addresses: Annotated[Lines, Mark.PERSONAL, Mark.CONFIDENTIAL, _ADDRESSES] = ()


class Certified(Entered):
    """What the commission certifies."""

    programme_kind: Annotated[ProgrammeKind, Mark.FILTER, _KIND]
    programme: Annotated[Text, Mark.SEARCH, _PROGRAMME]
    target_groups: Annotated[Groups, Mark.FILTER, Field(min_length=1), _GROUPS]
    theme: Annotated[Theme, Mark.FILTER, _THEME]
    territories: Annotated[Lines, Mark.FILTER, Mark.SEARCH, Field(min_length=1), _TERRITORIES]
    addresses: Annotated[Lines, Mark.PERSONAL, Mark.CONFIDENTIAL, _ADDRESSES] = ()


class PracticeCertificate(Certified):
    """What the register holds of a certificate on a day."""

    valid_until: Annotated[LegalDate, Field(description="Last day on which the certificate is in force")]


class Issue(Certified, Decided):
    """The certificate that the commission issues. How long it is in force the law says."""


class Extension(Decided):
    """An extension (pagarināšana): how long it is for the law says."""


class Reissue(Decided):
    """The certificate is issued again (atkārtoti), as the teacher has another surname or another personal code."""

    name: Annotated[Text | None, Field(description="The new first name and surname")] = None
    personal_code: Annotated[PersonalCode | None, Field(description="The new personal code; not public")] = None


class Cancellation(Decided):
    """The commission cancels the certificate (anulēšana). What else there is to say is the act's note, not public."""

    basis: Literal["own_request", "conditions_not_met", "false_information", "other"]


def three_years_after(day: date) -> date:
    """The last day of three years from ``day``."""
    year = day.year + YEARS
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _issued(before: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    return {**entered(before, stated, act), "valid_until": three_years_after(act.effective_on).isoformat()}


def _extended(before: Fields, _: Fields, __: Payload[Any]) -> Fields:
    return {**before, "valid_until": three_years_after(date.fromisoformat(before["valid_until"])).isoformat()}


def _reissued(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    new = {name: stated[name] for name in ("name", "personal_code") if stated[name] is not None}
    if new.get("personal_code", before["personal_code"]) != before["personal_code"]:
        new["former_personal_code"] = before["former_personal_code"] or before["personal_code"]
    return {**before, **new}


NOTHING_NEW = "expected another name or personal code in a reissue, met none"


def _says_something_new(state: State, stated: Fields) -> Reason | None:
    told = [stated[name] for name in ("name", "personal_code") if stated[name] not in (None, state.content[name])]
    return None if told else Reason(NOTHING_NEW, {})


def ends(state: State) -> Term | None:
    """An application is overdue after its time limit, a certificate expired after its last day."""
    if state.status == IN_FORCE:
        return Term(date.fromisoformat(state.content["valid_until"]), EXPIRED)
    return time_limit(state)


def target(groups: Sequence[str] | None) -> str | None:
    """The one age that a programme is for, or ``mixed``. Special needs are of no age."""
    if not groups:
        return None
    ages = [group for group in groups if group != "special_needs"]
    return ages[0] if len(set(ages)) == 1 else "mixed"


_IN_FORCE = frozenset({IN_FORCE})
_N = "practice_certificate"
_KINDS = (
    *kinds_of_application(_N, CertificateApplication, NewTimeLimit),
    ActKind("issue", f"{_N}.issued", 1, Titles("Izsniegts no jauna", "Issued"),
            Issue, UNDECIDED | {ABSENT, *AT_REST}, IN_FORCE, opens=True, evolve=_issued),
    ActKind("import", f"{_N}.imported", 1, Titles("Pārņemts no VIIS", "Imported from VIIS"),
            PracticeCertificate, frozenset({ABSENT}), IN_FORCE, opens=True, evolve=entered),
    ActKind("extend", f"{_N}.extended", 1, Titles("Pagarināts", "Extended"), Extension, _IN_FORCE, evolve=_extended),
    ActKind("refuse_extension", f"{_N}.extension_refused", 1, Titles("Atteikums pagarināt", "Extension refused"),
            ReasonedDecision, _IN_FORCE, public=False),
    ActKind("reissue", f"{_N}.reissued", 1, Titles("Izsniegts atkārtoti", "Reissued"),
            Reissue, _IN_FORCE, evolve=_reissued, guard=_says_something_new),
    ActKind("cancel", f"{_N}.cancelled", 1, Titles("Anulēts", "Cancelled"), Cancellation, _IN_FORCE, CANCELLED),
    *kinds_about_acts(_N),
)  # fmt: skip

_SITTING: Fields = {"held_on": "2020-03-02", "minutes": "3"}
_TEACHER: Fields = {"name": "Ilze Ezeriņa", "personal_code": "390000-00018"}
_ISSUED: Fields = {
    **_TEACHER,
    "programme_kind": "interest",
    "programme": "Klavierspēle iesācējiem",
    "target_groups": ["preschool", "compulsory"],
    "theme": "music",
    "territories": ["Cēsu novads"],
    "addresses": ["EZERA IELA 3 - 4, CĒSIS, CĒSU NOV., LV-4101"],
}
_EXAMPLES: dict[str, Fields] = {
    "receive": {**_TEACHER, "programme": _ISSUED["programme"], "theme": "music"},
    "issue": {**_ISSUED, "sitting": _SITTING},
    "import": {**_ISSUED, "registration_number": "900001", "valid_until": "2999-01-31"},
    "refuse": {"sitting": _SITTING, "reason": "Nav profesionālās pilnveides apliecinājuma."},
    "defer": {"until": "2027-03-01", "reason": "Nav saņemta Sodu reģistra izziņa."},
    "withdraw": {"reason": None},
    "extend": {"sitting": _SITTING},
    "refuse_extension": {"sitting": _SITTING, "reason": "Nav profesionālās pilnveides apliecinājuma."},
    "reissue": {"sitting": _SITTING, "name": "Ilze Ezeriņa-Kalniņa"},
    "cancel": {"sitting": _SITTING, "basis": "own_request"},
    "correct": {"target": 0, "content": {**_ISSUED, "sitting": _SITTING}},
    "annul": {"target": 0, "mode": "ex_tunc", "reason": "Lēmums pieņemts par citu personu."},
}

_STATUSES = {
    **{status: titles for status, titles in BEFORE_REGISTRATION.items() if status != REGISTERED},
    REFUSED: Titles("atteikts", "refused"),
    WITHDRAWN: Titles("iesniegums atsaukts", "application withdrawn"),
    IN_FORCE: Titles("spēkā", "in force"),
    EXPIRED: Titles("beidzies termiņš", "expired"),
    CANCELLED: Titles("anulēts", "cancelled"),
}

REGISTER = Register(
    name="practice-certificates",
    titles=Titles("Pedagogu privātprakses sertifikātu reģistrs", "Register of private-practice certificates"),
    content=PracticeCertificate,
    kinds=_KINDS,
    statuses=_STATUSES,
    alive=_IN_FORCE,
    not_public=NOT_PUBLIC | {WITHDRAWN},
    name_field="name",
    numbers=numbers_in("practice"),
    term=ends,
    attributes={
        "holder": HOLDER,
        "sitting": SITTING,
        "kind": of_entry("programme_kind"),
        "target": of_entry("target_groups", told=target),
        "theme": of_entry("theme"),
        "refused_before": REFUSED_BEFORE,
        "basis": of_act("basis"),
    },
    breakdowns=("kind", "target", "theme"),
    warnings=warnings,
    examples=_EXAMPLES,
)

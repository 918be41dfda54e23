"""Register of psychologists' certificates and supervisors' licences, Psychologist Law and MK 301/2018.

An entry is a certificate (psihologa sertifikāts) in one area of practice, for at most seven years, or a licence to
supervise others in one area (psihologa-pārrauga apliecība). A certificate rests on its psychologist; a licence on the
psychologist and on the certificate, and lasts no longer than that. The Board for Certification of Psychologists
decides at its sittings.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from domain.application import (
    APPLIED,
    BEFORE_REGISTRATION,
    NOT_PUBLIC,
    REFUSED,
    REGISTERED,
    Contents,
    Granting,
    kinds_about_acts,
    kinds_of_granting,
    time_limit,
)
from domain.attribute import of_entry
from domain.legal_time import NEVER_ENDS, LegalDate
from domain.mark import Link, Mark
from domain.practice_areas import PracticeAreaCode, holds_on
from domain.register import (
    ActKind,
    Fields,
    Guard,
    Limit,
    Reason,
    Register,
    State,
    Term,
    Titles,
    content_merged,
    content_replaced,
)
from domain.sitting import Decided, decided_at_sitting
from domain.six_digit_number import numbers_in
from domain.stated_fields import stated_fields_of
from domain.value import Number, Text, Value

IN_FORCE, SUSPENDED, EXPIRED = "in_force", "suspended", "expired"
CANCELLED, WITHDRAWN, LAPSED = "cancelled", "withdrawn", "lapsed"
CERTIFICATE, LICENCE = "certificate", "supervisor_licence"
YEARS = 7
"""How long a certificate is valid at most, from its issue or from the end of its term before."""

LastDay = Annotated[LegalDate, Field(description="Last day of validity (derīguma termiņš)")]
IssuedOn = Annotated[LegalDate, Field(description="Day the certificate or licence is dated, or dated anew")]


class PsychologistCertificate(Value):
    """What the register holds of a certificate or licence on a day. An application may state only part of it."""

    name: Annotated[
        Text, Mark.PERSONAL, Mark.SEARCH, Field(description="Name of the psychologist, as it is written there")
    ]
    registration_number: Annotated[
        Number | None,
        Mark.SEARCH,
        Field(description="Number of the certificate or licence; given by the service if not supplied"),
    ] = None
    kind: Annotated[
        Literal["certificate", "supervisor_licence"],
        Mark.FILTER,
        Field(description="Certificate of a psychologist, or licence of a supervisor (psihologs-pārraugs)"),
    ]
    psychologist: Annotated[
        UUID,
        Link("psychologists", statuses=frozenset({"registered", "suspended"})),
        Field(description="The psychologist's entry in the register of psychologists"),
    ]
    certificate: Annotated[
        UUID | None,
        Link("psychologist-certificates", same=("area", "psychologist"), holding=(("kind", CERTIFICATE),)),
        Field(description="Of a supervisor's licence: the certificate that it rests on"),
    ] = None
    area: Annotated[PracticeAreaCode, Mark.FILTER, Field(description="Area of practice (profesionālās darbības joma)")]
    issued_on: IssuedOn
    valid_until: LastDay

    @model_validator(mode="after")
    def _fits(self) -> PsychologistCertificate:
        reason = misfit(self.model_dump(mode="json"))
        if reason is not None:
            raise ValueError(str(reason))
        return self


class Recertification(Value):
    """Recertification (resertifikācija): the certificate is dated anew and valid longer."""

    issued_on: IssuedOn
    valid_until: LastDay


class Extension(Value):
    """A supervisor's licence lasts longer, as its certificate does."""

    valid_until: LastDay


class Lapse(Value):
    """The end of a certificate or licence with what it rests on, or at its holder's wish."""

    basis: Literal["support_ended", "own_request", "other"]


CERTIFICATE_MISSING = "certificate: expected the certificate that a supervisor's licence rests on, met none"
CERTIFICATE_OF_OTHERS = "certificate: expected none for a certificate, met one"
NO_AREA_THEN = "area: expected an area of practice of {day}, met {met}"
NOT_VALID_THEN = "valid_until: expected a day from {first} to {last}, met {met}"
NOT_OF_THE_KIND = "kind: expected {expected}, met {met}"


def _last_day_of(kind: str, since: date) -> date:
    """The last day that one of ``kind`` may name: ``YEARS`` after ``since``; a licence's certificate bounds it."""
    if kind == LICENCE:
        return NEVER_ENDS
    later = since.year + YEARS
    return date(later, 3, 1) - timedelta(days=1) if (since.month, since.day) == (2, 29) else since.replace(year=later)


def misfit(content: Fields) -> Reason | None:
    """Why ``content`` is neither a certificate nor a licence as the law has them, or None."""
    if content["kind"] == LICENCE and content["certificate"] is None:
        return Reason(CERTIFICATE_MISSING, {})
    if content["kind"] == CERTIFICATE and content["certificate"] is not None:
        return Reason(CERTIFICATE_OF_OTHERS, {})
    issued_on = date.fromisoformat(content["issued_on"])
    if not holds_on(content["area"], issued_on):
        return Reason(NO_AREA_THEN, {"day": content["issued_on"], "met": content["area"]})
    return _not_between(content, issued_on, _last_day_of(content["kind"], issued_on))


def _not_between(stated: Fields, first: date, last: date) -> Reason | None:
    if first <= date.fromisoformat(stated["valid_until"]) <= last:
        return None
    days = {"first": first.isoformat(), "last": last.isoformat()}
    return Reason(NOT_VALID_THEN, {**days, "met": stated["valid_until"]})


def _of(kind: str) -> Guard:
    def guard(state: State, _: Fields) -> Reason | None:
        met = state.content["kind"]
        return None if met == kind else Reason(NOT_OF_THE_KIND, {"expected": kind, "met": met})

    return guard


def _longer(kind: str) -> Guard:
    """Only one of ``kind``, and only to a later day; a certificate's term runs from its date or the end before."""

    def guard(state: State, stated: Fields) -> Reason | None:
        ended = date.fromisoformat(state.content["valid_until"])
        since = max(ended, date.fromisoformat(stated.get("issued_on", state.content["issued_on"])))
        return _of(kind)(state, stated) or _not_between(stated, ended + timedelta(days=1), _last_day_of(kind, since))

    return guard


def last_day(state: State) -> Term | None:
    """An application falls due; what was issued expires by itself after its last day."""
    if state.status == APPLIED:
        return time_limit(state)
    if state.status not in (IN_FORCE, SUSPENDED):
        return None
    return Term(date.fromisoformat(state.content["valid_until"]), EXPIRED)


_NOUN = "psychologist_certificate"
ISSUE = Granting(
    verb="issue",
    granted="issued",
    asked="issue",
    status=IN_FORCE,
    titles=Titles("Izsniegšana", "Issued"),
    refused=Titles("Atteikums izsniegt", "Issue refused"),
    deferred=Titles("Atlikts izsniegt, pagarināts termiņš", "Issue deferred, time limit extended"),
    evolve=content_replaced,
    taken_over=content_replaced,
)
CONTENTS = Contents(
    whole=PsychologistCertificate,
    registration=PsychologistCertificate,
    application=stated_fields_of(
        PsychologistCertificate,
        "PsychologistCertificateApplication",
        without=frozenset({"registration_number", "issued_on", "valid_until"}),
    ),
    changes=stated_fields_of(PsychologistCertificate, "PsychologistCertificateChanges"),
)


def _kinds_of_issue() -> tuple[ActKind, ...]:
    kinds = {kind.verb: kind for kind in kinds_of_granting(_NOUN, CONTENTS, misfit, ISSUE)}
    return (
        kinds["receive"],
        decided_at_sitting(kinds["issue"], "PsychologistCertificateIssue"),
        kinds["import"],
        decided_at_sitting(kinds["refuse"], "PsychologistCertificateRefusal"),
        kinds["defer"],
    )


def _kinds_of_validity() -> tuple[ActKind, ...]:
    """What makes a certificate or licence last longer or end."""
    alive, once = frozenset({IN_FORCE, SUSPENDED}), frozenset({IN_FORCE, EXPIRED})
    return (
        decided_at_sitting(
            ActKind("recertify", f"{_NOUN}.recertified", 1, Titles("Resertifikācija", "Recertified"),
                    Recertification, once, IN_FORCE, evolve=content_merged, guard=_longer(CERTIFICATE)),
            "PsychologistRecertification"),
        decided_at_sitting(
            ActKind("extend", f"{_NOUN}.licence_extended", 1,
                    Titles("Pārrauga tiesību termiņa pagarināšana", "Supervisor's licence extended"),
                    Extension, once, IN_FORCE, evolve=content_merged, guard=_longer(LICENCE)),
            "PsychologistLicenceExtension"),
        ActKind("suspend", f"{_NOUN}.suspended", 1, Titles("Apturēšana", "Suspended"),
                Decided, frozenset({IN_FORCE}), SUSPENDED),
        ActKind("restore", f"{_NOUN}.restored", 1, Titles("Atjaunošana", "Restored"),
                Decided, frozenset({SUSPENDED}), IN_FORCE),
        ActKind("cancel", f"{_NOUN}.cancelled", 1, Titles("Sertifikāta anulēšana", "Certificate annulled"),
                Decided, alive, CANCELLED, guard=_of(CERTIFICATE)),
        ActKind("withdraw", f"{_NOUN}.supervisor_right_withdrawn", 1,
                Titles("Pārrauga tiesību atņemšana", "Supervisor's right withdrawn"),
                Decided, alive, WITHDRAWN, guard=_of(LICENCE)),
        ActKind("lapse", f"{_NOUN}.lapsed", 1, Titles("Spēka zaudēšana", "Lapsed"), Lapse, alive, LAPSED),
    )  # fmt: skip


_SITTING: Fields = {"sitting": {"held_on": "2026-11-02", "minutes": "11"}}
_CERTIFICATE: Fields = {
    "name": "Ilze Ezeriņa",
    "kind": CERTIFICATE,
    "psychologist": "018e0000-0000-7000-8000-000000000001",
    "area": "education",
    "issued_on": "2026-11-02",
    "valid_until": "2033-11-01",
}
_LICENCE: Fields = {
    **_CERTIFICATE,
    "kind": LICENCE,
    "certificate": "018e0000-0000-7000-8000-000000000002",
    "valid_until": "2030-11-01",
}
_EXAMPLES: dict[str, Fields] = {
    "receive": {name: _CERTIFICATE[name] for name in ("name", "kind", "psychologist", "area")},
    "issue": {**_CERTIFICATE, **_SITTING},
    "import": {**_LICENCE, "registration_number": "900001"},
    "refuse": {"name": _CERTIFICATE["name"], "reason": "Nav nokārtots sertifikācijas pārbaudījums.", **_SITTING},
    "defer": {"name": _CERTIFICATE["name"], "until": "2027-03-01", "reason": "Nav noteikts pārbaudījuma laiks."},
    "recertify": {"issued_on": "2033-10-24", "valid_until": "2040-10-23", **_SITTING},
    "extend": {"valid_until": "2033-11-01", **_SITTING},
    "suspend": _SITTING,
    "restore": _SITTING,
    "cancel": _SITTING,
    "withdraw": _SITTING,
    "lapse": {"basis": "own_request"},
    "correct": {"target": 0, "content": {**_CERTIFICATE, "registration_number": "900001", **_SITTING}},
    "annul": {"target": 0, "mode": "ex_tunc", "reason": "Lēmums pieņemts par citu personu."},
}

REGISTER = Register(
    name="psychologist-certificates",
    titles=Titles(
        "Psihologu sertifikātu un pārraugu apliecību reģistrs",
        "Register of psychologists' certificates and supervisors' licences",
    ),
    content=PsychologistCertificate,
    kinds=(*_kinds_of_issue(), *_kinds_of_validity(), *kinds_about_acts(_NOUN)),
    statuses={
        **{status: titles for status, titles in BEFORE_REGISTRATION.items() if status != REGISTERED},
        REFUSED: Titles("atteikts", "issue refused"),
        IN_FORCE: Titles("spēkā", "in force"),
        SUSPENDED: Titles("apturēts", "suspended"),
        EXPIRED: Titles("beidzies termiņš", "expired"),
        CANCELLED: Titles("anulēts", "certificate annulled"),
        WITHDRAWN: Titles("pārrauga tiesības atņemtas", "supervisor's right withdrawn"),
        LAPSED: Titles("zaudējis spēku", "lapsed"),
    },
    alive=frozenset({IN_FORCE, SUSPENDED}),
    not_public=NOT_PUBLIC,
    name_field="name",
    numbers=numbers_in("psychologist-certificates"),
    person="psychologist",
    term=last_day,
    attributes={"kind": of_entry("kind"), "area": of_entry("area"), "holder": of_entry("psychologist")},
    breakdowns=("kind", "area"),
    limits=(
        Limit(
            "psychologist",
            2,
            lambda content: content["kind"] == LICENCE,
            Titles("pārrauga apliecības", "supervisor's licences"),
        ),
    ),
    ends_with=("lapse", {"basis": "support_ended"}),
    examples=_EXAMPLES,
)

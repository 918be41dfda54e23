"""Supervision cases (uzraudzības lietas): submissions, inspections, proceedings about administrative violations.

The service examines what persons submit to it, inspects institutions and the educational process, and conducts
proceedings about administrative violations. A case is opened and closed; one that is entered only when it is done is
recorded closed at once. The register is not public, for its cases are about persons; so no status of it is.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.act import Payload
from domain.application import kinds_about_acts
from domain.attribute import of_entry
from domain.legal_time import LegalDate
from domain.mark import Link, Mark
from domain.register import (
    ABSENT,
    APPLICATION_ANNULLED,
    ActKind,
    Fields,
    Register,
    Titles,
    content_merged,
    content_replaced,
)
from domain.six_digit_number import numbers_in
from domain.stated_fields import stated_fields_of
from domain.value import LongText, Number, Text, Value

OPEN, CLOSED = "open", "closed"

Outcome = Literal[
    "justified", "partly_justified", "not_justified", "no_breach", "breach_found", "penalty", "discontinued",
    "forwarded", "explained",
]  # fmt: skip


class OpenedCase(Value):
    """What is known of a case when it is opened."""

    registration_number: Annotated[
        Number | None, Mark.SEARCH, Field(description="Number of the case; given by the service if not supplied")
    ] = None
    kind: Annotated[
        Literal["submission", "inspection", "violation"],
        Mark.FILTER,
        Field(description="Submission (iesniegums), inspection (pārbaude) or administrative violation (pārkāpums)"),
    ]
    subject: Annotated[Text, Mark.NAMED, Mark.SEARCH, Field(description="What the case is about")]
    body: Annotated[
        Text | None, Mark.NAMED, Mark.SEARCH, Field(description="Institution or person that the case concerns")
    ] = None
    institution: Annotated[
        UUID | None,
        Link("institutions", statuses=frozenset({"registered", "struck_off"})),
        Field(description="The institution's entry in the register of institutions, if it is kept there"),
    ] = None
    submitter: Annotated[
        Text | None,
        Mark.NAMED,
        Mark.CONFIDENTIAL,
        Field(description="Who made the submission; for those who keep the register"),
    ] = None
    on_site: Annotated[LegalDate | None, Field(description="Day of the inspection on site")] = None


class SupervisionCase(OpenedCase):
    """What the register holds of a case on a day; one that is open has no outcome."""

    outcome: Annotated[Outcome | None, Mark.FILTER, Field(description="How the case ended")] = None
    findings: Annotated[LongText | None, Mark.CONFIDENTIAL, Field(description="What was found")] = None


class ClosedCase(OpenedCase):
    """A case that is entered when it is done."""

    outcome: Annotated[Outcome, Field(description="How the case ended")]
    findings: Annotated[LongText | None, Mark.CONFIDENTIAL, Field(description="What was found")] = None


class Closing(Value):
    """The end of a case that was open."""

    outcome: Annotated[Outcome, Field(description="How the case ended")]
    findings: Annotated[LongText | None, Field(description="What was found")] = None


class Reopening(Value):
    """Why a closed case is taken up again."""

    reason: LongText


CaseChanges = stated_fields_of(OpenedCase, "SupervisionCaseChanges", without=frozenset({"registration_number", "kind"}))


def _reopened(before: Fields, _: Fields, __: Payload[Value]) -> Fields:
    return {**before, "outcome": None, "findings": None}


_OPENED: Fields = {"kind": "submission", "subject": "Par pedagoģisko procesu", "body": "Ezeru pamatskola"}
_EXAMPLES: dict[str, Fields] = {
    "open": _OPENED,
    "record": {**_OPENED, "outcome": "not_justified", "findings": "Pārkāpumi nav konstatēti."},
    "amend": {"subject": "Par pedagoģisko procesu un drošību"},
    "close": {"outcome": "partly_justified", "findings": "Konstatētas nepilnības iekšējos noteikumos."},
    "reopen": {"reason": "Saņemtas jaunas ziņas."},
    "correct": {"target": 0, "content": {**_OPENED, "registration_number": "900001"}},
    "annul": {"target": 0, "mode": "ex_tunc", "reason": "Lieta ierakstīta divreiz."},
}


REGISTER = Register(
    name="supervision-cases",
    titles=Titles("Uzraudzības lietu reģistrs", "Register of supervision cases"),
    content=SupervisionCase,
    kinds=(
        ActKind("open", "supervision_case.opened", 1, Titles("Lietas ierosināšana", "Case opened"),
                OpenedCase, frozenset({ABSENT}), OPEN, opens=True, evolve=content_replaced, public=False),
        ActKind("record", "supervision_case.recorded", 1,
                Titles("Pabeigtas lietas ierakstīšana", "Case recorded when done"),
                ClosedCase, frozenset({ABSENT}), CLOSED, opens=True, evolve=content_replaced, public=False),
        ActKind("amend", "supervision_case.amended", 1, Titles("Lietas datu izmaiņas", "Case amended"),
                CaseChanges, frozenset({OPEN}), evolve=content_merged, public=False),
        ActKind("close", "supervision_case.closed", 1, Titles("Lietas pabeigšana", "Case closed"),
                Closing, frozenset({OPEN}), CLOSED, evolve=content_merged, public=False),
        ActKind("reopen", "supervision_case.reopened", 1, Titles("Lietas atjaunošana", "Case reopened"),
                Reopening, frozenset({CLOSED}), OPEN, evolve=_reopened, public=False),
        *kinds_about_acts("supervision_case"),
    ),
    statuses={
        OPEN: Titles("atvērta", "open"),
        CLOSED: Titles("pabeigta", "closed"),
        APPLICATION_ANNULLED: Titles("akts atcelts", "act annulled"),
    },
    alive=frozenset({OPEN, CLOSED}),
    not_public=frozenset({OPEN, CLOSED, APPLICATION_ANNULLED}),
    name_field="subject",
    numbers=numbers_in("supervision_cases"),
    public=False,
    attributes={"kind": of_entry("kind"), "outcome": of_entry("outcome")},
    examples=_EXAMPLES,
)  # fmt: skip

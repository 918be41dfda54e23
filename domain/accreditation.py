"""Accreditation (akreditācija): what is accredited, for how long, and what the acts about it say.

Accredited are institutions, examination centres, programmes, and institutions in implementing programmes of in-service
training or of vocational orientation (īstenošana). A programme is accredited only as long as it is licensed.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from domain.act import Payload
from domain.legal_time import LegalDate
from domain.mark import Link, Mark
from domain.register import Fields, Reason, State
from domain.time_limit import from_receipt, months_after
from domain.value import LongText, Number, Text, Value

COVID_LIMIT = date(2022, 5, 31)
"""The last day to which a term is extended on account of Covid-19 (Law on Overcoming its Consequences, s. 44)."""

LONGEST_EXTENSION = 24
"""Months, where the term ends during a reorganisation, liquidation or building works."""

TO_DECIDE = 4
"""Months from application to decision: an application is made so long before the term ends (MK 618/2020)."""


class Accrediting(Value):
    """What an accreditation is decided about. An application may state only part of it."""

    name: Annotated[
        Text, Mark.SEARCH, Field(description="Name of the institution, examination centre or programme accredited")
    ]
    registration_number: Annotated[
        Number | None,
        Mark.SEARCH,
        Field(description="Number of the accreditation; given by the service if not supplied"),
    ] = None
    subject: Annotated[
        Literal["institution", "examination_centre", "implementation", "programme"],
        Mark.FILTER,
        Field(
            description="What is accredited: an institution, an examination centre, an institution in implementing"
            " programmes of a track, or a programme"
        ),
    ]
    institution: Annotated[
        UUID | None, Link("institutions"), Field(description="Institution accredited, or that offers the programme")
    ] = None
    college: Annotated[
        UUID | None,
        Link("higher-education"),
        Field(description="The same, where it is of the higher education register"),
    ] = None
    licence: Annotated[
        UUID | None,
        Link("programme-licences"),
        Field(description="Licence of the programme accredited; of a programme implemented, if it is named"),
    ] = None
    sector: Annotated[Literal["general", "vocational"], Mark.FILTER, Field(description="Sector of education")]
    track: Annotated[
        Literal["basic", "secondary", "craft", "further", "inservice", "arts", "sport"] | None,
        Mark.FILTER,
        Field(
            description="Of programmes: basic, secondary or craft education (arodizglītība), further education"
            " (tālākizglītība), in-service training (pilnveide), or vocationally oriented (ievirze) in music, art and"
            " dance, or in sport"
        ),
    ] = None
    sites: Annotated[
        tuple[Text, ...], Mark.SEARCH, Field(max_length=200, description="Addresses that the accreditation is for")
    ] = ()
    panel: Annotated[bool, Mark.FILTER, Field(description="Whether an expert panel (ekspertu komisija) assessed it")]
    term_years: Annotated[Literal[2, 6], Field(description="For how many years it is accredited")]

    @model_validator(mode="after")
    def _fits_the_subject(self) -> Accrediting:
        reason = misfit(self.model_dump(mode="json"))
        if reason is not None:
            raise ValueError(str(reason))
        return self


class Accreditation(Accrediting):
    """What the register holds of an accreditation on a day."""

    valid_until: Annotated[LegalDate, Field(description="Last day of the term")]


class ExtraordinaryAccreditation(Value):
    """An extraordinary accreditation (ārkārtas akreditācija), after substantial breaches: a new term."""

    proposed_by: Literal["founder", "ministry"]
    reason: LongText
    panel: bool = True
    term_years: Literal[2, 6]


class Extension(Value):
    """An extension of the term (termiņa pagarināšana), and what it is for."""

    until: LegalDate
    basis: Literal["reorganisation", "liquidation", "building", "covid"]


class Withdrawal(Value):
    """Withdrawal of an accreditation (atņemšana, zaudēšana)."""

    basis: Literal["own_request", "breaches", "extraordinary_accreditation", "grounds_ended", "other"]
    reason: LongText | None = None


_TRACKS: dict[tuple[str, str], tuple[str | None, ...]] = {
    ("programme", "general"): (None, "basic", "secondary"),
    ("programme", "vocational"): ("basic", "secondary", "craft", "further"),
    ("implementation", "vocational"): ("inservice", "arts", "sport"),
    ("implementation", "general"): (),
}
_NO_TRACK: tuple[str | None, ...] = (None,)
TRACK_EXPECTED = "track: expected {expected} for subject {subject} of sector {sector}, met {met}"
SECTOR_EXPECTED = "sector: expected vocational for subject implementation, met {met}"
LICENCE_MISSING = "licence: expected the licence of the programme, met none"
LICENCE_OF_OTHERS = "licence: expected none for subject {subject}, met one"
ONE_HOLDER = "institution, college: expected one of them, met {met}"
TERM_NOT_LONGER = "until: expected a day after {met_term}, met {met}"
EXTENDED_TOO_FAR = "until: expected {latest} at the latest for basis {basis}, met {met}"


def misfit(content: Fields) -> Reason | None:
    """Why ``content`` does not fit what is accredited, or None."""
    subject, sector, track = content["subject"], content["sector"], content["track"]
    tracks = _TRACKS.get((subject, sector), _NO_TRACK)
    if not tracks:
        return Reason(SECTOR_EXPECTED, {"met": sector})
    if track not in tracks:
        expected = " / ".join(each or "none" for each in tracks)
        values = {"expected": expected, "subject": subject, "sector": sector, "met": track or "none"}
        return Reason(TRACK_EXPECTED, values)
    if subject == "programme" and content["licence"] is None:
        return Reason(LICENCE_MISSING, {})
    if subject in ("institution", "examination_centre") and content["licence"] is not None:
        return Reason(LICENCE_OF_OTHERS, {"subject": subject})
    holders = [field for field in ("institution", "college") if content[field] is not None]
    return None if len(holders) == 1 else Reason(ONE_HOLDER, {"met": " and ".join(holders) or "none"})


def extended_too_far(state: State, stated: Fields) -> Reason | None:
    """Why the term may not be extended so: by two years in all, or to the day that the Covid law sets."""
    until, basis = stated["until"], stated["basis"]
    if until <= state.content["valid_until"]:
        return Reason(TERM_NOT_LONGER, {"met_term": state.content["valid_until"], "met": until})
    accredited_until = date.fromisoformat(state.content["accredited_until"])
    latest = (COVID_LIMIT if basis == "covid" else months_after(accredited_until, LONGEST_EXTENSION)).isoformat()
    return Reason(EXTENDED_TOO_FAR, {"latest": latest, "basis": basis, "met": until}) if until > latest else None


def received(_: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    """An application is to be decided within four months."""
    return {**stated, **from_receipt(act, TO_DECIDE)}


def accredited(_: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    """The term runs from the day on which the act takes effect."""
    return _for_term(stated, months_after(act.effective_on, 12 * stated["term_years"]).isoformat())


def taken_over(_: Fields, stated: Fields, __: Payload[Any]) -> Fields:
    """The term is the one stated."""
    return _for_term(stated, stated["valid_until"])


def accredited_anew(before: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    """A new term runs, in the place of the one before."""
    kept = {**before, "panel": stated["panel"], "term_years": stated["term_years"]}
    return accredited({}, kept, act)


def extended(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    """The term ends later; ``accredited_until`` keeps when it would have ended."""
    return {**before, "valid_until": stated["until"]}


def _for_term(content: Fields, last_day: str) -> Fields:
    return {**content, "valid_until": last_day, "accredited_until": last_day}

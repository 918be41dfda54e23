"""The licence of an educational programme: what the register of licensed programmes holds, and when it ends by itself.

A programme whose implementation has not begun within a year of licensing loses its licence by itself, on the day
after: no act says so. So does one whose code the classification of education ends. It has begun once ``begun_on`` is
known, from the act ``begin`` or from the licensing itself where that is recorded afterwards; updates change nothing
about it. The permit of an international programme is valid to a day.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from domain.application import time_limit
from domain.legal_time import LegalDate
from domain.mark import Link, Mark
from domain.programme_classification import last_day_of, mismatches, told_by
from domain.register import Fields, Reason, State, Term
from domain.value import Number, Text, Value

IN_FORCE, LAPSED, SUSPENDED, EXPIRED = "in_force", "lapsed", "suspended", "expired"


class ProgrammeLicence(Value):
    """What the register holds of a licensed programme on a day. An application may state only part of it."""

    name: Annotated[Text, Mark.SEARCH, Field(description="Name of the programme (programmas nosaukums)")]
    registration_number: Annotated[
        Number | None, Mark.SEARCH, Field(description="Number of the licence; given by the service if not supplied")
    ] = None
    institution: Annotated[
        UUID | None, Link("institutions"), Field(description="Institution that offers the programme")
    ] = None
    college: Annotated[
        UUID | None,
        Link("higher-education"),
        Field(description="The same, where it is of the higher education register"),
    ] = None
    founder: Annotated[
        Literal["state", "municipal", "private"], Mark.FILTER, Field(description="Founder at the time of licensing")
    ]
    branch: Annotated[
        Literal["general", "vocational", "international"], Mark.FILTER, Field(description="Branch of education")
    ]
    track: Annotated[
        Literal["initial", "further", "inservice", "arts", "sport"] | None,
        Mark.FILTER,
        Field(
            description="Of a vocational programme: initial, further education (tālākizglītība), in-service training"
            " (pilnveide), or vocationally oriented (ievirze) in music, art and dance, or in sport"
        ),
    ] = None
    level: Annotated[
        Literal["preschool", "basic", "secondary"] | None, Mark.FILTER, Field(description="Level (izglītības pakāpe)")
    ] = None
    code: Annotated[Text, Mark.SEARCH, Field(description="Programme code of the Latvian classification of education")]
    added_codes: Annotated[tuple[Text, ...], Mark.SEARCH, Field(max_length=50, description="Codes added later")] = ()
    study_form: Annotated[
        Literal["on_site", "extramural", "distance"],
        Mark.FILTER,
        Field(description="On site (klātiene), extramural (neklātiene) or distance learning (tālmācība)"),
    ] = "on_site"
    language: Annotated[
        Literal["latvian", "minority", "other"],
        Mark.FILTER,
        Field(description="Language of instruction (mācību valoda)"),
    ] = "latvian"
    special_kind: Annotated[
        Literal[
            "vision", "hearing", "physical", "somatic", "language", "learning", "mental_health", "intellectual",
            "severe", "mixed",
        ]
        | None,
        Mark.FILTER,
        Field(description="Of a special programme (speciālā): the impairment of the learners it is for"),
    ] = None  # fmt: skip
    origin: Annotated[
        Literal["model", "own"],
        Mark.FILTER,
        Field(description="By the Cabinet's model (paraugprogramma) or the institution's own (autorprogramma)"),
    ] = "model"
    enhanced_results: Annotated[bool, Field(description="Own programme with higher results to achieve")] = False
    modular: Annotated[bool, Field(description="Modular programme (modulārā)")] = False
    work_based: Annotated[bool, Field(description="Also in work-based form (darba vidē balstītas mācības)")] = False
    qualification: Annotated[
        Text | None, Mark.SEARCH, Field(description="Professional qualification that the programme leads to")
    ] = None
    duration: Annotated[Text | None, Field(description="Duration or volume (īstenošanas ilgums, apjoms)")] = None
    plan: Annotated[Text | None, Field(description="Study or lesson plan as approved (mācību, nodarbību plāns)")] = None
    sites: Annotated[
        tuple[Text, ...], Mark.SEARCH, Field(max_length=200, description="Addresses where the programme is offered")
    ] = ()
    permit: Annotated[
        Literal["initial", "full"] | None,
        Mark.FILTER,
        Field(description="Of an international programme: initial permit (sākotnējā atļauja) or permit"),
    ] = None
    recognised_by: Annotated[
        Text | None, Field(description="Who has recognised an international programme: a state, the IB Organisation …")
    ] = None
    valid_until: Annotated[
        LegalDate | None, Field(description="Last day of a permit: that of the foreign accreditation")
    ] = None
    licensed_on: Annotated[
        LegalDate | None, Field(description="Licensing date; the day on which licensing takes effect unless stated")
    ] = None
    begun_on: Annotated[
        LegalDate | None, Field(description="Day on which implementation began, as far as it is known")
    ] = None

    @model_validator(mode="after")
    def _fits_the_branch(self) -> ProgrammeLicence:
        reason = misfit(self.model_dump(mode="json"))
        if reason is not None:
            raise ValueError(str(reason))
        return self


HOLDERS = ("institution", "college")
_OF_BRANCH: dict[str, tuple[str, ...]] = {
    "general": ("level",),
    "vocational": ("track",),
    "international": ("permit", "recognised_by", "valid_until"),
}
_OF_OTHERS: dict[str, tuple[str, ...]] = {
    "general": ("track", "qualification", "permit", "recognised_by", "valid_until"),
    "vocational": ("permit", "recognised_by", "valid_until"),
    "international": ("track", "qualification"),
}
BRANCH_MISSING = "{field}: expected a value for a programme of branch {branch}, met none"
BRANCH_OF_OTHERS = "{field}: expected none for a programme of branch {branch}, met one"
ONE_HOLDER = "institution, college: expected one of them, met {met}"
NOT_ENHANCED = "enhanced_results: expected an institution's own programme, met one by the model"


def misfit(content: Fields) -> Reason | None:
    """Why ``content`` does not fit its branch of education, or None."""
    branch = content["branch"]
    for field in _OF_BRANCH[branch]:
        if content[field] is None:
            return Reason(BRANCH_MISSING, {"field": field, "branch": branch})
    for field in _OF_OTHERS[branch]:
        if content[field] is not None:
            return Reason(BRANCH_OF_OTHERS, {"field": field, "branch": branch})
    holders = [field for field in HOLDERS if content[field] is not None]
    if len(holders) != 1:
        return Reason(ONE_HOLDER, {"met": " and ".join(holders) or "none"})
    if content["enhanced_results"] and content["origin"] != "own":
        return Reason(NOT_ENHANCED, {})
    return None


def one_year_after(day: date) -> date:
    """The last day of a time limit of one year from ``day``."""
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def term(state: State) -> Term | None:
    """An application falls due, a permit expires; a licence lapses with its code, or if the programme has not begun."""
    if state.status not in (IN_FORCE, SUSPENDED):
        return time_limit(state)
    content, ends = state.content, list[Term]()
    if content["valid_until"] is not None:
        ends.append(Term(date.fromisoformat(content["valid_until"]), EXPIRED))
    last_day = one_year_after(date.fromisoformat(content["licensed_on"]))
    if content["begun_on"] is None or date.fromisoformat(content["begun_on"]) > last_day:
        ends.append(Term(last_day, LAPSED))
    last_day_of_code = last_day_of(content["code"])
    if last_day_of_code is not None:
        ends.append(Term(last_day_of_code, LAPSED))
    return min(ends, default=None)


def warnings(stated: Fields) -> list[str]:
    """What of the programme codes stated is not as the classification has it."""
    codes = [code for code in (stated.get("code"), *(stated.get("added_codes") or ())) if code]
    found = [warning for code in codes for warning in mismatches(code)]
    if stated.get("branch") == "general" and stated.get("code"):
        for field, told in told_by(stated["code"]).items():
            if stated.get(field, told) != told:
                met = stated[field] or "none"
                found.append(f"{field}: expected {told}, as the programme code has it, met {met}")
    return found

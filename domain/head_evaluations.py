"""Evaluations of heads of institutions (vadītāja profesionālās darbības novērtēšana), MK 831/2016 and MK 618/2020.

An entry is one evaluation of one head, who may be evaluated again, here or at another institution. It is a fact of its
day: it stays recorded when the head leaves and when the institution ends.

What a person was found to do well or not is personal data, and in which scope it is published is not settled by what
could be read of the rules; so the register is not public. The year's figures are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from domain.application import REGISTERED, kinds_about_acts
from domain.attribute import of_entry
from domain.institutions import STRUCK_OFF
from domain.mark import Link, Mark
from domain.personal_code import HOLDER, PersonalCode, mismatch
from domain.register import (
    ABSENT,
    ANNULLED,
    APPLICATION_ANNULLED,
    ActKind,
    Fields,
    Reason,
    Register,
    Titles,
    content_replaced,
)
from domain.six_digit_number import numbers_in
from domain.value import Number, Text, Value

RECORDED = "recorded"
NEEDS_IMPROVEMENT = "needs_improvement"


class CriterionResult(Value):
    """The level found in one criterion of the evaluation."""

    criterion: Text
    level: Literal["insufficient", "needs_improvement", "good", "very_good"]


class HeadEvaluation(Value):
    """One evaluation of a head."""

    name: Annotated[Text, Mark.PERSONAL, Mark.SEARCH, Field(description="Name of the head (vadītājs)")]
    registration_number: Annotated[
        Number | None,
        Mark.SEARCH,
        Field(description="Number of the evaluation; given by the service if not supplied"),
    ] = None
    personal_code: Annotated[
        PersonalCode, Mark.PERSONAL, Mark.CONFIDENTIAL, Field(description="Personal code of the head")
    ]
    former_personal_code: Annotated[
        PersonalCode | None,
        Mark.PERSONAL,
        Mark.CONFIDENTIAL,
        Field(description="The code that the head had before, if an evaluation was recorded under it"),
    ] = None
    institution: Annotated[
        UUID,
        Link("institutions", frozenset({REGISTERED, STRUCK_OFF, ANNULLED})),
        Field(description="Institution that the head leads"),
    ]
    sector: Annotated[
        Literal["general", "vocational"], Mark.FILTER, Field(description="Sector of education of the institution")
    ]
    preschool: Annotated[bool, Field(description="Whether the institution is a preschool (pirmsskola)")] = False
    results: Annotated[
        tuple[CriterionResult, ...],
        Mark.CONFIDENTIAL,
        Field(min_length=1, max_length=50, description="The level found in each criterion"),
    ]

    @model_validator(mode="after")
    def _fits(self) -> HeadEvaluation:
        reason = misfit(self.model_dump(mode="json"))
        if reason is not None:
            raise ValueError(str(reason))
        return self


PRESCHOOL_IS_GENERAL = "preschool: expected it of sector general only, met sector {met}"
CRITERION_TWICE = "results: expected each criterion once, met one twice"


def misfit(content: Fields) -> Reason | None:
    """Why ``content`` is not what an evaluation can be, or None."""
    if content["preschool"] and content["sector"] != "general":
        return Reason(PRESCHOOL_IS_GENERAL, {"met": content["sector"]})
    criteria = [result["criterion"] for result in content["results"]]
    return Reason(CRITERION_TWICE, {}) if len(set(criteria)) != len(criteria) else None


def warnings(stated: Fields) -> list[str]:
    """What of the codes stated does not fit."""
    codes = (stated.get("personal_code"), stated.get("former_personal_code"))
    return [warning for code in codes if code and (warning := mismatch(code)) is not None]


def _needs_improvement(results: Sequence[Mapping[str, str]] | None) -> bool:
    """Whether the head needs to improve in one criterion or more."""
    return any(result["level"] == NEEDS_IMPROVEMENT for result in results or ())


record = ActKind(
    "record", "head_evaluation.recorded", 1, Titles("Novērtējums", "Evaluation recorded"), HeadEvaluation,
    frozenset({ABSENT, APPLICATION_ANNULLED}), RECORDED, opens=True, evolve=content_replaced, public=False,
)  # fmt: skip

_EVALUATION: Fields = {
    "name": "Ilze Ezeriņa",
    "personal_code": "390000-00018",
    "institution": "5d2f6a1e-0f0b-4d0c-9a53-7f1a3c2b9e10",
    "sector": "general",
    "results": [
        {"criterion": "Iestādes darba plānošana", "level": "good"},
        {"criterion": "Personāla pārvaldība", "level": "needs_improvement"},
    ],
}

REGISTER = Register(
    name="head-evaluations",
    titles=Titles("Izglītības iestāžu vadītāju novērtējumi", "Evaluations of heads of institutions"),
    content=HeadEvaluation,
    kinds=(record, *kinds_about_acts("head_evaluation")),
    statuses={
        RECORDED: Titles("reģistrēts", "recorded"),
        APPLICATION_ANNULLED: Titles("akts atcelts", "act annulled"),
    },
    alive=frozenset({RECORDED}),
    not_public=frozenset({RECORDED, APPLICATION_ANNULLED}),
    name_field="name",
    numbers=numbers_in("head-evaluations"),
    public=False,
    attributes={
        "sector": of_entry("sector"),
        "preschool": of_entry("preschool"),
        "needs_improvement": of_entry("results", told=_needs_improvement),
        "holder": HOLDER,
    },
    warnings=warnings,
    examples={
        "record": _EVALUATION,
        "correct": {"target": 0, "content": {**_EVALUATION, "registration_number": "900001"}},
        "annul": {"target": 0, "mode": "ex_tunc", "reason": "Novērtēts cits vadītājs."},
    },
)

"""Erasures (personas datu dzēšana): which persons' keys were destroyed, on what legal ground, and where they stood.

An erasure names subjects and entries, and no value. What it says was done is done in the transaction that records it;
it can be neither corrected nor annulled, for nobody can bring a destroyed key back.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.mark import Mark
from domain.register import ABSENT, ActKind, Fields, Register, Titles, content_replaced
from domain.six_digit_number import numbers_in
from domain.value import Number, Text, Value

ERASED = "erased"


class Erasure(Value):
    """What was erased."""

    registration_number: Annotated[Number | None, Field(description="Number of the erasure; given by the service")] = (
        None
    )
    case: Annotated[Text, Mark.SEARCH, Field(description="Number of the case or decision in which it was decided")]
    legal_ground: Annotated[Text, Field(description="On what legal ground")]
    subjects: Annotated[
        tuple[UUID, ...],
        Field(min_length=1, max_length=10_000, description="Pseudonyms of those whose keys were destroyed"),
    ]
    entries: Annotated[tuple[UUID, ...], Field(max_length=10_000, description="The entries in which they stood")]
    acts: Annotated[int, Field(ge=0, description="How many acts said something of them")]
    values: Annotated[int, Field(ge=0, description="How many values can no longer be read")]


_EXAMPLES: dict[str, Fields] = {
    "erase": {
        "case": "2-4/17",
        "legal_ground": "GDPR 17(1)(a)",
        "subjects": ["018e0000-0000-4000-8000-0000000000cc"],
        "entries": ["018e0000-0000-7000-8000-000000000001"],
        "acts": 3,
        "values": 7,
    }
}

erase = ActKind(
    "erase", "person.erased", 1, Titles("Personas datu dzēšana", "Person erased"),
    Erasure, frozenset({ABSENT}), ERASED, opens=True, evolve=content_replaced, public=False,
)  # fmt: skip

REGISTER = Register(
    name="erasures",
    titles=Titles("Dzēsto personas datu reģistrs", "Register of erasures"),
    content=Erasure,
    kinds=(erase,),
    statuses={ERASED: Titles("dzēsts", "erased")},
    alive=frozenset({ERASED}),
    not_public=frozenset({ERASED}),
    name_field="case",
    numbers=numbers_in("erasures"),
    public=False,
    recorded_by="service",
    examples=_EXAMPLES,
)

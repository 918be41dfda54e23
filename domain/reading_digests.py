"""Digests of readings (lasījumu kopsavilkumi): how far the log of readings went on a day, told by the service itself.

Who reads what is not public is kept in a log apart from the ledger. The chain hash at the end of what was read stands
here, so that nothing can be taken out of that log, changed or put into it afterwards without anyone noticing. There are
numbers only: neither who read nor what.
"""

from __future__ import annotations

from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Field, model_validator

from domain.legal_time import LegalDate
from domain.mark import Mark
from domain.register import ABSENT, ActKind, Fields, Register, Titles, content_replaced
from domain.six_digit_number import numbers_in
from domain.value import Number, Sha256, Value

RECORDED = "recorded"

ReadingNumber = Annotated[int, Field(ge=0, le=2**53 - 1)]


class ReadingDigest(Value):
    """A digest of the readings of one day, or of a part of it: those after the digest before."""

    registration_number: Annotated[Number | None, Field(description="Number of the digest; given by the service")] = (
        None
    )
    day: Annotated[LegalDate, Mark.FILTER, Field(description="The day in Riga on which they were read")]
    first: Annotated[ReadingNumber, Field(description="Number of the first reading, from 0")]
    last: Annotated[ReadingNumber, Field(description="Number of the last reading")]
    count: Annotated[ReadingNumber, Field(description="How many readings")]
    chain_hash: Annotated[Sha256, Field(description="Chain hash of the last reading")]

    @model_validator(mode="after")
    def _fits(self) -> ReadingDigest:
        expected = self.last - self.first + 1
        if self.count != expected or not self.count:
            raise ValueError(f"count: expected {expected} from the first to the last reading, met {self.count}")
        return self


def digest_id(first: int) -> UUID:
    """The entry of the digest that begins with reading ``first``: whoever makes it, there is one."""
    return uuid5(NAMESPACE_URL, f"urn:regesta:reading-digest:{first}")


_EXAMPLE: Fields = {
    "day": "2026-11-20",
    "first": 0,
    "last": 41,
    "count": 42,
    "chain_hash": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
}

REGISTER = Register(
    name="reading-digests",
    titles=Titles("Lasījumu žurnāla kopsavilkumi", "Digests of the log of readings"),
    content=ReadingDigest,
    kinds=(
        ActKind("digest", "reading_digest.recorded", 1, Titles("Lasījumu kopsavilkums", "Readings digested"),
                ReadingDigest, frozenset({ABSENT}), RECORDED, opens=True, evolve=content_replaced),
    ),
    statuses={RECORDED: Titles("ierakstīts", "recorded")},
    alive=frozenset({RECORDED}),
    not_public=frozenset(),
    name_field="day",
    numbers=numbers_in("reading-digests"),
    recorded_by="service",
    examples={"digest": _EXAMPLE},
)  # fmt: skip

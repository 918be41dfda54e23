"""Register of issued extracts (izsniegtie izraksti): what the service has certified to whom, and for what.

The service keeps it of its own acts. An extract is not kept as it was given out but made again from the ledger: the
entry, the two dates and the nonce are what it follows from, and the hash tells whether it still is the same.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.act import Payload
from domain.legal_time import LegalDate
from domain.mark import Mark
from domain.register import ABSENT, ActKind, Fields, NumberSeries, Register, Titles, content_replaced
from domain.value import LongText, Sha256, Text, Value

ISSUED, REVOKED = "issued", "revoked"
_FORM = re.compile(r"([0-9]{4})-([0-9]{6})")

ExtractNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{6}$")]
"""The year of issue and the serial within it, such as 2026-000001."""


class ExtractIssue(Value):
    """An extract as it is issued: what it says follows from this and the ledger."""

    registration_number: Annotated[
        ExtractNumber | None, Mark.SEARCH, Field(description="Number of the extract; given by the service")
    ] = None
    issued_on: Annotated[LegalDate, Field(description="Day of issue (Europe/Riga)")]
    of_register: Annotated[Text, Mark.FILTER, Field(description="Register of the entry")]
    of_entry: Annotated[UUID, Mark.FILTER, Field(description="The entry")]
    as_of: Annotated[LegalDate, Field(description="The day the extract is about")]
    known_at: Annotated[int, Field(ge=0, lt=2**62, description="Position up to which the ledger was taken as known")]
    part: Annotated[
        Literal["public", "whole"], Field(description="The public part of the entry, or the confidential one as well")
    ]
    language: Annotated[Literal["lv", "en"], Field(description="Language in which it was asked for")]
    rule_version: Annotated[Text, Field(description="Version of the rules by which the state was worked out")]
    check_address: Annotated[Text, Field(description="Address below which the extract can be checked")]
    statement_sha256: Annotated[Sha256, Field(description="SHA-256 of what the extract states, the nonce included")]
    nonce: Annotated[
        Text, Mark.CONFIDENTIAL, Mark.PERSONAL,
        Field(description="Random text within the extract, without which nobody can guess what was hashed"),
    ]  # fmt: skip
    to: Annotated[Text | None, Mark.CONFIDENTIAL, Mark.PERSONAL, Field(description="To whom it is issued")] = None
    purpose: Annotated[Text | None, Mark.CONFIDENTIAL, Mark.PERSONAL, Field(description="For what purpose")] = None


class IssuedExtract(ExtractIssue):
    """What is held of an issued extract on a day."""

    revoked_because: Annotated[LongText | None, Field(description="Why it was revoked")] = None


class Revocation(Value):
    """Why an extract is no longer to be relied on."""

    reason: LongText


def _revoked(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    return {**before, "revoked_because": stated["reason"]}


def _split(number: str) -> tuple[str, int] | None:
    found = _FORM.fullmatch(number)
    return None if found is None else (found[1], int(found[2]))


def _number(year: str, serial: int) -> str | None:
    return f"{year}-{serial:06d}" if serial < 1_000_000 else None


_ISSUE: Fields = {
    "issued_on": "2026-11-24",
    "of_register": "institutions",
    "of_entry": "6f9619ff-8b86-4011-b42d-00c04fc964ff",
    "as_of": "2026-11-24",
    "known_at": 17,
    "part": "public",
    "language": "lv",
    "rule_version": "regesta 0.1.0",
    "check_address": "https://registri.example",
    "statement_sha256": "a" * 64,
    "nonce": "b2tl5q4gk7h5y6nq3vjxw2cm4e",
    "to": "Ilze Ezeriņa",
    "purpose": "Iesniegšanai bankā",
}

REGISTER = Register(
    name="issued-extracts",
    titles=Titles("Izsniegto izrakstu reģistrs", "Register of issued extracts"),
    content=IssuedExtract,
    kinds=(
        ActKind("issue", "extract.issued", 1, Titles("Izraksta izsniegšana", "Extract issued"), ExtractIssue,
                frozenset({ABSENT}), ISSUED, opens=True, evolve=content_replaced, public=False),
        ActKind("revoke", "extract.revoked", 1, Titles("Izraksta atsaukšana", "Extract revoked"), Revocation,
                frozenset({ISSUED}), REVOKED, evolve=_revoked, public=False),
    ),
    statuses={ISSUED: Titles("izsniegts", "issued"), REVOKED: Titles("atsaukts", "revoked")},
    alive=frozenset({ISSUED, REVOKED}),
    not_public=frozenset({ISSUED, REVOKED}),
    name_field="registration_number",
    numbers=NumberSeries("extracts", _split, lambda content: content["issued_on"][:4], _number, lambda *_: []),
    public=False,
    recorded_by="service",
    examples={"issue": _ISSUE, "revoke": {"reason": "Izsniegts kļūdaini."}},
)  # fmt: skip
"""The register of issued extracts. Its numbers are gapless within a year."""

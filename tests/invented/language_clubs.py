"""Register of language clubs: each meets at an institution, for three years at a time."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from domain.act import Payload
from domain.application import kinds_about_acts
from domain.attribute import of_entry
from domain.mark import Link, Mark
from domain.register import ABSENT, ActKind, Fields, Register, State, Term, Titles
from domain.six_digit_number import numbers_in
from domain.value import Number, Text, Value
from projections.measures import Measure, Table, among


class Club(Value):
    """What is held of a club on a day."""

    name: Annotated[Text, Mark.SEARCH]
    registration_number: Annotated[Number | None, Mark.SEARCH] = None
    language: Annotated[Literal["lv", "liv", "ltg"], Mark.FILTER]
    institution: Annotated[UUID, Link("institutions")]
    leader_phone: Annotated[Text | None, Mark.CONFIDENTIAL] = None


class Closing(Value):
    """Why a club closes."""

    reason: Annotated[Text, Field(description="Reason")]


def _opened(_: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    return {**stated, "valid_until": act.effective_on.replace(year=act.effective_on.year + 3).isoformat()}


def _term(state: State) -> Term | None:
    return Term(date.fromisoformat(state.content["valid_until"]), "expired") if state.status == "open" else None


_CLUB: Fields = {"name": "Lībiešu klubs", "language": "liv", "institution": "6f9619ff-8b86-4011-b42d-00c04fc964ff"}

REGISTER = Register(
    name="language-clubs",
    titles=Titles("Valodu klubu reģistrs", "Register of language clubs"),
    content=Club,
    kinds=(
        ActKind("open", "language_club.opened", 1, Titles("Atvēršana", "Opened"), Club, frozenset({ABSENT}), "open",
                opens=True, evolve=_opened),
        ActKind("close", "language_club.closed", 1, Titles("Slēgšana", "Closed"), Closing, frozenset({"open"}),
                "closed"),
        *kinds_about_acts("language_club"),
    ),
    statuses={name: Titles(name, name) for name in ("open", "closed", "expired", "annulled")},
    alive=frozenset({"open"}),
    not_public=frozenset(),
    name_field="name",
    numbers=numbers_in("clubs"),
    term=_term,
    attributes={"language": of_entry("language")},
    ends_with=("close", {"reason": "Iestāde svītrota."}),
    examples={"open": _CLUB, "close": {"reason": "Nav biedru."}},
)  # fmt: skip

TABLES = (Table("clubs", Titles("Klubi", "Clubs"), "clubs"),)
MEASURES = (
    Measure("clubs.opened.livonian", Titles("Lībiešu klubi", "Livonian clubs"), REGISTER.name, ("open",), "count",
            (among("language", "liv"),)),
)  # fmt: skip

"""Legal grounds (tiesiskais pamats): the laws and Cabinet rules that acts of a register are based on, with their days.

They stand in ``legal_grounds.csv``; a day that the sources do not tell is empty there, and nothing is concluded from
it. ``registers`` is ``*`` for what holds in all of them. What a decision states as its ground is kept as it was
written; that rules were not yet adopted, no longer in force or are another register's is pointed out, never refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from domain.act import Decision

_LIST = Path(__file__).parent / "legal_grounds.csv"
_SHORT = re.compile(r"\bMK\s+(?:noteikumi\s+)?(?:Nr\.\s*)?(?P<number>\d{1,4})/(?P<year>\d{4})\b")
_LONG = re.compile(
    r"\bMinistru kabineta\s+\d\d?\.\d\d?\.(?P<year>\d{4})\.\s+noteikum\w+\s+Nr\.\s*(?P<number>\d{1,4})\b"
)


class LegalGround(NamedTuple):
    """A law, or Cabinet rules by number and year (``MK 397/2015``), and the days that are known of it."""

    act: str
    about: str
    adopted: date | None
    in_force_from: date | None
    last_day: date | None
    registers: frozenset[str]

    def is_of(self, register: str) -> bool:
        """Whether acts of ``register`` may be based on it."""
        return "*" in self.registers or register in self.registers


@cache
def legal_grounds() -> dict[str, LegalGround]:
    """Every legal ground known, by its short name."""
    with _LIST.open(encoding="utf-8", newline="") as file:
        return {
            row["act"]: LegalGround(
                row["act"],
                row["about"],
                _day(row["adopted"]),
                _day(row["in_force_from"]),
                _day(row["last_day"]),
                frozenset(row["registers"].split()),
            )
            for row in csv.DictReader(file, strict=True)
        }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def rules_named_in(text: str) -> list[str]:
    """The Cabinet rules that ``text`` names in either usual form, as their short names in order."""
    found = [*_SHORT.finditer(text), *_LONG.finditer(text)]
    return [f"MK {match['number']}/{match['year']}" for match in sorted(found, key=lambda match: match.start())]


def mismatches(register: str, decision: Decision) -> list[str]:
    """What of the legal ground that ``decision`` states does not fit ``register`` or its day."""
    if decision.legal_ground is None:
        return []
    named = rules_named_in(decision.legal_ground)
    return [warning for act in named for warning in _about(act, register, decision.decided_on)]


def _about(act: str, register: str, decided_on: date) -> Iterator[str]:
    ground = legal_grounds().get(act)
    if ground is None or not ground.is_of(register):
        yield f"legal ground: {act} is not among the rules known for register {register}"
        return
    begins = ground.in_force_from or ground.adopted
    if begins is not None and decided_on < begins:
        yield f"legal ground: {act} is there since {begins}, the decision is of {decided_on}"
    if ground.last_day is not None and decided_on > ground.last_day:
        yield f"legal ground: {act} was in force to {ground.last_day}, the decision is of {decided_on}"

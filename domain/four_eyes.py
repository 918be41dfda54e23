"""Four eyes (četru acu princips): which acts are prepared by one person and confirmed by another.

The rules stand in ``four_eyes.csv``, one line for a register and a kind of act. They hold by the day on which an act is
*recorded* (Europe/Riga): every other date of an act is stated by who asks for it, and could be dated back.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from domain.act import Act
from domain.legal_time import NEVER_ENDS

_TABLE = Path(__file__).parent / "four_eyes.csv"


class Rule(NamedTuple):
    """Acts of ``verb`` in ``register`` recorded on the days ``[first, end)`` need two people.

    A proposal not confirmed within ``days`` lapses. ``ground`` is why the rule is there.
    """

    register: str
    verb: str
    first: date
    end: date
    days: int
    ground: str


class RulesOverlap(Exception):
    """Two rules for one kind of act on one day."""


class FourEyes:
    """The rules, asked by the day of recording. Raises RulesOverlap if two hold for one kind of act on a day."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[tuple[str, str], list[Rule]] = {}
        for rule in rules:
            others = self._rules.setdefault((rule.register, rule.verb), [])
            if any(rule.first < other.end and other.first < rule.end for other in others):
                raise RulesOverlap(f"expected one rule for {rule.register} {rule.verb} on a day, met two")
            others.append(rule)

    @property
    def all(self) -> list[Rule]:
        """Every rule, past and to come."""
        return [rule for rules in self._rules.values() for rule in rules]

    def of(self, register: str, act: Act, acts: Mapping[int, Act], day: date) -> Rule | None:
        """The rule under which ``act``, recorded on ``day``, needs two people; None if one will do.

        What corrects or annuls one of ``acts`` (those of its entry) changes what that one did: the rule that holds for
        it on ``day`` holds for these as well.
        """
        for rule in self._rules.get((register, act.kind.verb), ()):
            if rule.first <= day < rule.end:
                return rule
        if act.kind.effect == "state":
            return None
        return self.of(register, acts[act.fields["target"]], acts, day)


@cache
def rules_of_the_service() -> FourEyes:
    """The rules of ``four_eyes.csv``."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return FourEyes(_rule(row) for row in csv.DictReader(file, strict=True))


def _rule(row: dict[str, str]) -> Rule:
    end = date.fromisoformat(row["to"]) if row["to"] else NEVER_ENDS
    return Rule(row["register"], row["verb"], date.fromisoformat(row["from"]), end, int(row["days"]), row["ground"])

"""Administrative territories by the classifier ATVK, the version of 2009 and that of 2021, with the days they hold on.

They stand in ``territories.csv``. The 119 codes of 2009 end with the reform of 1 July 2021 (MK 379/2021), which made 43
territories of them; Varakļāni joined Madona on 1 July 2025. ``continued_by`` is the code of the territory that a former
one went into, and empty where it was divided (Inčukalns) or still holds. The codes are those that public data sets
give; the code of Varakļāni of 2021 follows from the classifier's order and was not seen.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

_LIST = Path(__file__).parent / "territories.csv"


class Territory(NamedTuple):
    """A state city or municipality (novads): its code, its name, and the days on which the code holds."""

    code: str
    name: str
    first_day: date
    last_day: date | None
    continued_by: str | None

    def holds_on(self, day: date) -> bool:
        """Whether ``day`` is one of its days."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@cache
def territories() -> tuple[Territory, ...]:
    """Every territory of both versions, in the order of the list."""
    with _LIST.open(encoding="utf-8", newline="") as file:
        return tuple(
            Territory(
                row["code"],
                row["name"],
                date.fromisoformat(row["first_day"]),
                date.fromisoformat(row["last_day"]) if row["last_day"] else None,
                row["continued_by"] or None,
            )
            for row in csv.DictReader(file, strict=True)
        )


def territories_on(day: date) -> dict[str, Territory]:
    """The territories that hold on ``day``, by name."""
    return {each.name: each for each in territories() if each.holds_on(day)}


@cache
def _names() -> dict[str, str]:
    return {each.name.casefold(): each.name for each in territories()}


@lru_cache(maxsize=16_384)
def named_in(address: str) -> str | None:
    """The name of the territory that ``address``, written as the State Address Register does, lies in; None if unknown.

    Its parts go from the smallest to the largest, so the last that is a territory's name counts.
    """
    names = _names()
    for part in reversed(address.split(",")):
        name = names.get(part.strip().casefold())
        if name is not None:
            return name
    return None

"""How long the values of persons are kept (glabāšanas termiņi): so many years after an entry came to its end.

The rules stand in ``retention.csv``, one line a register. When they are over the values are due for erasure; nothing is
erased without a decision.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).parent / "retention.csv"


class Retention(NamedTuple):
    """In ``register`` values are kept for ``years`` after an entry came into one of ``statuses``, on legal ground."""

    register: str
    statuses: tuple[str, ...]
    years: int
    ground: str

    def ended_by(self, day: date) -> date:
        """The last day of an end whose values are due on ``day``."""
        year = day.year - self.years
        return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


@cache
def retention_rules() -> tuple[Retention, ...]:
    """The rules of ``retention.csv``."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Retention(row["register"], tuple(row["statuses"].split()), int(row["years"]), row["ground"])
            for row in csv.DictReader(file, strict=True)
        )

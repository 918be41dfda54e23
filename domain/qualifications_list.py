"""Professional qualifications that can be awarded, with their levels (kvalifikāciju saraksts, MK 1412/2013).

The list stands in ``qualifications_list.csv``: the names and levels as the service's report for 2020 prints them in
table 11, where welders of every process are one row. It holds the qualifications awarded from 2014 to 2020 (``printed``
is ``yes``); the last five, of which none was awarded in those years, are not printed there and were not checked
against the rules. A name, once on the list, stays on it: acts state it. New ones are added at the end.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

_LIST = Path(__file__).parent / "qualifications_list.csv"


class ListedQualification(NamedTuple):
    """A qualification of the list: its name, its levels, and whether table 11 of the report has a row of it."""

    name: str
    levels: tuple[str, ...]
    printed: bool

    @property
    def printed_name(self) -> str:
        """The name with its levels, as the report prints it."""
        return f"{self.name} ({', '.join(self.levels)})"


@cache
def listed_qualifications() -> dict[str, ListedQualification]:
    """Every qualification of the list by its name, in the order of the list."""
    with _LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    return {
        row["name"]: ListedQualification(row["name"], tuple(row["levels"].split()), row["printed"] == "yes")
        for row in rows
    }

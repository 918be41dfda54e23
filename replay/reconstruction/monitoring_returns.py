"""The register of monitoring returns: those that add up to the report's figures about children and absence.

The country is told of by five of its cities, which share every figure evenly; how it was really spread is not
published. Of 2017 and 2019 the report tells no reason but one, and the returns do not either.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread

REGISTER = "monitoring-returns"

CITIES = {"33": "Rīgas", "27": "Daugavpils", "28": "Jelgavas", "30": "Liepājas", "32": "Ventspils"}

UPDATES = 6
"""How often the data were updated in 2020 (table 2)."""

CHILDREN: dict[int, dict[str, int]] = {
    2017: {"not_told": 19_022},
    2019: {"family": 134, "not_told": 17_169 - 134},
    2020: {
        "family": 396, "unknown": 394, "arrived": 40, "next_year": 25, "ill": 23, "disabled": 16, "closure": 4,
        "missing": 2, "parent": 1, "works": 1,
        "abroad_adopted": 16, "abroad_foreign": 1_382, "abroad_emigrated": 14_153,
    },
}  # fmt: skip
"""Children by year and reason (table 8, text 2.2.1)."""

_LEVELS = ("preschool", "basic", "secondary", "vocational")
ABSENCE = {
    ("2018/2019", "1"): (10, 475, 113, 955),
    ("2018/2019", "2"): (53, 2_154, 578, 2_845),
    ("2019/2020", "1"): (38, 1_240, 254, 3_086),
    ("2019/2020", "2"): (9, 953, 203, 1_291),
}
"""Learners by school year and half, in the order of the levels (table 9)."""


def steps(_: InstitutionsOf2020) -> list[Step]:
    """Every return and update in the order of their days."""
    found = _updates()
    for year, reasons in CHILDREN.items():
        found += _told(f"{year}-children", date(year, 10, 12), "record_children",
                       {"data_day": f"{year}-10-01", "purpose": "year"}, "children", reasons)  # fmt: skip
    for (school_year, half), learners in ABSENCE.items():
        year, month = int(school_year[5:]), {"1": 1, "2": 6}[half]
        found += _told(f"{year}-absence-{half}", date(year, month, 22), "record_absence",
                       {"school_year": school_year, "half": half}, "learners",
                       dict(zip(_LEVELS, learners, strict=True)))  # fmt: skip
    return sorted(found, key=lambda step: step.decided_on)


def _updates() -> list[Step]:
    return [
        _step(f"2020-children-update-{nth}", day, "record_update", {"data_day": day.isoformat()})
        for nth, day in enumerate(spread(UPDATES, date(2020, 1, 15), date(2020, 12, 15)), 1)
    ]


def _told(
    key: str, day: date, verb: str, content: Mapping[str, Any], field: str, counts: Mapping[str, int]
) -> list[Step]:
    """A return of each city."""
    return [
        _step(f"{key}-{territory}", day, verb,
              {"submitter": f"{city} pilsētas dome (rekonstrukcija)", "territory": territory, **content,
               field: {name: _share(whole, nth) for name, whole in counts.items()}})
        for nth, (territory, city) in enumerate(CITIES.items())
    ]  # fmt: skip


def _share(whole: int, nth: int) -> int:
    """The part of ``whole`` that the city at ``nth`` tells of: all of them add up to it."""
    return whole // len(CITIES) + (nth < whole % len(CITIES))


def _step(key: str, day: date, verb: str, content: Mapping[str, Any]) -> Step:
    return Step(key, day, (PlannedAct(REGISTER, entry_id_of(f"{REGISTER} {key}"), verb, content, opens=True),))

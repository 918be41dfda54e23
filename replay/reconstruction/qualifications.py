"""The register of qualifications: the awards of 2014 to 2020, and the delegation agreements of 2020.

How many persons were awarded what is table 11 of the report (``awards.csv``); the persons are invented, nobody is
awarded two qualifications, and their personal codes begin with 3960. In the column of 2018 the rows add up to 982 and
the printed total is 972: the rows are replayed. Of 2020 the report tells how many agreements were concluded, with how
many institutions and for how many qualifications; which ones they were is chosen by rule.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from domain import personal_code
from domain.qualifications_list import listed_qualifications
from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread
from replay.viis_import import entry_id_of as imported_entry_id_of

REGISTER = "qualifications"
LAW = "Profesionālās izglītības likuma 29.1 panta trešā daļa"

AGREEMENTS, INSTITUTIONS = 149, 23
"""The report's figures of 2020. The qualifications they are for are the whole list: 103."""

AWARDS = Path(__file__).parent.parent / "data" / "report-2020" / "awards.csv"
_LARGEST_EXAMINATION = 25
_FIRST_CODE = 60_000_000


class _Agreement(NamedTuple):
    """An agreement of 2020, and the entry it is."""

    entry: UUID
    qualification: str


class _Examination(NamedTuple):
    """What an examination commission decides at once: who of its examinees is awarded the qualification."""

    key: str
    year: int
    qualification: str
    persons: int


def steps(year: InstitutionsOf2020) -> list[Step]:
    """Awards and agreements in the order of their days; those of 2020 rest on agreements concluded before them."""
    agreements, concluded = _agreements(year)
    by_qualification: dict[str, list[UUID]] = {}
    for agreement in agreements:
        by_qualification.setdefault(agreement.qualification, []).append(agreement.entry)
    return sorted([*concluded, *_awards(by_qualification)], key=lambda step: step.decided_on)


def _level(qualification: str) -> str:
    """Of a qualification of two levels the higher one: the report does not tell them apart."""
    return listed_qualifications()[qualification].levels[-1]


def _agreements(year: InstitutionsOf2020) -> tuple[list[_Agreement], list[Step]]:
    """Each qualification with one institution, and then with another, as far as there are agreements."""
    schools = sorted(
        (c for c in year.opening if c["kind"] == "vocational"), key=lambda c: str(c["registration_number"])
    )
    names, agreements, concluded = list(listed_qualifications()), list[_Agreement](), list[Step]()
    for nth, day in enumerate(spread(AGREEMENTS, date(2020, 1, 8), date(2020, 2, 28))):
        qualification, school = names[nth % len(names)], schools[nth % INSTITUTIONS]
        agreement = _Agreement(entry_id_of(f"{REGISTER} agreement {nth}"), qualification)
        content = {
            "qualification": qualification,
            "level": _level(qualification),
            "body": school["name"],
            "institution": str(imported_entry_id_of(school["registration_number"])),
        }
        act = PlannedAct(REGISTER, agreement.entry, "conclude", content, opens=True)
        agreements.append(agreement)
        concluded.append(Step(f"2020-qualification-agreement-{nth + 1}", day, (act,), True, legal_ground=LAW))
    return agreements, concluded


def _awards(agreements: dict[str, list[UUID]]) -> Iterator[Step]:
    persons = _persons()
    for examination, day in _days(_examinations()):
        under = agreements[examination.qualification] if examination.year >= 2020 else [None]
        acts = tuple(
            _award(examination.qualification, under[nth % len(under)], person)
            for nth, person in enumerate(islice(persons, examination.persons))
        )
        yield Step(examination.key, day, acts, legal_ground=LAW)


def _award(qualification: str, agreement: UUID | None, person: dict[str, Any]) -> PlannedAct:
    content = {"qualification": qualification, "level": _level(qualification), **person}
    if agreement is not None:
        content["agreement"] = str(agreement)
    return PlannedAct(REGISTER, entry_id_of(f"{REGISTER} award {person['holder']}"), "award", content, opens=True)


def _examinations() -> list[_Examination]:
    with AWARDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    found = []
    for nth, row in enumerate(rows, 1):
        for year in range(2014, 2021):
            left = int(row[str(year)] or 0)
            for session in count(1):
                if left == 0:
                    break
                persons = min(left, _LARGEST_EXAMINATION)
                key = f"{year}-qualification-award-{nth}-{session}"
                found.append(_Examination(key, year, row["qualification"], persons))
                left -= persons
    return found


def _days(examinations: list[_Examination]) -> Iterator[tuple[_Examination, date]]:
    """The examinations of each year, spread over it; those of 2020 after the agreements were concluded."""
    for year in range(2014, 2021):
        of_year = [examination for examination in examinations if examination.year == year]
        yield from zip(of_year, spread(len(of_year), date(year, 3, 2), date(year, 12, 18)), strict=True)


def _persons() -> Iterator[dict[str, Any]]:
    for nth in count(1):
        digits = f"39{_FIRST_CODE + nth - 1:08d}"
        yield {
            "holder": f"Eksaminējamais {nth} (rekonstrukcija)",
            "personal_code": personal_code.written(digits + personal_code.check_digit(digits)),
        }

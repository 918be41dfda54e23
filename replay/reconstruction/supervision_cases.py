"""The register of supervision cases in 2019 and 2020: as many as the report counts, of which nothing else is known.

Submissions and inspections are recorded when they are done. Proceedings about administrative violations are opened
and closed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread

REGISTER = "supervision-cases"

SUBMISSIONS = {2019: 560, 2020: 750}
INSPECTIONS = {2019: 296, 2020: 252}
VIOLATIONS = {2019: 10, 2020: 10}
"""The report's figures by year (text 2.2.5)."""

_NAMES = {"submission": "Iesniegums", "inspection": "Pārbaude", "violation": "Administratīvā pārkāpuma lietvedība"}
_PROCEEDING = timedelta(days=28)


def steps(_: InstitutionsOf2020) -> list[Step]:
    """Every case of both years in the order of their days."""
    found = []
    for year in SUBMISSIONS:
        found += _done("submission", "explained", year, SUBMISSIONS[year])
        found += _done("inspection", "no_breach", year, INSPECTIONS[year])
        found += _proceedings(year, VIOLATIONS[year])
    return sorted(found, key=lambda step: step.decided_on)


def _content(kind: str, year: int, nth: int) -> dict[str, Any]:
    return {"kind": kind, "subject": f"{_NAMES[kind]} {year}/{nth} (rekonstrukcija)"}


def _case(kind: str, year: int, nth: int, verb: str, content: dict[str, Any], **more: Any) -> PlannedAct:
    return PlannedAct(REGISTER, entry_id_of(f"{REGISTER} {kind} {year} {nth}"), verb, content, **more)


def _done(kind: str, outcome: str, year: int, cases: int) -> list[Step]:
    found = []
    for nth, day in enumerate(spread(cases, date(year, 1, 7), date(year, 12, 30)), 1):
        content = {**_content(kind, year, nth), "outcome": outcome}
        found.append(Step(f"{year}-{kind}-{nth}", day, (_case(kind, year, nth, "record", content, opens=True),)))
    return found


def _proceedings(year: int, cases: int) -> list[Step]:
    found = []
    for nth, day in enumerate(spread(cases, date(year, 1, 14), date(year, 11, 16)), 1):
        opened = _case("violation", year, nth, "open", _content("violation", year, nth), opens=True)
        closed = _case("violation", year, nth, "close", {"outcome": "penalty"})
        found.append(Step(f"{year}-violation-{nth}-opened", day, (opened,), True))
        found.append(Step(f"{year}-violation-{nth}-closed", day + _PROCEEDING, (closed,), True))
    return found

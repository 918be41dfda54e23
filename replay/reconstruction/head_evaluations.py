"""The evaluations of heads in 2020. No record of them is at hand: the heads are invented, of real institutions.

The 23 evaluations that found something to improve are of institutions that are invented themselves, before they were
liquidated: nobody real is to be taken for their head. The report counts 221 heads in one place and 223 evaluations in
another, and says no more; so here two heads lead two institutions each.
"""

from __future__ import annotations

from datetime import date
from itertools import chain, cycle, islice
from typing import Any

from domain import personal_code
from replay.reconstruction.accreditations import law_on
from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread
from replay.viis_import import entry_id_of as imported_entry_id_of

Content = dict[str, Any]

REGISTER = "head-evaluations"

PRESCHOOL, OTHER_GENERAL, VOCATIONAL, TO_IMPROVE = 36, 119, 68, 23
"""The report's figures of 2020: 155 in general education, 36 of them in preschools, and 68 in vocational education."""
HEADS = 221

_FIRST_CODE = 20_000_000
_FIRST, _LAST = date(2020, 1, 20), date(2020, 12, 30)
_BEFORE_THE_LIQUIDATIONS = date(2020, 3, 31)
_CRITERION = "Kritērijs (rekonstrukcija)"


def steps(year: InstitutionsOf2020) -> list[Step]:
    """Every evaluation of 2020, in the order of their days."""
    evaluations = _evaluations(year)
    ended, real = evaluations[:TO_IMPROVE], evaluations[TO_IMPROVE:]
    days = chain(spread(len(ended), _FIRST, _BEFORE_THE_LIQUIDATIONS), spread(len(real), _FIRST, _LAST))
    found = [
        Step(f"2020-head-evaluation-{nth}", day, (_recorded(nth, content),), True, legal_ground=law_on(day))
        for nth, (content, day) in enumerate(zip(evaluations, days, strict=True), 1)
    ]
    return sorted(found, key=lambda step: step.decided_on)


def _evaluations(year: InstitutionsOf2020) -> list[Content]:
    """What the evaluations are of: first those that found something to improve."""
    ended = [each for each in year.liquidated if each["kind"] in ("preschool", "vocational_further")][-TO_IMPROVE:]
    preschools = PRESCHOOL - sum(each["kind"] == "preschool" for each in ended)
    vocational = VOCATIONAL - sum(each["kind"] == "vocational_further" for each in ended)
    wanted = (
        (("preschool",), preschools),
        (("general",), OTHER_GENERAL),
        (("vocational", "vocational_orientation"), vocational),
    )
    real = [each for kinds, number in wanted for each in islice(_public(year, *kinds), number)]
    levels = chain(["needs_improvement"] * len(ended), cycle(["good"]))
    return [_evaluation(institution, level) for institution, level in zip([*ended, *real], levels, strict=False)]


def _public(year: InstitutionsOf2020, *kinds: str) -> list[Content]:
    """Institutions of the state and of municipalities: those whose heads are evaluated."""
    return [each for each in year.throughout(*kinds) if each["founder_class"] != "8"]


def _evaluation(institution: Content, level: str) -> Content:
    return {
        "institution": str(imported_entry_id_of(institution["registration_number"])),
        "sector": "general" if institution["kind"] in ("general", "preschool") else "vocational",
        "preschool": institution["kind"] == "preschool",
        "results": [{"criterion": _CRITERION, "level": level}],
    }


def _recorded(nth: int, content: Content) -> PlannedAct:
    head = nth if nth <= HEADS else TO_IMPROVE + nth - HEADS
    digits = f"39{_FIRST_CODE + head:08d}"
    person = {
        "name": f"Vadītājs {head} (rekonstrukcija)",
        "personal_code": personal_code.written(digits + personal_code.check_digit(digits)),
    }
    return PlannedAct(REGISTER, entry_id_of(f"{REGISTER} {nth}"), "record", {**person, **content}, opens=True)

"""Areas in which a psychologist may hold a certificate (profesionālās darbības jomas), with the days they hold on.

Reference data: Psychologist Law, in force since 1 January 2018. The codes are ours.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from domain.register import Titles


class PracticeArea(NamedTuple):
    """An area of practice: what it is called, where it stands, and the days on which it is one."""

    titles: Titles
    source: str
    first: date
    last: date | None = None


_LAW, _IN_FORCE = "Psihologu likums (30.03.2017.)", date(2018, 1, 1)

PracticeAreaCode = Literal["education", "work", "clinical", "forensic", "counselling", "military"]

PRACTICE_AREAS: dict[PracticeAreaCode, PracticeArea] = {
    "education": PracticeArea(
        Titles("izglītības un skolu psiholoģija", "educational and school psychology"), _LAW, _IN_FORCE
    ),
    "work": PracticeArea(
        Titles("darba un organizāciju psiholoģija", "work and organisational psychology"), _LAW, _IN_FORCE
    ),
    "clinical": PracticeArea(
        Titles("klīniskā un veselības psiholoģija", "clinical and health psychology"), _LAW, _IN_FORCE
    ),
    "forensic": PracticeArea(Titles("juridiskā psiholoģija", "forensic psychology"), _LAW, _IN_FORCE),
    "counselling": PracticeArea(Titles("konsultatīvā psiholoģija", "counselling psychology"), _LAW, _IN_FORCE),
    "military": PracticeArea(Titles("militārā psiholoģija", "military psychology"), _LAW, _IN_FORCE),
}


def holds_on(code: PracticeAreaCode, day: date) -> bool:
    """Whether the area is one of the law's on ``day``."""
    area = PRACTICE_AREAS[code]
    return area.first <= day and (area.last is None or day <= area.last)

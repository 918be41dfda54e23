"""Permits to teach for formerly convicted persons in 2020: 37 of them, for 36 persons, at eight sittings.

Nothing of real persons is public, so all of them are invented. Why there was a permit more than persons the report does
not say; here one person was evaluated twice. Personal codes begin with 3940: valid in form, and nobody's.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import personal_code
from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread

REGISTER = "teaching-permits"
LAW = "Ministru kabineta 03.09.2019. noteikumi Nr. 414"
BODY = "Personu izvērtēšanas komisija"
PERMITS, PERSONS, SITTINGS = 37, 36, 8
"""The report's figures of 2020; one permit is with restrictions, and nobody was refused."""


def steps(_: InstitutionsOf2020) -> list[Step]:
    """The permits in the order of their sittings: the first with restrictions, the last for the first person again."""
    sittings = spread(SITTINGS, date(2020, 1, 20), date(2020, 12, 18))
    return [_granted(nth, nth * SITTINGS // PERMITS, sittings) for nth in range(PERMITS)]


def _granted(nth: int, sitting: int, sittings: list[date]) -> Step:
    day, who = sittings[sitting], nth % PERSONS
    content: dict[str, Any] = {
        "name": f"Izvērtētais {who} (rekonstrukcija)",
        "personal_code": _code(who),
        "restrictions": ["minors"] if nth == 0 else [],
        "convictions": [{"ground": "Krimināllikums (rekonstrukcija)", "cleared_on": "2019-12-31"}],
        "sitting": {"held_on": day.isoformat(), "minutes": str(sitting + 1)},
    }
    act = PlannedAct(REGISTER, entry_id_of(f"{REGISTER} {nth}"), "grant", content, opens=True)
    return Step(f"2020-permit-{nth}", day, (act,), True, legal_ground=LAW, body=BODY)


def _code(nth: int) -> str:
    digits = f"39{40_000_000 + nth}"
    return personal_code.written(digits + personal_code.check_digit(digits))

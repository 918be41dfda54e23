"""The register of scientific institutions in 2020. Its entries are not in the export, so all of them are invented."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread

REGISTER = "scientific-institutions"
LAW = "Zinātniskās darbības likums"
OPENING, EXCLUDED, AMENDED, REGISTERED, DEFERRED = 20, 7, 5, 3, 2
"""How many were there before, and the report's figures of 2020; one more registration was refused."""

_BEFORE = date(2019, 12, 31)


def steps(_: InstitutionsOf2020) -> list[Step]:
    """The opening stock, and every decision of 2020, in the order of their days."""
    opening = [_opening(nth) for nth in range(1, OPENING + 1)]
    decisions = [*_exclusions(), *_amendments(), *_registrations(), *_refusal()]
    return [*opening, *sorted(decisions, key=lambda step: step.decided_on)]


def _content(nth: int) -> dict[str, Any]:
    return {
        "name": f"Zinātniskā institūcija {nth} (rekonstrukcija)",
        "legal_status": "derived_public_person",
        "founders": {"declared": ["Dibinātājs (rekonstrukcija)"], "actual": ["Dibinātājs (rekonstrukcija)"]},
        "address": "RĪGA (rekonstrukcija)",
        "doctors": 5 + nth,
    }


def _entry(nth: int) -> UUID:
    return entry_id_of(f"{REGISTER} {nth}")


def _opening(nth: int) -> Step:
    source = f"Rekonstrukcija: sākuma stāvoklis, {nth}. institūcija"
    act = PlannedAct(REGISTER, _entry(nth), "import", _content(nth), opens=True, source=source)
    return Step(f"2020-scientific-opening-{nth}", _BEFORE, (act,))


def _decided(name: str, nth: int, day: date, *acts: PlannedAct) -> Step:
    return Step(f"2020-scientific-{name}-{nth}", day, acts, True, legal_ground=LAW)


def _exclusions() -> list[Step]:
    days = spread(EXCLUDED, date(2020, 2, 3), date(2020, 12, 15))
    removal = {"basis": "own_request"}
    return [_decided("exclusion", n, day, PlannedAct(REGISTER, _entry(n), "exclude", removal))
            for n, day in enumerate(days, 1)]  # fmt: skip


def _amendments() -> list[Step]:
    days = spread(AMENDED, date(2020, 1, 20), date(2020, 11, 30))
    return [_decided("amendment", n, day, PlannedAct(REGISTER, _entry(EXCLUDED + n), "amend", {"doctors": 40 + n}))
            for n, day in enumerate(days, 1)]  # fmt: skip


def _registrations() -> list[Step]:
    """Applications and registrations; the time limit of the first ones was extended in between."""
    found = []
    for nth, day in enumerate(spread(REGISTERED, date(2020, 3, 2), date(2020, 9, 30)), 1):
        content, entry = _content(OPENING + nth), _entry(OPENING + nth)
        received = PlannedAct(REGISTER, entry, "receive", {"name": content["name"]}, opens=True, received_on=day)
        application = Step(f"2020-scientific-application-{nth}", day, (received,))
        found.append(application)
        if nth <= DEFERRED:
            limit = {"until": date(2020, day.month + 3, day.day).isoformat()}
            on = date(2020, day.month, 28)
            found.append(_decided("deferral", nth, on, PlannedAct(REGISTER, entry, "defer", limit)))
        registered = PlannedAct(REGISTER, entry, "register", content, answers=application.act_id(0))
        found.append(_decided("registration", nth, date(2020, day.month + 1, day.day), registered))
    return found


def _refusal() -> list[Step]:
    content, entry, day = _content(OPENING + REGISTERED + 1), _entry(OPENING + REGISTERED + 1), date(2020, 5, 4)
    received = PlannedAct(REGISTER, entry, "receive", {"name": content["name"]}, opens=True, received_on=day)
    application = Step("2020-scientific-application-refused", day, (received,))
    refusal = {"reason": "Nav piecu darbinieku ar doktora grādu."}
    refused = PlannedAct(REGISTER, entry, "refuse", refusal, answers=application.act_id(0))
    return [application, _decided("refusal", 1, date(2020, 5, 28), refused)]

"""The registers of psychologists and of their certificates in 2020. No export of them is at hand: all is invented.

Personal codes begin with 395: valid in form, and nobody's. The report gives the applications and registrations, not
what became of the four applications beyond the registrations; here they were received in the year's last days, and
not decided. Nor does it give the areas of practice, or who holds several certificates; here everybody holds one.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain import personal_code
from domain.practice_areas import PRACTICE_AREAS
from domain.psychologists import BOARD
from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread

Content = dict[str, Any]

PSYCHOLOGISTS, CERTIFICATES = "psychologists", "psychologist-certificates"
LAW = "Ministru kabineta 29.05.2018. noteikumi Nr. 301"
RECOGNITION = "Ministru kabineta 26.09.2017. noteikumi Nr. 566"

BEFORE, CERTIFIED_BEFORE = 1532, 1178
"""How many were registered and certified before, so that 1584 and 1376 are there at the end of 2020."""
APPLICATIONS, REGISTERED, RECOGNISED, CERTIFIED, SUPERVISORS = 56, 52, 2, 198, 37
"""The report's figures of 2020."""

_FIRST_CODE = 50_000_000
_BEFORE, _BEFORE_ISSUED = date(2019, 12, 31), date(2019, 7, 1)
_FIRST, _LAST = date(2020, 1, 20), date(2020, 12, 30)
_CONSIDERED = timedelta(days=14)
"""From the receipt of an application to the decision."""
_AREAS = tuple(PRACTICE_AREAS)


def steps(_: InstitutionsOf2020) -> list[Step]:
    """The opening stock, and every decision of 2020, in the order of their days."""
    opening = [
        *(_opening(PSYCHOLOGISTS, nth, _person(nth)) for nth in range(1, BEFORE + 1)),
        *(_opening(CERTIFICATES, nth, _certificate(nth, _BEFORE_ISSUED)) for nth in range(1, CERTIFIED_BEFORE + 1)),
    ]
    decisions = [*_registrations(), *_undecided(), *_certifications(), *_licences()]
    return [*opening, *sorted(decisions, key=lambda step: step.decided_on)]


def _person(nth: int) -> Content:
    digits = f"39{_FIRST_CODE + nth:08d}"
    return {
        "name": _name(nth),
        "personal_code": personal_code.written(digits + personal_code.check_digit(digits)),
        "education": [{"institution": "Augstskola (rekonstrukcija)"}],
    }


def _certificate(nth: int, issued_on: date) -> Content:
    return {
        "name": _name(nth),
        "kind": "certificate",
        "psychologist": str(_psychologist(nth)),
        "area": _AREAS[nth % len(_AREAS)],
        "issued_on": issued_on.isoformat(),
        "valid_until": issued_on.replace(year=issued_on.year + 7).isoformat(),
    }


def _name(nth: int) -> str:
    return f"Psihologs {nth} (rekonstrukcija)"


def _psychologist(nth: int) -> UUID:
    return entry_id_of(f"{PSYCHOLOGISTS} {nth}")


def _certificate_of(nth: int) -> UUID:
    return entry_id_of(f"{CERTIFICATES} {nth}")


def _opening(register: str, nth: int, content: Content) -> Step:
    entry = _psychologist(nth) if register == PSYCHOLOGISTS else _certificate_of(nth)
    source = f"Rekonstrukcija: sākuma stāvoklis, {nth}. ieraksts"
    numbered = {**content, "registration_number": f"{nth:06d}"}
    act = PlannedAct(register, entry, "import", numbered, opens=True, source=source)
    return Step(f"2020-{register}-opening-{nth}", _BEFORE, (act,))


def _decided(name: str, nth: int, day: date, act: PlannedAct, law: str = LAW) -> Step:
    """A decision of the Board, at a sitting of its own on that day."""
    sitting = {"held_on": day.isoformat(), "minutes": f"Rekonstrukcija {day.isoformat()}"}
    decided = PlannedAct(
        act.register, act.entry_id, act.verb, {**act.content, "sitting": sitting}, act.opens, answers=act.answers
    )
    return Step(f"2020-psychologists-{name}-{nth}", day, (decided,), written=True, legal_ground=law, body=BOARD)


def _application(nth: int, day: date) -> Step:
    content = {"name": _name(nth)}
    act = PlannedAct(PSYCHOLOGISTS, _psychologist(nth), "receive", content, opens=True, received_on=day)
    return Step(f"2020-psychologists-application-{nth}", day, (act,))


def _registrations() -> list[Step]:
    """Applications and registrations; of the first applicants a qualification acquired abroad is recognised."""
    found = []
    for nth, day in enumerate(spread(REGISTERED, _FIRST, _LAST), BEFORE + 1):
        application, entry = _application(nth, day - _CONSIDERED), _psychologist(nth)
        found.append(application)
        answered = application.act_id(0)
        if nth <= BEFORE + RECOGNISED:
            recognised = {"qualification": "psihologs", "country": "Ārvalsts (rekonstrukcija)"}
            act = PlannedAct(PSYCHOLOGISTS, entry, "recognise_qualification", recognised, answers=answered)
            found.append(_decided("recognition", nth, day - timedelta(days=1), act, RECOGNITION))
        act = PlannedAct(PSYCHOLOGISTS, entry, "register", _person(nth), answers=answered)
        found.append(_decided("registration", nth, day, act))
    return found


def _undecided() -> list[Step]:
    days = spread(APPLICATIONS - REGISTERED, date(2020, 12, 21), _LAST)
    return [_application(nth, day) for nth, day in enumerate(days, BEFORE + REGISTERED + 1)]


def _certifications() -> list[Step]:
    """Of those who were registered before and held no certificate yet."""
    return [
        _decided("certificate", nth, day,
                 PlannedAct(CERTIFICATES, _certificate_of(nth), "issue", _certificate(nth, day), opens=True))
        for nth, day in enumerate(spread(CERTIFIED, _FIRST, _LAST), CERTIFIED_BEFORE + 1)
    ]  # fmt: skip


def _licences() -> list[Step]:
    """Supervisors' licences of the first who were certified, each as long as its certificate."""
    found = []
    for nth, day in enumerate(spread(SUPERVISORS, _FIRST, _LAST), 1):
        resting = {"kind": "supervisor_licence", "certificate": str(_certificate_of(nth)), "issued_on": day.isoformat()}
        licence = {**_certificate(nth, _BEFORE_ISSUED), **resting}
        entry = entry_id_of(f"{CERTIFICATES} supervisor {nth}")
        found.append(_decided("licence", nth, day, PlannedAct(CERTIFICATES, entry, "issue", licence, opens=True)))
    return found

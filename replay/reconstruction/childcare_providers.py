"""The register of childcare providers in 2020. No export of it is at hand, so all of its entries are invented.

Their personal codes begin with 39 and the numbers of legal persons with 99999: valid in form, and nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID

from domain import legal_number, personal_code
from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread

Content = dict[str, Any]

REGISTER = "childcare-providers"
LAW = "Ministru kabineta 16.07.2013. noteikumi Nr. 404"

NATURAL, LEGAL = 3836, 261
"""How many persons of each kind were there before, so that 4316 and 283 are there at the end of 2020."""
REGISTERED_NATURAL, REGISTERED_LEGAL, EXCLUDED_NATURAL, EXCLUDED_LEGAL, REFUSED = 490, 27, 10, 5, 22
"""The report's figures of 2020."""
AMENDED_NATURAL, AMENDED_LEGAL = 100, 6
"""The report's 106 amendments; how many of them were of legal persons it does not say."""

_BEFORE = date(2019, 12, 31)
_FIRST, _LAST = date(2020, 1, 20), date(2020, 12, 30)
_CONSIDERED = timedelta(days=14)
"""From the receipt of an application to the decision."""


def steps(_: InstitutionsOf2020) -> list[Step]:
    """The opening stock, and every decision of 2020, in the order of their days."""
    natural = _natural_persons()
    legal = _legal_persons()
    before = [*islice(natural, NATURAL), *islice(legal, LEGAL)]
    new = [*islice(natural, REGISTERED_NATURAL), *islice(legal, REGISTERED_LEGAL)]
    refused = list(islice(natural, REFUSED))
    opening = [_opening(nth, content) for nth, content in enumerate(before, 1)]
    persons, firms = before[:NATURAL], before[NATURAL:]
    decisions = [
        *_exclusions(persons[:EXCLUDED_NATURAL], firms[:EXCLUDED_LEGAL]),
        *_amendments([*persons[EXCLUDED_NATURAL:][:AMENDED_NATURAL], *firms[EXCLUDED_LEGAL:][:AMENDED_LEGAL]]),
        *_registrations(new),
        *_refusals(refused),
    ]
    return [*opening, *sorted(decisions, key=lambda step: step.decided_on)]


def _natural_persons() -> Iterator[Content]:
    for nth in count(1):
        digits = f"39{nth:08d}"
        yield {
            "name": f"Persona {nth} (rekonstrukcija)",
            "provider_kind": "natural",
            "personal_code": personal_code.written(digits + personal_code.check_digit(digits)),
            "service": "full_time",
        }


def _legal_persons() -> Iterator[Content]:
    beginnings = (f"99999{serial:05d}" for serial in count(1))
    numbers = (digits + last for digits in beginnings if (last := legal_number.check_digit(digits)) is not None)
    for nth, number in enumerate(numbers, 1):
        yield {
            "name": f"SIA “Sniedzējs {nth}” (rekonstrukcija)",
            "provider_kind": "legal",
            "legal_registration_number": number,
            "service": "full_time",
            "address": "RĪGA (rekonstrukcija)",
            "nannies": ["Aukle (rekonstrukcija)"],
        }


def _entry(content: Content) -> UUID:
    return entry_id_of(f"{REGISTER} {content['name']}")


def _opening(nth: int, content: Content) -> Step:
    numbered = {**content, "registration_number": f"{nth:06d}"}
    source = f"Rekonstrukcija: sākuma stāvoklis, {nth}. sniedzējs"
    act = PlannedAct(REGISTER, _entry(content), "import", numbered, opens=True, source=source)
    return Step(f"2020-childcare-opening-{nth}", _BEFORE, (act,))


def _decided(name: str, nth: int, day: date, act: PlannedAct, *, written: bool = False) -> Step:
    return Step(f"2020-childcare-{name}-{nth}", day, (act,), written, legal_ground=LAW)


def _exclusions(persons: list[Content], firms: list[Content]) -> list[Step]:
    """Persons at their own request, by an entry; firms whose founder was liquidated, by a written decision."""
    grounds = [
        *((content, "own_request") for content in persons),
        *((content, "founder_liquidated") for content in firms),
    ]
    days = spread(len(grounds), _FIRST, _LAST)
    return [
        _decided("exclusion", nth, day, PlannedAct(REGISTER, _entry(content), "exclude", {"basis": basis}),
                 written=basis != "own_request")
        for nth, ((content, basis), day) in enumerate(zip(grounds, days, strict=True), 1)
    ]  # fmt: skip


def _amendments(amended: list[Content]) -> list[Step]:
    days = spread(len(amended), _FIRST, _LAST)
    return [
        _decided("amendment", nth, day, PlannedAct(REGISTER, _entry(content), "amend", {"service": "both"}))
        for nth, (content, day) in enumerate(zip(amended, days, strict=True), 1)
    ]


def _registrations(new: list[Content]) -> list[Step]:
    found = []
    for nth, (content, day) in enumerate(zip(new, spread(len(new), _FIRST, _LAST), strict=True), 1):
        application = _application("application", nth, content, day)
        answer = PlannedAct(REGISTER, _entry(content), "register", content, answers=application.act_id(0))
        found += [application, _decided("registration", nth, day, answer)]
    return found


def _refusals(refused: list[Content]) -> list[Step]:
    found, refusal = [], {"reason": "Nav apgūti bērnu uzraudzības kursi."}
    for nth, (content, day) in enumerate(zip(refused, spread(len(refused), _FIRST, _LAST), strict=True), 1):
        application = _application("application-refused", nth, content, day)
        answer = PlannedAct(REGISTER, _entry(content), "refuse", refusal, answers=application.act_id(0))
        found += [application, _decided("refusal", nth, day, answer, written=True)]
    return found


def _application(name: str, nth: int, content: Content, decided_on: date) -> Step:
    day, named = decided_on - _CONSIDERED, {"name": content["name"], "provider_kind": content["provider_kind"]}
    act = PlannedAct(REGISTER, _entry(content), "receive", named, opens=True, received_on=day)
    return Step(f"2020-childcare-{name}-{nth}", day, (act,))

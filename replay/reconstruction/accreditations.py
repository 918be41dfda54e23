"""The accreditations of 2020. No export of the register is at hand: they are invented, of real institutions.

Programmes are those of the opening stock of licences, each with the institution that its licence is of. Where the
report tells how many were accredited with an expert panel, and no more of the others, the others are for six years; of
vocational orientation they are in music and art, of vocational programmes they are secondary ones. The extensions and
amendments that the report speaks of without a number, and further education without a panel, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import cycle
from typing import Any, NamedTuple

from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread
from replay.reconstruction.programme_licences import opening_entry, opening_general, opening_vocational
from replay.viis_import import entry_id_of as imported_entry_id_of

Content = dict[str, Any]

REGISTER = "accreditations"
_LAWS = (
    (date(2020, 10, 8), "Ministru kabineta 06.10.2020. noteikumi Nr. 618"),
    (date.min, "Ministru kabineta 20.12.2016. noteikumi Nr. 831"),
)
"""The rules, the newest first, and the day on which they were published."""


class Accredited(NamedTuple):
    """How many were accredited with a panel, for two years and for six, and how many without one."""

    two_years: int
    six_years: int
    without_panel: int


INSTITUTIONS = {"general": Accredited(0, 114, 83), "vocational": Accredited(0, 17, 9)}
GENERAL_PROGRAMMES = Accredited(30, 337, 1202)
IMPLEMENTATIONS = {
    "inservice": Accredited(10, 41, 48),
    "arts": Accredited(6, 425, 470),
    "sport": Accredited(9, 243, 0),
}
VOCATIONAL_PROGRAMMES = {
    "secondary": Accredited(10, 105, 257),
    "basic": Accredited(0, 14, 0),
    "craft": Accredited(1, 2, 0),
    "further": Accredited(2, 19, 0),
}
"""The report's figures of 2020 (text 2.2.3); totals less those with a panel give those without."""

_FIRST, _LAST = date(2020, 1, 6), date(2020, 12, 29)
_MUSIC_AND_ART = ("music_and_art_school", "music_school", "art_school", "dance_school")


def steps(year: InstitutionsOf2020) -> list[Step]:
    """Every accreditation of 2020, in the order of their days."""
    groups = {
        "institution": _institutions(year),
        "general": _general_programmes(year),
        "implementation": _implementations(year),
        "vocational": _vocational_programmes(year),
    }
    found = [step for name, contents in groups.items() for step in _accreditations(name, list(contents))]
    return sorted(found, key=lambda step: step.decided_on)


def law_on(day: date) -> str:
    """The rules by which was decided on ``day``."""
    return next(law for published_on, law in _LAWS if day >= published_on)


def _decided(how: Accredited) -> Iterator[Content]:
    """With a panel or without, and for how long, of each that was accredited."""
    terms = ((how.two_years, True, 2), (how.six_years, True, 6), (how.without_panel, False, 6))
    for number, panel, years in terms:
        for _ in range(number):
            yield {"panel": panel, "term_years": years}


def _institutions(year: InstitutionsOf2020) -> Iterator[Content]:
    for sector, how in INSTITUTIONS.items():
        for institution, decided in zip(year.throughout(sector), _decided(how), strict=False):
            yield {"subject": "institution", "sector": sector, **_of(institution), **decided}


def _implementations(year: InstitutionsOf2020) -> Iterator[Content]:
    """One institution after the other; it has as many programmes of the track as there are rounds."""
    orientation = year.throughout("vocational_orientation")
    offering = {
        "inservice": year.throughout("vocational_further"),
        "arts": [each for each in orientation if each["type"] in _MUSIC_AND_ART],
        "sport": [each for each in orientation if each["type"] == "sports_school"],
    }
    for track, how in IMPLEMENTATIONS.items():
        for institution, decided in zip(cycle(offering[track]), _decided(how), strict=False):
            yield {"subject": "implementation", "sector": "vocational", "track": track, **_of(institution), **decided}


def _of(institution: Content) -> Content:
    return {
        "name": f"{institution['name']} (rekonstrukcija)",
        "institution": str(imported_entry_id_of(institution["registration_number"])),
    }


def _general_programmes(year: InstitutionsOf2020) -> Iterator[Content]:
    licences = enumerate(opening_general(year), 1)
    for (nth, licence), decided in zip(licences, _decided(GENERAL_PROGRAMMES), strict=False):
        yield {**_programme("general", nth, licence), "track": licence["level"], **decided}


def _vocational_programmes(year: InstitutionsOf2020) -> Iterator[Content]:
    licences = list(enumerate(opening_vocational(year), 1))
    initial = iter([licence for licence in licences if licence[1]["track"] == "initial"])
    further = iter([licence for licence in licences if licence[1]["track"] == "further"])
    for track, how in VOCATIONAL_PROGRAMMES.items():
        for decided in _decided(how):
            nth, licence = next(further if track == "further" else initial)
            yield {**_programme("vocational", nth, licence), "track": track, **decided}


def _programme(sector: str, nth: int, licence: Content) -> Content:
    return {
        "name": licence["name"],
        "subject": "programme",
        "institution": licence["institution"],
        "licence": str(opening_entry(sector, nth)),
        "sector": sector,
    }


def _accreditations(name: str, contents: list[Content]) -> Iterator[Step]:
    for nth, (content, day) in enumerate(zip(contents, spread(len(contents), _FIRST, _LAST), strict=True), 1):
        entry = entry_id_of(f"{REGISTER} {name} {nth}")
        act = PlannedAct(REGISTER, entry, "accredit", content, opens=True)
        yield Step(f"2020-accreditation-{name}-{nth}", day, (act,), True, legal_ground=law_on(day))

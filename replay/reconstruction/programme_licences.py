"""The register of licensed programmes in 2020. No export of it is at hand: the licences are invented, of real schools.

Each rests on an institution that is registered all through 2020. The opening stock is what the year's updates and
accreditations are about: its licences are numbered, general and vocational apart, and other registers find the
entries by these numbers. The institutions are there from 31 December 2019 on, so the licences that the report counts
in 2019 take effect on that day as well; each says its own licensing date.

Of programme groups of vocational programmes the report says nothing: their codes have 000 in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

from domain.institution import founder_class
from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of, spread
from replay.viis_import import entry_id_of as imported_entry_id_of

Content = dict[str, Any]

REGISTER = "programme-licences"
LAW = "Ministru kabineta 28.05.2019. noteikumi Nr. 218"

OPENING = 1600
"""How many general licences, and how many vocational ones, were there before: enough for each update of 2020 to be of
another licence."""
UPDATED = {
    "general": (("minority_updated", 79), ("standard", 1293)),
    "vocational": (("plan_approved", 397), ("standard", 952)),
}
"""By branch, the report's 1372 and 1349 updates of 2020, by kind as far as it tells."""

QUALIFICATIONS, WORK_BASED_QUALIFICATIONS = 117, 17
WORK_BASED_INSTITUTIONS = 8
MODULAR_INSTITUTIONS = (("state", 32), ("private", 12), ("municipal", 5))

_BEFORE = date(2019, 12, 31)
_FIRST, _LAST = date(2020, 1, 6), date(2020, 12, 29)
_SCHOOL_YEAR = date(2020, 9, 1)
_SECONDARY = ("secondary_school", "gymnasium", "state_gymnasium")
_MUSIC_AND_ART = ("music_and_art_school", "music_school", "art_school", "dance_school")


def steps(year: InstitutionsOf2020) -> list[Step]:
    """The opening stock, the licences of 2019 that are counted, and every decision of 2020 in the order of its day."""
    general, vocational = opening_general(year), opening_vocational(year)
    before = [
        *(_opening("general", nth, nth, content) for nth, content in enumerate(general, 1)),
        *(_opening("vocational", nth, len(general) + nth, content) for nth, content in enumerate(vocational, 1)),
        *_licences("2019", _of_2019(year), date(2019, 1, 7), date(2019, 12, 27)),
    ]
    decisions = [
        *_licences("2020-general", _general_of_2020(year), _FIRST, _LAST),
        *_licences("2020-vocational", _vocational_of_2020(year), _FIRST, _LAST),
        *_updates("general"),
        *_updates("vocational"),
    ]
    return [*before, *sorted(decisions, key=lambda step: step.decided_on)]


def opening_entry(branch: str, nth: int) -> UUID:
    """The entry of the ``nth`` licence of ``branch`` in the opening stock, from 1 on."""
    return entry_id_of(f"{REGISTER} {branch} {nth}")


def opening_general(year: InstitutionsOf2020) -> list[Content]:
    """The general licences that were there before 2020, from the first on: first secondary programmes of minorities."""
    secondary = cycle(_institutions(year, "general", _SECONDARY))
    schools = cycle(_institutions(year, "general"))
    minority = UPDATED["general"][0][1]
    return [
        *(_secondary(next(secondary), language="minority", code="31016021") for _ in range(minority)),
        *(_secondary(next(secondary)) for _ in range(500 - minority)),
        *(_basic(next(schools)) for _ in range(OPENING - 500)),
    ]


def opening_vocational(year: InstitutionsOf2020) -> list[Content]:
    """The vocational licences that were there before 2020, from the first on."""
    numbers = (("initial", 500), ("further", 300), ("inservice", 300), ("arts", 300), ("sport", 200))
    return [content for track, number in numbers for content in _of_track(year, track, number)]


def _institutions(year: InstitutionsOf2020, kind: str, types: Iterable[str] = ()) -> list[Content]:
    """The institutions of ``kind`` (and of one of ``types``) that are registered all through the year."""
    gone = [content for each in year.reorganisations for content in each.predecessors] + year.liquidated
    numbers = {content["registration_number"] for content in gone}
    return [
        content
        for content in year.opening
        if content["kind"] == kind
        and (not types or content["type"] in types)
        and content["registration_number"] not in numbers
    ]


def _programme(institution: Content, branch: str, name: str, code: str, **more: Any) -> Content:
    return {
        "name": f"{name} (rekonstrukcija)",
        "institution": str(imported_entry_id_of(institution["registration_number"])),
        "founder": founder_class(institution["founder_class"]),
        "branch": branch,
        "code": code,
        **more,
    }


def _preschool(institution: Content, code: str = "01011111", **more: Any) -> Content:
    return _programme(institution, "general", "Pirmsskolas izglītības programma", code, level="preschool", **more)


def _basic(institution: Content, code: str = "21011111", **more: Any) -> Content:
    return _programme(institution, "general", "Pamatizglītības programma", code, level="basic", **more)


def _secondary(institution: Content, code: str = "31016011", **more: Any) -> Content:
    return _programme(
        institution, "general", "Vispārējās vidējās izglītības programma", code, level="secondary", **more
    )


_TRACKS: dict[str, tuple[str, tuple[str, ...], str, str]] = {
    "initial": ("vocational", (), "Profesionālās izglītības programma", "35b00000"),
    "further": ("vocational_further", (), "Profesionālās tālākizglītības programma", "30T00000"),
    "inservice": ("vocational_further", (), "Profesionālās pilnveides izglītības programma", "20P00000"),
    "arts": ("vocational_orientation", _MUSIC_AND_ART, "Profesionālās ievirzes izglītības programma", "20V00000"),
    "sport": ("vocational_orientation", ("sports_school",), "Profesionālās ievirzes izglītības programma", "20V00000"),
}
"""By track: the kind and types of the institutions, the programmes' name and code."""


def _of_track(year: InstitutionsOf2020, track: str, number: int, **more: Any) -> list[Content]:
    """``number`` programmes of ``track``, of one institution after the other."""
    kind, types, name, code = _TRACKS[track]
    offering = cycle(_institutions(year, kind, types))
    return [
        _programme(next(offering), "vocational", name, code, track=track, **_leads_to(track, nth), **more)
        for nth in range(number)
    ]


def _leads_to(track: str, nth: int) -> Content:
    if track not in ("initial", "further"):
        return {}
    return {"qualification": f"Kvalifikācija {nth % QUALIFICATIONS + 1} (rekonstrukcija)"}


def _general_of_2020(year: InstitutionsOf2020) -> list[Content]:
    """The 1179 general licences; own programmes and those studied otherwise than on site are ordinary ones."""
    preschools, schools = cycle(_institutions(year, "preschool")), cycle(_institutions(year, "general"))
    secondary = cycle(_institutions(year, "general", _SECONDARY))
    own: Content = {"origin": "own"}
    enhanced: Content = {"origin": "own", "enhanced_results": True}
    preschool: list[tuple[Content, int]] = [
        ({}, 76),
        ({"code": "01015511", "special_kind": "language"}, 19),
        ({"code": "01015", "special_kind": "mixed"}, 17),
    ]
    basic: list[tuple[Content, int]] = [
        ({"code": "21015611", "special_kind": "learning"}, 168),
        ({"code": "21015811", "special_kind": "intellectual"}, 58),
        (own, 9),
        (enhanced, 40),
        ({"code": "21011113", "study_form": "extramural"}, 48),
        ({"code": "21011114", "study_form": "distance"}, 44),
        ({}, 393),
    ]
    upper: list[tuple[Content, int]] = [(own, 16), ({}, 291)]
    return [
        *(_preschool(next(preschools), **what) for what, number in preschool for _ in range(number)),
        *(_basic(next(schools), **what) for what, number in basic for _ in range(number)),
        *(_secondary(next(secondary), **what) for what, number in upper for _ in range(number)),
    ]


def _vocational_of_2020(year: InstitutionsOf2020) -> list[Content]:
    """The 921 vocational licences: modular and work-based programmes are of vocational schools."""
    schools = _institutions(year, "vocational")
    modular = [
        content
        for founder, number in MODULAR_INSTITUTIONS
        for content in [each for each in schools if founder_class(each["founder_class"]) == founder][:number]
    ]
    initial, further = _of_track(year, "initial", 234), _of_track(year, "further", 123)
    _make(initial[:195], modular, modular=True)
    _make(further[:77], modular, modular=True)
    _make([*initial[:20], *further[:2]], modular[:WORK_BASED_INSTITUTIONS], work_based=True)
    for nth, content in enumerate([*initial[:20], *further[:2]]):
        content |= _leads_to("initial", nth % WORK_BASED_QUALIFICATIONS)
    inservice = _of_track(year, "inservice", 341)
    for content in [*initial[-4:], *further[-27:], *inservice[-90:]]:
        content |= {"study_form": "extramural"}
    return [*initial, *further, *inservice, *_of_track(year, "arts", 26), *_of_track(year, "sport", 197)]


def _make(programmes: list[Content], institutions: list[Content], **what: Any) -> None:
    """Make ``programmes`` those of ``institutions``, one after the other, and ``what`` is said."""
    for content, institution in zip(programmes, cycle(institutions), strict=False):
        content |= {
            "institution": str(imported_entry_id_of(institution["registration_number"])),
            "founder": founder_class(institution["founder_class"]),
            **what,
        }


def _of_2019(year: InstitutionsOf2020) -> list[Content]:
    """What the report tells of 2019: 212 initial programmes, and 197 further and in-service ones."""
    return [*_of_track(year, "initial", 212), *_of_track(year, "further", 98), *_of_track(year, "inservice", 99)]


def _opening(branch: str, nth: int, number: int, content: Content) -> Step:
    stated = {**content, "registration_number": f"{number:06d}", "licensed_on": "2015-08-03", "begun_on": "2015-09-01"}
    source = f"Rekonstrukcija: sākuma stāvoklis, {number}. licence"
    act = PlannedAct(REGISTER, opening_entry(branch, nth), "import", stated, opens=True, source=source)
    return Step(f"2020-licence-opening-{branch}-{nth}", _BEFORE, (act,))


def _licences(name: str, programmes: list[Content], first: date, last: date) -> list[Step]:
    """Each begins with the school year, or a month after it was licensed."""
    found = []
    for nth, (content, day) in enumerate(zip(programmes, spread(len(programmes), first, last), strict=True), 1):
        begun_on = max(_SCHOOL_YEAR.replace(year=day.year), day + timedelta(days=31))
        stated = {**content, "licensed_on": day.isoformat(), "begun_on": begun_on.isoformat()}
        entry = entry_id_of(f"{REGISTER} {name} {nth}")
        act = PlannedAct(REGISTER, entry, "license", stated, opens=True, effective_on=max(day, _BEFORE))
        found.append(Step(f"licence-{name}-{nth}", day, (act,), legal_ground=LAW))
    return found


def _updates(branch: str) -> list[Step]:
    """Each is of another licence of the opening stock, from the first on."""
    kinds = [kind for kind, number in UPDATED[branch] for _ in range(number)]
    return [
        Step(
            f"2020-licence-update-{branch}-{nth}", day,
            (PlannedAct(REGISTER, opening_entry(branch, nth), "amend", {"update": kind}),), legal_ground=LAW,
        )
        for nth, (kind, day) in enumerate(zip(kinds, spread(len(kinds), _FIRST, _LAST), strict=True), 1)
    ]  # fmt: skip

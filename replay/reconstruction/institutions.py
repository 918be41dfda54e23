"""The register of institutions in 2020: its opening stock, and the acts that lead to the export.

The published figures fix how many acts of each kind there were, as decisions and as institutions; the export fixes
where they end. Which of the real institutions a reconstructed act concerns is chosen by rule: the newest numbers
were registered, the others were there before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, NamedTuple

from domain.institution_types import TYPES
from replay.reconstruction.plan import PlannedAct, Step, spread
from replay.viis_import import entry_id_of as imported_entry_id_of

Content = dict[str, Any]

REGISTER = "institutions"
LAW = "Ministru kabineta 14.07.2015. noteikumi Nr. 397"

NEW = (
    # kind, founder class, how many (report of 2020, section 2.2.1)
    ("general", "8", 2),
    ("preschool", "8", 6),
    ("preschool", "9", 1),
    ("interest", "8", 3),
    ("adult_nonformal", "8", 12),
    ("vocational_further", "8", 7),
    ("vocational_orientation", "8", 9),
)
REORGANISED = ((1, 2),) * 2 + ((2, 1),) + ((2, 2),) * 14 + ((1, 1),) * 31
"""(predecessors struck off, successors registered) of each decision: 48 decisions, 63 struck off, 64 registered."""
LIQUIDATED = 38
AMENDED, AMENDED_IN_WRITING = 1145, 71
SEED = 2020

_EARLIER_TYPES = {
    "primary_school": "basic_school",
    "basic_school": "secondary_school",
    "secondary_school": "basic_school",
    "state_gymnasium": "gymnasium",
    "gymnasium": "secondary_school",
}
_SCHOOL_YEAR = date(2020, 9, 1)
_FIRST, _LAST = date(2020, 1, 2), date(2020, 12, 30)


class Reorganisation(NamedTuple):
    """Institutions struck off and institutions registered in their place, by one decision."""

    predecessors: list[Content]
    successors: list[Content]

    def follows(self, predecessor: Content) -> list[Content]:
        """The successors of one of the predecessors: in a decision about two and two, each has its own."""
        if len(self.predecessors) == len(self.successors):
            return [self.successors[self.predecessors.index(predecessor)]]
        return self.successors

    def precedes(self, successor: Content) -> list[Content]:
        """The predecessors of one of the successors."""
        return [content for content in self.predecessors if successor in self.follows(content)]


class Amendment(NamedTuple):
    """A real institution's field that 2020 brought to its value in the export."""

    content: Content
    field: str


@dataclass(frozen=True, slots=True)
class InstitutionsOf2020:
    """What happened in 2020, and the institutions that were there before it."""

    new: list[Content]
    reorganisations: list[Reorganisation]
    liquidated: list[Content]
    amendments: list[Amendment]
    mistaken: Content
    """Amended by an act that was annulled later."""
    opening: list[Content]

    def throughout(self, *kinds: str) -> list[Content]:
        """The real institutions of ``kinds`` that are registered on every day of the year."""
        gone = [content for each in self.reorganisations for content in each.predecessors] + self.liquidated
        numbers = {content["registration_number"] for content in gone}
        return [each for each in self.opening if each["kind"] in kinds and each["registration_number"] not in numbers]


def institutions_of_2020(export: list[Content]) -> InstitutionsOf2020:
    """What must have happened for the register to hold the contents of ``export`` at the end of 2020."""
    random = Random(SEED)  # noqa: S311 - nothing secret: the same choice every time is what is wanted
    newest = sorted(export, key=lambda content: (content["registration_number"][5:], content["registration_number"]))
    newest.reverse()
    new = [content for kind, founder, count in NEW for content in _of(newest, kind, founder)[:count]]
    numbers = {content["registration_number"] for content in export}
    reorganisations = _reorganisations(newest, new, numbers)
    registered = [*new, *(content for each in reorganisations for content in each.successors)]
    there = [content for content in export if content not in registered]
    liquidated = _liquidated(there, numbers)
    amendable = [content for content in there if content["kind"] != "higher"]
    mistaken, *others = random.sample(amendable, len(amendable))
    amendments = _amendments(others)
    former = _former_values(amendments, amendable, random)
    opening = [{**content, **former.get(content["registration_number"], {})} for content in there]
    gone = [content for each in reorganisations for content in each.predecessors]
    return InstitutionsOf2020(new, reorganisations, liquidated, amendments, mistaken, [*opening, *gone, *liquidated])


def _of(contents: Iterable[Content], kind: str, founder_class: str) -> list[Content]:
    return [c for c in contents if c["kind"] == kind and c["founder_class"] == founder_class]


def _reorganisations(newest: list[Content], new: list[Content], numbers: set[str]) -> list[Reorganisation]:
    schools = iter([c for c in _of(newest, "general", "9") if c["type"] in _EARLIER_TYPES and c not in new])
    found = []
    for predecessors, successors in REORGANISED:
        after = [next(schools) for _ in range(successors)]
        before = [_predecessor(after[n % successors], n, numbers) for n in range(predecessors)]
        found.append(Reorganisation(before, after))
    return found


def _predecessor(successor: Content, nth: int, numbers: set[str]) -> Content:
    """The school that ``successor`` continues: of another type, and with a number of that type."""
    earlier = _EARLIER_TYPES[successor["type"]]
    return {
        **successor,
        "name": f"{successor['name']} ({nth + 1}. priekštece, rekonstrukcija)",
        "type": earlier,
        "kind": TYPES[earlier].kind,
        "registration_number": _free_number(successor, earlier, numbers),
    }


def _free_number(likeness: Content, type_: str, numbers: set[str]) -> str:
    series = f"{likeness['territory']}{TYPES[type_].number_codes[0]}{likeness['founder_class']}"
    serial = int(likeness["registration_number"][5:]) - 1
    while f"{series}{serial:05d}" in numbers:
        serial -= 1
    number = f"{series}{serial:05d}"
    numbers.add(number)
    return number


def _liquidated(there: list[Content], numbers: set[str]) -> list[Content]:
    likenesses = [c for c in there if c["kind"] in ("vocational_further", "adult_nonformal", "preschool")]
    found = []
    for nth in range(LIQUIDATED):
        likeness = likenesses[nth * len(likenesses) // LIQUIDATED]
        found.append(
            {
                **likeness,
                "name": f"{TYPES[likeness['type']].lv} {nth + 1} (likvidēta, rekonstrukcija)",
                "registration_number": _free_number(likeness, likeness["type"], numbers),
                "head": None,
                "phones": [],
                "emails": [],
            }
        )
    return found


def _amendments(contents: list[Content]) -> list[Amendment]:
    """One amendment of the mistaken institution is to come; the others each bring one field to its real value."""
    wanted = AMENDED - 1
    amendments = [Amendment(content, "address") for content in contents[:AMENDED_IN_WRITING]]
    for field in ("head", "emails", "phones", "units"):
        for content in contents:
            if len(amendments) == wanted:
                return amendments
            if content[field]:
                amendments.append(Amendment(content, field))
    raise ValueError(f"export: expected institutions enough for {wanted} amendments, met {len(contents)}")


def _former_values(amendments: list[Amendment], donors: list[Content], random: Random) -> dict[str, Content]:
    """By registration number, the values that the amended fields had before: those of other institutions."""
    former: dict[str, Content] = {}
    for content, field in amendments:
        value = content[field]
        while not value or value == content[field]:
            value = random.choice(donors)[field]
        former.setdefault(content["registration_number"], {})[field] = value
    return former


def steps(year: InstitutionsOf2020) -> list[Step]:
    """Every decision of the year about institutions, in the order of their days."""
    found = [*_registrations(year.new), *_reorganising(year.reorganisations), *_liquidations(year.liquidated)]
    found += _amending(year)
    return sorted(found, key=lambda step: step.decided_on)


def _registration(content: Content, basis: str, predecessors: list[Content], **more: Any) -> PlannedAct:
    stated = {**content, "basis": basis, "predecessors": [_entry(each) for each in predecessors]}
    return PlannedAct(REGISTER, imported_entry_id_of(content["registration_number"]), "register", stated, **more)


def _entry(content: Content) -> str:
    return str(imported_entry_id_of(content["registration_number"]))


def _registrations(new: list[Content]) -> list[Step]:
    """New institutions; the first one's time limit was extended before it was registered."""
    first, *others = new
    entry = imported_entry_id_of(first["registration_number"])
    received = Step(
        "2020-application", date(2020, 3, 2),
        (PlannedAct(REGISTER, entry, "receive", {"name": first["name"], "type": first["type"]}, opens=True,
                    received_on=date(2020, 3, 2)),),
    )  # fmt: skip
    deferral = {"until": "2020-07-02", "reason": "Nav saņemts Veselības inspekcijas atzinums."}
    deferred = Step(
        "2020-deferral", date(2020, 3, 27), (PlannedAct(REGISTER, entry, "defer", deferral),), True, legal_ground=LAW
    )
    registered = _registration(first, "new", [], answers=received.act_id(0))
    found = [received, deferred, Step("2020-new-1", date(2020, 6, 15), (registered,), True, legal_ground=LAW)]
    for nth, (content, day) in enumerate(zip(others, spread(len(others), _FIRST, _LAST), strict=True), 2):
        act = _registration(content, "new", [], opens=True)
        found.append(Step(f"2020-new-{nth}", day, (act,), True, legal_ground=LAW))
    return found


def _reorganising(reorganisations: list[Reorganisation]) -> list[Step]:
    days = spread(len(reorganisations), date(2020, 6, 1), date(2020, 8, 31))
    found = []
    for nth, (each, day) in enumerate(zip(reorganisations, days, strict=True), 1):
        basis = "type_or_name_changed" if len(each.predecessors) == len(each.successors) == 1 else "reorganised"
        acts = [
            PlannedAct(
                REGISTER, imported_entry_id_of(content["registration_number"]), "strike_off",
                {"basis": basis, "successors": [_entry(successor) for successor in each.follows(content)]},
                effective_on=_SCHOOL_YEAR,
            )
            for content in each.predecessors
        ]  # fmt: skip
        acts += [
            _registration(content, basis, each.precedes(content), opens=True, effective_on=_SCHOOL_YEAR)
            for content in each.successors
        ]
        found.append(Step(f"2020-reorganisation-{nth}", day, tuple(acts), True, legal_ground=LAW))
    return found


def _liquidations(liquidated: list[Content]) -> list[Step]:
    found = []
    for nth, (content, day) in enumerate(zip(liquidated, spread(len(liquidated), _FIRST, _LAST), strict=True), 1):
        entry = imported_entry_id_of(content["registration_number"])
        act = PlannedAct(REGISTER, entry, "strike_off", {"basis": "liquidation"})
        found.append(Step(f"2020-liquidation-{nth}", day, (act,), True, legal_ground=LAW))
    return found


def _amending(year: InstitutionsOf2020) -> list[Step]:
    written, entries = year.amendments[:AMENDED_IN_WRITING], year.amendments[AMENDED_IN_WRITING:]
    found = []
    for form, amendments in (("written", written), ("entry", entries)):
        days = spread(len(amendments), _FIRST, _LAST)
        for nth, (amendment, day) in enumerate(zip(amendments, days, strict=True), 1):
            content, field = amendment
            entry = imported_entry_id_of(content["registration_number"])
            act = PlannedAct(REGISTER, entry, "amend", {field: content[field]})
            found.append(Step(f"2020-amendment-{form}-{nth}", day, (act,), form == "written", legal_ground=LAW))
    entry = imported_entry_id_of(year.mistaken["registration_number"])
    mistake = Step(
        "2020-mistake", date(2020, 10, 5), (PlannedAct(REGISTER, entry, "amend", {"branches": 9}),), legal_ground=LAW
    )
    annulment = {"mode": "ex_tunc", "reason": "Grozījums attiecās uz citu iestādi."}
    annulled = PlannedAct(REGISTER, entry, "annul", annulment, target=mistake.act_id(0))
    return [*found, mistake, Step("2020-annulment", date(2020, 10, 19), (annulled,), True, legal_ground=LAW)]

"""Whoever is erased, whatever was recorded of them: nothing holds their values, and nothing else is another.

Random persons stand in random registers, by random acts: corrected, renamed, with changed codes, in open proposals, as
heads of schools, in notes and extracts. Somebody else, recorded in the same way, stays as they were.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.counting import evaluate
from projections.figures import all_figures
from tests.api.office import INSTITUTIONS, Json, Office, body, recorded, told
from tests.api.stolen import archived, everything, found
from tests.cli.running import regesta
from tests.replay.rebuilding import rows

DAY = "2026-11-20"
SITTING = {"held_on": "2026-11-02", "minutes": "11"}
PSYCHOLOGISTS, CERTIFICATES = "/registers/psychologists", "/registers/practice-certificates"
PERMITS, PROVIDERS = "/registers/teaching-permits", "/registers/childcare-providers"
WHY = {"case": "2-4/17", "legal_ground": "GDPR 17(1)(a)"}
FEW = settings(max_examples=4, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


class Person(NamedTuple):
    """What is told of somebody: names and codes, the earlier and the later one, and where they live."""

    first_name: str
    surnames: tuple[str, str]
    codes: tuple[str, str]
    address: str

    @property
    def names(self) -> tuple[str, str]:
        return (f"{self.first_name} {self.surnames[0]}", f"{self.first_name} {self.surnames[1]}")

    @property
    def values(self) -> set[str]:
        return {*self.names, *self.surnames, *self.codes, self.address}

    @property
    def note(self) -> str:
        """A text that names them, as Latvian bends names."""
        return f"Runāts ar {self.first_name[:-1]}u {self.surnames[0][:-1]}u."


syllables = st.sampled_from(["vēr", "zvir", "grie", "plau", "strū", "kņau", "brie", "ģēr", "cīru", "žubī"])
surnames = st.builds(lambda parts: "".join(parts).title() + "te", st.lists(syllables, min_size=3, max_size=4))


def person_of(first_name: str, names: list[str], serial: int) -> Person:
    """A person with a code that no other serial number gives."""
    codes = (f"39{serial:04d}-00001", f"39{serial:04d}-00002")
    return Person(first_name, (names[0], names[1]), codes, f"{names[0].upper()} IELA {serial}")


persons = st.builds(
    person_of,
    st.sampled_from(["Kunigunda", "Vizbulīte", "Skaidrīte"]),
    st.lists(surnames, min_size=2, max_size=2, unique=True),
    st.integers(1000, 9999),
)
STEPS = ("certify", "provide", "name as head", "permit", "exclude", "reject", "rename", "correct", "extract")
lives = st.permutations(STEPS).flatmap(lambda steps: st.integers(2, len(steps)).map(lambda many: steps[:many]))


@dataclass
class Life:
    """What becomes of a person in the registers, step by step."""

    office: Office
    person: Person
    entries: list[tuple[str, str]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    proposals: list[str] = field(default_factory=list)
    extracts: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Be registered as a psychologist."""
        self.psychologist = self._new(PSYCHOLOGISTS, "register", **self._psychologist)

    @property
    def _psychologist(self) -> Json:
        name, code = self.person.names[0], self.person.codes[0]
        return {"name": name, "personal_code": code, "education": [{"institution": "LU"}], "sitting": SITTING}

    def step(self, what: str) -> None:
        """Live on."""
        name, code = self.person.names[0], self.person.codes[0]
        match what:
            case "certify":
                content = {
                    "name": name, "personal_code": code, "programme_kind": "interest", "programme": "Klavierspēle",
                    "target_groups": ["preschool"], "theme": "music", "territories": ["Cēsu novads"],
                    "addresses": [self.person.address], "sitting": SITTING,
                }  # fmt: skip
                entry = self._new(CERTIFICATES, "issue", **content)
                again = {"name": self.person.names[1], "personal_code": self.person.codes[1], "sitting": SITTING}
                self.office.act(entry, "reissue", DAY, CERTIFICATES, **again)
            case "provide":
                contacts = {"address": self.person.address, "phones": ["20000001"]}
                self._new(PROVIDERS, "register", name=name, provider_kind="natural", personal_code=code,
                          service="full_time", private_contacts=contacts)  # fmt: skip
            case "name as head":
                school = str(self.office.register("2020-03-02", head=name)["entry"])
                amended = {**body("amend", DAY, head="Andris Ozols"), "note": self.person.note}
                recorded(self.office.clerk.post(f"{INSTITUTIONS}/{school}/acts", json=amended))
                self.heads.append(school)
            case "permit":
                convicted = {"ground": f"Kriminallikums, {name}", "cleared_on": "2015-06-30"}
                permit = {"name": name, "personal_code": code, "restrictions": ["minors"], "sitting": SITTING,
                          "convictions": [convicted]}  # fmt: skip
                self._propose(PERMITS, body("grant", DAY, **permit))
            case "exclude":
                self._propose(self._own, body("exclude", DAY, sitting=SITTING))
            case "reject":
                proposal = self._propose(self._own, body("exclude", DAY, sitting=SITTING))
                recorded(self.office.second.post(f"/proposals/{proposal}/reject", json={"reason": self.person.note}))
            case "rename" | "correct":
                first = told(self.office.clerk.get(f"{self._own}/acts"))["acts"][0]["position"]
                said = {**self._psychologist, "name": self.person.names[1]}
                self.office.act(self.psychologist, "correct", DAY, PSYCHOLOGISTS, target=first, content=said)
            case "extract":
                issued = recorded(self.office.clerk.post(f"{self._own}/extracts", json={"part": "whole"}))
                self.extracts.append(issued["json"])

    @property
    def _own(self) -> str:
        return f"{PSYCHOLOGISTS}/{self.psychologist}"

    def _new(self, register: str, kind: str, **content: Any) -> str:
        act = {**body(kind, DAY, **content), "note": self.person.note}
        entry = str(recorded(self.office.clerk.post(f"{register}/acts", json=act))["entry"])
        self.entries.append((register, entry))
        return entry

    def _propose(self, path: str, act: Json) -> str:
        asked = {**act, "note": self.person.note}
        answer = self.office.clerk.post(f"{path}/acts", params={"propose": True}, json=asked)
        proposal = str(recorded(answer)["proposal"])
        self.proposals.append(proposal)
        return proposal

    def told(self) -> str:
        """Whatever those who may see everything are told."""
        paths = ["/acts?limit=1000", "/changes?limit=1000", "/proposals", "/proposals?status=rejected", *self.extracts]
        paths += [f"/proposals/{proposal}" for proposal in self.proposals]
        for register, entry in [*self.entries, *((INSTITUTIONS, school) for school in self.heads)]:
            paths += [
                f"{register}/{entry}{more}" for more in ("", "/acts", "/timeline", "/explain", "/extract?format=json")
            ]
            paths += [register, f"{register}?format=csv", f"{register}?q={self.person.surnames[0]}"]
        answers = [self.office.clerk.get(path) for path in dict.fromkeys(paths)]
        assert {answer.status_code for answer in answers} <= {200, 410}, [answer.text for answer in answers]
        return "".join(answer.text for answer in answers)


def figures(office: Office) -> dict[tuple[str, int], int]:
    with office.service.database.pool.connection() as connection:
        return dict(evaluate(connection, all_figures(), [2026], office.head()))


def stems(person: Person) -> set[str]:
    """The person's values; of surnames what no ending changes."""
    return {*(name[:-2] for name in person.surnames), *person.codes, person.address}


def test_nothing_holds_the_values_of_whoever_is_erased_and_nothing_else_is_another(
    office: Office, protector: httpx.Client
) -> None:
    erased: set[Person] = set()

    @FEW
    @given(persons, persons, lives, lives, st.sampled_from(["first code", "later code", "name"]))
    def erase(person: Person, other: Person, life: list[str], others: list[str], by: str) -> None:
        if {*person.surnames, *person.codes} & {*other.surnames, *other.codes} or {person, other} & erased:
            return
        erased.update({person, other})
        one, two = Life(office, person), Life(office, other)
        for someone, steps in ((one, life), (two, others)):
            someone.begin()
            for step in steps:
                someone.step(step)
        own = office.clerk.get(f"{PSYCHOLOGISTS}/{one.psychologist}").text
        assert found(stems(person), own) >= {person.codes[0]}
        of_other, live, counted = two.told(), rows(office.service.url), figures(office)

        known_by_later = by == "later code" and "certify" in life
        whom: Json = {"personal_code": person.codes[1 if known_by_later else 0]}
        if by == "name":
            whom = {"entry": one.psychologist, "field": "name"}
        for each in (whom, *({"entry": school, "field": "head"} for school in one.heads)):
            receipt = told(protector.post("/persons/erasure", json={**WHY, **each}))
            assert receipt["unchanged"]["root_before"] == receipt["unchanged"]["root_after"]

        assert found(stems(person), everything(office.service.url)) == set()
        assert found(stems(person), one.told()) == set()
        assert found(stems(other), two.told()) == found(stems(other), of_other)
        now = rows(office.service.url)
        assert [row for table in live if table != "number_series" for row in live[table] if row not in now[table]] == []
        assert figures(office) == counted

    erase()
    assert len(erased) > 4
    of_all = {value for person in erased for value in (*person.codes, person.address)}
    archive = "".join(
        each.decode(errors="replace") if isinstance(each, bytes) else each for each in archived(office.service.url)
    )
    assert found(of_all, archive) == set()
    verified = regesta(office.service.url, "verify")
    assert verified.code == 0, verified.err

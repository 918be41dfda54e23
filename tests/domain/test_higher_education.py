from __future__ import annotations

from datetime import date

import pytest

from domain.higher_education import REGISTER
from domain.institution_types import TYPES
from domain.institutions import REGISTER as INSTITUTIONS
from domain.refusals import ActsInTheWay
from tests.domain.story import BASIC_SCHOOL, Story, registered

START, LATER = date(2020, 1, 10), date(2020, 1, 20)


@pytest.mark.parametrize("type_code", sorted(code for code, about in TYPES.items() if about.kind == "higher"))
def test_a_higher_education_institution_of_every_type_can_be_registered(type_code: str) -> None:
    assert registered(START, REGISTER, type=type_code).status(START) == "registered"


@pytest.mark.parametrize("verb", ["register", "import"])
def test_a_school_belongs_to_the_register_of_institutions(verb: str) -> None:
    with pytest.raises(ActsInTheWay, match=r"kind: expected higher, met general \(register institutions\)"):
        Story(REGISTER).tell(verb, START, **BASIC_SCHOOL)


def test_a_college_cannot_become_a_school_by_amendment() -> None:
    with pytest.raises(ActsInTheWay, match="register institutions"):
        registered(START, REGISTER).tell("amend", LATER, kind="general", type="basic_school")


def test_a_college_becomes_an_academy_by_amendment() -> None:
    college = registered(START, REGISTER)
    college.tell("amend", LATER, type="academy")
    assert college.timeline.state_on(LATER).content["type"] == "academy"


def test_its_numbers_are_of_the_same_space_as_those_of_the_institutions() -> None:
    assert REGISTER.numbers is INSTITUTIONS.numbers


def test_its_events_have_names_of_their_own() -> None:
    assert {kind.event for kind in REGISTER.kinds}.isdisjoint(kind.event for kind in INSTITUTIONS.kinds)

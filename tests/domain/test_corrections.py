"""What a clerical correction leaves alone: the registration number if none is stated, and links to other entries."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.refusals import LinksCorrected
from tests.domain.story import BASIC_SCHOOL, Story, registered

JANUARY, MARCH, MAY = date(2020, 1, 1), date(2020, 3, 1), date(2020, 5, 1)
NUMBER, OTHER_NUMBER = "3112900012", "3112900013"
LINKED, OTHER = str(UUID(int=1)), str(UUID(int=2))


def right(**fields: Any) -> dict[str, Any]:
    """The right content of a registration; no number and no links are stated unless ``fields`` do."""
    return {"target": 0, "content": {**BASIC_SCHOOL, "name": "Pareizā", **fields}}


def content(school: Story, day: date = MAY) -> dict[str, Any]:
    return dict(school.timeline.state_on(day).content)


@pytest.mark.parametrize("stated", [{}, {"registration_number": None}])
def test_a_correction_that_states_no_number_keeps_it(stated: dict[str, Any]) -> None:
    school = registered(JANUARY, name="Kļūda", registration_number=NUMBER)
    correction = school.tell("correct", JANUARY, **right(**stated))
    assert (content(school)["name"], content(school)["registration_number"]) == ("Pareizā", NUMBER)
    assert correction.fields["content"]["registration_number"] == NUMBER


def test_a_correction_that_states_a_number_changes_it_and_the_next_one_keeps_that() -> None:
    school = registered(JANUARY, registration_number=NUMBER)
    school.tell("correct", JANUARY, **right(registration_number=OTHER_NUMBER))
    assert content(school)["registration_number"] == OTHER_NUMBER
    school.tell("correct", JANUARY, **right(head="ANNA KALNIŅA"))
    assert (content(school)["registration_number"], content(school)["head"]) == (OTHER_NUMBER, "ANNA KALNIŅA")


def test_when_the_correction_of_a_number_is_annulled_the_next_one_keeps_the_number_that_counts_again() -> None:
    school = registered(JANUARY, registration_number=NUMBER)
    wrong = school.tell("correct", JANUARY, **right(registration_number=OTHER_NUMBER))
    school.tell("annul", MARCH, target=wrong.position, mode="ex_tunc")
    school.tell("correct", JANUARY, **right())
    assert content(school)["registration_number"] == NUMBER


@pytest.mark.parametrize("stated", [{}, {"predecessors": [LINKED]}])
def test_a_correction_of_a_registration_keeps_its_links(stated: dict[str, Any]) -> None:
    school = registered(JANUARY, predecessors=[LINKED])
    school.tell("correct", JANUARY, **right(**stated))
    assert content(school)["predecessors"] == [LINKED]


def test_a_correction_of_a_striking_off_keeps_its_links() -> None:
    school = registered(JANUARY)
    struck_off = school.tell("strike_off", MARCH, basis="liquidation", successors=[LINKED])
    school.tell("correct", MARCH, target=struck_off.position, content={"basis": "reorganised"})
    assert content(school)["successors"] == [LINKED]
    assert school.timeline.fields_of(struck_off.position)["basis"] == "reorganised"


@pytest.mark.parametrize("stated", [[], [OTHER], [LINKED, OTHER]])
def test_a_correction_that_states_other_links_is_refused_with_those_there_are(stated: list[str]) -> None:
    school = registered(JANUARY, predecessors=[LINKED])
    told = rf"content.predecessors: expected the entries linked now \({LINKED}\), met {', '.join(stated) or '-'}:"
    with pytest.raises(LinksCorrected, match=told):
        school.tell("correct", JANUARY, **right(predecessors=stated))
    assert len(school.acts) == 1

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.monitoring_returns import REGISTER
from domain.refusals import ActsInTheWay, ContentRefused
from tests.domain.story import Story, corrected

START = date(2020, 10, 1)
CHILDREN: dict[str, Any] = {
    "submitter": "Rēzeknes pilsētas dome",
    "data_day": "2020-09-14",
    "children": {"family": 3, "abroad_emigrated": 14_153},
}
ABSENCE: dict[str, Any] = {
    "submitter": "Rēzeknes pilsētas dome",
    "school_year": "2019/2020",
    "half": "1",
    "learners": {"basic": 4},
}


def told(verb: str, **content: Any) -> Story:
    """A return of that kind."""
    story = Story(REGISTER)
    story.tell(verb, START, **content)
    return story


def counted(story: Story) -> dict[str, str | int]:
    """What statistics count by."""
    return REGISTER.counted_by(story.timeline.state_on(START).content, {})


def test_a_return_about_children_counts_them_by_reason_and_many_too() -> None:
    found = counted(told("record_children", **CHILDREN))
    assert (found["children_family"], found["children_abroad_emigrated"], found["children_ill"]) == (3, 14_153, 0)
    assert (found["kind"], found["purpose"], found["data_day"]) == ("children", "year", "2020-09-14")
    assert not [name for name in found if name.startswith("learners_")]


def test_a_return_about_absence_counts_learners_by_level_in_half_a_school_year() -> None:
    found = counted(told("record_absence", **ABSENCE))
    assert (found["school_year"], found["half"]) == ("2019/2020", "1")
    assert (found["learners_basic"], found["learners_vocational"]) == (4, 0)
    assert not [name for name in found if name.startswith("children_")]


def test_an_update_is_counted_by_its_day_alone() -> None:
    assert counted(told("record_update", data_day="2020-09-14")) == {"kind": "update", "data_day": "2020-09-14"}


@pytest.mark.parametrize("school_year", ["2019/2021", "2020/2019", "2019", "2019-2020"])
def test_a_school_year_is_two_years_in_turn(school_year: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        told("record_absence", **{**ABSENCE, "school_year": school_year})
    assert [field for field, _ in refused.value.problems] == ["school_year"]


def test_fewer_children_than_none_and_reasons_unknown_are_refused() -> None:
    for wrong in ({"family": -1}, {"holidays": 1}):
        with pytest.raises(ContentRefused):
            told("record_children", **{**CHILDREN, "children": wrong})


def test_a_return_is_told_once_and_corrected_after_that() -> None:
    story = told("record_children", **CHILDREN)
    with pytest.raises(ActsInTheWay, match="expected status absent, met recorded"):
        story.tell("record_children", START, **CHILDREN)
    story.tell("correct", START, **corrected(story.acts[0], submitter="Rēzeknes novada dome"))
    assert story.timeline.state_on(START).content["submitter"] == "Rēzeknes novada dome"


def test_how_many_children_of_a_municipality_there_are_by_reason_is_not_public() -> None:
    assert REGISTER.public
    assert REGISTER.confidential_fields == {"children"}

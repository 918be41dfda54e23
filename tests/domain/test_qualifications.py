from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.qualifications import REGISTER
from domain.qualifications_list import listed_qualifications
from domain.refusals import ActsInTheWay, ContentRefused
from tests.domain.story import Story

START, LATER = date(2020, 1, 10), date(2020, 6, 1)
AGREEMENT: dict[str, Any] = {"qualification": "Pavārs", "level": "3", "body": "Ezeru tehnikums"}
AWARD: dict[str, Any] = {
    "qualification": "Pavārs",
    "level": "2",
    "holder": "Ilze Ezeriņa",
    "personal_code": "161175-19997",
}


def begun(verb: str, **content: Any) -> Story:
    """An agreement that is concluded, or an award that is made."""
    story = Story(REGISTER)
    story.tell(verb, START, **content)
    return story


def test_an_agreement_with_a_last_day_expires_on_the_day_after_it() -> None:
    agreement = begun("conclude", **AGREEMENT, valid_until="2020-05-31")
    assert [agreement.status(day) for day in (date(2020, 5, 31), LATER)] == ["in_force", "expired"]


def test_an_agreement_without_a_last_day_is_in_force_until_it_is_terminated() -> None:
    agreement = begun("conclude", **AGREEMENT)
    assert agreement.status(date(2999, 12, 31)) == "in_force"
    agreement.tell("terminate", LATER, basis="by_agreement")
    assert (agreement.status(date(2020, 5, 31)), agreement.status(LATER)) == ("in_force", "terminated")


def test_an_agreement_is_extended_before_its_last_day_and_not_after_it() -> None:
    agreement = begun("conclude", **AGREEMENT, valid_until="2020-05-31")
    with pytest.raises(ActsInTheWay, match="expected status in_force, met expired"):
        agreement.tell("amend", LATER, valid_until="2021-05-31")
    agreement.tell("amend", date(2020, 5, 31), valid_until="2021-05-31")
    assert agreement.status(LATER) == "in_force"


def test_an_award_does_not_end_and_is_not_terminated() -> None:
    award = begun("award", **AWARD)
    assert award.status(date(2999, 12, 31)) == "awarded"
    with pytest.raises(ActsInTheWay, match="expected status in_force, met awarded"):
        award.tell("terminate", LATER, basis="breach")


@pytest.mark.parametrize(("verb", "content"), [("conclude", AGREEMENT), ("award", AWARD)])
def test_a_qualification_is_one_of_the_list_and_of_one_of_its_levels(verb: str, content: dict[str, Any]) -> None:
    with pytest.raises(ActsInTheWay, match=r"qualification: expected one of the list .*, met Pavāri"):
        begun(verb, **{**content, "qualification": "Pavāri"})
    with pytest.raises(ActsInTheWay, match="level: expected 2, 3 for Pavārs, met 1"):
        begun(verb, **{**content, "level": "1"})


def test_an_award_names_the_person_and_their_code() -> None:
    for field in ("holder", "personal_code"):
        with pytest.raises(ContentRefused) as refused:
            begun("award", **{name: value for name, value in AWARD.items() if name != field})
        assert [name for name, _ in refused.value.problems] == [field]


def test_a_person_is_counted_by_the_code_they_had_first() -> None:
    award = begun("award", **AWARD)
    award.tell("amend_award", LATER, personal_code="328673-00679", former_personal_code="161175-19997")
    contents = [award.timeline.state_on(day).content for day in (START, LATER)]
    assert [content["personal_code"] for content in contents] == ["161175-19997", "328673-00679"]
    assert {REGISTER.counted_by(content, {})["holder"] for content in contents} == {"161175-19997"}


def test_a_body_is_counted_by_its_entry_and_without_one_by_its_name() -> None:
    entry = "018e0000-0000-7000-8000-000000000003"
    assert REGISTER.counted_by({**AGREEMENT, "institution": entry}, {})["body_delegated"] == entry
    assert REGISTER.counted_by({**AGREEMENT, "institution": None}, {})["body_delegated"] == "Ezeru tehnikums"


def test_the_public_learns_nothing_of_the_person() -> None:
    assert REGISTER.confidential_fields == {"holder", "personal_code", "former_personal_code"}
    assert REGISTER.confidential_fields & (REGISTER.search_fields | REGISTER.filter_fields) == set()
    assert REGISTER.warnings_about({**AWARD, "personal_code": "161175-19990"}) == [
        "personal code: expected the last digit that the ten before it give, met another"
    ]


def test_the_list_names_each_qualification_with_its_levels_as_the_report_prints_them() -> None:
    listed = listed_qualifications()
    assert (len(listed), sum(each.printed for each in listed.values())) == (103, 98)
    assert listed["Pavārs"].printed_name == "Pavārs (2, 3)"
    assert listed["Vokālists, kora dziedātājs"].levels == ("3",)

from __future__ import annotations

from datetime import date

import pytest

from domain.refusals import ContentRefused
from domain.scientific_institutions import REGISTER
from tests.domain.story import registered

START, LATER = date(2020, 1, 10), date(2020, 1, 20)


def test_a_scientific_institution_is_excluded_from_the_register() -> None:
    institute = registered(START, REGISTER)
    institute.tell("exclude", LATER, basis="own_request")
    assert institute.status(LATER) == "excluded"


def test_it_holds_the_number_of_doctors_and_no_kind_or_type() -> None:
    assert registered(START, REGISTER, doctors=5).timeline.state_on(START).content["doctors"] == 5
    with pytest.raises(ContentRefused) as refused:
        registered(START, REGISTER, kind="general")
    assert [field for field, _ in refused.value.problems] == ["kind"]


def test_all_its_numbers_are_of_one_series_of_six_digits() -> None:
    numbers = REGISTER.numbers
    assert numbers.split("000123") == ("", 123)
    assert numbers.series({}) == ""
    assert [numbers.number("", serial) for serial in (1, 999_999, 1_000_000)] == ["000001", "999999", None]


def test_a_number_of_another_form_is_kept_with_a_warning() -> None:
    assert REGISTER.numbers.split("3112900017") is None
    assert REGISTER.numbers.warnings("3112900017", {}) == ["registration number: expected six digits, met '3112900017'"]
    assert REGISTER.numbers.warnings("000123", {}) == []


def test_its_numbers_do_not_meet_those_of_the_institutions() -> None:
    assert REGISTER.numbers.space == "scientific"


def test_its_acts_are_counted_by_basis() -> None:
    assert REGISTER.counted_by({"name": "x"}, {"basis": "reorganised"}) == {"basis": "reorganised"}

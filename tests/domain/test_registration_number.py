from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domain.institution_types import TYPES
from domain.registration_number import mismatches, number_in, series_of, split
from replay.viis import read_lines
from tests.domain.story import BASIC_SCHOOL


@pytest.fixture(scope="module")
def published(register_export: Path) -> list[dict[str, Any]]:
    """The contents of the real register of December 2020."""
    return [line.content for line in read_lines(register_export.read_bytes()) if line.content is not None]


def test_a_number_is_a_series_of_territory_type_and_founder_class_and_a_serial() -> None:
    assert split("3112900017") == ("31129", 17)
    assert series_of(BASIC_SCHOOL) == "31129"
    assert number_in("31129", 17) == "3112900017"


@pytest.mark.parametrize("number", ["311290001", "31129000171", "311290001a", "", "３１１２９０００１７"])
def test_a_number_of_another_form_belongs_to_no_series(number: str) -> None:
    assert split(number) is None


def test_a_series_ends_when_its_five_digits_are_used_up() -> None:
    assert number_in("31129", 99_999) == "3112999999"
    assert number_in("31129", 100_000) is None


@pytest.mark.parametrize("missing", ["territory", "founder_class"])
def test_without_territory_or_founder_class_no_series_is_known(missing: str) -> None:
    assert series_of({**BASIC_SCHOOL, missing: None}) is None


def test_digits_that_do_not_fit_the_institution_are_worth_a_warning_each() -> None:
    assert mismatches("3113800017", BASIC_SCHOOL) == [
        "digits 3-4 of 3113800017: expected 12 for type basic_school, met 13",
        "digit 5 of 3113800017: expected 9 for the founder class, met 8",
    ]


def test_a_number_that_has_not_ten_digits_is_worth_a_warning() -> None:
    assert mismatches("17", BASIC_SCHOOL) == ["registration number: expected ten digits, met '17'"]


def test_digits_that_fit_are_worth_none() -> None:
    assert mismatches("3112900017", BASIC_SCHOOL) == []
    assert mismatches("0570900017", {**BASIC_SCHOOL, "type": "sports_school"}) == []


def test_no_two_types_share_a_code() -> None:
    codes = [code for about in TYPES.values() for code in about.number_codes]
    assert len(codes) == len(set(codes))


def test_of_the_real_registers_numbers_all_but_four_fit_the_type(published: list[dict[str, Any]]) -> None:
    assert len(published) == 2713
    assert sum(bool(mismatches(content["registration_number"], content)) for content in published) == 4


def test_each_real_number_is_the_number_of_its_own_series_and_serial(published: list[dict[str, Any]]) -> None:
    for content in published:
        parts = split(content["registration_number"])
        assert parts is not None
        assert number_in(*parts) == content["registration_number"]

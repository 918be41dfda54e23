from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.purpose import PURPOSES, MalformedPurpose, Purpose, purpose_of


@pytest.mark.parametrize("code", PURPOSES)
def test_a_purpose_is_one_of_the_list_with_or_without_a_case(code: str) -> None:
    assert purpose_of(code, None) == Purpose(code, None)
    assert purpose_of(code, "1-7/123") == Purpose(code, "1-7/123")


@pytest.mark.parametrize("code", ["", "curiosity", "Supervision", "supervision ", "supervision; case=1"])
def test_nothing_else_is_a_purpose(code: str) -> None:
    with pytest.raises(MalformedPurpose, match="application, supervision"):
        purpose_of(code, None)


@pytest.mark.parametrize("case", ["1", "2-7e/20/15", "IKVD-2026/4", "Nr.4", "1-7/Ž", "APM.12/3", "2026/000123"])
def test_case_numbers_are_taken_as_offices_write_them(case: str) -> None:
    assert purpose_of("complaint", case).case_number == case


def test_a_letter_written_in_two_parts_is_the_same_letter() -> None:
    assert purpose_of("complaint", "1-7/Z\u030c") == purpose_of("complaint", "1-7/Ž")


@pytest.mark.parametrize(
    "case",
    [
        "", " ", "Ozola", "Anna Ozola 1", "1-Ozola", "Bērziņš/2026", "390000-00018", "39000000018",
        "lieta 390000-00018", "1-7\n2", "no-number", "-1", "/7", "1" * 41, "1;2", "1-7/\x00",
    ],
)  # fmt: skip
def test_there_is_no_room_for_a_name_or_a_personal_code(case: str) -> None:
    with pytest.raises(MalformedPurpose, match="case number"):
        purpose_of("complaint", case)


@given(st.from_regex(r"[0-9]{1,9}([./-][0-9A-Za-z]{1,4}){0,3}", fullmatch=True))
def test_numbers_of_short_parts_are_all_taken(case: str) -> None:
    assert purpose_of("audit", case) == Purpose("audit", case)

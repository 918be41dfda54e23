from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.personal_code import PersonalCode, mismatch

CODE: TypeAdapter[str] = TypeAdapter(PersonalCode)


@pytest.mark.parametrize("code", ["161175-19997", "16117519997"])
def test_a_code_is_written_with_its_hyphen_however_it_is_given(code: str) -> None:
    assert CODE.validate_python(code) == "161175-19997"


@pytest.mark.parametrize("code", ["320000-00000", "328673-00679", "399999-99999"])
def test_a_code_from_32_to_39_says_nothing_of_a_birth(code: str) -> None:
    assert CODE.validate_python(code) == code


@pytest.mark.parametrize("code", ["290200-20000", "311299-10000", "010100-00000", "300617-20000"])
def test_an_older_code_begins_with_a_day_of_birth_until_june_2017(code: str) -> None:
    assert CODE.validate_python(code) == code


@pytest.mark.parametrize(
    "code",
    ["290201-20000", "310499-10000", "001299-10000", "311399-10000", "010717-20000", "010199-30000", "410199-10000"],
)
def test_an_older_code_that_no_birth_gives_is_refused_and_not_repeated(code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CODE.validate_python(code)
    (error,) = refused.value.errors()
    assert error["msg"].startswith("Value error, expected a date of birth DDMMYY and its century, or 32 to 39")
    assert code not in error["msg"]


@pytest.mark.parametrize("code", ["", "161175-1999", "161175-199971", "161175 19997", "1611-7519997", "１61175-19997"])
def test_a_code_has_eleven_digits_and_no_other_sign_but_a_hyphen_after_the_sixth(code: str) -> None:
    with pytest.raises(ValidationError, match="pattern"):
        CODE.validate_python(code)


@pytest.mark.parametrize("code", ["161175-19997", "328673-00679", "390000-00018"])
def test_a_last_digit_that_the_others_give_is_worth_no_warning(code: str) -> None:
    assert mismatch(code) is None


def test_a_last_digit_that_they_do_not_give_is_worth_a_warning_that_does_not_repeat_the_code() -> None:
    assert mismatch("161175-19990") == "personal code: expected the last digit that the ten before it give, met another"

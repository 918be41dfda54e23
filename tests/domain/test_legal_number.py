from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.legal_number import LegalNumber, check_digit, mismatch

NUMBER: TypeAdapter[str] = TypeAdapter(LegalNumber)
REAL = ["90001259032", "40003372060", "40103548442", "53603062391", "40003521600"]


@pytest.mark.parametrize("number", REAL)
def test_numbers_that_were_given_fit(number: str) -> None:
    assert NUMBER.validate_python(number) == number
    assert mismatch(number) is None


@pytest.mark.parametrize("number", ["30003372060", "70003372060", "4000337206", "400033720600", "LV40003372060"])
def test_a_number_has_eleven_digits_and_begins_with_4_to_6_or_9(number: str) -> None:
    with pytest.raises(ValidationError, match="pattern"):
        NUMBER.validate_python(number)


@pytest.mark.parametrize("number", REAL)
def test_a_last_digit_that_the_others_do_not_give_is_worth_a_warning(number: str) -> None:
    wrong = str((int(number[10]) + 1) % 10)
    warning = f"number of the legal person: expected {number[10]} at the end, met {wrong}"
    assert mismatch(number[:10] + wrong) == warning


def test_with_some_beginnings_there_is_no_number_at_all() -> None:
    (beginning,) = [digits for digits in (f"99999000{n:02}" for n in range(20)) if check_digit(digits) is None][:1]
    assert mismatch(f"{beginning}0") == "number of the legal person: expected other digits at the end, met 0"

"""Personal code (personas kods) of a natural person: eleven digits, written ``DDDDDD-DDDDD``.

Until 30 June 2017 codes began with the date of birth, DDMMYY, and the century (0, 1 or 2 for the 19th to the 21st);
those given since begin with 32 to 39 and say nothing of the person. What is said here of a code does not repeat it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from domain.attribute import of_entry

_LAST_OF_BIRTH = date(2017, 6, 30)
_CENTURIES = {"0": 1800, "1": 1900, "2": 2000}
_WEIGHTS = (10, 5, 8, 4, 2, 1, 6, 3, 7, 9)
MISMATCH = "personal code: expected the last digit that the ten before it give, met another"
"""It tells no digit: the answer to a request is kept, and a code is not."""
EXPECTED = "expected a date of birth DDMMYY and its century, or 32 to 39 at the beginning, met other digits"


HOLDER = of_entry("former_personal_code", "personal_code")
"""The code by which a person is the same before and after a change of code, for it changes once in a life."""


def written(code: str) -> str:
    """``code`` in its one written form; raises ValueError if it is neither a date of birth's nor a newer one."""
    digits = code.replace("-", "")
    if not (digits[0] == "3" and digits[1] in "23456789") and not _begins_with_a_birth(digits):
        raise ValueError(EXPECTED)
    return f"{digits[:6]}-{digits[6:]}"


PersonalCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}-?[0-9]{5}$"), AfterValidator(written)]
"""A personal code, with or without its hyphen; kept with it."""


def check_digit(digits: str) -> str:
    """The eleventh digit that the ten ``digits`` before it give."""
    return str((1 + sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))) % 11 % 10)


def mismatch(code: str) -> str | None:
    """What of ``code`` does not fit, or None. Not every code that was given has the digit that the others give."""
    digits = code.replace("-", "")
    if digits[10] == check_digit(digits[:10]):
        return None
    return MISMATCH


def _begins_with_a_birth(digits: str) -> bool:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if digits[6] not in _CENTURIES:
        return False
    try:
        return date(_CENTURIES[digits[6]] + year, month, day) <= _LAST_OF_BIRTH
    except ValueError:
        return False

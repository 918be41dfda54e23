"""Registration number of a legal person (reģistrācijas numurs nodokļu maksātājam): eleven digits.

Those of the Enterprise Register begin with 4 to 6, those of bodies that are not in it with 9.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

LegalNumber = Annotated[str, StringConstraints(pattern=r"^[4-69][0-9]{10}$")]
"""The number of a legal person."""

_WEIGHTS = (9, 1, 4, 8, 3, 10, 2, 5, 7, 6)


def check_digit(digits: str) -> str | None:
    """The eleventh digit that the ten ``digits`` before it give; None where no number begins with them."""
    expected = (3 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))) % 11
    return str(expected) if expected < 10 else None


def mismatch(number: str) -> str | None:
    """What of ``number`` does not fit, or None."""
    expected = check_digit(number[:10])
    if number[10] == expected:
        return None
    return f"number of the legal person: expected {expected or 'other digits'} at the end, met {number[10]}"

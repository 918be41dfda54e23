"""Registration number of an institution (reģistrācijas numurs): ``TT KK F SSSSS``, measured in the 2020 export.

TT territory of the numbering, KK institution type, F founder class, SSSSS running serial. The number is an opaque,
unchanging key: digits that do not fit the content are worth a warning, never a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from domain.institution_types import TYPES
from domain.register import NumberSeries

_FORM = re.compile(r"[0-9]{10}")
_LAST_SERIAL = 99_999

FOUNDER_CLASSES = {**{str(digit): "state" for digit in range(8)}, "8": "private", "9": "municipal"}
"""Founder class by the number's fifth digit: 9 municipality, 8 private law, 0-7 the state and derived bodies."""


def split(number: str) -> tuple[str, int] | None:
    """Series (``TTKKF``) and serial of a ten-digit number; None for a number of another form."""
    if _FORM.fullmatch(number) is None:
        return None
    return number[:5], int(number[5:])


def number_in(series: str, serial: int) -> str | None:
    """The number with ``serial`` in ``series``, or None when the five digits are used up."""
    return f"{series}{serial:05d}" if serial <= _LAST_SERIAL else None


def series_of(content: Mapping[str, Any]) -> str | None:
    """The series a new institution's number is given in: territory, first code of its type, founder class."""
    territory, founder_class = content.get("territory"), content.get("founder_class")
    codes = TYPES[content["type"]].number_codes
    if territory is None or founder_class is None or not codes:
        return None
    return f"{territory}{codes[0]}{founder_class}"


def mismatches(number: str, content: Mapping[str, Any]) -> list[str]:
    """Warnings where the number's digits do not agree with the institution's type or founder class."""
    if _FORM.fullmatch(number) is None:
        return [f"registration number: expected ten digits, met {number!r}"]
    warnings = []
    codes = TYPES[content["type"]].number_codes
    if codes and number[2:4] not in codes:
        warnings.append(
            f"digits 3-4 of {number}: expected {' or '.join(codes)} for type {content['type']}, met {number[2:4]}"
        )
    stated = content.get("founder_class")
    if stated is not None and number[4] != stated:
        warnings.append(f"digit 5 of {number}: expected {stated} for the founder class, met {number[4]}")
    return warnings


NUMBERS = NumberSeries(space="viis", split=split, series=series_of, number=number_in, warnings=mismatches)

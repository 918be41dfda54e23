"""Registration number of six digits: all numbers of a register are of one series."""

from __future__ import annotations

import re

from domain.register import Fields, NumberSeries

_FORM = re.compile(r"[0-9]{6}")


def split(number: str) -> tuple[str, int] | None:
    """The one series and the serial; None for a number of another form."""
    return ("", int(number)) if _FORM.fullmatch(number) else None


def number_in(_: str, serial: int) -> str | None:
    """The six-digit number with ``serial``, or None when they are used up."""
    return f"{serial:06d}" if serial < 1_000_000 else None


def mismatches(number: str, _: Fields) -> list[str]:
    """A warning for a number that has not six digits."""
    return [] if _FORM.fullmatch(number) else [f"registration number: expected six digits, met {number!r}"]


def numbers_in(space: str) -> NumberSeries:
    """The series of a register whose numbers are alive once in ``space``."""
    return NumberSeries(space, split, lambda _: "", number_in, mismatches)

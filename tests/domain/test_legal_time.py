"""Dates that an act may carry, written in a request or read from the ledger."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.legal_time import LegalDate

LEGAL = TypeAdapter[date](LegalDate)
NO_DATES = (
    "2020-2-03", "2020-02-30", "20200203", "2020-W01-1", "2020-01-01T00:00:00", "1577836800", "2020-01-01\n",
    " 2020-01-01", "２０２０-01-01", "", 20200203, 1.5, None, True, ["2020-01-01"],
)  # fmt: skip


@given(st.dates(date(1800, 1, 1), date(2999, 12, 31)))
def test_a_date_is_the_same_from_json_from_text_and_as_it_is(day: date) -> None:
    assert LEGAL.validate_json(f'"{day}"', strict=True) == LEGAL.validate_python(str(day)) == day
    assert LEGAL.validate_python(day) == day
    assert LEGAL.dump_json(day) == f'"{day}"'.encode()


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("value", NO_DATES)
def test_what_is_not_written_as_a_date_is_refused_from_json_and_as_it_is(value: Any, strict: bool) -> None:
    with pytest.raises(ValidationError, match="expected a date YYYY-MM-DD"):
        LEGAL.validate_python(value, strict=strict)
    with pytest.raises(ValidationError, match="expected a date YYYY-MM-DD"):
        LEGAL.validate_json(json.dumps(value), strict=strict)


def test_an_instant_is_no_date() -> None:
    with pytest.raises(ValidationError, match="expected a date YYYY-MM-DD"):
        LEGAL.validate_python(datetime(2020, 1, 1))  # noqa: DTZ001 - whatever its zone


@pytest.mark.parametrize("slip", ["0202-01-01", "1799-12-31", "3000-01-01", "9999-12-31"])
def test_a_year_that_is_a_slip_of_the_keyboard_is_refused(slip: str) -> None:
    bound = r"greater than or equal to 1800-01-01|less than or equal to 2999-12-31"
    with pytest.raises(ValidationError, match=bound):
        LEGAL.validate_python(slip)
    with pytest.raises(ValidationError, match=bound):
        LEGAL.validate_json(f'"{slip}"')

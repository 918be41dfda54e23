"""Dates of the register's legal time zone, Europe/Riga, and the instants at their edges."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

RIGA = ZoneInfo("Europe/Riga")

NEVER_ENDS = date.max
"""The open end of a half-open interval ``[from, to)``; no act takes effect on that day."""


_WRITTEN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_BOUNDED = core_schema.date_schema(ge=date(1800, 1, 1), le=date(2999, 12, 31))
_NO_DATE = "legal_date", "expected a date YYYY-MM-DD"


class _LegalDate:
    """Takes a date, or one written YYYY-MM-DD: a number of seconds, an instant or a week is not taken for a date.

    From JSON without a call into Python for each date, of which every act that is read has three.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        from_text = core_schema.chain_schema(
            [core_schema.str_schema(pattern=_WRITTEN), core_schema.no_info_plain_validator_function(date.fromisoformat)]
        )
        kind, message = _NO_DATE
        written = core_schema.custom_error_schema(from_text, custom_error_type=kind, custom_error_message=message)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([written, _BOUNDED]),
            python_schema=core_schema.no_info_before_validator_function(_written_out, _BOUNDED),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(_BOUNDED)


def _written_out(value: Any) -> Any:
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(_WRITTEN, value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError(*_NO_DATE)


LegalDate = Annotated[date, _LegalDate]
"""A date an act may carry, from 1800-01-01 to 2999-12-31: that catches slips of the keyboard (0202, 20201)."""


def riga_date(instant: datetime) -> date:
    """The calendar day in Riga at an aware ``instant``."""
    return instant.astimezone(RIGA).date()


def end_of_riga_day(day: date) -> datetime:
    """The first instant (UTC) after ``day`` in Riga; what was recorded before it was known on that day."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(), RIGA).astimezone(UTC)

"""Dates of the register's legal time zone, Europe/Riga, and the instants at their edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

RIGA = ZoneInfo("Europe/Riga")

NEVER_ENDS = date.max
"""The open end of a half-open interval ``[from, to)``; no act takes effect on that day."""


def _written_out(value: Any) -> Any:
    """A date, or one written YYYY-MM-DD: neither a number of seconds nor an instant is taken for a date."""
    if type(value) is date:
        return value
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":  # no week date either
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date_parsing", "expected a date YYYY-MM-DD")


LegalDate = Annotated[date, Field(ge=date(1800, 1, 1), le=date(2999, 12, 31)), BeforeValidator(_written_out)]
"""A date an act may carry. The bounds catch slips of the keyboard (0202, 20201)."""


def riga_date(instant: datetime) -> date:
    """The calendar day in Riga at an aware ``instant``."""
    return instant.astimezone(RIGA).date()


def end_of_riga_day(day: date) -> datetime:
    """The first instant (UTC) after ``day`` in Riga; what was recorded before it was known on that day."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(), RIGA).astimezone(UTC)

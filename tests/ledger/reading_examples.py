"""Readings for tests of their log."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from ledger.readings import Reading

SCHOOL = UUID("018e0000-0000-7000-8000-000000000001")


def reading(**other: Any) -> Reading:
    """A reading of a school, or what ``other`` makes of it."""
    said = Reading(
        reader="018e0000-0000-7000-8000-0000000000cc",
        role="clerk",
        purpose="complaint",
        case_number="2-3/7",
        way="GET /registers/institutions/{entry}",
        register="institutions",
        entries=(SCHOOL,),
        as_of=date(2020, 3, 5),
        known_at=4,
    )
    return said._replace(**other)


def readings(number: int) -> list[Reading]:
    """So many readings, of many an entry and of all days too."""
    return [
        reading(
            entries=tuple(uuid4() for _ in range(1 + nth % 3)),
            as_of=None if nth % 2 else date(2020, 3, 5),
            case_number=None if nth % 3 else f"2-3/{nth}",
            known_at=nth,
        )
        for nth in range(number)
    ]

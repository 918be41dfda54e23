"""The time limit of an application (iesnieguma izskatīšanas termiņš), Administrative Procedure Law s. 64.

It is one month from receipt unless a register's own law gives more (s. 64(1)). The authority may extend it to four
months from receipt, and with reasons, by the authority above it, to one year (s. 64(2)).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from domain.act import Payload
from domain.register import Fields, Reason, State

USUAL, EXTENDED, LONGEST = 1, 4, 12
"""Months from receipt: the time limit, its extension by the authority, and by the authority above it."""

TOO_LATE = "until: expected no later than {latest}, one year from receipt, met {met}"
REASON_MISSING = "reason: expected one for an extension beyond {latest}, four months from receipt, met none"


def months_after(day: date, months: int) -> date:
    """The last day of a time limit of ``months`` months from ``day``."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def from_receipt(act: Payload[Any], months: int = USUAL) -> Fields:
    """The day of receipt that ``act`` tells, and the last day of the time limit that begins with it."""
    day = act.received_on or act.effective_on
    return {"received_on": day.isoformat(), "due_on": months_after(day, months).isoformat()}


def over(content: Fields) -> Fields:
    """``content`` without a time limit: the application is decided or withdrawn."""
    return {name: value for name, value in content.items() if name not in ("received_on", "due_on")}


def extended_too_far(state: State, stated: Fields) -> Reason | None:
    """Why the time limit of an application that was received may not be extended so. Days compare as ISO texts."""
    received = state.content.get("received_on")
    if received is None:
        return None
    day, until = date.fromisoformat(received), stated["until"]
    latest, usual = (months_after(day, months).isoformat() for months in (LONGEST, EXTENDED))
    if until > latest:
        return Reason(TOO_LATE, {"latest": latest, "met": until})
    if until > usual and not stated.get("reason"):
        return Reason(REASON_MISSING, {"latest": usual})
    return None

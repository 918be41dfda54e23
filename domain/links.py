"""What an entry rests on: a licence on its institution, a certificate on its psychologist.

The rule holds for days, not for the moment of recording: on every day on which an entry is alive, the entries that it
names are there. So it bites on the day an act takes effect, whenever that act is recorded and whichever side it is on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.mark import Link
from domain.register import ABSENT, Limit, Register
from domain.segment import Interval
from domain.timeline import Timeline


class Dependant(NamedTuple):
    """An entry that rests on another, alive from ``first`` on without it."""

    register: str
    entry: UUID
    first: date


TimelineOf = Callable[[UUID], Timeline | None]
"""The timeline of an entry, of whatever register; None if there is no such entry."""


class Gap(NamedTuple):
    """From ``first`` on, an entry is alive that names ``target`` in ``field``, and that one is ``status``."""

    field: str
    target: UUID
    first: date
    status: str


def dependent_registers(registers: Iterable[Register], on: set[str]) -> set[str]:
    """The names of those of ``registers`` whose entries may rest on entries of the registers named in ``on``."""
    return {each.name for each in registers if on & {link.register for link in each.links.values()}}


def gaps(timeline: Timeline, timeline_of: TimelineOf) -> list[Gap]:
    """The first day, by field and entry named, on which the entry rests on nothing; empty if there is no such day."""
    register, found = timeline.register, dict[tuple[str, UUID], Gap]()
    if not register.links:
        return []
    for interval in timeline.intervals():
        if interval.state.status not in register.alive:
            continue
        for field, target in register.rests_on(interval.state.content):
            if (field, target) not in found:
                missing = _missing(register.links[field], timeline_of(target), interval)
                if missing is not None:
                    found[field, target] = Gap(field, target, *missing)
    return list(found.values())


def crowded(limit: Limit, timelines: Iterable[Timeline]) -> date | None:
    """The first day on which more of ``timelines``, resting on one entry, count than ``limit`` has it, if any."""
    changes = Counter[date]()
    for timeline in timelines:
        for interval in timeline.intervals():
            if interval.state.status in timeline.register.alive and limit.counts(interval.state.content):
                changes[interval.first] += 1
                changes[interval.end] -= 1
    there = 0
    for day in sorted(changes):
        there += changes[day]
        if there > limit.most:
            return day
    return None


def _missing(link: Link, target: Timeline | None, resting: Interval) -> tuple[date, str] | None:
    """The first day of ``resting`` on which ``target`` is not what the link wants, and what it is then."""
    first, end = resting.first, resting.end
    if target is None or target.register.name != link.register:
        return first, ABSENT
    wanted = target.register.alive if link.statuses is None else link.statuses
    for interval in target.intervals(first):
        if first >= end:
            return None
        if interval.end <= first:
            continue
        if interval.first > first:
            return first, ABSENT
        if interval.state.status not in wanted:
            return first, interval.state.status
        wanted_there = [(field, resting.state.content.get(field)) for field in link.same]
        for field, value in (*wanted_there, *link.holding):
            met = interval.state.content.get(field)
            if met != value:
                return first, f"{field} {met}"
        first = interval.end
    return (first, ABSENT) if first < end else None

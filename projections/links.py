"""What rests on what while acts are recorded: no entry is left alive without the entries it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from psycopg import Cursor

from domain.links import Dependant, TimelineOf, crowded, gaps
from domain.refusals import DependantsLeft, RestsOnNothing, TooManyRest
from domain.register import Register
from domain.timeline import Timeline


class Links:
    """The dependants of entries, read as needed under the appending lock."""

    def __init__(self, cursor: Cursor[Any], registers: Iterable[Register]) -> None:
        self._cursor = cursor
        self._dependants: dict[UUID, set[UUID]] = {}
        self._kept: dict[UUID, set[UUID]] = {}
        """By target, the entries that this transaction made rest on it: the table does not have them yet."""
        self._looked_at: dict[str, set[str]] = {}
        for link in (link for register in registers for link in register.links.values()):
            self._looked_at.setdefault(link.register, set()).update(link.same, (field for field, _ in link.holding))

    def keep(self, timelines: Iterable[tuple[UUID, Timeline]]) -> None:
        """Take over what the entries of a submission rest on."""
        for entry_id, timeline in timelines:
            for target in targets_of(timeline):
                self._kept.setdefault(target, set()).add(entry_id)

    def check_support(self, timeline: Timeline, before: Timeline, now: TimelineOf, then: TimelineOf) -> None:
        """Raise RestsOnNothing if ``timeline`` is alive on a day without an entry it rests on, and was not before.

        ``now`` gives the timelines of other entries with what is asked for, ``then`` without it.
        """
        found = gaps(timeline, now)
        known = {(gap.field, gap.target) for gap in gaps(before, then)} if found else set()
        for gap in found:
            if (gap.field, gap.target) not in known:
                link, target = timeline.register.links[gap.field], now(gap.target)
                wanted = link.statuses or (frozenset({"alive"}) if target is None else target.register.alive)
                raise RestsOnNothing(
                    field=gap.field, register=link.register, expected=" / ".join(sorted(wanted)), first=gap.first,
                    target=gap.target, met=gap.status,
                )  # fmt: skip

    def check_limits(self, entry_id: UUID, timeline: Timeline, now: TimelineOf) -> None:
        """Raise TooManyRest if more entries would rest on one that ``timeline`` names than its register allows."""
        register = timeline.register
        for limit in register.limits:
            for target in {target for field, target in _named(timeline) if field == limit.link}:
                others = [now(other) for other in self.dependants(target) - {entry_id}]
                beside = [
                    other
                    for other in others
                    if other is not None and other.register is register and (limit.link, target) in _named(other)
                ]
                day = crowded(limit, [timeline, *beside])
                if day is not None:
                    counted = limit.of.en
                    raise TooManyRest(link=limit.link, most=limit.most, counted=counted, target=target, day=day)

    def check_dependants(self, entry_id: UUID, timeline: Timeline, now: TimelineOf, then: TimelineOf) -> None:
        """Raise DependantsLeft if entries that rest on this one would be left without it on a day, and were not before.

        Only an entry can break that whose status, or what those look at that rest on it, is another on some day.
        """
        left = self.left_by(entry_id, timeline, now, then)
        if left:
            raise DependantsLeft(left)

    def left_by(self, entry_id: UUID, timeline: Timeline, now: TimelineOf, then: TimelineOf) -> list[Dependant]:
        """The dependants that would be left alive without the entry, in the order of their registers and ids."""
        before = then(entry_id)
        looked_at = self._looked_at.get(timeline.register.name)
        if looked_at is None or before is None or not before.version:
            return []
        if _support(before, looked_at) == _support(timeline, looked_at):
            return []
        found = []
        for dependant in self.dependants(entry_id):
            resting, rested = now(dependant), then(dependant)
            if resting is None:
                continue
            left = [gap for gap in gaps(resting, now) if gap.target == entry_id]
            known = rested is not None and any(gap.target == entry_id for gap in gaps(rested, then))
            if left and not known:
                found.append(Dependant(resting.register.name, dependant, min(gap.first for gap in left)))
        return sorted(found)

    def dependants(self, target: UUID) -> set[UUID]:
        """The entries that have ever rested on ``target``."""
        if target not in self._dependants:
            self._cursor.execute("SELECT entry_id FROM links WHERE target = %s", (target,))
            self._dependants[target] = {row["entry_id"] for row in self._cursor.fetchall()}
        return self._dependants[target] | self._kept.get(target, set())


def targets_of(timeline: Timeline) -> set[UUID]:
    """The entries that an entry rests on, on any day."""
    if not timeline.register.links:
        return set()
    return {target for _, target in _named(timeline)}


def _named(timeline: Timeline) -> set[tuple[str, UUID]]:
    register = timeline.register
    return {named for interval in timeline.intervals() for named in register.rests_on(interval.state.content)}


def _support(timeline: Timeline, looked_at: set[str]) -> list[tuple[Any, ...]]:
    """What of an entry those look at that rest on it."""
    return [
        (interval.first, interval.end, interval.state.status, *(interval.state.content.get(each) for each in looked_at))
        for interval in timeline.intervals()
    ]

"""Registration numbers while acts are recorded: given gapless per series, alive once on any day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Cursor

from domain.act import Act
from domain.refusals import NumberNotGiven, NumberTaken, SeriesExhausted
from domain.register import Fields, Register
from domain.timeline import Timeline

Series = tuple[str, str]
"""(number space, series)."""


class AliveSpan(NamedTuple):
    """Days ``[first, end)`` on which an entry is in its register under ``number``."""

    number: str
    first: date
    end: date


def alive_spans(timeline: Timeline) -> list[AliveSpan]:
    """The days on which the entry's number is alive, neighbouring days joined."""
    register, spans = timeline.register, list[AliveSpan]()
    for interval in timeline.intervals():
        number = interval.state.content.get(register.number_field)
        if interval.state.status not in register.alive or number is None:
            continue
        if spans and spans[-1].number == number and spans[-1].end == interval.first:
            spans[-1] = spans[-1]._replace(end=interval.end)
        else:
            spans.append(AliveSpan(number, interval.first, interval.end))
    return spans


class Clash(NamedTuple):
    """An entry that would take a number of another, and the refusal that says so."""

    entry: UUID
    refusal: NumberTaken


def clash_among(timelines: Mapping[UUID, Timeline]) -> Clash | None:
    """The first of these entries that has a number on a day on which one before it has it; None if there is none."""
    taken: dict[tuple[str, str], list[tuple[UUID, AliveSpan]]] = {}
    for entry_id, timeline in timelines.items():
        for span in alive_spans(timeline):
            others = taken.setdefault((timeline.register.numbers.space, span.number), [])
            for other, theirs in others:
                if other != entry_id and theirs.first < span.end and span.first < theirs.end:
                    return Clash(
                        entry_id, NumberTaken(number=span.number, entry=other, first=theirs.first, end=theirs.end)
                    )
            others.append((entry_id, span))
    return None


def stated_serial(register: Register, act: Act) -> tuple[Series, int] | None:
    """The series and serial of the registration number that ``act`` states, if it states one of the scheme."""
    number = act.stated.get(register.number_field)
    split = None if number is None else register.numbers.split(number)
    return None if split is None else ((register.numbers.space, split[0]), split[1])


@dataclass(slots=True)
class StagedNumbers:
    """Serials one submission has used so far; kept only if all its acts are taken."""

    serials: dict[Series, int] = field(default_factory=dict)


class Numbers:
    """The last serials and the holders of numbers, read as needed under the appending lock."""

    def __init__(self, cursor: Cursor[Any]) -> None:
        self._cursor = cursor
        self._stored: dict[Series, int] = {}
        self._holders: dict[tuple[str, str], set[UUID]] = {}
        self.changed: dict[Series, int] = {}

    def give(self, register: Register, content: Fields, staged: StagedNumbers) -> str:
        """The next number for ``content``; raises NumberNotGiven or SeriesExhausted."""
        series = register.numbers.series(content)
        if series is None:
            raise NumberNotGiven
        serial = self._last((register.numbers.space, series), staged) + 1
        number = register.numbers.number(series, serial)
        if number is None:
            raise SeriesExhausted(series=series)
        # Beyond the last serial that any act has stated, so nobody has ever had it.
        self._holders.setdefault((register.numbers.space, number), set())
        return number

    def note(self, register: Register, act: Act, staged: StagedNumbers) -> list[str]:
        """Remember the serial that ``act`` uses, so that it is not given again; warns of those that it passes over."""
        stated = stated_serial(register, act)
        if stated is None:
            return []
        (_, series), serial = stated
        last = self._last(stated[0], staged)
        if serial > last:
            staged.serials[stated[0]] = serial
        if serial <= last + 1:
            return []
        return [f"registration_number: expected {last + 1} as the next of series {series}, met {serial}; those between "
                "are given to nobody any more"]  # fmt: skip

    def keep(self, staged: StagedNumbers, timelines: Iterable[tuple[UUID, Timeline]]) -> None:
        """Take over what a submission used."""
        self._stored.update(staged.serials)
        self.changed.update(staged.serials)
        for entry_id, timeline in timelines:
            for span in alive_spans(timeline):
                holders = self._holders.get((timeline.register.numbers.space, span.number))
                if holders is not None:
                    holders.add(entry_id)

    def check_free(
        self, entry_id: UUID, timeline: Timeline, before: Timeline, other: Callable[[UUID], Timeline]
    ) -> None:
        """Raise NumberTaken if a number of ``timeline`` is alive elsewhere on a day on which it is alive here.

        Only an entry whose days or number changed can break that. ``other`` gives the timelines of other entries.
        """
        spans = alive_spans(timeline)
        if spans == alive_spans(before):
            return
        for span in spans:
            for holder in self.holders(timeline.register.numbers.space, [span.number]) - {entry_id}:
                for taken in alive_spans(other(holder)):
                    if taken.number == span.number and taken.first < span.end and span.first < taken.end:
                        raise NumberTaken(number=span.number, entry=holder, first=taken.first, end=taken.end)

    def holders(self, space: str, numbers: list[str]) -> set[UUID]:
        """The entries that ever had one of ``numbers``."""
        unknown = [number for number in numbers if (space, number) not in self._holders]
        if unknown:
            for number in unknown:
                self._holders[space, number] = set()
            self._cursor.execute(
                "SELECT number, entry_id FROM registration_numbers WHERE space = %s AND number = ANY(%s)",
                (space, unknown),
            )
            for row in self._cursor.fetchall():
                self._holders[space, row["number"]].add(row["entry_id"])
        return set[UUID]().union(*(self._holders[space, number] for number in numbers))

    def _last(self, series: Series, staged: StagedNumbers) -> int:
        if series in staged.serials:
            return staged.serials[series]
        if series not in self._stored:
            self._cursor.execute("SELECT last_serial FROM number_series WHERE space = %s AND series = %s", series)
            row = self._cursor.fetchone()
            self._stored[series] = 0 if row is None else row["last_serial"]
        return self._stored[series]

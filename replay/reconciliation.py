"""Reconciliation: published figures beside the same figures replayed, each difference explained as far as it can be.

Per figure stand ``published``, ``then`` (replayed from what was known when it was published), ``now`` (from what is
known at the position asked about) and ``difference`` = now - published. The parts of a difference add up to it:

- *recorded later*: acts recorded after the publication. A flow's whole change since then is of this kind: an act,
  once taken, counts in its year for ever, as it was when it was recorded. Its annulment is an act of its own, counted
  as such, and a clerical correction changes what is in force, not what was decided and counted.
- *corrected or annulled since*: only what is in force can change so. Each change of a stock since the publication is
  made by one act; those made by clerical corrections and annulments are of this kind, those made by others were
  recorded later.
- *published parts do not add up to the published total*: for a total that differs from its replay then, and whose
  parts are all published for its year, or for a figure that a text itemises. In a table of several years an empty
  cell is none.
- *unexplained*: what remains: the figure as it could be known then is not what was printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, NamedTuple

from psycopg import Connection

from domain.register import Titles
from projections.counting import (
    FIRST_YEAR,
    LAST_YEAR,
    Cause,
    Values,
    evaluate,
    positions_behind,
    positions_of_changes,
    stock_changes,
)
from projections.figures import Figures, all_figures
from projections.measures import Figure, Measure, Stock, Total, table_of, year_of
from replay.published import Published
from replay.sheet import Sheet


class Class(Enum):
    """The class of a difference, or of a part of it."""

    EQUAL = "equal"
    RECORDED_LATER = "recorded_later"
    CORRECTED_OR_ANNULLED = "corrected_or_annulled"
    PARTS_DO_NOT_ADD_UP = "parts_do_not_add_up"
    UNEXPLAINED = "unexplained"
    NOT_REPLAYED = "not_replayed"


TITLES = {
    Class.EQUAL: Titles("sakrīt", "equal"),
    Class.RECORDED_LATER: Titles("ierakstīts vēlāk", "recorded later"),
    Class.CORRECTED_OR_ANNULLED: Titles("kopš tā laika labots vai atcelts", "corrected or annulled since"),
    Class.PARTS_DO_NOT_ADD_UP: Titles(
        "publicētās daļas nesaskan ar publicēto kopsummu", "published parts do not add up to the published total"
    ),
    Class.UNEXPLAINED: Titles("neizskaidrots", "unexplained"),
    Class.NOT_REPLAYED: Titles("nav atskaņots", "not replayed"),
}


_SHEET = Titles("Publicēto rādītāju salīdzinājums", "Reconciliation of published figures")
_COLUMNS = (
    Titles("rādītājs", "figure"),
    Titles("nosaukums", "title"),
    Titles("gads", "year"),
    Titles("vienība", "unit"),
    Titles("publicēts", "published"),
    Titles("atskaņots tolaik", "replayed then"),
    Titles("atskaņots tagad", "replayed now"),
    Titles("starpība", "difference"),
    Titles("skaidrojums", "explanation"),
)


class Part(NamedTuple):
    """A part of a difference: its class and by how much it makes the figure of now larger than the published one."""

    kind: Class
    amount: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A published figure beside its replays. A figure that no rule yields has one part, *not replayed*, of 0.

    ``parts`` holds every class with an amount other than 0, or *equal* alone. ``sum_of_parts`` is what the published
    parts of a published total add up to, if all of them are published. ``published_at`` and ``known_at`` are the
    positions of ``then`` and ``now``.
    """

    published: Published
    then: int | None
    now: int | None
    parts: tuple[Part, ...]
    sum_of_parts: int | None
    published_at: int
    known_at: int

    @property
    def difference(self) -> int | None:
        """Now minus published; None if not replayed."""
        return None if self.now is None else self.now - self.published.value


@dataclass(frozen=True, slots=True)
class _Replay:
    """Everything replayed for a reconciliation."""

    figures: Figures
    then: Values
    now: Values
    changes: dict[tuple[str, int, Cause], int]
    published: dict[tuple[str, str], int]


def reconcile(
    connection: Connection[Any],
    published: Iterable[Published],
    year: int,
    known_at: int,
    published_at: int | None = None,
    figures: Figures | None = None,
) -> list[Reconciled]:
    """Every published figure beside its replay: those of ``year`` first, then the others, each in the given order.

    A figure of another plain year is replayed for its own year. ``known_at`` and ``published_at`` (default:
    ``known_at``; never beyond it) are positions.
    """
    declared = figures or all_figures()
    rows = sorted(published, key=lambda row: row.plain_year != year)
    at = known_at if published_at is None else min(published_at, known_at)
    asked = sorted({own for row in rows if (own := _replayed_year(declared, row)) is not None})
    now = evaluate(connection, declared, asked, known_at)
    replay = _Replay(
        declared,
        now if at == known_at else evaluate(connection, declared, asked, at),
        now,
        stock_changes(connection, declared, asked, at, known_at),
        {(row.figure, row.year): row.value for row in rows},
    )
    return [_reconciled(replay, row, at, known_at) for row in rows]


def acts_behind_part(
    connection: Connection[Any],
    row: Reconciled,
    kind: Class,
    after: int = -1,
    limit: int = 100,
    figures: Figures | None = None,
) -> list[int]:
    """The acts behind a part of a difference: up to ``limit`` positions above ``after``, in order.

    Behind *equal* and *published parts do not add up* stand the acts of the replayed figure; behind *recorded later*
    and *corrected or annulled since* those recorded after the publication that made the difference. Nothing stands
    behind *unexplained* and *not replayed*.
    """
    declared = figures or all_figures()
    year = _replayed_year(declared, row.published)
    if year is None or kind in (Class.UNEXPLAINED, Class.NOT_REPLAYED):
        return []
    counted = declared.counted(row.published.figure)
    if kind in (Class.EQUAL, Class.PARTS_DO_NOT_ADD_UP):
        return positions_behind(connection, counted, year, row.known_at, after, limit)
    if isinstance(counted[0], Stock):
        cause: Cause = "recorded_later" if kind is Class.RECORDED_LATER else "corrected_or_annulled"
        return positions_of_changes(connection, counted, year, cause, row.published_at, row.known_at, after, limit)
    if kind is Class.CORRECTED_OR_ANNULLED:
        return []
    return positions_behind(connection, counted, year, row.known_at, max(after, row.published_at), limit)


def summary(rows: Iterable[Reconciled]) -> dict[Class, int]:
    """How many figures have a part of each class."""
    counted = Counter(part.kind for row in rows for part in row.parts)
    return {kind: counted[kind] for kind in Class}


def sheet_of(rows: Iterable[Reconciled], language: Literal["lv", "en"]) -> Sheet:
    """The reconciliation as a sheet, a line a figure, in the order of ``rows``."""
    lines = [
        (
            row.published.figure,
            getattr(row.published.titles, language),
            row.published.year,
            row.published.unit,
            row.published.value,
            row.then,
            row.now,
            row.difference,
            "; ".join(_told(part, language) for part in row.parts),
        )
        for row in rows
    ]
    columns = tuple(getattr(column, language) for column in _COLUMNS)
    return Sheet(getattr(_SHEET, language), columns, tuple(lines), described_by=4)


def _told(part: Part, language: Literal["lv", "en"]) -> str:
    title: str = getattr(TITLES[part.kind], language)
    return f"{title} ({part.amount:+d})" if part.amount else title


def _replayed_year(figures: Figures, row: Published) -> int | None:
    """The year in which the figure is counted, a school year's the one in which it ends; None if no rule yields it."""
    if row.figure not in figures:
        return None
    by_school_year = year_of(figures.counted(row.figure)[0]) == "school_year"
    year = row.school_year_end if by_school_year else row.plain_year
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def _reconciled(replay: _Replay, row: Published, published_at: int, known_at: int) -> Reconciled:
    year = _replayed_year(replay.figures, row)
    if year is None:
        return Reconciled(row, None, None, (Part(Class.NOT_REPLAYED, 0),), None, published_at, known_at)
    then, now = replay.then[row.figure, year], replay.now[row.figure, year]
    corrected = sum(
        replay.changes.get((counted.figure, year, "corrected_or_annulled"), 0)
        for counted in replay.figures.counted(row.figure)
    )
    added = _sum_of_parts(replay, row)
    misadded = 0 if added is None or then == row.value else added - row.value
    parts = [
        Part(Class.RECORDED_LATER, now - then - corrected),
        Part(Class.CORRECTED_OR_ANNULLED, corrected),
        Part(Class.PARTS_DO_NOT_ADD_UP, misadded),
        Part(Class.UNEXPLAINED, then - row.value - misadded),
    ]
    told = tuple(part for part in parts if part.amount) or (Part(Class.EQUAL, 0),)
    return Reconciled(row, then, now, told, added, published_at, known_at)


def _sum_of_parts(replay: _Replay, row: Published) -> int | None:
    parts = _parts_of(replay.figures.get(row.figure))
    if not parts:
        return None
    values = [_published_part(replay, part, row.year) for part in parts]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _parts_of(figure: Figure | None) -> tuple[str, ...]:
    """The figures that add up to ``figure`` in the publication, as far as it says so."""
    if isinstance(figure, Total):
        return figure.parts
    return figure.itemised_by if isinstance(figure, Measure) else ()


def _published_part(replay: _Replay, part: str, year: str) -> int | None:
    """What is published of ``part``: none where its table shows several years and has an empty cell of this one."""
    empty = 0 if replay.figures.tables[table_of(part)].years > 1 else None
    return replay.published.get((part, year), empty)

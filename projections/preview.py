"""The consequences of acts, shown before they are asked for: decided, counted, and never committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.act import Draft
from domain.legal_time import riga_date
from domain.refusals import ActRefused, DependantsLeft, FourEyes
from domain.register import NOTHING, State
from domain.segment import Interval
from domain.timeline import Timeline
from ledger.ledger import Ledger
from ledger.recorder import BEYOND_ALL, rehearsing
from projections.answers import RecordedAct
from projections.batch import Batch
from projections.counting import evaluate
from projections.figures import all_figures
from projections.submission import Staged, Submission


class Change(NamedTuple):
    """On the days ``[first, end)`` an entry would be ``after`` in the place of ``before``."""

    register: str
    entry: UUID
    first: date
    end: date
    before: State
    after: State


class MovedFigure(NamedTuple):
    """A figure of a year that would be another."""

    figure: str
    year: int
    before: int
    after: int


class Preview(NamedTuple):
    """What recording would do. ``conflict`` is why it would be refused; then what else is told is as far as it goes."""

    recorded: list[RecordedAct]
    changes: list[Change]
    figures: list[MovedFigure]
    conflict: ActRefused | None


def preview(connection: Connection[Any], ledger: Ledger, submission: Submission) -> Preview:
    """What recording ``submission`` now would do. Nothing is recorded, and nobody waits for it."""
    with rehearsing(connection) as append:
        batch = Batch(append, ledger, [submission])
        try:
            staged, conflict = _settled(batch, submission)
        except ActRefused as refusal:
            return Preview([], [], [], refusal)
        changes = [
            change for entry_id, timeline in staged.timelines.items()
            for change in _changes(entry_id, batch.histories.known(entry_id), timeline)
        ]  # fmt: skip
        years = _years(staged.drafts, changes, _first_year(connection), riga_date(append.recorded_at).year)
        before = evaluate(connection, all_figures(), years, BEYOND_ALL - 1)
        batch.keep(submission, staged)
        batch.rehearse()
        after = evaluate(connection, all_figures(), years, 2 * BEYOND_ALL - 1)
        moved = [
            MovedFigure(figure, year, before[figure, year], after[figure, year])
            for figure, year in after
            if before[figure, year] != after[figure, year]
        ]
        return Preview(staged.recorded, changes, moved, conflict)


def _settled(batch: Batch, submission: Submission) -> tuple[Staged, ActRefused | None]:
    """What is decided; where only the dependants left are in the way, without their ends, and where only a second
    person is needed, as if by two."""
    try:
        staged = batch.settle(submission)
    except DependantsLeft as left:
        return batch.stage(submission), left
    try:
        if not submission.proposes and submission.confirms is None:
            batch.check_alone(staged)
    except FourEyes as alone:
        return staged, alone
    return staged, None


def _changes(entry_id: UUID, before: Timeline | None, after: Timeline) -> Iterator[Change]:
    """The days on which the states differ, neighbouring days of the same two states together."""
    was, now = ([] if before is None else before.intervals()), after.intervals()
    edges = sorted({edge for interval in (*was, *now) for edge in (interval.first, interval.end)})
    open_change: Change | None = None
    for first, end in pairwise(edges):
        states = _state_on(was, first), _state_on(now, first)
        if open_change is not None and open_change.end == first and (open_change.before, open_change.after) == states:
            open_change = open_change._replace(end=end)
            continue
        if open_change is not None:
            yield open_change
        open_change = None if states[0] == states[1] else Change(after.register.name, entry_id, first, end, *states)
    if open_change is not None:
        yield open_change


def _state_on(intervals: list[Interval], day: date) -> State:
    return next((each.state for each in intervals if each.first <= day < each.end), NOTHING)


def _first_year(connection: Connection[Any]) -> int | None:
    """The first year in which anything was decided; None as long as nothing was."""
    row = connection.cursor(row_factory=tuple_row).execute("SELECT min(decided_on) FROM acts").fetchone()
    return None if row is None or row[0] is None else int(row[0].year)


def _years(drafts: Sequence[Draft], changes: list[Change], first: int | None, this_year: int) -> list[int]:
    """The years whose figures may move: those decided in, and those at whose end a state would be another by now.

    Before anything was decided there are no statistics.
    """
    decided = {draft.decision.decided_on.year for draft in drafts}
    begun = min(decided if first is None else decided | {first})
    ends = {
        year for change in changes for year in range(max(begun, change.first.year), min(change.end.year, this_year) + 1)
    }
    return sorted(decided | ends)

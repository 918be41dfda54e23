"""What counts an act or a state of the reconstruction: which figures must be less without it, and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, NamedTuple, TypeVar

from psycopg import Connection

from projections.counting import positions_behind
from projections.figures import all_figures
from projections.measures import Measure, Share, Stock, Total, table_of
from tests.replay.reconstructed import newest

AnyFigure = TypeVar("AnyFigure", Measure, Stock)


@contextmanager
def without(connection: Connection[Any], statement: str, position: int) -> Iterator[None]:
    """The projections without what ``statement`` deletes; put back at the end."""
    deleted = connection.execute(statement, (position,))
    assert deleted.rowcount > 0
    yield
    connection.rollback()


class Facts(NamedTuple):
    """Of the act at each position: what tells its decision from others, and what it is counted by."""

    decisions: dict[int, tuple[object, ...]]
    attributes: dict[int, dict[str, Any]]


def facts(connection: Connection[Any]) -> Facts:
    """What is known of every act."""
    rows = connection.execute("SELECT position, register, decision_number, decided_on, attributes FROM acts").fetchall()
    return Facts(
        {position: (register, number or position, day) for position, register, number, day, _ in rows},
        {position: attributes or {} for position, *_, attributes in rows},
    )


def less_without(position: int, measure: Measure, counted: set[int], known: Facts) -> int:
    """By how much ``measure``, which counts the acts at ``counted``, is less without the one at ``position``."""
    if position not in counted:
        return 0
    if measure.sum_of is not None:
        return int(known.attributes[position][measure.sum_of])
    if measure.unit == "acts":
        told_by: dict[int, Any] = known.decisions
    elif measure.distinct is not None:
        told_by = {other: known.attributes[other].get(measure.distinct) for other in counted}
    else:
        return 1
    alike = [other for other in counted if told_by[other] == told_by[position]]
    return int(told_by[position] is not None and alike == [position])


def changed_without(position: int, behind: dict[Measure, set[int]], known: Facts) -> dict[str, int]:
    """The flows that must be less when the act at ``position`` is not there, and by how much."""
    less = {m.figure: less_without(position, m, counted, known) for m, counted in behind.items()}
    of_totals = {
        total.figure: sum(less[leaf.figure] for leaf in all_figures().counted(total.figure))
        for total in all_figures()
        if isinstance(total, Total) and all(leaf.figure in less for leaf in all_figures().counted(total.figure))
    }
    return {figure: amount for figure, amount in (less | of_totals).items() if amount}


def of_each_table(figures: Iterable[AnyFigure], most: int) -> list[AnyFigure]:
    """Figures of each table, ``most`` at most, drawn at random but the same in every run."""
    random, by_table = Random(2020), dict[str, list[AnyFigure]]()
    for figure in figures:
        by_table.setdefault(table_of(figure.figure), []).append(figure)
    return [figure for table in by_table.values() for figure in random.sample(table, min(len(table), most))]


EXACT = [stock for stock in all_figures().stocks if stock.rounded_to == 1 and stock.distinct is None]
"""The stocks of which each entry counts for itself."""


def stocks_that_count(connection: Connection[Any], position: int) -> set[str]:
    """The stocks and their totals that count the state the act at ``position`` made."""
    known = newest(connection)
    counting = {
        stock.figure
        for stock in EXACT
        if positions_behind(connection, [stock], 2020, known, position - 1, 1) == [position]
    }
    adding_up = [figure.figure for figure in all_figures() if not isinstance(figure, Share)]
    return {figure for figure in adding_up if counting & {leaf.figure for leaf in all_figures().counted(figure)}}

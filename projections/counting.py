"""The one engine that evaluates measures: all of them planned together as one Ibis expression, run on PostgreSQL.

An expression says how to count and nothing of when: it reads a table of the acts (or states) that are asked about,
which each backend provides. Here that table is a common table expression with the years and the position as
parameters, so an expression is compiled once for ever. Ibis is imported on first use, for it is slow to import.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Literal

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from projections.measures import Among, Counted, Figures, Measure, Stock, Total
from projections.moment import MalformedMoment
from projections.reading import POINT

if TYPE_CHECKING:
    import ibis

FIRST_YEAR, LAST_YEAR = 1800, 2999
"""The years that can be asked about: those in which an act may be decided."""

Cause = Literal["recorded_later", "corrected_or_annulled"]
"""Why a stock is not what it was at an earlier position: the kind of act that changed it."""

Values = dict[tuple[str, int], int]
"""The value of a figure in a year; every figure asked for has one in every year asked for."""

ACTS = {
    "position": "int64", "register": "string", "verb": "string", "decision_number": "string", "decided_on": "date",
    "form": "string", "body": "string", "role": "string", "mode": "string", "entry_kind": "string",
    "entry_type": "string", "founder_class": "string", "territory": "string", "basis": "string",
}  # fmt: skip
"""What flows read of each act asked about: columns of the acts fact table, under the same names."""

STATES = {
    "year": "int64", "register": "string", "status": "string", "entry_kind": "string", "entry_type": "string",
    "founder_class": "string", "territory": "string", "position": "int64", "sign": "int64", "cause": "string",
}  # fmt: skip
"""What stocks read of each state on 31 December of ``year``: ``position`` of the act behind it, and how it counts."""

_ASKED_ACTS = (
    f"asked_acts AS (SELECT {', '.join(ACTS)} FROM acts WHERE position <= %(position)s"
    " AND decided_on >= make_date(%(first)s, 1, 1) AND decided_on <= make_date(%(last)s, 12, 31))"
)
_COUNTED = "register, status, entry_kind, entry_type, founder_class, territory"
_LAST_DAY = "make_date(y.year, 12, 31)"
_ASKED_STATES = f"""asked_states AS (
    SELECT y.year, {_COUNTED}, s.act AS position, 1 AS sign, 'in_force' AS cause
    FROM unnest(%(years)s::int[]) AS y(year)
    CROSS JOIN (SELECT DISTINCT entry_id FROM registration_numbers) e
    CROSS JOIN LATERAL ({POINT.format(entry="e.entry_id", known="%(position)s", day=_LAST_DAY)}) s)"""
_CHANGED_STATES = f"""asked_states AS (
    SELECT y.year, s.*, newer.known_from AS position,
        CASE WHEN a.target IS NULL THEN 'recorded_later' ELSE 'corrected_or_annulled' END AS cause
    FROM unnest(%(years)s::int[]) AS y(year)
    JOIN entry_states newer ON newer.valid_from <= {_LAST_DAY} AND newer.valid_to > {_LAST_DAY}
    JOIN acts a ON a.position = newer.known_from
    CROSS JOIN LATERAL (
        SELECT {_COUNTED}, 1 AS sign FROM (SELECT newer.*) taken_up
        UNION ALL SELECT {_COUNTED}, -1 FROM
            ({POINT.format(entry="newer.entry_id", known="newer.known_from - 1", day=_LAST_DAY)}) covered) s
    WHERE newer.known_from > %(since)s AND newer.known_from <= %(position)s)"""
_PAGE = " WHERE position > %(after)s ORDER BY position LIMIT %(limit)s"


def evaluate(connection: Connection[Any], figures: Figures, years: Iterable[int], position: int) -> Values:
    """The values of all ``figures`` in each of ``years``, as known at ``position``. Raises MalformedMoment."""
    asked = _checked(years)
    values: Values = {(figure.figure, year): 0 for figure in figures for year in asked}
    if not asked:
        return values
    wheres = {"position": position, "years": asked, "first": asked[0], "last": asked[-1]}
    if figures.measures:
        _fill(values, figures.measures, _rows(connection, _ASKED_ACTS, _flows_sql(figures.measures), wheres))
    if figures.stocks:
        _fill(values, figures.stocks, _rows(connection, _ASKED_STATES, _stocks_sql(figures.stocks), wheres))
    for figure in figures:
        if isinstance(figure, Total):
            for year in asked:
                parts = figures.counted(figure.figure)
                values[figure.figure, year] = sum(values[part.figure, year] for part in parts)
    return values


def _fill(values: Values, counted: Sequence[Counted], rows: list[dict[str, Any]]) -> None:
    for row in rows:
        for index, figure in enumerate(counted):
            key = figure.figure, int(row["year"])
            if key in values:
                values[key] = int(row[f"n{index}"] or 0)


def stock_changes(
    connection: Connection[Any], figures: Figures, years: Iterable[int], since: int, position: int
) -> dict[tuple[str, int, Cause], int]:
    """By how much acts at positions above ``since`` up to ``position`` changed each declared stock, by cause.

    A stock's changes add up to the difference of its values at the two positions. What is not there is 0.
    """
    asked, stocks = _checked(years), figures.stocks
    if not asked or not stocks:
        return {}
    wheres = {"position": position, "since": since, "years": asked}
    return {
        (stock.figure, int(row["year"]), row["cause"]): int(row[f"n{index}"])
        for row in _rows(connection, _CHANGED_STATES, _stocks_sql(stocks), wheres)
        for index, stock in enumerate(stocks)
        if row[f"n{index}"]
    }


def positions_behind(
    connection: Connection[Any], counted: Sequence[Counted], year: int, position: int, after: int, limit: int
) -> list[int]:
    """Positions of up to ``limit`` acts above ``after`` that any of ``counted`` counts in ``year``, in order.

    For a flow these are the acts its rule counts - of a decision that counts once, each such act; for a stock the
    acts that made the states in force on 31 December. ``counted`` are all flows or all stocks.
    """
    (asked,) = _checked([year])
    of_stocks = isinstance(counted[0], Stock)
    source = _ASKED_STATES if of_stocks else _ASKED_ACTS
    wheres = {"position": position, "years": [asked], "first": asked, "last": asked, "after": after, "limit": limit}
    return _positions(connection, source, tuple(counted), wheres)


def positions_of_changes(
    connection: Connection[Any],
    stocks: Sequence[Counted],
    year: int,
    cause: Cause,
    since: int,
    position: int,
    after: int,
    limit: int,
) -> list[int]:
    """Positions of up to ``limit`` acts above ``after`` that changed the sum of ``stocks`` for ``cause``, in order."""
    wheres = {"position": position, "since": since, "years": _checked([year]), "after": after, "limit": limit}
    source = _CHANGED_STATES.removesuffix(")") + " AND (a.target IS NULL) = %(later)s)"
    return _positions(connection, source, tuple(stocks), {**wheres, "later": cause == "recorded_later"})


def flows(acts: ibis.Table, measures: Sequence[Measure]) -> ibis.Table:
    """One row per year of decision: the values of ``measures`` over ``acts``, in columns n0, n1 and so on.

    Acts are first gathered by decision, so that both units come from one pass: the sum over decisions of the acts
    that a rule counts, or the number of decisions with at least one.
    """
    import ibis

    alone = acts.decision_number.isnull().ifelse(acts.position, ibis.null("int64"))
    dated = acts.mutate(year=acts.decided_on.year(), alone=alone)
    decisions = dated.group_by(["year", "register", "decided_on", "decision_number", "alone"]).aggregate(
        **{f"n{index}": dated.count(where=_holds(dated, measure)) for index, measure in enumerate(measures)}
    )
    numbers = [decisions[f"n{index}"] for index in range(len(measures))]
    return decisions.group_by("year").aggregate(
        **{
            f"n{index}": decisions.count(where=number > 0) if measure.unit == "acts" else number.sum()
            for index, (measure, number) in enumerate(zip(measures, numbers, strict=True))
        }
    )


def stocks_of(states: ibis.Table, stocks: Sequence[Stock]) -> ibis.Table:
    """One row per year and cause: the values of ``stocks`` over ``states``, in columns n0, n1 and so on."""
    return states.group_by(["year", "cause"]).aggregate(
        **{f"n{index}": states.sign.sum(where=_holds(states, stock)) for index, stock in enumerate(stocks)}
    )


def positions_of(rows: ibis.Table, counted: Sequence[Counted]) -> ibis.Table:
    """The positions in ``rows`` (acts or states) that any of ``counted`` counts, each once."""
    matching = rows.filter(reduce(or_, [_holds(rows, figure) for figure in counted]))
    if isinstance(counted[0], Measure):
        return matching.select("position")
    net = matching.group_by("position").aggregate(net=matching.sign.sum())
    return net.filter(net.net != 0).select("position")


def _holds(rows: ibis.Table, figure: Counted) -> Any:
    own = Among("verb", figure.verbs) if isinstance(figure, Measure) else Among("status", figure.statuses)
    conditions = (Among("register", (figure.register,)), own, *figure.where)
    return reduce(and_, [rows[condition.column].isin(condition.values) for condition in conditions])


@cache
def _flows_sql(measures: tuple[Measure, ...]) -> str:
    import ibis

    return _compiled(flows(ibis.table(ACTS, name="asked_acts"), measures))


@cache
def _stocks_sql(stocks: tuple[Stock, ...]) -> str:
    import ibis

    return _compiled(stocks_of(ibis.table(STATES, name="asked_states"), stocks))


@cache
def _positions_sql(counted: tuple[Counted, ...]) -> str:
    import ibis

    of_stocks = isinstance(counted[0], Stock)
    rows = ibis.table(STATES, name="asked_states") if of_stocks else ibis.table(ACTS, name="asked_acts")
    return _compiled(positions_of(rows, counted))


def _compiled(expression: ibis.Table) -> str:
    import ibis

    return str(ibis.to_sql(expression, dialect="postgres")).replace("%", "%%")


def _rows(connection: Connection[Any], source: str, compiled: str, wheres: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute(f"WITH {source} SELECT * FROM ({compiled}) AS figures", wheres).fetchall()


def _positions(
    connection: Connection[Any], source: str, counted: tuple[Counted, ...], wheres: dict[str, Any]
) -> list[int]:
    cursor = connection.cursor(row_factory=tuple_row)
    statement = f"WITH {source} SELECT position FROM ({_positions_sql(counted)}) AS behind {_PAGE}"
    return [row[0] for row in cursor.execute(statement, wheres)]


def _checked(years: Iterable[int]) -> list[int]:
    asked = sorted(set(years))
    for year in asked:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise MalformedMoment("year", "a year from {first} to {last}", str(year), first=FIRST_YEAR, last=LAST_YEAR)
    return asked

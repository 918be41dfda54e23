"""The one engine that evaluates measures: all of them planned together as one Ibis expression, run on PostgreSQL.

An expression says how to count and nothing of when: it reads a table of the acts (or states) that are asked about,
which each backend provides. Here that table is a common table expression with the years and the position as
parameters, so an expression is compiled once for ever. Ibis is imported on first use, for it is slow to import.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Literal

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from projections.asked import ACTS, CHANGED_STATES, STATES, columns_of, source_of, states_source
from projections.figures import Figures
from projections.measures import Among, Counted, Measure, Share, Stock, Total, rounded, year_of
from projections.moment import MalformedMoment

if TYPE_CHECKING:
    import ibis

FIRST_YEAR, LAST_YEAR = 1800, 2999
"""The years that can be asked about: those in which an act may be decided."""

Cause = Literal["recorded_later", "corrected_or_annulled"]
"""Why a stock is not what it was at an earlier position: the kind of act that changed it."""

Values = dict[tuple[str, int], int]
"""The value of a figure in a year; every figure asked for has one in every year asked for."""

_PAGE = " WHERE position > %(after)s ORDER BY position LIMIT %(limit)s"


def evaluate(connection: Connection[Any], figures: Figures, years: Iterable[int], position: int) -> Values:
    """The values of all ``figures`` in each of ``years``, as known at ``position``. Raises MalformedMoment."""
    asked = checked_years(years)
    groups = _together(figures) if asked else []
    wheres = {"position": position, "years": asked, "first": min(asked, default=0), "last": max(asked, default=0)}
    return values_from(figures, asked, ((group, _rows(connection, group, wheres)) for group in groups))


def values_from(
    figures: Figures, asked: Sequence[int], counts: Iterable[tuple[Sequence[Counted], list[dict[str, Any]]]]
) -> Values:
    """The values of all ``figures``, given for each group of them with rules of their own what an engine counted.

    Of a group these are rows with the columns year, n0, n1 and so on; what no row says is 0.
    """
    values: Values = {(figure.figure, year): 0 for figure in figures for year in asked}
    for counted, rows in counts:
        _fill(values, counted, rows)
    for figure in figures:
        if isinstance(figure, Total | Share):
            for year in asked:
                values[figure.figure, year] = _derived(figures, figure, year, values)
    return values


def _together(figures: Figures) -> list[tuple[Counted, ...]]:
    """The figures with rules of their own in as few groups as can each be counted by one statement."""
    groups: dict[tuple[str, str], list[Counted]] = {}
    rules: list[Counted] = [*figures.measures, *figures.stocks]
    for figure in rules:
        groups.setdefault((year_of(figure), way_of(figure)), []).append(figure)
    return [tuple(group) for group in groups.values()]


def way_of(figure: Counted) -> str:
    """In which way its facts count: as ``decisions``, as ``facts``, or as different values of the attribute named.

    Figures that count in one way are counted together.
    """
    if figure.unit == "acts":
        return "decisions"
    return figure.distinct if isinstance(figure, Measure) and figure.distinct is not None else "facts"


def _derived(figures: Figures, figure: Total | Share, year: int, values: Values) -> int:
    if isinstance(figure, Share):
        part, whole = (_value(figures, named, year, values) for named in (figure.part, figure.whole))
        return figure.of(part, whole)
    return sum(values[part.figure, year] for part in figures.counted(figure.figure))


def _value(figures: Figures, named: str, year: int, values: Values) -> int:
    figure = figures.get(named)
    return _derived(figures, figure, year, values) if isinstance(figure, Total) else values[named, year]


def _fill(values: Values, counted: Sequence[Counted], rows: list[dict[str, Any]]) -> None:
    for row in rows:
        for index, figure in enumerate(counted):
            key = figure.figure, int(row["year"])
            if key in values:
                value, to = int(row[f"n{index}"] or 0), figure.rounded_to if isinstance(figure, Stock) else 1
                values[key] = rounded(value, to) * to


def stock_changes(
    connection: Connection[Any], figures: Figures, years: Iterable[int], since: int, position: int
) -> dict[tuple[str, int, Cause], int]:
    """By how much acts at positions above ``since`` up to ``position`` changed each declared stock, by cause.

    A stock's changes add up to the difference of its values at the two positions. What is not there is 0. No single
    act changes how many different values there are, so stocks of these are not among them.
    """
    asked, stocks = checked_years(years), tuple(stock for stock in figures.stocks if stock.distinct is None)
    if not asked or not stocks:
        return {}
    wheres = {"position": position, "since": since, "years": asked}
    return {
        (stock.figure, int(row["year"]), row["cause"]): int(row[f"n{index}"])
        for row in _run(connection, states_source(CHANGED_STATES, stocks), _stocks_sql(stocks), wheres)
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
    (asked,) = checked_years([year])
    wheres = {"position": position, "years": [asked], "first": asked, "last": asked, "after": after, "limit": limit}
    return _positions(connection, source_of(tuple(counted)), tuple(counted), wheres)


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
    wheres = {"position": position, "since": since, "years": checked_years([year]), "after": after, "limit": limit}
    source = states_source(CHANGED_STATES, tuple(stocks), " AND (f.target IS NULL) = %(later)s")
    return _positions(connection, source, tuple(stocks), {**wheres, "later": cause == "recorded_later"})


def flows_of(acts: ibis.Table, measures: Sequence[Measure]) -> ibis.Table:
    """One row per year: the values of ``measures``, which all count in one way, in columns n0, n1 and so on."""
    import ibis

    way = way_of(measures[0])
    if way == "facts":
        return _facts(acts, measures)
    if way == "decisions":
        alone = acts.decision_number.isnull().ifelse(acts.position, ibis.null("int64"))
        return _different(acts.mutate(alone=alone), ["register", "decided_on", "decision_number", "alone"], measures)
    return _different(acts.filter(acts[way].notnull()), [way], measures)


def _different(acts: ibis.Table, columns: Sequence[str], measures: Sequence[Measure]) -> ibis.Table:
    """How many different ``columns`` have an act that each measure counts."""
    found = acts.group_by(["year", *columns]).aggregate(
        **{f"n{index}": _holds(acts, measure).ifelse(1, 0).max() for index, measure in enumerate(measures)}
    )
    return found.group_by("year").aggregate(**{f"n{index}": found[f"n{index}"].sum() for index in range(len(measures))})


def _facts(acts: ibis.Table, measures: Sequence[Measure]) -> ibis.Table:
    """Acts that no rule tells apart are counted and added up first: then the many rules are tried on few rows."""
    columns = {condition.column for measure in measures for condition in measure.where}
    quantities = sorted({measure.sum_of for measure in measures if measure.sum_of is not None})
    alike = acts.group_by(["year", "register", "verb", *sorted(columns)]).aggregate(
        acts_alike=acts.count(), **{f"sum_of_{name}": acts[name].sum() for name in quantities}
    )
    return alike.group_by("year").aggregate(
        **{f"n{index}": _added_up(alike, measure) for index, measure in enumerate(measures)}
    )


def _added_up(alike: ibis.Table, measure: Measure) -> Any:
    added = "acts_alike" if measure.sum_of is None else f"sum_of_{measure.sum_of}"
    return alike[added].sum(where=_holds(alike, measure)).cast("int64")


def _counted(states: ibis.Table, stock: Stock) -> Any:
    holds = _holds(states, stock)
    return states.sign.sum(where=holds) if stock.distinct is None else states[stock.distinct].nunique(where=holds)


def stocks_of(states: ibis.Table, stocks: Sequence[Stock]) -> ibis.Table:
    """One row per year and cause: the values of ``stocks`` over ``states``, in columns n0, n1 and so on."""
    return states.group_by(["year", "cause"]).aggregate(
        **{f"n{index}": _counted(states, stock) for index, stock in enumerate(stocks)}
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


@lru_cache(maxsize=256)
def _values_sql(counted: tuple[Counted, ...]) -> str:
    import ibis

    attributes = columns_of(counted)
    if year_of(counted[0]) == "in_force":
        return _stocks_sql(counted)
    acts = ibis.table({**ACTS, **attributes}, name="asked_acts")
    measures = tuple(figure for figure in counted if isinstance(figure, Measure))
    return _compiled(flows_of(acts, measures))


@lru_cache(maxsize=256)
def _stocks_sql(stocks: tuple[Stock, ...]) -> str:
    import ibis

    return _compiled(stocks_of(ibis.table({**STATES, **columns_of(stocks)}, name="asked_states"), stocks))


@cache
def _positions_sql(counted: tuple[Counted, ...]) -> str:
    import ibis

    of_stocks, attributes = isinstance(counted[0], Stock), columns_of(counted)
    asked = {**(STATES if of_stocks else ACTS), **attributes}
    return _compiled(positions_of(ibis.table(asked, name="asked_states" if of_stocks else "asked_acts"), counted))


def _compiled(expression: ibis.Table) -> str:
    import ibis

    return str(ibis.to_sql(expression, dialect="postgres")).replace("%", "%%")


def _rows(connection: Connection[Any], counted: tuple[Counted, ...], wheres: dict[str, Any]) -> list[dict[str, Any]]:
    return _run(connection, source_of(counted), _values_sql(counted), wheres)


def _run(connection: Connection[Any], source: str, compiled: str, wheres: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute(f"WITH {source} SELECT * FROM ({compiled}) AS figures", wheres).fetchall()


def _positions(
    connection: Connection[Any], source: str, counted: tuple[Counted, ...], wheres: dict[str, Any]
) -> list[int]:
    cursor = connection.cursor(row_factory=tuple_row)
    statement = f"WITH {source} SELECT position FROM ({_positions_sql(counted)}) AS behind {_PAGE}"
    return [row[0] for row in cursor.execute(statement, wheres)]


def checked_years(years: Iterable[int]) -> list[int]:
    """``years`` in order, each once. Raises MalformedMoment."""
    asked = sorted(set(years))
    for year in asked:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise MalformedMoment("year", "a year from {first} to {last}", str(year), first=FIRST_YEAR, last=LAST_YEAR)
    return asked

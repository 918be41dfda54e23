"""Counting over an archive, whatever engine reads it: what is asked about, and the rules compiled for the engine.

As over the database, each rule reads a table of the acts or states asked about, here a common table expression over
the archive's files, in words that every engine understands. Registers are counted one by one: a rule is about one
register, and an engine then opens only the files of that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from projections.asked import ACTS, STATES, columns_of
from projections.counting import Values, checked_years, flows_of, positions_of, stocks_of, values_from, way_of
from projections.engines.manifest import ATTRIBUTE, ArchiveRefused, File, Manifest, read_manifest
from projections.figures import Figures
from projections.measures import ACT_COLUMNS, Counted, Measure, Stock, attributes_of, year_of

Dialect = Literal["duckdb", "pyspark"]
Rows = list[dict[str, Any]]

_YEARS = {"decided_on": "CAST(year AS INT)", "school_year": f"CAST(right({ATTRIBUTE}school_year, 4) AS INT)"}
_ASKED_ACTS = """asked_acts AS (
    SELECT CAST({year} AS BIGINT) AS year, {columns} FROM {source}
    WHERE register = '{register}' AND position <= {position} AND {year} BETWEEN {first} AND {last})"""
_COVERS = "s.valid_from <= make_date({year}, 12, 31) AND make_date({year}, 12, 31) < s.valid_to"
"""Whether a layer holds on 31 December of the year."""
_ASKED_STATES = f"""newest AS (
    SELECT y.year, CASE y.year {{cases}} END AS known_from
    FROM (SELECT {{newest}} FROM {{source}} s WHERE register = '{{register}}' AND known_from <= {{position}}
        GROUP BY entry_id) e
    CROSS JOIN (VALUES {{years}}) AS y(year)),
asked_states AS (
    SELECT CAST(n.year AS BIGINT) AS year, s.register, s.status, s.act AS position, CAST(1 AS BIGINT) AS sign,
        'in_force' AS cause{{columns}}
    FROM newest n JOIN {{source}} s ON s.register = '{{register}}' AND s.known_from = n.known_from
        AND {_COVERS.format(year="n.year")})"""
"""For each entry and year the newest layer known that holds on its last day; a position is of one entry only."""


class Archived:
    """An archive as one engine reads it.

    ``table`` gives the name by which the engine knows the rows of some files; ``run`` answers a statement of
    ``dialect``.
    """

    def __init__(
        self,
        folder: Path,
        dialect: Dialect,
        table: Callable[[list[File]], str],
        run: Callable[[str], Rows],
    ) -> None:
        self.manifest: Manifest = read_manifest(folder)
        self._dialect, self._table, self._run = dialect, table, run

    def values(self, figures: Figures, years: Iterable[int], position: int) -> Values:
        """The values of all ``figures`` in each of ``years``, as known at ``position``.

        Raises MalformedMoment, and ArchiveRefused where the archive does not hold what is asked.
        """
        asked = checked_years(years)
        self._check_position(position)
        groups = _groups(figures) if asked else []
        return values_from(figures, asked, ((group, self._counts(group, asked, position)) for group in groups))

    def positions_behind(
        self, counted: Sequence[Counted], year: int, position: int, after: int, limit: int
    ) -> list[int]:
        """Positions of up to ``limit`` acts above ``after`` that any of ``counted`` counts in ``year``, in order.

        As ``counting.positions_behind`` finds them over the database.
        """
        asked = checked_years([year])
        self._check_position(position)
        found: set[int] = set()
        for group in _by_register(counted):
            source = self._source(group, asked, position)
            if source is not None:
                statement = (
                    f"WITH {source} SELECT position FROM ({_positions_sql(group, self._dialect)}) AS behind"
                    f" WHERE position > {after} ORDER BY position LIMIT {limit}"
                )
                found.update(row["position"] for row in self._run(statement))
        return sorted(found)[:limit]

    def _counts(self, group: tuple[Counted, ...], years: list[int], position: int) -> Rows:
        source = self._source(group, years, position)
        return [] if source is None else self._run(f"WITH {source} {_values_sql(group, self._dialect)}")

    def _check_position(self, position: int) -> None:
        if position > self.manifest.position:
            raise ArchiveRefused(
                f"known_at: expected a position up to {self.manifest.position}, the archive's last, met {position}"
            )

    def _source(self, group: tuple[Counted, ...], years: list[int], position: int) -> str | None:
        """What ``group`` (all of one register and counted by the same year) reads; None if it is nothing at all."""
        register, kind = group[0].register, year_of(group[0])
        files = self.manifest.of("states" if kind == "in_force" else "acts", register)
        if kind == "decided_on":
            files = [file for file in files if years[0] <= int(file.partition["year"]) <= years[-1]]
        if not files:
            return None
        self._check_attributes(group)
        taken = [f"CAST({ATTRIBUTE}{name} AS {_TYPES[kind]}) AS {name}" for name, kind in columns_of(group).items()]
        wheres = {"register": register, "position": position, "source": self._table(files)}
        if kind == "in_force":
            return _asked_states(years, taken, wheres)
        columns = ", ".join([*(name for name in ACTS if name != "year"), *taken])
        return _ASKED_ACTS.format(year=_YEARS[kind], columns=columns, first=years[0], last=years[-1], **wheres)

    def _check_attributes(self, group: tuple[Counted, ...]) -> None:
        held = {*ACT_COLUMNS, *self.manifest.registers.get(group[0].register, ())}
        for figure in group:
            missing = sorted(attributes_of(figure) - held)
            if missing:
                raise ArchiveRefused(
                    f"figure {figure.figure}: expected the attribute {missing[0]} of register {figure.register},"
                    " which the archive does not hold; a new archive will"
                )


def _asked_states(years: list[int], taken: list[str], wheres: dict[str, Any]) -> str:
    newest = (f"max(known_from) FILTER (WHERE {_COVERS.format(year=year)}) AS in_{year}" for year in years)
    return _ASKED_STATES.format(
        newest=", ".join(newest),
        cases=" ".join(f"WHEN {year} THEN e.in_{year}" for year in years),
        years=", ".join(f"({year})" for year in years),
        columns="".join(f", {each}" for each in taken),
        **wheres,
    )


_TYPES = {"string": "STRING", "int64": "BIGINT"}


def _groups(figures: Figures) -> list[tuple[Counted, ...]]:
    """The figures with rules of their own, as can be counted by one statement over one register."""
    groups: dict[tuple[str, str, str], list[Counted]] = {}
    rules: list[Counted] = [*figures.measures, *figures.stocks]
    for figure in rules:
        groups.setdefault((figure.register, year_of(figure), way_of(figure)), []).append(figure)
    return [tuple(group) for group in groups.values()]


def _by_register(counted: Sequence[Counted]) -> list[tuple[Counted, ...]]:
    groups: dict[tuple[str, str], list[Counted]] = {}
    for figure in counted:
        groups.setdefault((figure.register, year_of(figure)), []).append(figure)
    return [tuple(group) for group in groups.values()]


@cache
def _values_sql(group: tuple[Counted, ...], dialect: Dialect) -> str:
    import ibis

    attributes = columns_of(group)
    if isinstance(group[0], Stock):
        states = ibis.table({**STATES, **attributes}, name="asked_states")
        return _compiled(stocks_of(states, [figure for figure in group if isinstance(figure, Stock)]), dialect)
    acts = ibis.table({**ACTS, **attributes}, name="asked_acts")
    measures = [figure for figure in group if isinstance(figure, Measure)]
    return _compiled(flows_of(acts, measures), dialect)


@cache
def _positions_sql(group: tuple[Counted, ...], dialect: Dialect) -> str:
    import ibis

    of_stocks = isinstance(group[0], Stock)
    asked = {**(STATES if of_stocks else ACTS), **columns_of(group)}
    return _compiled(
        positions_of(ibis.table(asked, name="asked_states" if of_stocks else "asked_acts"), group), dialect
    )


def _compiled(expression: Any, dialect: Dialect) -> str:
    import ibis

    return f"SELECT * FROM ({ibis.to_sql(expression, dialect=dialect)}) AS figures"

"""What is asked about: the acts and states that measures are evaluated over, as PostgreSQL gives them.

Each is a common table expression with the years and positions as parameters, so that what is compiled for it holds for
any question. Attributes of registers are columns of it as far as the rules name them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from projections.measures import Counted, Measure, attributes_of, year_of
from projections.reading import POINT

ACTS = {
    "position": "int64", "year": "int64", "register": "string", "verb": "string", "decision_number": "string",
    "decided_on": "date", "form": "string", "body": "string", "role": "string", "mode": "string",
}  # fmt: skip
"""What flows read of each act asked about, beside the attributes that their rules name."""

STATES = {
    "year": "int64", "register": "string", "status": "string", "position": "int64", "sign": "int64",
    "cause": "string",
}  # fmt: skip
"""What stocks read of each state on 31 December of ``year``: ``position`` of the act behind it, and how it counts.

The attributes that their rules name come with it.
"""

_ASKED_ACTS = {
    "decided_on": """asked_acts AS (
    SELECT extract(year FROM a.decided_on)::int AS year, {columns} FROM acts a{attributes}
    WHERE a.position <= %(position)s
        AND a.decided_on >= make_date(%(first)s, 1, 1) AND a.decided_on <= make_date(%(last)s, 12, 31))""",
    "school_year": """asked_acts AS (
    SELECT right(r.school_year, 4)::int AS year, {columns} FROM acts a{attributes}
    WHERE a.position <= %(position)s AND right(r.school_year, 4)::int BETWEEN %(first)s AND %(last)s)""",
}
_LAST_DAY = "make_date(y.year, 12, 31)"
ASKED_STATES = f"""asked_states AS (
    SELECT y.year, a.register, a.status, a.act AS position, 1 AS sign, 'in_force' AS cause{{columns}}
    FROM unnest(%(years)s::int[]) AS y(year)
    CROSS JOIN (SELECT DISTINCT entry_id FROM registration_numbers) e
    CROSS JOIN LATERAL ({POINT.format(entry="e.entry_id", known="%(position)s", day=_LAST_DAY)}) a{{attributes}})"""
_COUNTED = "register, status, attributes"
CHANGED_STATES = f"""asked_states AS (
    SELECT y.year, a.register, a.status, newer.known_from AS position, a.sign,
        CASE WHEN f.target IS NULL THEN 'recorded_later' ELSE 'corrected_or_annulled' END AS cause{{columns}}
    FROM unnest(%(years)s::int[]) AS y(year)
    JOIN entry_states newer ON newer.valid_from <= {_LAST_DAY} AND newer.valid_to > {_LAST_DAY}
    JOIN acts f ON f.position = newer.known_from
    CROSS JOIN LATERAL (
        SELECT {_COUNTED}, 1 AS sign FROM (SELECT newer.*) taken_up
        UNION ALL SELECT {_COUNTED}, -1 FROM
            ({POINT.format(entry="newer.entry_id", known="newer.known_from - 1", day=_LAST_DAY)}) covered
    ) a{{attributes}}
    WHERE newer.known_from > %(since)s AND newer.known_from <= %(position)s{{only}})"""


def columns_of(counted: Sequence[Counted]) -> dict[str, str]:
    """What the rules of ``counted`` read besides ``ACTS`` and ``STATES``: attributes of registers, and their types."""
    quantities = {figure.sum_of for figure in counted if isinstance(figure, Measure)}
    named = sorted(set[str]().union(*map(attributes_of, counted)) - ACTS.keys())
    return {name: "int64" if name in quantities else "string" for name in named}


@lru_cache(maxsize=256)
def source_of(counted: tuple[Counted, ...]) -> str:
    """The common table expression of what ``counted`` (all counted by the same year) read, under its name."""
    kind = year_of(counted[0])
    if kind == "in_force":
        return states_source(ASKED_STATES, counted)
    attributes = columns_of(counted)
    columns = [f"a.{name}" for name in ACTS if name != "year"] + [f'r."{name}"' for name in attributes]
    return _ASKED_ACTS[kind].format(columns=", ".join(columns), attributes=_taken_apart(attributes))


def states_source(source: str, counted: tuple[Counted, ...], only: str = "") -> str:
    """The same of states: ``source`` says which, ``only`` is a further condition."""
    attributes = columns_of(counted)
    columns = "".join(f', r."{name}"' for name in attributes)
    return source.format(columns=columns, attributes=_taken_apart(attributes), only=only)


def _taken_apart(attributes: dict[str, str]) -> str:
    if not attributes:
        return ""
    listed = ", ".join(f'"{name}" {"bigint" if kind == "int64" else "text"}' for name, kind in attributes.items())
    return f" CROSS JOIN LATERAL json_to_record(a.attributes) AS r({listed})"

"""Acts as rows of the fact table, drawn at random, and a slow, obvious count of them to hold the engine against."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from psycopg import Connection

from projections.acts import COLUMNS
from projections.figures import all_figures
from projections.measures import ACT_COLUMNS, Measure, attributes_of
from projections.write import write_facts

Fact = dict[str, Any]

_DAYS = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 6, 15), date(2020, 12, 31), date(2021, 1, 1))
_SCHOOL_YEARS = ("2018/2019", "2019/2020", "2020/2021")


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """An act that some measure looks at: more often than not it holds what the measure's conditions ask for.

    Acts share decisions, days, holders and other distinct values often. Not all of them are lawful; the engine does
    not care.
    """
    measure = draw(st.sampled_from(all_figures().measures))
    register = all_figures().registers[measure.register]
    verb = draw(st.sampled_from((*measure.verbs, *register.by_verb)))
    row: Fact = {
        "register": register.name,
        "verb": verb,
        "decision_number": draw(st.sampled_from((None, "1-7/1", "1-7/2"))),
        "decided_on": draw(st.sampled_from(_DAYS)),
        "form": draw(st.sampled_from(("written", "entry"))),
        "attributes": {},
    }
    for name in sorted(attributes_of(measure) - {measure.distinct, measure.sum_of}):
        asked = next((condition.values for condition in measure.where if condition.column == name), _SCHOOL_YEARS)
        value = draw(st.sampled_from((*asked, *asked, None, "other")))
        if name == "school_year" and value not in _SCHOOL_YEARS:
            continue
        if name in ACT_COLUMNS:
            row[name] = value or row.get(name)
        elif value is not None:
            row["attributes"][name] = value
    if measure.distinct is not None and draw(st.booleans()):
        row["attributes"][measure.distinct] = draw(st.sampled_from(("one", "two")))
    if measure.sum_of is not None and draw(st.booleans()):
        row["attributes"][measure.sum_of] = draw(st.integers(0, 30_000))
    return row


def write(connection: Connection[Any], rows: Iterable[Fact], first: int = 0) -> None:
    """Write acts at the positions from ``first`` on."""
    usual = {
        "recorded_at": datetime(2021, 1, 1, tzinfo=UTC), "entry_id": UUID(int=1), "version": 1, "event": "e",
        "act_id": UUID(int=2), "actor": "a", "role": "r", "effective_on": date(2020, 1, 1),
    }  # fmt: skip
    complete = [
        {**usual, **row, "position": position, "attributes": json.dumps(row["attributes"])}
        for position, row in enumerate(rows, first)
    ]
    with connection.cursor() as cursor:
        write_facts(cursor, [tuple(row.get(column) for column in COLUMNS) for row in complete])


def year_counted(measure: Measure, row: Fact) -> int | None:
    """The year in which ``measure`` would count ``row``."""
    if measure.by == "decided_on":
        year: int = row["decided_on"].year
        return year
    named = row["attributes"].get("school_year")
    return None if named is None else int(named.split("/")[1])


def counts(measure: Measure, row: Fact) -> bool:
    """Whether the rule of ``measure`` looks at ``row``, in whatever year."""
    if row["register"] != measure.register or row["verb"] not in measure.verbs:
        return False
    said = {**row["attributes"], **{name: row.get(name) for name in ACT_COLUMNS}}
    return all(said.get(condition.column) in condition.values for condition in measure.where)


def counted(rows: Iterable[Fact], measure: Measure, year: int) -> int:
    """A flow counted act by act."""
    seen = [
        (index, row) for index, row in enumerate(rows) if counts(measure, row) and year_counted(measure, row) == year
    ]
    if measure.unit == "acts":
        return len({(row["register"], row["decision_number"] or index, row["decided_on"]) for index, row in seen})
    if measure.distinct is not None:
        return len({row["attributes"][measure.distinct] for _, row in seen if measure.distinct in row["attributes"]})
    if measure.sum_of is not None:
        return sum(row["attributes"].get(measure.sum_of, 0) for _, row in seen)
    return len(seen)

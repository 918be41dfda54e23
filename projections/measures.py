"""Measures: how the registers' figures are counted, declared as data.

A measure is declared once, beside the other measures of its register, in the file of this folder that has the
register's name; its id is the id of the published figure. One engine (``counting``) evaluates all of them. From the
id follows where the figure stands: ``t3.institutions.registered`` is a cell of the row ``institutions`` of table
``t3``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from domain.register import Titles

ACT_COLUMNS = ("form", "body", "role", "mode")
"""Columns that every act has and a measure may filter by; others are attributes of the act's register."""


class Among(NamedTuple):
    """The condition that a column holds one of some values; where it holds none, the condition is not met."""

    column: str
    values: tuple[str, ...]


def among(column: str, *values: str) -> Among:
    """The condition that a column of ``ACT_COLUMNS`` or an attribute of the register holds one of ``values``."""
    return Among(column, values)


@dataclass(frozen=True, slots=True)
class Measure:
    """A year's flow: the acts of some kinds in one register.

    ``where`` are conditions on the act's attributes, all of which must hold. An act annulled later was taken all the
    same, and counts. How one fact counts:

    - unit ``acts``: decisions, told apart by number and day; an act without a number counts by itself;
    - ``distinct``: the different values of an attribute (unit ``persons``: of the holders);
    - ``sum_of``: what a quantity adds up to over the acts;
    - otherwise the entries' own acts.

    ``by`` is the year they are counted in: that of the decision, or the one in which the school year ends that the
    attribute ``school_year`` (such as 2019/2020) names. ``itemised_by`` are the published figures that a text of the
    publication breaks this one down to; where they do not add up to it, a reconciliation says so.
    """

    figure: str
    titles: Titles
    register: str
    verbs: tuple[str, ...]
    unit: str
    where: tuple[Among, ...] = ()
    distinct: str | None = None
    sum_of: str | None = None
    by: Literal["decided_on", "school_year"] = "decided_on"
    itemised_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stock:
    """The entries of one register that are in one of ``statuses`` at the end of 31 December.

    With ``distinct`` the different values of an attribute are counted in the place of the entries. ``rounded_to`` is
    what a figure is rounded to (half up) that is published as "about".
    """

    figure: str
    titles: Titles
    register: str
    statuses: tuple[str, ...]
    where: tuple[Among, ...] = ()
    unit: str = "stock"
    distinct: str | None = None
    rounded_to: int = 1


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of other figures. It has no rule of its own; ``unit`` is the one it is published in."""

    figure: str
    titles: Titles
    parts: tuple[str, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a hundred of ``whole`` are ``part`` (figures both), rounded half up; 0 where there is no whole."""

    figure: str
    titles: Titles
    part: str
    whole: str
    unit: Literal["percent"] = "percent"

    def of(self, part: int, whole: int) -> int:
        """The share in percent."""
        return rounded(100 * part, whole) if whole else 0


def rounded(value: int, to: int) -> int:
    """``value`` divided by ``to``, rounded half up to a whole number."""
    return (2 * value + to) // (2 * to)


Counted = Measure | Stock
"""A figure that a rule of its own yields."""

Figure = Measure | Stock | Total | Share


class Table(NamedTuple):
    """A table of figures: the first part of its figures' ids, what it is called, and where it is published.

    ``years`` is how many years it shows side by side, up to the year of the report; ``rows`` the order in which the
    report has the rows it names, before any others.
    """

    name: str
    titles: Titles
    source: str
    years: int = 1
    rows: tuple[str, ...] = ()


def attributes_of(figure: Counted) -> set[str]:
    """The columns and attributes that the rule of ``figure`` reads."""
    quantity = figure.sum_of if isinstance(figure, Measure) else None
    named = {condition.column for condition in figure.where} | {figure.distinct, quantity}
    school_year = {"school_year"} if year_of(figure) == "school_year" else set()
    return {name for name in named if name is not None} | school_year


def year_of(figure: Counted) -> Literal["decided_on", "school_year", "in_force"]:
    """What puts a fact into the year in which it is counted."""
    return figure.by if isinstance(figure, Measure) else "in_force"


def table_of(figure: str) -> str:
    """The name of the table that the figure of this id stands in."""
    return figure.partition(".")[0]


def row_of(figure: str) -> str:
    """The name of the row of its table that the figure of this id stands in."""
    return figure.split(".")[1]


def rule_of(figure: Figure) -> dict[str, Any]:
    """The figure's rule as plain JSON values, to be shown beside it."""
    if isinstance(figure, Total):
        return {"total_of": list(figure.parts)}
    if isinstance(figure, Share):
        return {"percent": figure.part, "of": figure.whole}
    where = {condition.column: list(condition.values) for condition in figure.where}
    rule: dict[str, Any] = {"register": figure.register}
    if isinstance(figure, Stock):
        rule |= {"statuses": list(figure.statuses), "on": "12-31", "where": where}
        if figure.rounded_to != 1:
            rule["rounded_to"] = figure.rounded_to
    else:
        rule |= {"acts": list(figure.verbs), "by": figure.by, "where": where}
        if figure.sum_of is not None:
            rule["sum_of"] = figure.sum_of
    if figure.distinct is not None:
        rule["distinct"] = figure.distinct
    return {**rule, "unit": figure.unit}

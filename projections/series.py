"""A figure over the years, whole and broken down by what its entries are: by municipality, kind, class of founder.

A part of a breakdown is the figure's own rule with one condition more, so it is counted as the whole is. Parts of a
figure that counts decisions or different values may add up to more than the whole: one decision is counted in each
part that it has an act in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.latvian_text import sort_key
from projections.counting import checked_years, evaluate
from projections.figures import Figures, all_figures
from projections.measures import Counted, Figure, Measure, Share, among


class NoBreakdown(Exception):
    """The figure is not broken down by this attribute; ``expected`` are those it is broken down by."""

    def __init__(self, figure: str, by: str, expected: tuple[str, ...]) -> None:
        self.figure, self.by, self.expected = figure, by, expected
        super().__init__(f"{figure} is broken down by {', '.join(expected) or 'nothing'}, not by {by}")


class Series(NamedTuple):
    """The values of ``figure`` in each of ``years``, and of its parts by the value of the attribute ``by``.

    Parts that are 0 in every year are left out; they stand in Latvian alphabetical order.
    """

    figure: Figure
    years: tuple[int, ...]
    whole: tuple[int, ...]
    by: str | None
    parts: dict[str, tuple[int, ...]]


def breakdowns_of(figures: Figures, figure: str) -> tuple[str, ...]:
    """The attributes by which ``figure`` may be broken down: those that all the registers it counts in name."""
    registers = [figures.registers[leaf.register] for leaf in _leaves(figures, figure)]
    return tuple(name for name in registers[0].breakdowns if all(name in other.breakdowns for other in registers))


def series(
    connection: Connection[Any],
    figure: str,
    years: Iterable[int],
    position: int,
    by: str | None = None,
    figures: Figures | None = None,
) -> Series:
    """``figure`` in each of ``years`` as known at ``position``, broken down by the attribute ``by`` if one is given.

    Raises UnknownFigure, NoBreakdown and MalformedMoment.
    """
    declared = figures or all_figures()
    asked, known = checked_years(years), breakdowns_of(declared, figure)
    if by is not None and by not in known:
        raise NoBreakdown(figure, by, known)
    leaves = _leaves(declared, figure)
    groups: list[str | None] = [None]
    if by is not None:
        groups += _met(connection, sorted({leaf.register for leaf in leaves}), by, position)
    parts = [_part(leaf, by, index, group) for index, group in enumerate(groups) for leaf in leaves]
    counted = Figures(parts, declared.tables.values(), declared.registers.values())
    values = evaluate(connection, counted, asked, position)
    found = {
        group: tuple(_value(declared, figure, {leaf: values[_id(leaf, index), year] for leaf in leaves})
                     for year in asked)
        for index, group in enumerate(groups)
    }  # fmt: skip
    told = {group: shown for group, shown in found.items() if group is not None and any(shown)}
    return Series(declared.get(figure), tuple(asked), found[None], by, told)


def _leaves(figures: Figures, figure: str) -> tuple[Counted, ...]:
    """The figures with rules of their own that ``figure`` is worked out from."""
    declared = figures.get(figure)
    if isinstance(declared, Share):
        return tuple(dict.fromkeys((*figures.counted(declared.part), *figures.counted(declared.whole))))
    return figures.counted(figure)


def _met(connection: Connection[Any], registers: Sequence[str], by: str, position: int) -> list[str]:
    """The values of the attribute in the acts and states known at ``position``."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT attributes->>%(by)s FROM acts WHERE register = ANY(%(registers)s) AND position <= %(position)s"
        " UNION SELECT attributes->>%(by)s FROM entry_states"
        " WHERE register = ANY(%(registers)s) AND known_from <= %(position)s",
        {"by": by, "registers": list(registers), "position": position},
    )
    return sorted((row[0] for row in rows if row[0] is not None), key=sort_key)


def _id(leaf: Counted, index: int) -> str:
    return f"{leaf.figure}.{index}"


def _part(leaf: Counted, by: str | None, index: int, group: str | None) -> Counted:
    where = leaf.where if by is None or group is None else (*leaf.where, among(by, group))
    if isinstance(leaf, Measure):
        return replace(leaf, figure=_id(leaf, index), where=where, itemised_by=())
    return replace(leaf, figure=_id(leaf, index), where=where)


def _value(figures: Figures, figure: str, leaves: dict[Counted, int]) -> int:
    declared = figures.get(figure)
    if isinstance(declared, Share):
        part, whole = (_value(figures, named, leaves) for named in (declared.part, declared.whole))
        return declared.of(part, whole)
    return sum(leaves[leaf] for leaf in figures.counted(figure))

"""The lines of a table as a reader sees them: figures in groups, each under the one it is a part of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.register import Titles
from projections.statistics import Cell, Row, YearTable
from replay.report.words import PARTS_OF_IDS, Language, said


class Line(NamedTuple):
    """A figure's cells, one a year, its title within its group, and how deep it stands under the lines above it."""

    cells: tuple[Cell, ...]
    title: str
    level: int

    @property
    def figure(self) -> str:
        """The id of the figure."""
        return self.cells[0].figure

    @property
    def is_total(self) -> bool:
        """Whether the line adds a table or a group up."""
        return "total_of" in self.cells[0].rule and "total" in self.figure.split(".")


class Group(NamedTuple):
    """Lines under a heading; "" where the lines need none."""

    heading: str
    lines: tuple[Line, ...]


def groups_of(table: YearTable, language: Language) -> list[Group]:
    """The lines of ``table``. Neighbouring rows without a heading are one group."""
    groups: list[Group] = []
    for row in table.rows:
        group = _group(row, language)
        if groups and not group.heading and not groups[-1].heading:
            groups[-1] = Group("", groups[-1].lines + group.lines)
        else:
            groups.append(group)
    return groups


def _group(row: Row, language: Language) -> Group:
    """A row's lines; the row has a heading if none of its figures is the row itself, as ``t5.issued`` is of its parts.

    What the titles of a group say over and over before a colon is said once, in its heading.
    """
    lines = row.lines()
    titles = [said(cells[0].titles, language) for cells in lines]
    depths = [cells[0].figure.count(".") for cells in lines]
    if len(lines) == 1 or depths[0] == 1:
        begins, heading = f"{titles[0]}: ", ""
    else:
        heading = _heading(titles, row.titles, language)
        begins = f"{heading}: "
    least = min(depths)
    told = [
        _distinguished(title.removeprefix(begins), cells[0].figure, titles, language)
        for cells, title in zip(lines, titles, strict=True)
    ]
    return Group(
        _begun(heading),
        tuple(
            Line(cells, _begun(title) if depth == least else title, depth - least)
            for cells, title, depth in zip(lines, told, depths, strict=True)
        ),
    )


def _heading(titles: Sequence[str], row: Titles, language: Language) -> str:
    repeated = {title.partition(": ")[0] for title in titles}
    return repeated.pop() if len(repeated) == 1 else said(row, language)


def _distinguished(title: str, figure: str, titles: Sequence[str], language: Language) -> str:
    part = PARTS_OF_IDS.get(figure.rpartition(".")[2])
    return said(part, language) if part is not None and titles.count(title) > 1 else title


def _begun(title: str) -> str:
    """A title that begins a line of its own begins with a capital letter."""
    return title[:1].upper() + title[1:]

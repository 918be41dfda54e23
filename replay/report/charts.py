"""Charts: the publication's figures drawn as bars, as series over years, and as shares of a whole.

What is drawn follows from a table's shape. Every value is written beside its mark, so that nothing is told by colour
alone, and all of them stand in the table beside the chart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from textwrap import wrap
from typing import Any, Literal, NamedTuple

from projections.statistics import YearlyStatistics, YearTable
from replay.report.lines import Group, Line
from replay.report.words import CHART_TELLS, PART, REST, SHARE_OF, Language, number_said, said

FONT = "Libertinus Serif"
"""What the typesetter of the PDF brings along; web pages take their own."""
PICTURE_FONT = "Liberation Sans"
"""What the drawer of pictures brings along. Of a font that it has not it would draw no letter at all."""
INK, ACCENT, PALE = "#1c2733", "#1f4e79", "#c9d3de"
MOST_BARS, MOST_SERIES = 15, 9
_WIDTH = 540
_NOT_DRAWN = frozenset({"t2"})
"""Tables of indicators that measure different things, which no common scale can show."""


class Mark(NamedTuple):
    """A value of a chart: what it is of, its year as printed, and the value as written."""

    of: str
    year: str
    value: int
    text: str


class Chart(NamedTuple):
    """What is drawn, its caption, and the same told in words for those who can't see it."""

    kind: Literal["bars", "series", "share"]
    title: str
    marks: tuple[Mark, ...]
    tells: str

    def svg(self) -> str:
        """The chart as SVG."""
        return _drawn(self)

    def png(self) -> bytes:
        """The chart as a picture, twice as fine as a screen."""
        import vl_convert

        return bytes(vl_convert.vegalite_to_png(_specification(self, PICTURE_FONT), scale=2))


def charts_of(
    statistics: YearlyStatistics, table: YearTable, groups: Sequence[Group], language: Language
) -> tuple[Chart, ...]:
    """The charts of ``table``: a series where it shows several years, else bars for each group; and its shares."""
    title = said(table.titles, language)
    shares = [
        share for group in groups for line in group.lines if (share := _share(statistics, line, language)) is not None
    ]
    if table.name in _NOT_DRAWN or table.name.startswith("s2"):
        return tuple(shares)
    drawn: list[Chart | None] = []
    if len(table.years) > 1:
        drawn.append(_series(title, groups, language))
    else:
        drawn += [_bars(group.heading or title, group, language) for group in groups]
    return (*filter(None, drawn), *shares)


def _bars(title: str, group: Group, language: Language) -> Chart | None:
    lines = _comparable(group)
    if len(lines) < 3 or not any(line.cells[-1].value for line in lines):
        return None
    largest = sorted(lines, key=lambda line: -line.cells[-1].value)[:MOST_BARS]
    return _chart("bars", title, (_mark(line.title, line, -1, language) for line in largest), language)


def _series(title: str, groups: Sequence[Group], language: Language) -> Chart | None:
    named = [
        (": ".join(filter(None, (group.heading, line.title))), line) for group in groups for line in _comparable(group)
    ]
    largest = sorted(named, key=lambda pair: -max(cell.value for cell in pair[1].cells))[:MOST_SERIES]
    marks = [_mark(of, line, index, language) for of, line in largest for index in range(len(line.cells))]
    return _chart("series", title, marks, language) if any(mark.value for mark in marks) else None


def _share(statistics: YearlyStatistics, line: Line, language: Language) -> Chart | None:
    rule, cells = line.cells[0].rule, statistics.cells()
    part, whole = (cells.get(rule.get(key, "")) for key in ("percent", "of"))
    if part is None or whole is None or not whole.value:
        return None
    told = said(
        SHARE_OF,
        language,
        part=number_said(part.value, language),
        whole=number_said(whole.value, language),
        percent=line.cells[-1].value,
    )
    rest = max(0, whole.value - part.value)
    label = line.cells[-1].label
    marks = (Mark(said(PART, language), label, part.value, told), Mark(said(REST, language), label, rest, ""))
    return Chart("share", line.title, marks, said(CHART_TELLS, language, title=line.title, values=told))


def _comparable(group: Group) -> list[Line]:
    """The outermost lines of one unit; no sum beside what it adds up."""
    outer = [line for line in group.lines if line.level == 0]
    ids = {line.figure for line in outer}
    parts = [line for line in outer if not ids.intersection(line.cells[0].rule.get("total_of", ()))]
    return [line for line in parts if line.cells[0].unit == parts[0].cells[0].unit]


def _mark(of: str, line: Line, index: int, language: Language) -> Mark:
    cell = line.cells[index]
    return Mark(of, cell.label, cell.value, number_said(cell.value, language))


def _chart(kind: Literal["bars", "series"], title: str, marks: Iterable[Mark], language: Language) -> Chart:
    drawn = tuple(marks)
    years = kind == "series"
    told = ", ".join(f"{mark.of}{f' {mark.year}' if years else ''}: {mark.text}" for mark in drawn)
    return Chart(kind, title, drawn, said(CHART_TELLS, language, title=title, values=told))


@cache
def _drawn(chart: Chart) -> str:
    import vl_convert

    # Ids of clips are counted on from chart to chart; where nothing is clipped none is needed.
    return re.sub(r' clip-path="url\(#clip\d+\)"', "", str(vl_convert.vegalite_to_svg(_specification(chart, FONT))))


def _specification(chart: Chart, font: str) -> dict[str, Any]:
    import altair

    values = [
        {"of": of, "year": mark.year, "value": mark.value, "text": mark.text, "order": index}
        for index, (of, mark) in enumerate(zip(_names(chart), chart.marks, strict=True))
    ]
    data = altair.Data(values=values)
    drawn = {"bars": _draw_bars, "series": _draw_series, "share": _draw_share}[chart.kind](data)
    specification: dict[str, Any] = (
        drawn.configure(font=font, background="white")
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, labelFontSize=12, domainColor=PALE, ticks=False, grid=False)
        .configure_text(color=INK, fontSize=12)
        .to_dict()
    )
    return specification


def _names(chart: Chart) -> list[str]:
    """What each mark is of, as it is written; above the small charts of a series in as many lines everywhere."""
    if chart.kind != "series":
        return [mark.of for mark in chart.marks]
    wrapped = [wrap(mark.of, 26) for mark in chart.marks]
    most = max(map(len, wrapped))
    return ["\n".join([*[" "] * (most - len(lines)), *lines]) for lines in wrapped]


def _draw_bars(data: Any) -> Any:
    """A bar a line, its name above it and its value behind it."""
    import altair

    base = altair.Chart(data).encode(altair.Y("order:O", axis=None))
    bars = base.mark_bar(color=ACCENT, height=13, yOffset=8).encode(altair.X("value:Q", axis=None))
    values = base.mark_text(align="left", dx=5, dy=8).encode(altair.X("value:Q", axis=None), text="text:N")
    names = base.mark_text(align="left", dy=-8).encode(x=altair.value(0), text="of:N")
    return (bars + values + names).properties(width=_WIDTH - 60, height=altair.Step(36))


def _draw_series(data: Any) -> Any:
    """A small chart a line, all of one scale, with a column a year."""
    import altair

    years = list(dict.fromkeys(value["year"] for value in data.values))
    width = max(map(len, years)) * 7 * len(years) + 20
    # The room above the highest column is for its value.
    heights = altair.Scale(domain=[0, 1.25 * max(value["value"] for value in data.values)])
    base = altair.Chart().encode(
        altair.X("year:O", title=None).axis(labelAngle=0), altair.Y("value:Q", title=None, axis=None, scale=heights)
    )
    columns = base.mark_bar(color=ACCENT, width={"band": 0.55}) + base.mark_text(dy=-8).encode(text="text:N")
    header = altair.Header(
        labelExpr="split(datum.label, '\\n')", labelFontSize=12, labelColor=INK, labelAnchor="start",
        labelLimit=0, labelPadding=2,
    )  # fmt: skip
    of = altair.Facet("of:N", title=None, sort=altair.SortField("order"), header=header)
    columns = columns.properties(width=width, height=100)
    return columns.facet(of, data=data, columns=max(1, _WIDTH // (width + 20)))


def _draw_share(data: Any) -> Any:
    """One bar of the whole, its part dark, and what both are in words below it."""
    import altair

    amounts = altair.X("value:Q", title=None, stack="normalize", axis=None)
    parts = altair.Color("order:O", scale=altair.Scale(range=[ACCENT, PALE]), legend=None)
    bar = altair.Chart(data).mark_bar(height=16).encode(amounts, parts, y=altair.value(8), order="order:O")
    told = altair.Chart(data).transform_filter("datum.text != ''").mark_text(align="left")
    told = told.encode(x=altair.value(0), y=altair.value(28), text="text:N")
    return (bar + told).properties(width=_WIDTH - 60, height=36)

"""Published figures: reading the file in which the service's public report is transcribed.

The form is CSV with the header ``figure,source,year,value,unit,label_lv,label_en``, one figure a line. ``year`` is a
year, or a school year such as 2019/2020; ``value`` a whole number.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

from domain.register import Titles

COLUMNS = ("figure", "source", "year", "value", "unit", "label_lv", "label_en")
LONGEST_LINE = 100_000

PUBLISHED_2020 = Path(__file__).parent / "data" / "report-2020" / "figures.csv"
"""The figures of the service's public report for 2020."""


class Published(NamedTuple):
    """A published figure: its id, where it stands, its year as printed, its value, unit and label."""

    figure: str
    source: str
    year: str
    value: int
    unit: str
    titles: Titles

    @property
    def plain_year(self) -> int | None:
        """The year as a number; None for a school year, which no measure of a calendar year yields."""
        return int(self.year) if len(self.year) == 4 else None

    @property
    def school_year_end(self) -> int | None:
        """The year in which the school year ends; None for a calendar year."""
        return int(self.year[-4:]) if len(self.year) != 4 else None


class Problem(NamedTuple):
    """A line that can't be used (the header is line 1), and what was expected and met there."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class Publication(NamedTuple):
    """The figures of a file in its order, and the lines that could not be read."""

    figures: list[Published]
    problems: list[Problem]


class _Malformed(Exception):
    """A line that does not say what a line of the file says."""


def published_of(year: int) -> list[Published]:
    """The figures of the public report for ``year``, as far as it comes with the product."""
    return read_published(PUBLISHED_2020.read_text(encoding="utf-8")).figures if year == 2020 else []


def read_published(text: str) -> Publication:
    """The published figures in ``text``. A malformed line is named and left out; all others are used.

    Where a figure of a year stands twice, the first line is used. Fields are separated by ``,``, or by ``;`` where
    the header is.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    header = lines[0] if lines else ""
    separator = ";" if ";" in header and "," not in header else ","
    columns = [column.strip() for column in header.replace('"', "").split(separator)]
    missing = [column for column in COLUMNS if column not in columns]
    if missing or len(columns) != len(set(columns)):
        expected = separator.join(COLUMNS)
        return Publication([], [Problem(1, f"expected the header {expected}, met {header[:200]!r}")])
    figures: list[Published] = []
    problems: list[Problem] = []
    first_lines: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        try:
            figure = _read(line, separator, columns)
            first = first_lines.setdefault((figure.figure, figure.year), number)
            if first != number:
                raise _Malformed(f"{figure.figure} of {figure.year} stands on line {first} already")
            figures.append(figure)
        except _Malformed as problem:
            problems.append(Problem(number, str(problem)))
    return Publication(figures, problems)


def _read(line: str, separator: str, columns: list[str]) -> Published:
    if len(line) > LONGEST_LINE:
        raise _Malformed(f"expected at most {LONGEST_LINE} characters, met {len(line)}")
    try:
        values = next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error as error:
        raise _Malformed(f"expected fields of a CSV file, met {line[:200]!r} ({error})") from None
    if len(values) != len(columns):
        raise _Malformed(f"expected {len(columns)} fields, met {len(values)}")
    row = {column: value.strip() for column, value in zip(columns, values, strict=True)}
    if not row["figure"]:
        raise _Malformed("figure: expected the figure's id, met nothing")
    if not _is_year(row["year"]):
        raise _Malformed(f"year: expected a year or a school year such as 2019/2020, met {row['year']!r}")
    if re.fullmatch(r"[0-9]{1,15}", row["value"]) is None:
        raise _Malformed(f"value: expected a whole number, met {row['value'][:100]!r}")
    titles = Titles(row["label_lv"], row["label_en"])
    return Published(row["figure"], row["source"], row["year"], int(row["value"]), row["unit"], titles)


def _is_year(text: str) -> bool:
    found = re.fullmatch(r"(1[89][0-9]{2}|2[0-9]{3})(?:/([0-9]{4}))?", text)
    return found is not None and (found[2] is None or int(found[2]) == int(found[1]) + 1)

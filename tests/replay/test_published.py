"""Reading published figures: the real file, and lines that can't be used."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.register import Titles
from replay.published import COLUMNS, Publication, Published, read_published

HEADER = ",".join(COLUMNS)
LINE = "t3.institutions.struck_off,table 3,2020,86,acts,Izslēgtas,Struck off"
FIGURE = Published("t3.institutions.struck_off", "table 3", "2020", 86, "acts", Titles("Izslēgtas", "Struck off"))


def file_of(*lines: str, header: str = HEADER) -> str:
    """A file of these lines."""
    return "\n".join([header, *lines]) + "\n"


def problems(publication: Publication) -> list[str]:
    """What is said of each line that can't be used."""
    return [str(problem) for problem in publication.problems]


def test_the_figures_of_the_public_report_of_2020_are_all_read(register_export: Path) -> None:
    text = (register_export.parent.parent / "report-2020" / "figures.csv").read_text(encoding="utf-8")
    publication = read_published(text)
    assert problems(publication) == []
    assert len(publication.figures) == 557
    assert Counter(figure.plain_year is None for figure in publication.figures)[True] > 0
    assert "Izglītības iestāžu un zinātnisko institūciju reģistri" in publication.figures[0].titles.lv


def test_a_line_is_a_figure() -> None:
    assert read_published(file_of(LINE)) == Publication([FIGURE], [])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (LINE.replace(",86,", ",eighty-six,"), "value: expected a whole number, met 'eighty-six'"),
        (LINE.replace(",86,", ",86.5,"), "value: expected a whole number, met '86.5'"),
        (LINE.replace(",86,", ",-86,"), "value: expected a whole number, met '-86'"),
        (LINE.replace(",86,", ",,"), "value: expected a whole number, met ''"),
        (LINE.replace(",86,", ",٨٦,"), "value: expected a whole number, met '٨٦'"),
        (LINE.replace("2020", "20"), "year: expected a year or a school year such as 2019/2020, met '20'"),
        (
            LINE.replace("2020", "2020/2022"),
            "year: expected a year or a school year such as 2019/2020, met '2020/2022'",
        ),
        (LINE.replace("t3.institutions.struck_off", " "), "figure: expected the figure's id, met nothing"),
        (LINE.removesuffix(",Struck off"), "expected 7 fields, met 6"),
        (f"{LINE},more", "expected 7 fields, met 8"),
        (f'"{LINE}', "expected fields of a CSV file, met"),
        (f"{LINE}{'x' * 100_000}", "expected at most 100000 characters, met 100068"),
        (LINE.replace(",86,", ",87,"), "t3.institutions.struck_off of 2020 stands on line 2 already"),
    ],
)
def test_a_malformed_line_is_named_and_left_out_and_all_others_are_used(line: str, problem: str) -> None:
    other = LINE.replace("2020", "2021")
    publication = read_published(file_of(LINE, line, other))
    assert [figure.year for figure in publication.figures] == ["2020", "2021"]
    assert publication.figures[0] == FIGURE
    (named,) = problems(publication)
    assert named.startswith(f"line 3: {problem}")


@pytest.mark.parametrize("header", ["", "figure,value", f"{HEADER},value", LINE])
def test_a_file_without_the_header_holds_nothing(header: str) -> None:
    publication = read_published(file_of(LINE, header=header))
    assert publication.figures == []
    (named,) = problems(publication)
    assert named.startswith("line 1: expected the header figure,source,year,value,unit,label_lv,label_en, met")


def test_a_file_as_a_spreadsheet_saves_it_is_read_all_the_same() -> None:
    columns = (*reversed(COLUMNS), "note")
    line = (
        "checked",
        *reversed(["t3.institutions.struck_off", "table 3", "2020", " 86 ", "acts", "Izslēgtas", "Struck off"]),
    )
    saved = f"\ufeff{';'.join(columns)}\r\n{';'.join([*line[1:], line[0]])}\r\n\r\n"
    assert read_published(saved) == Publication([FIGURE], [])


def test_a_school_year_is_no_plain_year() -> None:
    (figure,) = read_published(file_of(LINE.replace("2020", "2019/2020"))).figures
    assert (figure.year, figure.plain_year) == ("2019/2020", None)


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("t3.,\"'28/;\tā \r\x0b\x00"), max_size=30), max_size=5))
def test_whatever_the_file_holds_each_line_is_a_figure_or_named_or_empty(lines: list[str]) -> None:
    text = file_of(*lines)
    publication = read_published(text)
    used = len(publication.figures) + len(publication.problems)
    assert used == len([line for line in text.splitlines()[1:] if line.strip()])

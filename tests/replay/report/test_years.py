"""Tables of several years: side by side, labelled as they are printed."""

from __future__ import annotations

import csv
import io

from tests.replay.report.conftest import Reporting
from tests.replay.report.reading import in_one_line


def test_a_table_shows_as_many_years_as_it_is_published_with(reporting: Reporting) -> None:
    statistics = reporting().statistics
    assert [table.years for table in statistics.tables] == [(2020,), (2018, 2019, 2020), (2019, 2020)]
    row = next(row for row in statistics.table("t6").rows if row.name == "all")
    assert [(cell.year, cell.value) for cell in row.cells] == [(2018, 1203), (2019, 1207), (2020, 1209)]


def test_the_cells_of_a_row_stand_figure_by_figure_and_year_by_year(reporting: Reporting) -> None:
    row = next(row for row in reporting().statistics.table("t6").rows if row.name == "new")
    assert [[(cell.figure, cell.value) for cell in line] for line in row.lines()] == [
        [("t6.new", 1203), ("t6.new", 4), ("t6.new", 3)],
        [("t6.new.general", 1203), ("t6.new.general", 4), ("t6.new.general", 2)],
        [("t6.new.preschool", 0), ("t6.new.preschool", 0), ("t6.new.preschool", 1)],
    ]


def test_a_school_year_is_labelled_by_both_its_years(reporting: Reporting) -> None:
    table = reporting().statistics.table("t9")
    assert table.labels == ("2018/2019", "2019/2020")
    assert [(cell.year, cell.label, cell.value) for cell in table.rows[0].cells] == [
        (2019, "2018/2019", 1207),
        (2020, "2019/2020", 2),
    ]


def test_the_cells_of_a_report_are_those_of_its_year(reporting: Reporting) -> None:
    cells = reporting().statistics.cells()
    assert (cells["t6.all"].value, cells["t9.both"].value) == (1209, 2)


def test_no_table_goes_back_before_the_first_year(reporting: Reporting) -> None:
    assert reporting(year=1801).statistics.table("t6").years == (1800, 1801)
    assert reporting(year=1800).statistics.table("t6").years == (1800,)


def test_the_csv_has_a_line_a_year(reporting: Reporting) -> None:
    lines = list(csv.DictReader(io.StringIO(reporting().as_csv())))
    assert list(lines[0]) == ["figure", "source", "year", "value", "unit", "label_lv", "label_en"]
    found = [(line["year"], line["value"]) for line in lines if line["figure"] in ("t6.all", "t9.both")]
    assert found == [("2018", "1203"), ("2019", "1207"), ("2020", "1209"), ("2018/2019", "1207"), ("2019/2020", "2")]


def test_the_text_has_a_column_a_year(reporting: Reporting) -> None:
    text = reporting("en").as_text(100)
    assert "title 2018 2019 2020" in in_one_line(text).replace("unit ", "")
    assert "2018/2019 2019/2020" in in_one_line(text)
    assert "All institutions 1203 1207 1209" in in_one_line(text)


def test_the_json_names_year_and_label_of_each_cell(reporting: Reporting) -> None:
    tables = {table["name"]: table for table in reporting().as_dict()["tables"]}
    assert tables["t6"]["years"] == [2018, 2019, 2020]
    (cell, _) = tables["t9"]["rows"][0]["cells"]
    assert (cell["year"], cell["label"], cell["value"]) == (2019, "2018/2019", 1207)

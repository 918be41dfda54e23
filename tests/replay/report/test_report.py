"""The year's report in its three forms and two languages."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.figures import all_figures
from projections.moment import KnownAt, MalformedMoment, resolve_known_at
from projections.recording import Recording
from replay.published import read_published
from replay.reconciliation import Class, reconcile, summary
from replay.report.report import Report, report
from replay.report.words import Language
from replay.sheet import Sheet, as_text
from tests.projections.registry import Registry

Reporting = Callable[..., Report]


@pytest.fixture
def reporting(database: Database, catalogue: Catalogue, recording: Recording) -> Reporting:
    """Two decisions about three institutions, and the report of them."""
    registry = Registry(database, catalogue, recording)
    entries = registry.register(3, number="1-7/1")
    registry.strike_off(*entries[:2], number="1-7/2")

    def reported(language: Language = "lv", year: int = 2020, known_at: str | None = None) -> Report:
        with registry.connection() as connection:
            return report(connection, year, resolve_known_at(connection, known_at), language)

    return reported


def in_one_line(text: str) -> str:
    """A text without its line ends and runs of spaces."""
    return " ".join(text.split())


def test_the_text_shows_every_figure_under_the_moment_it_was_counted_at(reporting: Reporting) -> None:
    text = reporting("en").as_text()
    assert text.startswith("2020, known at position 4 (")
    for figure in all_figures():
        assert f"  {figure.figure}, " in text
    assert "Table 3. Decisions in the registers of institutions, 2020" in text
    line = next(line for line in text.splitlines() if "t3.institutions.struck_off," in line)
    before = text.splitlines()[text.splitlines().index(line) - 1]
    assert before.split()[-1] == "1"


def test_the_text_speaks_latvian_unless_english_is_asked_for(reporting: Reporting) -> None:
    text = in_one_line(reporting().as_text())
    assert "2020, zināms pozīcijā 4" in text
    assert "3. tabula. Iestāžu reģistros pieņemtie lēmumi, 2020" in text
    assert "t3.institutions.struck_off, lēmumi" in text


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_text_fits_the_width_and_breaks_an_id_only_where_it_must(
    reporting: Reporting, language: Language, width: int
) -> None:
    text = reporting(language).as_text(width)
    assert max(map(len, text.splitlines())) <= width
    for figure in all_figures():
        assert figure.figure in (text if width >= 80 else "".join(text.split()))


def test_a_sheet_folds_what_is_too_wide_and_keeps_markup_and_nothing_as_they_are() -> None:
    columns = ("figure", "title", "value")
    sheet = Sheet("Report [bold]", columns, (("a.b", "word " * 30, 12_345), ("c.d", "[red]x[/red]", None)), 2)
    text = as_text(sheet, 40)
    assert max(map(len, text.splitlines())) <= 40
    assert in_one_line(text).count("word") == 30
    assert "12345" in text
    assert "[red]x[/red]" in text
    assert "Report [bold]" in text


def test_the_csv_can_be_reconciled_like_a_publication_and_is_equal_to_itself(
    reporting: Reporting, database: Database
) -> None:
    publication = read_published(reporting("en").as_csv())
    assert publication.problems == []
    assert {figure.figure for figure in publication.figures} == {figure.figure for figure in all_figures()}
    struck_off = next(f for f in publication.figures if f.figure == "t3.institutions.struck_off")
    assert (struck_off.source, struck_off.year, struck_off.value, struck_off.unit) == ("table 3", "2020", 1, "acts")
    with database.pool.connection() as connection:
        rows = reconcile(connection, publication.figures, 2020, 4)
    assert summary(rows)[Class.EQUAL] == len(rows) == len(publication.figures)


def test_the_csv_is_the_same_in_either_language(reporting: Reporting) -> None:
    assert reporting("lv").as_csv() == reporting("en").as_csv()


def test_the_json_holds_the_rule_of_each_figure_and_the_moment(reporting: Reporting) -> None:
    said = json.loads(reporting("en").as_json())
    assert said["year"] == 2020
    assert said["known_at"]["position"] == 4
    cells = {cell["figure"]: cell for table in said["tables"] for row in table["rows"] for cell in row["cells"]}
    assert cells.keys() == {figure.figure for figure in all_figures()}
    struck_off = cells["t3.institutions.struck_off"]
    assert (struck_off["value"], struck_off["unit"]) == (1, "acts")
    assert struck_off["rule"]["acts"] == ["strike_off"]
    assert cells["s221.institutions.struck_off"]["value"] == 2
    tables = {table["name"]: table["title"] for table in said["tables"]}
    assert tables["t3"] == "Table 3. Decisions in the registers of institutions"
    in_latvian = json.loads(reporting("lv").as_json())["tables"]
    assert {table["name"]: table["title"] for table in in_latvian}["t3"].startswith("3. tabula.")


def test_what_was_recorded_later_is_not_in_the_report_of_before(reporting: Reporting) -> None:
    before = reporting("en", known_at="2")
    assert before.statistics.cells()["s221.institutions.struck_off"].value == 0
    assert before.statistics.cells()["stock.institutions"].value == 3
    nothing = reporting("en", known_at="-1")
    assert nothing.statistics.known_at == KnownAt(-1, None)
    assert {cell.value for cell in nothing.statistics.cells().values()} == {0}
    assert nothing.as_text().startswith("2020, known at position -1\n")


def test_a_year_that_cannot_be_asked_about_is_refused(reporting: Reporting) -> None:
    with pytest.raises(MalformedMoment, match="year: expected a year from 1800 to 2999, met '1799'"):
        reporting(year=1799)

"""The forms that people read: the same figures in all of them, under the same position, the same bytes each time."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import openpyxl
import pypdf
import pytest

from replay.report.charts import Chart, Mark
from replay.report.edition import edition_of
from replay.report.forms import LaidOut, written
from replay.report.words import Language
from tests.replay.report import reading
from tests.replay.report.conftest import FIGURES, Reporting

ROOT = Path(__file__).parents[3]
FORMS: tuple[LaidOut, ...] = get_args(LaidOut)
VALUES = {
    "t5.schools.registered": (3,),
    "t5.schools.struck_off": (1,),
    "t5.schools.amended": (0,),
    "t6.new": (1203, 4, 3),
    "t6.new.general": (1203, 4, 2),
    "t6.new.preschool": (0, 0, 1),
    "t6.all": (1203, 1207, 1209),
    "t6.general": (1203, 1207, 1208),
    "t6.share": (100, 100, 100),
    "t9.both": (1207, 2),
}
both_languages = pytest.mark.parametrize("language", ["lv", "en"])


def titles(reporting: Reporting, language: Language) -> dict[str, str]:
    """What each figure is called in the report."""
    tables = edition_of(reporting(language)).tables
    return {line.figure: line.title for table in tables for line in table.lines}


@both_languages
def test_the_page_holds_every_figure(reporting: Reporting, language: Language) -> None:
    assert reading.Page(written(reporting(language), "html")).figures == VALUES


@both_languages
def test_the_workbook_holds_every_figure_as_a_number(reporting: Reporting, language: Language) -> None:
    content = written(reporting(language), "xlsx")
    assert reading.figures_of_workbook(content) == VALUES
    assert reading.workbook(content).sheetnames == [{"lv": "Saturs", "en": "Contents"}[language], "t5", "t6", "t9"]


@both_languages
def test_the_document_holds_every_figure(reporting: Reporting, language: Language) -> None:
    by_title = reading.figures_of_document(written(reporting(language), "docx"))
    assert by_title == {title: VALUES[figure] for figure, title in titles(reporting, language).items()}


def test_the_pictures_in_the_document_show_the_words_too() -> None:
    here, there = (
        Chart("bars", "", (Mark(of, "2020", 7, "7"), Mark("Kopā", "2020", 9, "9")), "")
        for of in ("Atļaujas", "Ģimenes")
    )
    assert here.png() != there.png()


@both_languages
def test_the_pdf_holds_every_figure(reporting: Reporting, language: Language) -> None:
    text = " ".join(reading.pages(written(reporting(language), "pdf")))
    for table in edition_of(reporting(language)).tables:
        for line in table.lines:
            assert tuple(value.value for value in line.values) == VALUES[line.figure]
            told = " ".join((line.title, line.unit, *(value.text for value in line.values)))
            assert reading.in_one_line(told) in text


def test_numbers_are_written_as_each_language_writes_them(reporting: Reporting) -> None:
    assert "1\N{NO-BREAK SPACE}209" in written(reporting("lv"), "html").decode()
    assert "1,209" in written(reporting("en"), "html").decode()


@both_languages
def test_every_page_of_the_pdf_names_the_position_and_its_number(reporting: Reporting, language: Language) -> None:
    pages = reading.pages(written(reporting(language, annex=True), "pdf"))
    position = {"lv": "Žurnāla pozīcija 1210, ierakstīts ", "en": "Ledger position 1210, recorded "}[language]
    assert len(pages) > 2
    for at, page in enumerate(pages, 1):
        assert position in page
        assert {"lv": f"{at}. lapa no {len(pages)}", "en": f"Page {at} of {len(pages)}"}[language] in page


def test_the_other_forms_name_the_position_where_pages_are_printed(reporting: Reporting) -> None:
    page = written(reporting("en"), "html").decode()
    assert page.count("Ledger position 1210") == 4
    assert '@bottom-left { content: "Ledger position 1210, recorded' in page
    for sheet in reading.workbook(written(reporting("en"), "xlsx")):
        assert "Ledger position 1210" in sheet.oddFooter.left.text
        assert sheet.oddFooter.right.text == "&P / &N"
    (section,) = reading.document(written(reporting("en"), "docx")).sections
    assert "Ledger position 1210" in section.footer.paragraphs[0].text
    assert "PAGE" in section.footer._element.xml


@pytest.mark.parametrize("form", FORMS)
def test_the_same_report_is_the_same_bytes(reporting: Reporting, form: LaidOut) -> None:
    assert written(reporting("lv", annex=True), form) == written(reporting("lv", annex=True), form)


def test_files_bear_the_date_of_the_newest_act_and_not_that_of_the_clock(reporting: Reporting) -> None:
    made_at = edition_of(reporting("lv")).made_at
    assert made_at == reporting("lv").statistics.known_at.recorded_at.replace(microsecond=0)  # type: ignore[union-attr]
    archived = made_at.replace(second=made_at.second // 2 * 2)  # An archive counts two seconds at a time.
    document, workbook = (io.BytesIO(written(reporting("lv"), form)) for form in ("docx", "xlsx"))
    assert {member.date_time for member in ZipFile(document).infolist()} == {archived.timetuple()[:6]}
    assert {member.date_time for member in ZipFile(workbook).infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert openpyxl.load_workbook(workbook).properties.created == made_at.replace(tzinfo=None)
    pdf = pypdf.PdfReader(io.BytesIO(written(reporting("lv"), "pdf"))).metadata
    assert pdf is not None
    assert pdf.creation_date == made_at


@pytest.mark.parametrize("form", FORMS)
def test_published_figures_are_reconciled_in_an_annex_if_asked_for(reporting: Reporting, form: LaidOut) -> None:
    def told(annex: bool) -> str:
        content = written(reporting("en", annex=annex), form)
        if form == "pdf":
            return " ".join(reading.pages(content))
        if form == "xlsx":
            sheets = reading.workbook(content).worksheets
            return " ".join(
                str(value) for sheet in sheets for row in sheet.iter_rows(values_only=True) for value in row
            )
        if form == "docx":
            read = reading.document(content)
            return " ".join([p.text for p in read.paragraphs] + [c.text for t in read.tables for c in t._cells])
        return " ".join(" ".join(texts) for texts in reading.Page(content).texts.values())

    words = (
        "Annex. Reconciliation of published figures",
        "t6.unknown" if form in ("html", "pdf") else "Unknown",
        "1211",
    )
    assert [word in told(annex=True) for word in (*words, "not replayed", "unexplained (-2)")] == [True] * 5
    assert [word in told(annex=False) for word in words] == [False] * 3


def test_a_report_before_anything_was_recorded_can_be_written(reporting: Reporting) -> None:
    empty = reporting("en", year=1900)
    assert all(written(empty, form) for form in FORMS)
    assert {value for values in reading.Page(written(empty, "html")).figures.values() for value in values} == {0}


def test_every_declared_figure_is_in_the_report(reporting: Reporting) -> None:
    assert VALUES.keys() == {figure.figure for figure in FIGURES}


def test_what_lays_a_report_out_is_loaded_only_when_one_is_asked_for() -> None:
    heavy = ("altair", "vl_convert", "xlsxwriter", "docx", "typst")
    code = f"import sys, api.app, api.cli; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0

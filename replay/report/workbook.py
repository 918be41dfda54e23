"""The report as a workbook: a sheet of contents, a sheet a table, numbers as numbers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from replay.report.edition import Annex, Edition, PrintedTable
from replay.report.words import (
    ANNEX,
    CONTENTS,
    FIGURE,
    HEADING_OF_LINES,
    NOTES,
    PREFACE,
    UNIT,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_INK, _LINE = "#1f4e79", "#c9d3de"
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": _INK},
    "quiet": {"font_color": "#4a5866"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "head": {
        "bold": True, "font_color": _INK, "bottom": 2, "bottom_color": _INK, "text_wrap": True, "valign": "bottom",
    },
    "head_number": {
        "bold": True, "font_color": _INK, "bottom": 2, "bottom_color": _INK, "align": "right", "valign": "bottom",
    },
    "heading": {"bold": True, "bg_color": "#f4f6f9", "bottom": 1, "bottom_color": _LINE},
    "text": {"text_wrap": True, "valign": "top", "bottom": 1, "bottom_color": _LINE},
    "number": {"num_format": "#,##0", "valign": "top", "bottom": 1, "bottom_color": _LINE},
    "total": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bottom_color": _LINE},
    "total_number": {"bold": True, "num_format": "#,##0", "valign": "top", "bottom": 1, "bottom_color": _LINE},
}  # fmt: skip
_CONTENTS_FIRST_LINE = 6


def as_xlsx(edition: Edition) -> bytes:
    """The workbook. Each sheet's header and footer name the ledger's position."""
    import xlsxwriter

    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    workbook.set_properties(
        {"title": edition.title, "author": edition.office, "subject": edition.position,
         "created": edition.made_at.replace(tzinfo=None)}
    )  # fmt: skip
    formats = {name: workbook.add_format(properties) for name, properties in _FORMATS.items()}
    contents = _contents(workbook, edition, formats)
    for index, table in enumerate(edition.tables, _CONTENTS_FIRST_LINE):
        sheet = _sheet(workbook, edition, table.name)
        _table(sheet, edition, table, formats)
        contents.write_url(index, 0, f"internal:'{table.name}'!A1", string=table.title)
    if edition.annex is not None:
        sheet = _sheet(workbook, edition, "annex")
        _annex(sheet, edition, edition.annex, formats)
        at = _CONTENTS_FIRST_LINE + len(edition.tables)
        contents.write_url(at, 0, "internal:'annex'!A1", string=edition.say(ANNEX))
    workbook.close()
    return file.getvalue()


def _sheet(workbook: Workbook, edition: Edition, name: str) -> Worksheet:
    sheet = workbook.add_worksheet(name)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{edition.office}&R{edition.title}")
    sheet.set_footer(f"&L{edition.position}, {edition.recorded}&R&P / &N")
    return sheet


def _contents(workbook: Workbook, edition: Edition, formats: dict[str, Any]) -> Worksheet:
    sheet = _sheet(workbook, edition, edition.say(CONTENTS))
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, edition.title, formats["title"])
    sheet.write_string(1, 0, edition.office, formats["quiet"])
    sheet.write_string(2, 0, f"{edition.position}, {edition.recorded}")
    sheet.write_string(3, 0, edition.say(PREFACE), formats["wrapped"])
    sheet.write_string(_CONTENTS_FIRST_LINE - 1, 0, edition.say(CONTENTS), formats["head"])
    return sheet


def _table(sheet: Worksheet, edition: Edition, table: PrintedTable, formats: dict[str, Any]) -> None:
    years = len(table.columns)
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 1 + years, 11)
    sheet.set_column(2 + years, 2 + years, 42)
    sheet.set_column(3 + years, 3 + years, 90)
    sheet.write_string(0, 0, table.title, formats["title"])
    sheet.write_string(1, 0, f"{table.source}. {edition.position}, {edition.recorded}", formats["quiet"])
    heads = (edition.say(HEADING_OF_LINES), edition.say(UNIT).capitalize(), *table.columns)
    for column, head in enumerate((*heads, edition.say(FIGURE).capitalize(), edition.say(NOTES))):
        sheet.write_string(3, column, head, formats["head_number" if 2 <= column < 2 + years else "head"])
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(3)
    sheet.print_area(0, 0, 3 + len(table.lines) + sum(bool(group.heading) for group in table.groups), 1 + years)
    _lines(sheet, table, formats)


def _lines(sheet: Worksheet, table: PrintedTable, formats: dict[str, Any]) -> None:
    rules = {note.figure: note.rule for note in table.notes}
    row = 4
    for group in table.groups:
        if group.heading:
            for column in range(2 + len(table.columns)):
                sheet.write_blank(row, column, None, formats["heading"])
            sheet.write_string(row, 0, group.heading, formats["heading"])
            row += 1
        for line in group.lines:
            text, number = (("text", "number"), ("total", "total_number"))[line.is_total]
            indented = "\N{NO-BREAK SPACE}" * 4 * line.level + line.title
            sheet.write_string(row, 0, indented, formats[text])
            sheet.write_string(row, 1, line.unit, formats[text])
            for column, value in enumerate(line.values, 2):
                sheet.write_number(row, column, value.value, formats[number])
            sheet.write_string(row, 2 + len(line.values), line.figure, formats["quiet"])
            sheet.write_string(row, 3 + len(line.values), rules[line.figure], formats["quiet"])
            row += 1


def _annex(sheet: Worksheet, edition: Edition, annex: Annex, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 1, 45)
    sheet.set_column(2, 7, 12)
    sheet.set_column(8, 8, 50)
    sheet.write_string(0, 0, edition.say(ANNEX), formats["title"])
    counted = ", ".join(f"{title}: {count}" for title, count in annex.counted)
    sheet.write_string(1, 0, f"{edition.position}, {edition.recorded}. {counted}", formats["quiet"])
    for column, head in enumerate(annex.sheet.columns):
        sheet.write_string(3, column, head, formats["head"])
    for row, line in enumerate(annex.sheet.lines, 4):
        for column, value in enumerate(line):
            if isinstance(value, int):
                sheet.write_number(row, column, value, formats["number"])
            else:
                sheet.write_string(row, column, value or "", formats["text"])
    sheet.freeze_panes(4, 2)
    sheet.set_landscape()
    sheet.repeat_rows(3)

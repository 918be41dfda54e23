"""The report as a text document to be edited further: headings, real tables, a header and a footer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from replay.report.edition import Annex, Edition, PrintedTable
from replay.report.words import (
    ANNEX,
    ANNEX_TELLS,
    CONTENTS,
    HEADING_OF_LINES,
    NOTES,
    PREFACE,
    UNIT,
)

if TYPE_CHECKING:
    from docx.document import Document

_FONT, _ACCENT = "Georgia", "1F4E79"
_LANGUAGES = {"lv": "lv-LV", "en": "en-GB"}


def as_docx(edition: Edition) -> bytes:
    """The document. Each page names the ledger's position in its footer."""
    import docx

    document = docx.Document()
    _style(document, edition)
    document.add_paragraph(edition.office, style="Subtitle")
    document.add_heading(edition.title, 0)
    document.add_paragraph(f"{edition.position}, {edition.recorded}")
    document.add_paragraph(edition.say(PREFACE))
    document.add_heading(edition.say(CONTENTS), 1)
    for title in (*(table.title for table in edition.tables), *([edition.say(ANNEX)] if edition.annex else [])):
        document.add_paragraph(title, style="List Bullet")
    for table in edition.tables:
        _section(document, edition, table)
    if edition.annex is not None:
        _annex(document, edition, edition.annex)
    file = io.BytesIO()
    document.save(file)
    return _dated(file, edition)


def _style(document: Document, edition: Edition) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    said = document.core_properties
    said.title, said.author, said.subject = edition.title, edition.office, edition.position
    said.language, said.comments, said.last_modified_by = _LANGUAGES[edition.language], "", edition.office
    said.created = said.modified = edition.made_at.replace(tzinfo=None)
    for name, size in (("Normal", 10), ("Title", 24), ("Subtitle", 12), ("Heading 1", 15), ("Caption", 9)):
        font = document.styles[name].font
        font.name, font.size = _FONT, Pt(size)
        fonts = document.styles[name].element.rPr.rFonts
        for script in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(script), None)
        if name != "Normal":
            font.color.rgb = RGBColor.from_string(_ACCENT)
    _speak(document, _LANGUAGES[edition.language])
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.header.paragraphs[0].text = f"{edition.office}\t\t{edition.title}"
    footer = page.footer.paragraphs[0]
    footer.text = f"{edition.position}, {edition.recorded}\t\t"
    for field, after in (("PAGE", " / "), ("NUMPAGES", "")):
        _field(footer, field)
        footer.add_run(after)


def _speak(document: Document, language: str) -> None:
    """Set the language that a reader's spelling and voice take for the text."""
    from docx.oxml.ns import qn

    for each in document.styles.element.iter(qn("w:lang")):
        each.set(qn("w:val"), language)


def _field(paragraph: Any, instruction: str) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _section(document: Document, edition: Edition, table: PrintedTable) -> None:
    from docx.shared import Cm

    document.add_heading(table.title, 1)
    document.add_paragraph(table.source, style="Caption")
    heads = (edition.say(HEADING_OF_LINES), edition.say(UNIT).capitalize(), *table.columns)
    grid = _grid(document, heads, (Cm(16.6 - 3.2 - 1.9 * len(table.columns)), Cm(3.2), *[Cm(1.9)] * len(table.columns)))
    for group in table.groups:
        if group.heading:
            cells = _cells_of_new_row(grid)
            cells[0].merge(cells[-1])
            _write(cells[0], group.heading, bold=True)
        for line in group.lines:
            cells = _cells_of_new_row(grid)
            _write(cells[0], line.title, bold=line.is_total, indented=line.level)
            _write(cells[1], line.unit, bold=line.is_total)
            for cell, value in zip(cells[2:], line.values, strict=True):
                _write(cell, value.text, bold=line.is_total, right=True)
    for chart in table.charts:
        document.add_paragraph(chart.title, style="Caption").paragraph_format.keep_with_next = True
        picture = document.add_picture(io.BytesIO(chart.png()), width=Cm(13))
        picture._inline.docPr.set("descr", chart.tells)
    document.add_paragraph(edition.say(NOTES), style="Caption").paragraph_format.keep_with_next = True
    for note in table.notes:
        if note.heading:
            document.add_paragraph(note.heading, style="Caption").paragraph_format.keep_with_next = True
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{note.title}. ").bold = True
        paragraph.add_run(note.rule)


def _annex(document: Document, edition: Edition, annex: Annex) -> None:
    from docx.shared import Cm

    document.add_heading(edition.say(ANNEX), 1)
    document.add_paragraph(edition.say(ANNEX_TELLS))
    for title, count in annex.counted:
        document.add_paragraph(f"{title}: {count}", style="List Bullet")
    widths = (Cm(5), Cm(1.7), Cm(1.6), *[Cm(1.6)] * 4, Cm(2.5))
    grid = _grid(document, annex.sheet.columns[1:], widths)
    for line in annex.sheet.lines:
        for cell, value in zip(_cells_of_new_row(grid), line[1:], strict=True):
            _write(cell, "" if value is None else str(value), right=isinstance(value, int))


def _grid(document: Document, heads: tuple[str, ...], widths: tuple[Any, ...]) -> Any:
    """A table whose first row is repeated on every page."""
    from docx.oxml.parser import OxmlElement

    grid = document.add_table(rows=1, cols=len(heads), style="Light List Accent 1")
    grid.autofit = False
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for index, (cell, head) in enumerate(zip(grid.rows[0].cells, heads, strict=True)):
        cell.width = widths[index]
        _write(cell, head, bold=True, right=index > 1)
    return grid


def _cells_of_new_row(grid: Any) -> list[Any]:
    """The cells of a row added. ``row.cells`` would look for merged cells in the whole table each time."""
    from docx.table import _Cell

    row = grid.add_row()
    return [_Cell(cell, grid) for cell in row._tr.tc_lst]


def _write(cell: Any, text: str, *, bold: bool = False, right: bool = False, indented: int = 0) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    paragraph = cell.paragraphs[0]
    paragraph.add_run(text).bold = bold
    paragraph.paragraph_format.left_indent = Cm(0.6 * indented)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _dated(file: io.BytesIO, edition: Edition) -> bytes:
    """The same archive, its members dated by the report and not by the clock."""
    packed = io.BytesIO()
    at = max(edition.made_at.timetuple()[:6], (1980, 1, 1, 0, 0, 0))
    with ZipFile(file) as made, ZipFile(packed, "w", ZIP_DEFLATED) as dated:
        for name in made.namelist():
            dated.writestr(ZipInfo(name, at), made.read(name), ZIP_DEFLATED)
    return packed.getvalue()

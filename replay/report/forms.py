"""The forms that a report is written in, each with the media type it is served as."""

from __future__ import annotations

from typing import Literal, get_args

from replay.report.report import Report

LaidOut = Literal["html", "xlsx", "docx", "pdf"]
"""The forms that people read, in the language of the report; laid out from its edition."""

MEDIA: dict[LaidOut, str] = {
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
BINARY = frozenset(get_args(LaidOut)) - {"html"}
"""The forms that no terminal shows."""


def written(report: Report, form: LaidOut) -> bytes:
    """``report`` laid out in ``form``. What a form needs is loaded when it is first asked for."""
    from replay.report.edition import edition_of

    edition = edition_of(report)
    if form == "html":
        from replay.report.html import as_html

        return as_html(edition)
    if form == "xlsx":
        from replay.report.workbook import as_xlsx

        return as_xlsx(edition)
    if form == "docx":
        from replay.report.document import as_docx

        return as_docx(edition)
    from replay.report.pdf import as_pdf

    return as_pdf(edition)

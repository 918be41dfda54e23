"""The report as a PDF for the archive: tagged for readers, with the ledger's position on every page."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Literal

from replay.report import words
from replay.report.edition import Edition
from replay.report.html import TEMPLATES

_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
"""PDF/A-2a: can be kept for ever; PDF/UA-1: can be read by anyone."""


def as_pdf(edition: Edition) -> bytes:
    """The document, laid out with the fonts that the typesetter brings along, so that it is the same everywhere."""
    import typst

    template = (TEMPLATES / "report.typ").read_bytes()
    made: Any = typst.compile(
        template,
        ignore_system_fonts=True,
        sys_inputs={"edition": json.dumps(_told(edition), ensure_ascii=False)},
        pdf_standards=[*_STANDARDS],
        timestamp=int(edition.made_at.timestamp()),
    )
    return bytes(made)


def _told(edition: Edition) -> dict[str, Any]:
    """The edition as plain values, its charts drawn, and the words around it."""
    told = asdict(edition)
    told["made_at"] = edition.made_at.timetuple()[:6]
    for table, printed in zip(told["tables"], edition.tables, strict=True):
        table["charts"] = [{"title": c.title, "tells": c.tells, "svg": c.svg()} for c in printed.charts]
    if edition.annex is not None:
        told["annex"] = {
            "columns": edition.annex.sheet.columns[1:],
            "lines": [
                ["" if value is None else value for value in line] for line in edition.annex.sheet.lines
            ],
            "counted": edition.annex.counted,
        }  # fmt: skip
    told["words"] = {
        "preface": edition.say(words.PREFACE),
        "contents": edition.say(words.CONTENTS),
        "line": edition.say(words.HEADING_OF_LINES),
        "unit": edition.say(words.UNIT).capitalize(),
        "notes": edition.say(words.NOTES),
        "annex": edition.say(words.ANNEX),
        "annex_tells": edition.say(words.ANNEX_TELLS),
        "page": edition.say(words.PAGE, page="{page}", pages="{pages}"),
    }
    return told

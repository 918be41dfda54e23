"""The extract as PDF/A-3a: for the archive, readable by anyone (PDF/UA-1), with the machine file attached."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import Any, Literal

from replay.extract import words
from replay.extract.machine import Extract
from replay.extract.printed import Printed, printed
from replay.extract.titles import TEMPLATES
from replay.extract.words import Language, said

_STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
"""PDF/A-3a: can be kept for ever, with a file of another kind in it; PDF/UA-1: can be read by anyone."""


def as_pdf(extract: Extract, language: Language) -> bytes:
    """The document: the same bytes whenever the same extract is laid out, by the typesetter's own fonts."""
    import typst

    made: Any = typst.compile(
        (TEMPLATES / "extract.typ").read_bytes(),
        ignore_system_fonts=True,
        sys_inputs={
            "extract": json.dumps(_told(printed(extract, language)), ensure_ascii=False),
            "file": extract.as_json().decode(),
        },
        pdf_standards=[*_STANDARDS],
        timestamp=int(printed(extract, language).made_at.timestamp()),
    )
    return bytes(made)


def _told(extract: Printed) -> dict[str, Any]:
    language = extract.language
    return {
        **asdict(extract),
        "made_at": extract.made_at.timetuple()[:6],
        "code": _square(extract.address),
        "words": {
            "from_register": said(words.FROM_REGISTER, language),
            "content": said(words.CONTENT, language),
            "confidential": said(words.CONFIDENTIAL, language),
            "confidential_part": said(words.CONFIDENTIAL_PART, language) if extract.confidential else "",
            "acts": said(words.ACTS, language),
            "heads": [
                said(head, language) for head in (words.ACT, words.DECISION, words.EFFECTIVE, words.RECORDED)
            ],
            "checking": said(words.CHECKING, language),
            "code_tells": said(words.QR_TELLS, language, address=extract.address),
            "file": said(words.FILE, language),
            "file_tells": said(words.FILE_TELLS, language),
            "page": said(words.PAGE, language, page="{page}", pages="{pages}"),
        },
    }  # fmt: skip


def _square(address: str) -> str:
    """The QR code of an address, as SVG."""
    import segno

    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()

"""The annual report over HTTP in the forms that people read: web page, workbook, text document, PDF."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from starlette.responses import Response

from api.answers import known_headers
from api.language import Language
from api.service import Service
from projections.moment import resolve_known_at
from replay.published import published_of
from replay.report.forms import MEDIA, LaidOut, written
from replay.report.report import report


class Asked(NamedTuple):
    """What report is asked for. ``known_at`` is as the caller wrote it."""

    year: int
    known_at: str | None
    language: Language
    form: LaidOut
    reconciled: bool


class Reports:
    """Reports already laid out. One at a position never changes, so it is kept; the oldest make room.

    They are made one at a time: laying out takes a processor for seconds, and others want to read meanwhile.
    """

    def __init__(self, kept: int = 32) -> None:
        self._kept, self._made, self._lock = kept, OrderedDict[Asked, bytes](), Lock()

    def answer(self, service: Service, asked: Asked) -> Response:
        """The report as it is served."""
        with service.database.pool.connection() as connection:
            known = resolve_known_at(connection, asked.known_at)
        key = asked._replace(known_at=str(known.position))
        with self._lock:
            if key not in self._made:
                self._made[key] = _laid_out(service, key)
            self._made.move_to_end(key)
            body = self._made[key]
            while len(self._made) > self._kept:
                self._made.popitem(last=False)
        headers = {
            **known_headers(known),
            "Content-Language": asked.language,
            "Content-Disposition": f'inline; filename="{asked.year}-{asked.language}-{known.position}.{asked.form}"',
            "Vary": "Accept, Accept-Language",
        }
        return Response(body, media_type=MEDIA[asked.form], headers=headers)


def _laid_out(service: Service, asked: Asked) -> bytes:
    published = published_of(asked.year) if asked.reconciled else ()
    with service.database.pool.connection() as connection:
        known = resolve_known_at(connection, asked.known_at)
        made = report(connection, asked.year, known, asked.language, published=published, base_url="")
    return written(made, asked.form)

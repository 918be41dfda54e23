"""Content negotiation: the format to answer in, by name or by ``Accept``."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request

from api.errors import NotAcceptable

Named = TypeVar("Named", bound=str)

_MEDIA = {
    "application/json": "json",
    "text/csv": "csv",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "text/html": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/*": "json",
    "text/*": "csv",
    "*/*": "json",
}


def format_of(request: Request, asked: Named | None, offered: tuple[Named, ...]) -> Named:
    """The format to answer in: the one asked for by name, or the offered one that ``Accept`` likes best."""
    if asked is not None:
        return asked
    accept = request.headers.get("accept") or "*/*"
    by_name: dict[str, Named] = {form: form for form in offered}
    best: tuple[float, Named] | None = None
    for item in accept.split(","):
        media, *parameters = (part.strip().lower() for part in item.split(";"))
        weight = next((_weight(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
        form = by_name.get(_MEDIA.get(media, ""))
        if form is not None and weight > (best[0] if best else 0):
            best = weight, form
    if best is None:
        media_types = [media for media, form in _MEDIA.items() if "*" not in media and form in by_name]
        raise NotAcceptable(", ".join(media_types), accept[:200])
    return best[1]


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0

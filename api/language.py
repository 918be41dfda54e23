"""Messages in the caller's language: English templates, Latvian from the gettext catalogue."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel import negotiate_locale
from babel.messages.pofile import read_po

Language = Literal["lv", "en"]
_CATALOGUE = Path(__file__).parent / "locale" / "lv.po"


def language_of(accept_language: str | None) -> Language:
    """The language to answer in: the first of Latvian and English that the caller accepts, English by default."""
    if not accept_language:
        return "en"
    ranked: list[tuple[float, str]] = []
    for item in accept_language.split(",")[:20]:
        tag, _, weight = item.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), tag))
        except ValueError:
            continue
    ranked.sort(key=lambda pair: pair[0])
    chosen = negotiate_locale([tag.replace("-", "_") for _, tag in ranked if tag], ["lv", "en"])
    return "lv" if chosen == "lv" else "en"


@cache
def _latvian() -> dict[str, str]:
    with _CATALOGUE.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="lv") if m.id and m.string}


def translated(template: str, language: Language, **values: Any) -> str:
    """``template`` in ``language``, filled with ``values``."""
    return (_latvian().get(template, template) if language == "lv" else template).format(**values)

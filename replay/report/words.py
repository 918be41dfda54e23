"""What the report says in its own words, Latvian first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from domain.register import Titles

Language = Literal["lv", "en"]

OFFICE = Titles("Izglītības kvalitātes valsts dienests", "State Education Quality Service")
REPORT = Titles("Statistikas pārskats par {year}. gadu", "Statistical report for {year}")
PREFACE = Titles(
    "Katrs šī pārskata skaitlis ir saskaitīts no aktiem, kas līdz norādītajai pozīcijai ierakstīti reģistru"
    " žurnālā. Ja to pašu jautās vēlāk, atbilde būs tā pati. Kā skaitlis skaitīts, teikts piezīmēs aiz katras"
    " tabulas.",
    "Each figure of this report was counted from the acts recorded in the registers' ledger up to the position"
    " named. Asked again later, the same question has the same answer. How a figure is counted is told in the"
    " notes behind each table.",
)
POSITION = Titles("Žurnāla pozīcija {position}", "Ledger position {position}")
RECORDED = Titles("ierakstīts {when} UTC", "recorded {when} UTC")
NOTHING_YET = Titles("pirms pirmā akta", "before the first act")
KNOWN_AT = Titles("zināms pozīcijā", "known at position")

CONTENTS = Titles("Saturs", "Contents")
SKIP = Titles("Uz tabulām", "Skip to the tables")
FIGURE = Titles("rādītājs", "figure")
TITLE = Titles("nosaukums", "title")
HEADING_OF_LINES = Titles("Rādītājs", "Indicator")
UNIT = Titles("vienība", "unit")
NOTES = Titles("Kā skaitīts", "How it is counted")
SOURCE = Titles("Publicēts: {source}", "Published in: {source}")
IN_TABLE = Titles("{title} ({source})", "{title} ({source})")
PAGE = Titles("{page}. lapa no {pages}", "Page {page} of {pages}")
ANNEX = Titles("Pielikums. Publicēto rādītāju salīdzinājums", "Annex. Reconciliation of published figures")
ANNEX_TELLS = Titles(
    "Publicētais skaitlis blakus tam pašam skaitlim, kas saskaitīts no aktiem, un starpības skaidrojums.",
    "The published figure beside the same figure counted from acts, and what explains the difference.",
)
ACTS_BEHIND = Titles("{value} — {title}, {year}: akti", "{value} — {title}, {year}: acts")

SHARE_OF = Titles("{part} no {whole} ({percent} %)", "{part} of {whole} ({percent} %)")
PART, REST = Titles("daļa", "part"), Titles("pārējie", "rest")
CHART_TELLS = Titles("Diagramma. {title}: {values}.", "Chart. {title}: {values}.")
PARTS_OF_IDS = {"half1": Titles("1. pusgads", "1st half-year"), "half2": Titles("2. pusgads", "2nd half-year")}
"""Lines that the publication tells apart by their column, where they have the same title."""

_UNITS = {
    "acts": Titles("lēmumi", "decisions"),
    "count": Titles("skaits", "count"),
    "stock": Titles("ieraksti gada beigās", "entries at year end"),
    "stock, rounded": Titles("ieraksti, noapaļoti", "entries, rounded"),
    "persons": Titles("personas", "persons"),
    "percent": Titles("%", "%"),
    "children": Titles("bērni", "children"),
    "learners": Titles("izglītojamie", "learners"),
}
_SOURCES = {"table ": "{number}. tabula", "text ": "{number}. nodaļas teksts", "registers": "reģistri"}


def said(titles: Titles, language: Language, **values: object) -> str:
    """``titles`` in ``language``, filled with ``values``."""
    text = titles.lv if language == "lv" else titles.en
    return text.format(**values) if values else text


def unit_said(unit: str, language: Language) -> str:
    """What a figure counts; a unit without a name is called as it is written."""
    return said(_UNITS[unit], language) if unit in _UNITS else unit


def source_said(source: str, language: Language) -> str:
    """Where a table is published."""
    if language == "en":
        return source
    for beginning, template in _SOURCES.items():
        if source.startswith(beginning):
            return template.format(number=source.removeprefix(beginning))
    return source


def number_said(value: int, language: Language) -> str:
    """A whole number with its thousands apart, as either language writes them."""
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}") if language == "lv" else f"{value:,}"


def instant_said(instant: datetime) -> str:
    """An instant to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

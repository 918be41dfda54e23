"""The report as one web page that needs nothing else: no network, no script."""

from __future__ import annotations

from pathlib import Path

from replay.report import words
from replay.report.edition import Edition

TEMPLATES = Path(__file__).parent / "templates"


def as_html(edition: Edition) -> bytes:
    """The page. Its style sheet is for the screen and for paper, where each page names the ledger's position."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    drawn = {chart: Markup(chart.svg()) for table in edition.tables for chart in table.charts}  # noqa: S704
    style = Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))  # noqa: S704
    page = templates.get_template("report.html")
    return page.render(edition=edition, words=words, drawn=drawn, style=style, say=edition.say).encode()

"""``regesta report``: the annual report, on the screen or as a file to publish."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, get_args

import typer

from api.cli.output import err, out, refuse
from api.cli.registers import KnownAt
from api.cli.statistics import Language, LanguageOption, Year, publication_in
from api.service import running
from api.settings import read_settings
from projections.moment import MalformedMoment, resolve_known_at
from replay.report.forms import BINARY, LaidOut, written
from replay.report.report import Report, report


class Form(str, Enum):  # noqa: UP042 - Typer shows a StrEnum's members, not their values
    """What the report is written as."""

    table = "table"
    json = "json"
    csv = "csv"
    html = "html"
    xlsx = "xlsx"
    docx = "docx"
    pdf = "pdf"


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("report")(report_year)


def report_year(
    year: Year,
    known_at: KnownAt = None,
    language: LanguageOption = Language.lv,
    form: Annotated[Form, typer.Option("--format", help="What to write the report as.")] = Form.table,
    output: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File to write to. Default: standard output.")
    ] = None,
    published: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="CSV file of published figures, to be reconciled in an annex."),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(help="Address of the service, such as https://registri.example; figures then lead to their acts."),
    ] = None,
) -> None:
    """Write the statistics of a year, counted from the acts known at a moment.

    html, xlsx, docx and pdf are laid out to be published, and hold the same figures.
    """
    if form.value in BINARY and output is None and sys.stdout.isatty():
        raise refuse(f"--format {form.value}: expected --output FILE, met a terminal")
    publication = None if published is None else publication_in(published)
    with running(read_settings()) as service, service.database.pool.connection() as connection:
        try:
            known = resolve_known_at(connection, known_at)
            figures = () if publication is None else publication.figures
            made = report(connection, year, known, language.value, published=figures, base_url=base_url)
        except MalformedMoment as error:
            raise refuse(str(error)) from None
    _write(_bytes(made, form), output)
    for problem in () if publication is None else publication.problems:
        err.print(str(problem), style="yellow", highlight=False)


def _bytes(made: Report, form: Form) -> bytes:
    if form is Form.table:
        return made.as_text(out.width).encode()
    if form is Form.json:
        return made.as_json().encode()
    if form is Form.csv:
        return made.as_csv().encode()
    return written(made, _LAID_OUT[form.value])


_LAID_OUT: dict[str, LaidOut] = {form: form for form in get_args(LaidOut)}


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise refuse(f"{output}: expected a file to write to, met {error.strerror}") from None

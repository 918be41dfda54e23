"""``regesta reconcile``: the published figures of a year beside the same figures counted from acts."""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.acts import MOST
from api.cli.figure import show_figure
from api.cli.output import FOUND, NOTHING, Form, FormOption, err, out, refuse
from api.cli.purpose import Case, Purpose, operator
from api.cli.registers import KnownAt
from api.service import Service, running
from api.settings import read_settings
from projections.counting import FIRST_YEAR, LAST_YEAR
from projections.moment import MalformedMoment, resolve_known_at
from replay import sheet
from replay.published import PUBLISHED_2020, Publication, read_published
from replay.reconciliation import Class, Reconciled, reconcile, sheet_of, summary


class Language(str, Enum):  # noqa: UP042 - Typer shows a StrEnum's members, not their values
    """The language of titles."""

    lv = "lv"
    en = "en"


LanguageOption = Annotated[Language, typer.Option(help="Language of the titles.")]
Year = Annotated[int, typer.Argument(min=FIRST_YEAR, max=LAST_YEAR, help="The year, e.g. 2020.")]


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("reconcile")(reconcile_year)


def reconcile_year(
    year: Year,
    published: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="CSV file of the published figures.")],
    known_at: KnownAt = None,
    published_at: Annotated[
        int | None, typer.Option(help="Position of the ledger at the time of publication. Default: as --known-at.")
    ] = None,
    figure: Annotated[
        str | None, typer.Option(help="Only this figure of the year, and the acts behind each class of its difference.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=MOST, help="With --figure: at most so many acts of each class.")
    ] = 50,
    language: LanguageOption = Language.lv,
    purpose: Purpose = None,
    case: Case = None,
    form: FormOption = Form.table,
) -> None:
    """Show each published figure beside its replay, and what explains a difference.

    Figures that no rule yields are listed as not replayed. Malformed lines are named. Exit code 1 if a line is
    malformed or a difference is unexplained. With --figure its acts are listed: those recorded since, those corrected
    or annulled since, or those it counts.
    """
    publication = publication_in(published)
    with running(read_settings()) as service, service.database.pool.connection() as connection:
        try:
            known = resolve_known_at(connection, known_at)
            rows = reconcile(connection, publication.figures, year, known.position, published_at)
        except MalformedMoment as error:
            raise refuse(str(error)) from None
        if figure is None:
            _print(rows, language.value, form)
        else:
            rows = [row for row in rows if (row.published.figure, row.published.plain_year) == (figure, year)]
            session = operator(service, "reconcile", purpose, case)
            for row in rows:
                show_figure(service, connection, row, language.value, form, limit, session)
    for problem in publication.problems:
        err.print(str(problem), style="yellow", highlight=False)
    if not rows and figure is not None:
        err.print(f"{published} has no figure {figure} of {year}.", highlight=False)
        raise typer.Exit(NOTHING)
    if publication.problems or any(part.kind is Class.UNEXPLAINED for row in rows for part in row.parts):
        raise typer.Exit(FOUND)


def publication_in(file: Path) -> Publication:
    """The published figures in ``file``; the command is refused if it is no text."""
    try:
        return read_published(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        met = f"byte {error.object[error.start]:#04x} at offset {error.start}"
        raise refuse(f"{file}: expected UTF-8, met {met}") from None


def print_replayed(service: Service, year: int) -> None:
    """Print the replayed figures of ``year`` beside the published ones, then those that differ or are not replayed."""
    publication = read_published(PUBLISHED_2020.read_text(encoding="utf-8"))
    with service.database.pool.connection() as connection:
        known = resolve_known_at(connection, None)
        rows = reconcile(connection, publication.figures, year, known.position)
    replayed = [row for row in rows if row.now is not None]
    _print(replayed, "en", Form.table)
    for row in replayed:
        if row.difference:
            about = f"{row.published.figure} of {row.published.year}"
            out.print(f"{about}: {row.published.value} published, {row.now} replayed.", highlight=False)
    no_rule = sorted({row.published.figure for row in rows if row.now is None})
    out.print(f"No rule yields {len(no_rule)} published figures: {', '.join(no_rule)}.", highlight=False)


def _print(rows: list[Reconciled], language: Literal["lv", "en"], form: Form) -> None:
    shown = sheet_of(rows, language)
    # Programs read columns of the same name in either language.
    columns = tuple(column.replace(" ", "_") for column in sheet_of([], "en").columns)
    if form is Form.csv:
        sys.stdout.write(sheet.as_csv(shown._replace(columns=columns)))
    elif form is Form.json:
        lines = [dict(zip(columns, line, strict=True)) for line in shown.lines]
        sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(sheet.as_text(shown, out.width))
        counted = ", ".join(f"{count} {kind.value.replace('_', ' ')}" for kind, count in summary(rows).items() if count)
        out.print(counted, highlight=False)

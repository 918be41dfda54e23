"""``regesta archive`` and ``regesta figures``: the acts as files, and the year's figures counted from these."""

from __future__ import annotations

from contextlib import AbstractContextManager
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import FOUND, Form, FormOption, err, out, progress, refuse, show
from api.cli.statistics import Language, LanguageOption, Year
from api.service import running
from api.settings import read_settings
from projections.engines.archived import Archived
from projections.engines.duckdb import duckdb_over
from projections.engines.manifest import ArchiveRefused
from projections.engines.spark import spark_over
from projections.figures import all_figures
from projections.measures import table_of
from projections.statistics import label_of
from replay.published import COLUMNS

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The archive's folder.")]


class Engine(str, Enum):  # noqa: UP042 - Typer shows a StrEnum's members, not their values
    """What counts over an archive."""

    duckdb = "duckdb"
    spark = "spark"


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("archive")(archive_acts)
    app.command("figures")(figures_of)


def archive_acts(
    folder: Folder,
    check: Annotated[
        bool, typer.Option("--check", help="Check the archive that is there against the ledger; write nothing.")
    ] = False,
) -> None:
    """Write all acts into Parquet files, without any personal value, for counting elsewhere.

    The folder is not there yet or empty, and is whole or not there when the command ends. With --check each file and
    each row, its leaf hash too, is held against the ledger; the first difference is named, with exit code 1.
    """
    from replay.archive import archive  # slow to import

    with running(read_settings()) as service:
        try:
            if check:
                _check(service.url, folder)
                return
            with progress("Archiving") as advance:
                manifest = archive(service.url, folder, advance)
        except ArchiveRefused as refused:
            raise refuse(str(refused)) from None
    files = len(manifest.files)
    out.print(f"Archived {manifest.position + 1} acts up to position {manifest.position} in {files} files.")


def _check(url: str, folder: Path) -> None:
    from replay.archive_check import check  # slow to import

    checked = check(url, folder)
    if checked.difference is not None:
        err.print(checked.difference, style="red", highlight=False)
        raise typer.Exit(FOUND)
    position = checked.manifest.position
    out.print(f"The archive holds all {position + 1} acts up to position {position} as the ledger does.")


def figures_of(
    year: Year,
    archive: Annotated[Path, typer.Option("--archive", metavar="DIR", help="The archive's folder.")],
    engine: Annotated[Engine, typer.Option(help="What counts.")] = Engine.duckdb,
    known_at: Annotated[
        int | None, typer.Option(min=-1, help="As known at a position. Default: the archive's last.")
    ] = None,
    master: Annotated[
        str | None, typer.Option(help="Address of a Spark cluster. Default: one of this machine's own.")
    ] = None,
    language: LanguageOption = Language.lv,
    form: FormOption = Form.table,
) -> None:
    """Show the figures of a year, counted from an archive of the acts; no database is needed.

    The CSV has the form of published figures, so that it can be reconciled like a publication.
    """
    try:
        opened: AbstractContextManager[Archived] = (
            duckdb_over(archive) if engine is Engine.duckdb else spark_over(archive, master)
        )
        with opened as archived:
            position = archived.manifest.position if known_at is None else known_at
            values = archived.values(all_figures(), [year], position)
    except ArchiveRefused as refused:
        raise refuse(str(refused)) from None
    declared = all_figures()
    figures = sorted(declared, key=lambda figure: list(declared.tables).index(table_of(figure.figure)))
    rows = [
        (
            figure.figure, declared.tables[table_of(figure.figure)].source, label_of(declared, figure, year),
            values[figure.figure, year], figure.unit, figure.titles.lv, figure.titles.en,
        )
        for figure in figures
    ]  # fmt: skip
    shown = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    if form is Form.table:
        title = f"{year}, known at position {position}"
        label = f"label_{language.value}"
        show([{n: row[n] for n in ("figure", label, "unit", "value")} for row in shown], form, title)
    else:
        show(shown, form)

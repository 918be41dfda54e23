"""``regesta import``, ``export`` and ``replay``: history again."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import FOUND, Form, FormOption, err, out, progress, refuse, show, show_document
from api.cli.registers import AsOf, KnownAt
from api.service import running
from api.settings import read_settings
from domain.act import Actor
from projections.moment import MalformedMoment, Moment, read_as_of, resolve_known_at
from replay.rebuild import rebuild
from replay.viis import UnreadableFile
from replay.viis_export import export_viis
from replay.viis_import import Importer, ImportResult

IMPORTER = Actor("import", "import")
EXPORTED = ("institutions", "higher-education")


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    imports = typer.Typer(help="Take over a register from another system.", no_args_is_help=True)
    imports.command("viis")(import_file)
    app.add_typer(imports, name="import")
    exports = typer.Typer(help="Write a register in another system's form.", no_args_is_help=True)
    exports.command("viis")(export_file)
    app.add_typer(exports, name="export")
    app.command()(replay)


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The VIIS export of institutions.")],
    effective_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="From this day on they are registered.")],
    strict: Annotated[bool, typer.Option("--strict", help="Import nothing if a line can't be imported.")] = False,
    form: FormOption = Form.table,
) -> None:
    """Import a VIIS export: one act per institution, with its line as source. Run again, it goes on where it stopped.

    Lines that can't be read are listed and left out, and the exit code is 1. Registration numbers whose digits do not
    fit type or founder are listed as warnings; they are imported, and leave the exit code as it is.
    """
    with running(read_settings()) as service:
        try:
            with progress("Importing") as advance:
                importer = Importer(service.recording, service.database, service.catalogue, IMPORTER)
                day = effective_on.replace(tzinfo=UTC).date()
                result = importer.import_viis(file.read_bytes(), effective_on=day, strict=strict, progress=advance)
        except UnreadableFile as error:
            raise refuse(f"{file}: {error}") from None
    _tell(result, form)
    if result.left_out:
        raise typer.Exit(FOUND)


def _tell(result: ImportResult, form: Form) -> None:
    left_out = [{"line": line.number, "reason": line.reason, "text": line.text} for line in result.left_out]
    warnings = [{"line": line.number, "warning": line.warning} for line in result.warnings]
    if form is Form.json:
        counts = {"recorded": result.recorded, "already_there": result.already_there}
        show_document({**counts, "left_out": left_out, "warnings": warnings})
    elif form is Form.csv:
        rows = [{**line, "outcome": "left out"} for line in left_out]
        rows += [{"line": w["line"], "reason": w["warning"], "text": None, "outcome": "warning"} for w in warnings]
        show(rows, form)
    else:
        for line in result.left_out:
            err.print(f"line {line.number}: {line.reason}\n  {line.text}", style="yellow", highlight=False)
        for warned in result.warnings:
            err.print(f"line {warned.number}: warning: {warned.warning}", style="yellow", highlight=False)
        out.print(
            f"Recorded {result.recorded}, already there {result.already_there}, left out {len(left_out)}."
            f" Warnings: {len(warnings)}."
        )


def export_file(
    as_of: AsOf = None,
    known_at: KnownAt = None,
    output: Annotated[Path | None, typer.Option(help="The file to write. Default: standard output.")] = None,
) -> None:
    """Write the institutions registered on a day in the form of the VIIS export."""
    with running(read_settings()) as service, service.database.pool.connection() as connection:
        try:
            day, known = read_as_of(as_of), resolve_known_at(connection, known_at)
        except MalformedMoment as error:
            raise refuse(str(error)) from None
        registers = [service.catalogue.registers[name] for name in EXPORTED]
        written = export_viis(connection, registers, Moment(day, known), service.vault)
        if output is None:
            sys.stdout.buffer.write(written)
        else:
            output.write_bytes(written)


def replay(
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Compare each rebuilt row with the live one first; name the first difference."),
    ] = False,
) -> None:
    """Rebuild the registers and the statistics' acts from the ledger, and put them in place of the live ones.

    The service goes on serving meanwhile. With --compare a difference leaves the live ones in place; exit code 1.
    """
    with running(read_settings()) as service, progress("Replaying") as advance:
        result = rebuild(service.url, service.ledger, advance, compare=compare)
    if result.difference is not None:
        found = result.difference
        key = ", ".join(f"{name}={value}" for name, value in found.key.items())
        column = f", column {found.column}" if found.column else ""
        err.print(
            f"{found.table} ({key}){column}: live {found.live}, rebuilt {found.rebuilt}. Nothing was replaced.",
            style="red", highlight=False,
        )  # fmt: skip
        raise typer.Exit(FOUND)
    same = "; every row equals the live one" if compare else ""
    out.print(f"Replayed {result.acts} acts up to position {result.position}{same}.", highlight=False)

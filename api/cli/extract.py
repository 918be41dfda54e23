"""``regesta extract``: an extract of an entry, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import NOTHING, err, refuse
from api.cli.registers import AsOf, KnownAt, register_named
from api.cli.statistics import Language, LanguageOption
from api.errors import NotFound
from api.extract_files import FORMS, address_of, proved, stated, written
from api.service import running
from api.settings import read_settings
from projections.moment import MalformedMoment, read_as_of, read_known_at
from replay.extract.statement import Question


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("extract")(extract_entry)


def extract_entry(
    register: Annotated[str, typer.Argument(help="The register, e.g. institutions.")],
    number: Annotated[str, typer.Argument(help="Registration number or entry id.")],
    to: Annotated[Path, typer.Option(dir_okay=False, help="File to write: FILE.pdf, or FILE.json for programs.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    language: LanguageOption = Language.lv,
    whole: Annotated[bool, typer.Option("--whole", help="With the confidential part.")] = False,
) -> None:
    """Write an extract of an entry on a day, as the register knew it at a moment: for information, without number."""
    form = FORMS.get(to.suffix)
    if form is None:
        raise refuse(f"--to: expected a file {' or '.join(f'*{each}' for each in FORMS)}, met {to}")
    with running(read_settings()) as service:
        kept_in = register_named(service, register)
        try:
            day, asked = read_as_of(as_of), read_known_at(known_at)
        except MalformedMoment as error:
            raise refuse(str(error)) from None
        try:
            made = stated(service, Question(kept_in, number, day, asked, "whole" if whole else "public"), nonce=None)
        except NotFound as error:
            err.print(str(error), highlight=False)
            raise typer.Exit(NOTHING) from None
        found = proved(service, made, None, address_of(service, made))
        content = written(service, found, form, language.value)
    try:
        to.write_bytes(content)
    except OSError as error:
        raise refuse(f"{to}: expected a file to write to, met {error.strerror}") from None
    err.print(f"{to}: {made.stated['register']} {number} on {day}, SHA-256 {made.sha256}", highlight=False)

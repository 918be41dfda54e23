"""The command line ``regesta``: for registry staff, statisticians and operators."""

from __future__ import annotations

import sys
from io import TextIOWrapper

import psycopg
import typer

from api.cli import (
    access,
    acts,
    archive,
    differing,
    explaining,
    extract,
    four_eyes,
    late,
    log,
    persons,
    proving,
    readings,
    registers,
    replaying,
    report,
    running,
    series,
    statistics,
    verify,
    witness,
)
from api.cli.output import REFUSED, err
from api.settings import SettingsRefused
from ledger.key_files import KeyRefused
from replay.shares import RebuildFailed

app = typer.Typer(
    help="Regesta: the register that remembers. Every answer is about a day, as the register knew it at a moment."
    "\n\nExit codes: 0 done; 1 done, but something wants a look (a difference, an unreadable line); 2 refused;"
    " 3 nothing there.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
running.add_to(app)
replaying.add_to(app)
report.add_to(app)
statistics.add_to(app)
series.add_to(app)
archive.add_to(app)
registers.add_to(app)
explaining.add_to(app)
differing.add_to(app)
proving.add_to(app)
late.add_to(app)
acts.add_to(app)
readings.add_to(app)
extract.add_to(app)
four_eyes.add_to(app)
access.add_to(app)
persons.add_to(app)
verify.add_to(app)
log.add_to(app)
witness.add_to(app)


def main() -> None:
    """Run the command line; settings and databases that can't be used are told in a line."""
    for stream in (sys.stdout, sys.stderr):
        # What is printed is Latvian, and files made of it are UTF-8, whatever the system's language.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    running.end_in_order_at_sigterm()
    try:
        app()
    except SettingsRefused as refused:
        err.print(f"settings: {refused}", style="red", highlight=False)
        sys.exit(REFUSED)
    except KeyRefused as refused:
        err.print(f"keys: {refused}", style="red", highlight=False)
        sys.exit(REFUSED)
    except RebuildFailed as failed:
        err.print(f"replay: {failed}; the live registers are as they were", style="red", highlight=False)
        sys.exit(REFUSED)
    except psycopg.OperationalError as error:
        err.print(f"database: {' '.join(str(error).split())}", style="red", highlight=False)
        sys.exit(REFUSED)

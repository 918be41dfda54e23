"""``regesta readings``: who read what is not public, when and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from api.cli.output import NOTHING, Form, FormOption, err, refuse, show
from api.cli.registers import register_named
from api.cli.statistics import Language, LanguageOption
from api.service import Service, running
from api.settings import read_settings
from domain.legal_time import end_of_riga_day
from ledger.leaf import instant
from ledger.readings import Kept, ReadingQuery, find_readings
from projections.moment import Moment, read_as_of, resolve_known_at
from projections.reading import entry_ids
from replay.reading_statement import statement_rows

MOST = 100_000
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(readings)


def readings(
    register: Annotated[str | None, typer.Option(help="Only of this register.")] = None,
    entry: Annotated[
        str | None, typer.Option(help="Only of this entry of the register: its registration number or id.")
    ] = None,
    reader: Annotated[str | None, typer.Option(help="Only by this reader's pseudonym.")] = None,
    read_from: Day = None,
    read_to: Day = None,
    after: Annotated[int, typer.Option(help="Only readings after this number.")] = -1,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most so many.")] = 50,
    for_the_person: Annotated[
        bool,
        typer.Option("--for-the-person", help="As it is told to the person concerned: not by whom, nor what else."),
    ] = False,
    language: LanguageOption = Language.lv,
    form: FormOption = Form.table,
) -> None:
    """List who read what is not public, when and why, oldest first."""
    with running(read_settings()) as service:
        registers = None if register is None else (register_named(service, register).name,)
        entries = None if entry is None else _entries(service, register, entry)
        since = None if read_from is None else end_of_riga_day(read_from.replace(tzinfo=UTC).date() - timedelta(days=1))
        until = None if read_to is None else end_of_riga_day(read_to.replace(tzinfo=UTC).date())
        query = ReadingQuery(registers, entries, reader, since, until)
        with service.database.pool.connection() as connection:
            found = find_readings(connection, query, after=after, limit=limit)
    if not found:
        err.print("No readings fit.", highlight=False)
        raise typer.Exit(NOTHING)
    if for_the_person:
        show(statement_rows(found, language.value), form)
    else:
        show([_row(kept, form) for kept in found], form)


def _entries(service: Service, register: str | None, reference: str) -> tuple[UUID, ...]:
    if register is None:
        raise refuse("--entry: expected --register with it, met none")
    with service.database.pool.connection() as connection:
        now = Moment(read_as_of(None), resolve_known_at(connection, None))
        found = entry_ids(connection, register_named(service, register), reference, now)
    if not found:
        err.print(f"No entry {reference} in register {register}.", highlight=False)
        raise typer.Exit(NOTHING)
    return tuple(found)


def _row(kept: Kept, form: Form) -> dict[str, object]:
    """For a table what fits a terminal, for programs everything."""
    reading = kept.reading
    if form is not Form.table:
        said = reading._asdict() | {"entries": [str(entry) for entry in reading.entries]}
        return {"number": kept.number, "read_at": instant(kept.read_at), **said, "chain_hash": kept.chain_hash.hex()}
    return {
        "number": kept.number,
        "read": f"{kept.read_at:%Y-%m-%d\n%H:%M:%S}",
        "reader\nrole": f"{reading.reader}\n{reading.role}",
        "purpose\ncase": f"{reading.purpose}\n{reading.case_number or ''}",
        "way\nregister": f"{reading.way}\n{reading.register}",
        "entries": str(reading.entries[0]) if len(reading.entries) == 1 else f"{len(reading.entries)} entries",
    }

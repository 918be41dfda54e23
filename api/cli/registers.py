"""``regesta entry``: asking the register."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from api.answers import holds_hidden
from api.cli.output import NOTHING, Form, FormOption, err, refuse, show
from api.cli.purpose import Case, Purpose, operator, say_left_out
from api.service import Service, running
from api.session import PurposeNeeded, reads_confidential
from api.settings import read_settings
from domain.legal_time import NEVER_ENDS
from domain.register import Register
from projections.moment import MalformedMoment, read_as_of, read_known_at
from projections.reading import clear, read_entry

AsOf = Annotated[str | None, typer.Option(help="The day asked about (YYYY-MM-DD). Default: today in Riga.")]
KnownAt = Annotated[
    str | None, typer.Option(help="As known at a position, an instant, or the end of a date. Default: now.")
]


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(entry)


def register_named(service: Service, name: str) -> Register:
    """The register of that name; refused with the names there are."""
    found = service.catalogue.registers.get(name)
    if found is None:
        raise refuse(f"register: expected one of {', '.join(service.catalogue.registers)}, met {name}")
    return found


def entry(
    register: Annotated[str, typer.Argument(help="The register, e.g. institutions.")],
    number: Annotated[str, typer.Argument(help="Registration number or entry id.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    purpose: Purpose = None,
    case: Case = None,
    form: FormOption = Form.table,
) -> None:
    """Show an entry on a day, as the register knew it at a moment. With a purpose, the confidential part too."""
    with running(read_settings()) as service:
        kept_in = register_named(service, register)
        session = operator(service, "entry", purpose, case)
        try:
            day, asked = read_as_of(as_of), read_known_at(known_at)
            confidential = reads_confidential(session, kept_in)
        except MalformedMoment as error:
            raise refuse(str(error)) from None
        except PurposeNeeded as needed:
            raise refuse(f"--purpose: {needed}") from None
        with service.database.pool.connection() as connection:
            answer = read_entry(connection, kept_in, number, day, asked, public_only=not confidential)
        if answer is None:
            err.print(f"No entry {number} in register {register} on {day} as then known.", highlight=False)
            raise typer.Exit(NOTHING)
        state, known = clear(answer.state, service.vault, confidential=True), answer.moment.known_at
        shown: dict[str, Any] = {
            "register": register,
            "entry": str(state.entry_id),
            "as of": day.isoformat(),
            "known at": f"position {known.position}, recorded {known.recorded_at}",
            "status": state.status,
            "valid from": state.valid_from.isoformat(),
            "valid to": None if state.valid_to == NEVER_ENDS else state.valid_to.isoformat(),
            "made by act": state.act,
            "version": answer.version,
            **json.loads(state.content),
        }
        hidden = holds_hidden(kept_in, state.status, state.confidential)
        if hidden:
            say_left_out(session, "A part of the entry is")
        if confidential:
            shown |= json.loads(state.confidential)
            if hidden:
                session.shows(register, state.entry_id, known.position, day)
                session.keep()
        if form is Form.table:
            show([{"field": name, "value": value} for name, value in shown.items()], form)
        else:
            show([shown], form)

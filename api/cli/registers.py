"""``regesta entry`` and ``regesta acts``: asking the register."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from api.answers import act_document
from api.cli.output import NOTHING, Form, FormOption, err, refuse, show
from api.service import Service, running
from api.settings import read_settings
from domain.catalogue import topic_of
from domain.legal_time import NEVER_ENDS
from domain.register import Register
from projections.act_list import ActQuery, positions_of
from projections.moment import MalformedMoment, read_as_of, read_known_at, resolve_known_at
from projections.reading import read_entry

AsOf = Annotated[str | None, typer.Option(help="The day asked about (YYYY-MM-DD). Default: today in Riga.")]
KnownAt = Annotated[
    str | None, typer.Option(help="As known at a position, an instant, or the end of a date. Default: now.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(entry)
    app.command()(acts)


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
    form: FormOption = Form.table,
) -> None:
    """Show an entry on a day, as the register knew it at a moment. Shows everything, the confidential part too."""
    with running(read_settings()) as service:
        kept_in = register_named(service, register)
        try:
            day, asked = read_as_of(as_of), read_known_at(known_at)
        except MalformedMoment as error:
            raise refuse(str(error)) from None
        with service.database.pool.connection() as connection:
            answer = read_entry(connection, kept_in, number, day, asked, public_only=False)
        if answer is None:
            err.print(f"No entry {number} in register {register} on {day} as then known.", highlight=False)
            raise typer.Exit(NOTHING)
        state, known = answer.state, answer.moment.known_at
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
            **json.loads(state.confidential),
        }
        if form is Form.table:
            show([{"field": name, "value": value} for name, value in shown.items()], form)
        else:
            show([shown], form)


def acts(
    register: Annotated[str | None, typer.Option(help="Only acts of this register.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of act, e.g. amend.")] = None,
    decision: Annotated[str | None, typer.Option(help="Only acts of this decision number.")] = None,
    decided_from: Day = None,
    decided_to: Day = None,
    effective_from: Day = None,
    effective_to: Day = None,
    late: Annotated[bool, typer.Option("--late", help="Only acts recorded after the day they took effect.")] = False,
    known_at: KnownAt = None,
    after: Annotated[int, typer.Option(help="Only acts after this position.")] = -1,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    form: FormOption = Form.table,
) -> None:
    """List acts in the order of the ledger."""
    with running(read_settings()) as service:
        names = [register_named(service, register).name] if register else list(service.catalogue.registers)
        query = ActQuery(
            tuple(names), (), kind, decision, None, _date(decided_from), _date(decided_to), _date(effective_from),
            _date(effective_to), late=True if late else None,
        )  # fmt: skip
        with service.database.pool.connection() as connection:
            try:
                known = resolve_known_at(connection, known_at)
            except MalformedMoment as error:
                raise refuse(str(error)) from None
            positions = positions_of(connection, query, after=after, upto=known.position, limit=limit)
            found = service.ledger.acts_at(connection, positions)
        rows = []
        for act in found:
            shown = act_document(service.catalogue.register_of(topic_of(act.kind)), act, confidential=True)
            decided = shown.pop("decision")
            rows.append(_row(shown, decided) if form is Form.table else shown | {"decision": decided})
        if not rows:
            err.print("No acts fit.", highlight=False)
            raise typer.Exit(NOTHING)
        show(rows, form)


def _row(act: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    return {
        "position": act["position"],
        "act": f"{act['kind']}\n{act['register']}",
        "decision": decision["number"],
        "decided\neffective": f"{decision['decided_on']}\n{act['effective_on']}",
        "recorded": act["recorded_at"][:10] + ("\nlate" if act["late"] else ""),
        "entry": act["entry"],
    }


def _date(moment: datetime | None) -> date | None:
    return None if moment is None else moment.replace(tzinfo=UTC).date()

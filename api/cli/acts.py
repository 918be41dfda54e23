"""``regesta acts``: listing acts; and how a command shows acts, wherever it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer
from psycopg import Connection

from api.cli.output import NOTHING, Form, FormOption, err, refuse, show
from api.cli.purpose import Case, Purpose, operator, say_left_out
from api.cli.registers import KnownAt, register_named
from api.service import Service, running
from api.session import PurposeNeeded, Session
from api.settings import read_settings
from api.visible import documents, seen, visible
from projections.act_list import numbers_at, positions_of
from projections.moment import MalformedMoment, resolve_known_at

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
MOST = 100_000
AtMost = Annotated[int, typer.Option(min=1, max=MOST, help="At most so many.")]


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(acts)


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
    limit: AtMost = 50,
    purpose: Purpose = None,
    case: Case = None,
    form: FormOption = Form.table,
) -> None:
    """List acts in the order of the ledger. An entry is named by its registration number, and by its id before it."""
    with running(read_settings()) as service:
        session = operator(service, "acts", purpose, case)
        try:
            asked = visible(service.catalogue, session, register_named(service, register).name if register else None)
        except PurposeNeeded as needed:
            raise refuse(f"--purpose: {needed}") from None
        query = asked._replace(
            verb=kind, decision_number=decision, decided_from=_date(decided_from), decided_to=_date(decided_to),
            effective_from=_date(effective_from), effective_to=_date(effective_to), late=True if late else None,
        )  # fmt: skip
        with service.database.pool.connection() as connection:
            try:
                known = resolve_known_at(connection, known_at)
            except MalformedMoment as error:
                raise refuse(str(error)) from None
            found = positions_of(connection, query, after=after, upto=known.position, limit=limit)
            rows = act_rows(service, connection, found, known.position, session, form)
            reached = found[-1] if len(found) == limit else known.position
            everything = query._replace(registers=_registers(service, register), hidden_events=())
            in_all = positions_of(connection, everything, after=after, upto=reached, limit=len(rows) + 1)
        session.keep()
        if len(in_all) > len(rows):
            say_left_out(session, "Some of these acts are")
        if not rows:
            err.print("No acts fit.", highlight=False)
            raise typer.Exit(NOTHING)
        show(rows, form)


def act_rows(
    service: Service,
    connection: Connection[Any],
    positions: Sequence[int],
    known_at: int,
    session: Session,
    form: Form,
) -> list[dict[str, Any]]:
    """Those of the acts at ``positions`` that may be seen, as rows to be shown when the caller has kept them as read.

    For a table there is what fits a terminal, for programs everything.
    """
    numbers = numbers_at(connection, positions)
    acts = seen(connection, service.ledger, session, service.ledger.acts_at(connection, list(positions)))
    rows = []
    for shown in documents(service.catalogue, session, acts, known_at):
        shown |= {"registration_number": numbers[shown["position"]], "decision": shown.pop("decision")}
        rows.append(_row(shown) if form is Form.table else shown)
    return rows


def _row(act: dict[str, Any]) -> dict[str, Any]:
    decision = act["decision"]
    return {
        "position": act["position"],
        "act": f"{act['kind']}\n{act['register']}",
        "decision": decision["number"],
        "decided\neffective": f"{decision['decided_on']}\n{act['effective_on']}",
        "recorded": act["recorded_at"][:10] + ("\nlate" if act["late"] else ""),
        "entry": act["registration_number"] or act["entry"],
    }


def _registers(service: Service, register: str | None) -> tuple[str, ...]:
    return tuple(service.catalogue.registers) if register is None else (register,)


def _date(moment: datetime | None) -> date | None:
    return None if moment is None else moment.replace(tzinfo=UTC).date()

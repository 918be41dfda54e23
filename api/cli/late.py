"""``regesta late``: the auditor's report of acts whose dates stand in an unusual order."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from api.audit import count_document, flat, is_hidden, late_document, note_hidden
from api.cli.acts import MOST
from api.cli.output import Form, FormOption, refuse, show, show_document
from api.cli.purpose import Case, Purpose, operator, say_left_out
from api.cli.registers import KnownAt
from api.service import running
from api.settings import read_settings
from projections.late_acts import FINDINGS, LateAct, late_acts, late_counts
from projections.moment import MalformedMoment, read_as_of, resolve_known_at

FIRST, LAST = "1800-01-01", "2999-12-31"


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(late)


def late(
    first: Annotated[str, typer.Option("--from", help="First day of recording (Riga).")] = FIRST,
    last: Annotated[str, typer.Option("--to", help="Last day of recording.")] = LAST,
    known_at: KnownAt = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most so many acts.")] = MOST,
    purpose: Purpose = None,
    case: Case = None,
    form: FormOption = Form.table,
) -> None:
    """Report acts recorded after they took effect, decided after it, or with dates in another unusual order.

    All acts are counted; those that are not public are listed with a purpose only.

    With each act its four dates and by how many days they are out of order; before them the counts by register and
    month of recording.
    """
    begin, end = read_day("--from", first), read_day("--to", last)
    with running(read_settings()) as service:
        session = operator(service, "late", purpose, case)
        registers = list(service.catalogue.registers)
        with service.database.pool.connection() as connection:
            try:
                known = resolve_known_at(connection, known_at)
            except MalformedMoment as error:
                raise refuse(str(error)) from None
            acts = late_acts(connection, registers, begin, end, upto=known.position, limit=limit)
            counts = late_counts(connection, registers, begin, end, upto=known.position)
        if session.disclosure is None:
            in_all, acts = len(acts), [act for act in acts if not is_hidden(service, act)]
            if in_all > len(acts):
                say_left_out(session, "Some of these acts are")
        note_hidden(service, session, acts, known.position)
        session.keep()
    if form is Form.json:
        show_document(
            {"summary": [count_document(each) for each in counts], "acts": [late_document(act) for act in acts]}
        )
    elif form is Form.csv:
        show([flat(act) for act in acts], form)
    else:
        show([_counted(count_document(each)) for each in counts], form, "Acts by register and month of recording")
        show([_row(act) for act in acts], form, f"Acts recorded from {begin} to {end} whose dates are unusual")


def read_day(option: str, text: str) -> date:
    """A day given as YYYY-MM-DD; refused otherwise."""
    try:
        return read_as_of(text)
    except MalformedMoment:
        raise refuse(f"{option}: expected a date YYYY-MM-DD, met {text}") from None


def _counted(counted: dict[str, Any]) -> dict[str, Any]:
    found = counted.pop("found")
    return {**counted, **found}


def _row(act: LateAct) -> dict[str, Any]:
    return {
        "position": act.position,
        "act": f"{act.verb}\n{act.register}",
        "decision": act.decision_number,
        "entry": act.registration_number or str(act.entry),
        "received\ndecided": f"{act.received_on or '-'}\n{act.decided_on}",
        "effective\nrecorded": f"{act.effective_on}\n{act.recorded_on}",
        "by": act.actor,
        "days": "\n".join(f"{name} {act.days[name]}" for name in FINDINGS if act.days[name] is not None),
    }

"""``regesta diff``: what differs in a register or an entry between two moments."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from api.cli.output import NOTHING, Form, FormOption, err, refuse, show, show_document
from api.cli.purpose import Case, Purpose, operator, say_left_out
from api.cli.registers import register_named
from api.differences import diff_entry, diff_register, difference_json
from api.errors import Malformed, NotFound
from api.service import running
from api.session import PurposeNeeded
from api.settings import read_settings
from ledger.sealing import LedgerHalted, NotSealed
from projections.moment import MalformedMoment

MOST = 10_000
_MOMENT = "AS_OF/KNOWN_AT, e.g. 2020-12-31/2021-01-31; either part may be empty: today, now."


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(diff)


def diff(
    register: Annotated[str, typer.Argument(help="The register, e.g. institutions.")],
    number: Annotated[str | None, typer.Argument(help="Registration number or entry id. Default: all entries.")] = None,
    first: Annotated[str, typer.Option("--from", help=f"The first moment: {_MOMENT}")] = "/",
    second: Annotated[str, typer.Option("--to", help=f"The second moment: {_MOMENT}")] = "/",
    proofs: Annotated[
        bool, typer.Option("--proofs", help="With proofs of both ends and of the acts; only as json.")
    ] = False,
    purpose: Purpose = None,
    case: Case = None,
    form: FormOption = Form.table,
) -> None:
    """Show what differs between two moments, field by field, with the acts that made each difference.

    With a purpose, the confidential part too.
    """
    if proofs and form is not Form.json:
        raise refuse(f"--proofs: expected --format json, met {form.value}")
    with running(read_settings()) as service:
        kept_in, session = register_named(service, register), operator(service, "diff", purpose, case)
        try:
            if number is None:
                found = diff_register(service, kept_in, first, second, MOST, None, session)
            else:
                found = diff_entry(service, kept_in, number, first, second, session)
            document: dict[str, Any] = json.loads(difference_json(service, found, proofs=proofs))
            session.keep()
            say_left_out(session, "What differs in confidential parts is")
        except PurposeNeeded as needed:
            raise refuse(f"--purpose: {needed}") from None
        except (Malformed, MalformedMoment, NotSealed, LedgerHalted) as error:
            raise refuse(str(error)) from None
        except NotFound as nothing:
            err.print(str(nothing), highlight=False)
            raise typer.Exit(NOTHING) from None
    if form is Form.json:
        show_document(document)
        return
    show(
        [
            {
                "entry": entry["registration_number"] or entry["entry"],
                "field": field["field"],
                "before": field["before"],
                "after": field["after"],
                "acts": ", ".join(map(str, field["acts"])),
            }
            for entry in document["entries"]
            for field in entry["fields"]
        ],
        form,
    )
    if document["next_cursor"] is not None:
        err.print(f"Only the first {MOST} entries that differ are shown.", highlight=False)

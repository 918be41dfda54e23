"""``regesta four-eyes``: the statement of a month."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from api.cli.output import FOUND, NOTHING, Form, FormOption, err, refuse, show, show_document
from api.errors import NotFound
from api.four_eyes import MONTH, statement_document
from api.service import running
from api.settings import read_settings


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("four-eyes")(four_eyes)


def four_eyes(
    month: Annotated[str, typer.Argument(help="The month of recording, as YYYY-MM.")], form: FormOption = Form.table
) -> None:
    """How many acts that need two people were recorded in a month, and how many had two; as JSON with proofs."""
    if re.match(MONTH, month) is None:
        raise refuse(f"month: expected YYYY-MM, met {month!r}")
    with running(read_settings()) as service:
        service.sealer.seal()
        try:
            with service.database.pool.connection() as connection:
                found = statement_document(service, connection, month)
        except NotFound as error:
            err.print(str(error), highlight=False)
            raise typer.Exit(NOTHING) from None
    if form is Form.json:
        show_document(found)
    else:
        show(
            [{name: line[name] for name in ("register", "kind", "recorded", "by_two")} for line in found["lines"]], form
        )
    if found["by_two"] != found["recorded"]:
        err.print("Not every act had two people.", style="red", highlight=False)
        raise typer.Exit(FOUND)

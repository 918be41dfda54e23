"""``regesta explain``: why an entry says what it says."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.output import NOTHING, Form, err, out, refuse, show_document
from api.cli.purpose import Case, Purpose, operator, say_left_out
from api.cli.registers import AsOf, KnownAt, register_named
from api.cli.statistics import Language
from api.errors import Malformed
from api.explanations import Explained, acts_to_explain, explanation_document
from api.sentences import sentences
from api.service import running
from api.session import PurposeNeeded, reads_confidential
from api.settings import read_settings
from projections.moment import MalformedMoment


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(explain)


def explain(
    register: Annotated[str, typer.Argument(help="The register, e.g. institutions.")],
    number: Annotated[str, typer.Argument(help="Registration number or entry id.")],
    field: Annotated[
        str | None, typer.Argument(help="status, a field, or a dotted path, e.g. founders.actual. Default: all.")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    language: Annotated[Language, typer.Option(help="Language of the sentences.")] = Language.lv,
    purpose: Purpose = None,
    case: Case = None,
    form: Annotated[Form, typer.Option("--format", help="Sentences, or json.")] = Form.table,
) -> None:
    """Say why a field has its value on a day: the act that made it, its corrections, and why competing acts lost.

    With a purpose, the confidential part is explained too.
    """
    if form is Form.csv:
        raise refuse("--format: expected table or json, met csv")
    with running(read_settings()) as service:
        kept_in = register_named(service, register)
        session = operator(service, "explain", purpose, case)
        try:
            reads_confidential(session, kept_in)
            moment, _, acts = acts_to_explain(service, kept_in, number, as_of, known_at)
            explained = Explained(kept_in, acts, moment, session)
            found = bool(acts) and not explained.is_hidden
            explanations = explained.fields(field) if found else []
        except (MalformedMoment, Malformed) as error:
            raise refuse(str(error)) from None
        except PurposeNeeded as needed:
            raise refuse(f"--purpose: {needed}") from None
        session.keep()
        say_left_out(session, "What confidential parts say is")
    if not found:
        err.print(f"No entry {number} in register {register} as known then.", highlight=False)
        raise typer.Exit(NOTHING)
    if form is Form.json:
        show_document([explanation_document(each, language.value) for each in explanations])
        return
    out.print(f"{kept_in.titles._asdict()[language.value]}, {number}, {moment.as_of}", highlight=False)
    for explanation in explanations:
        first, *rest = sentences(explanation, language.value)
        out.print("\n".join(["", first, *(f"  {sentence}" for sentence in rest)]), highlight=False)

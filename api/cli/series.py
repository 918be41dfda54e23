"""``regesta series``: a figure over the years, and broken down."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.output import NOTHING, Form, FormOption, err, refuse, show
from api.cli.registers import KnownAt
from api.service import running
from api.settings import read_settings
from projections.counting import FIRST_YEAR, LAST_YEAR
from projections.figures import UnknownFigure
from projections.moment import MalformedMoment, resolve_known_at
from projections.series import NoBreakdown, series


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("series")(figure_over_years)


def figure_over_years(
    figure: Annotated[str, typer.Argument(help="A figure's id, e.g. t3.institutions.registered.")],
    first: Annotated[int, typer.Option("--from", min=FIRST_YEAR, max=LAST_YEAR, help="The first year.")],
    last: Annotated[int, typer.Option("--to", min=FIRST_YEAR, max=LAST_YEAR, help="The last year.")],
    by: Annotated[str | None, typer.Option(help="Broken down by: municipality, kind, founder_class, …")] = None,
    known_at: KnownAt = None,
    form: FormOption = Form.table,
) -> None:
    """Show a figure in each of several years, whole and broken down by what its entries are.

    Parts of a figure that counts decisions may add up to more than the whole: a decision counts in each part that it
    has an act in.
    """
    with running(read_settings()) as service, service.database.pool.connection() as connection:
        try:
            known = resolve_known_at(connection, known_at)
            found = series(connection, figure, range(first, last + 1), known.position, by)
        except UnknownFigure:
            err.print(f"no rule yields the figure {figure}", highlight=False)
            raise typer.Exit(NOTHING) from None
        except (NoBreakdown, MalformedMoment) as refused:
            raise refuse(str(refused)) from None
    rows = [
        {**({} if by is None else {by: part}), **dict(zip(map(str, found.years), values, strict=True))}
        for part, values in {"": found.whole, **found.parts}.items()
    ]
    show(rows, form, f"{found.figure.titles.lv} ({figure}), known at position {known.position}")

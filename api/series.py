"""``GET /statistics/figures/{figure}``: a figure over the years, and broken down."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import Known, json_response, known_headers, known_json, text_of
from api.errors import Malformed, NotFound, problems
from api.formats import format_of
from api.parameters import FigureName, KnownAtText, TheService
from api.sessions import CurrentSession
from projections.figures import UnknownFigure
from projections.measures import rule_of
from projections.moment import KnownAt, resolve_known_at
from projections.series import NoBreakdown, Series, series

MOST_YEARS = 50
Form = Literal["json", "csv"]
Of = Annotated[int, Query(ge=1900, le=2999)]


class PartShape(BaseModel):
    """A part of the figure: the attribute's value, and the figure in each year."""

    part: str
    values: list[int]


class SeriesDocument(BaseModel):
    """A figure over the years, as known at a position; a school year is the one in which it ends."""

    figure: str
    title: dict[str, str]
    unit: str
    rule: dict[str, Any]
    known_at: Known
    years: list[int]
    values: list[int] = Field(description="The whole figure in each year")
    by: str | None
    parts: list[PartShape] = Field(description="Parts that are 0 in every year are left out")


def series_router() -> APIRouter:
    """``/statistics/figures``."""
    router = APIRouter(prefix="/statistics", tags=["statistics"])

    @router.get(
        "/figures/{figure}",
        response_model=SeriesDocument,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **problems(400, 401, 404, 406, 422)},
    )
    def figure_over_years(
        request: Request, service: TheService, _: CurrentSession, figure: FigureName,
        first: Annotated[int, Query(alias="from", ge=1900, le=2999, description="The first year")],
        last: Annotated[int, Query(alias="to", ge=1900, le=2999, description="The last year")],
        by: Annotated[str | None, Query(max_length=40, description="Broken down by: municipality, kind, …")] = None,
        known_at: KnownAtText = None,
        format: Annotated[Form | None, Query(description="Instead of Accept")] = None,  # noqa: A002
    ) -> Response:  # fmt: skip
        """A figure in each of several years, whole and broken down by what its entries are."""
        form: Form = format_of(request, format, get_args(Form))
        if not first <= last < first + MOST_YEARS:
            raise Malformed("to", "a year from {first} to {last}", str(last), first=first, last=first + MOST_YEARS - 1)
        with service.database.pool.connection() as connection:
            known = resolve_known_at(connection, known_at)
            try:
                found = series(connection, figure, range(first, last + 1), known.position, by)
            except UnknownFigure:
                raise NotFound("no rule yields the figure {figure}", figure=repr(figure)) from None
            except NoBreakdown as refused:
                expected = ", ".join(refused.expected) or "—"
                raise Malformed("by", "one of {values}", refused.by, values=expected) from None
        return _json(found, known) if form == "json" else _csv(found, known)

    return router


def _json(found: Series, known: KnownAt) -> Response:
    figure = found.figure
    said = {"figure": figure.figure, "title": figure.titles._asdict(), "unit": figure.unit, "rule": rule_of(figure)}
    parts = [{"part": part, "values": values} for part, values in found.parts.items()]
    counted = {"years": found.years, "values": found.whole, "by": found.by, "parts": parts}
    return json_response(f'{text_of(said)[:-1]},"known_at":{known_json(known)},{text_of(counted)[1:]}')


def _csv(found: Series, known: KnownAt) -> Response:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["figure", "by", "part", *found.years])
    writer.writerow([found.figure.figure, "", "", *found.whole])
    writer.writerows([found.figure.figure, found.by, part, *values] for part, values in found.parts.items())
    return Response(buffer.getvalue(), media_type="text/csv; charset=utf-8", headers=known_headers(known))

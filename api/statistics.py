"""The yearly statistics over HTTP: a year's tables, one table, and the acts behind a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import ActShape, Known, json_response, known_headers, known_json, text_of
from api.errors import NotFound, problems
from api.formats import format_of
from api.language import Language, language_of
from api.lists import LARGEST_PAGE, USUAL_PAGE
from api.parameters import FigureName, KnownAtText, TheService
from api.reports import Asked, Reports
from api.sessions import FOR_PURPOSE, CurrentSession
from api.visible import documents, seen
from projections.figures import UnknownFigure
from projections.moment import resolve_known_at
from projections.statistics import Cell, UnknownTable, YearlyStatistics, YearTable, acts_behind, yearly_statistics
from replay.report.forms import MEDIA

Year = Annotated[int, Path(ge=1900, le=2999)]
TableFormat = Literal["json", "csv"]
YearFormat = Literal["json", "csv", "html", "xlsx", "docx", "pdf"]
_OF_REPORTS = "Of html, xlsx, docx and pdf"
ReportLanguage = Annotated[Language | None, Query(description=f"{_OF_REPORTS}: instead of Accept-Language")]
WithPublished = Annotated[bool, Query(description=f"{_OF_REPORTS}: beside the published figures, where there are any")]


class CellShape(BaseModel):
    """A figure, its unit, its value in a year, and the rule it is counted by."""

    figure: str
    title: dict[str, str]
    unit: str
    year: int = Field(description="The year, or the one in which the school year ends")
    label: str = Field(description="The year as it is printed: 2020, or 2019/2020 for a school year")
    value: int
    rule: dict[str, Any]


class RowShape(BaseModel):
    """A row of a table: its cells figure by figure, of each figure one a year."""

    row: str
    title: dict[str, str]
    cells: list[CellShape]


class TableShape(BaseModel):
    """A table of the report."""

    table: str
    title: dict[str, str]
    source: str
    years: list[int] = Field(description="The years shown side by side, up to the year asked about")
    rows: list[RowShape]


class YearDocument(BaseModel):
    """The tables of a year, as known at a position."""

    year: int
    known_at: Known
    tables: list[TableShape]


class CellActs(BaseModel):
    """The acts behind a cell, in the order of the ledger."""

    figure: str
    year: int
    known_at: Known
    acts: list[ActShape]
    next_cursor: int | None


_CSV: dict[str, Any] = {"text/csv": {"schema": {"type": "string"}}}
_FILE: dict[str, Any] = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
_LAID_OUT: dict[str, Any] = {"content": {**_CSV, **{media.partition(";")[0]: _FILE for media in MEDIA.values()}}}


def statistics_router() -> APIRouter:
    """``/statistics``."""
    router = APIRouter(prefix="/statistics", tags=["statistics"])
    csv_too: dict[int | str, dict[str, Any]] = {200: {"content": _CSV}}
    reports = Reports()

    @router.get("/{year}", response_model=YearDocument, responses={200: _LAID_OUT, **problems(400, 401, 406, 422)})
    def year(
        request: Request, service: TheService, _: CurrentSession, year: Year, known_at: KnownAtText = None,
        format: Annotated[YearFormat | None, Query(description="Instead of Accept")] = None,  # noqa: A002
        language: ReportLanguage = None, reconciled: WithPublished = False,
    ) -> Response:  # fmt: skip
        """All tables of a year: as data, or laid out as a report (html, xlsx, docx, pdf)."""
        form: YearFormat = format_of(request, format, get_args(YearFormat))
        if form == "json" or form == "csv":
            return _answer(_statistics(service, year, known_at), None, form)
        return reports.answer(service, Asked(year, known_at, _language(request, language), form, reconciled))

    @router.get(
        "/{year}/{table}", response_model=YearDocument, responses={**csv_too, **problems(400, 401, 404, 406, 422)}
    )
    def table(
        request: Request, service: TheService, _: CurrentSession, year: Year,
        table: Annotated[str, Path(max_length=40)], known_at: KnownAtText = None,
        format: Annotated[TableFormat | None, Query(description="Instead of Accept")] = None,  # noqa: A002
    ) -> Response:  # fmt: skip
        """One table of a year."""
        return _answer(_statistics(service, year, known_at), table, format_of(request, format, get_args(TableFormat)))

    @router.get(
        "/{year}/figures/{figure}/acts",
        response_model=CellActs,
        openapi_extra=FOR_PURPOSE,
        responses=problems(400, 401, 404, 422),
    )
    def figure_acts(
        service: TheService, session: CurrentSession, year: Year, figure: FigureName,
        known_at: KnownAtText = None, limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE,
        cursor: Annotated[int, Query(ge=-1, lt=2**62)] = -1,
    ) -> Response:  # fmt: skip
        """The acts behind a cell. Acts that are not public are counted but shown only with the permission."""
        with service.database.pool.connection() as connection:
            known = resolve_known_at(connection, known_at)
            try:
                positions = acts_behind(connection, figure, year, known.position, cursor, limit + 1)
            except UnknownFigure:
                raise NotFound("no rule yields the figure {figure}", figure=repr(figure)) from None
            acts = seen(connection, service.ledger, session, service.ledger.acts_at(connection, positions[:limit]))
        following = str(positions[limit - 1]) if len(positions) > limit else "null"
        shown = text_of(documents(service.catalogue, session, acts, known.position))
        answer = (
            f'{{"figure":{text_of(figure)},"year":{year},"known_at":{known_json(known)},"acts":{shown},'
            f'"next_cursor":{following}}}'
        )
        return session.answered(json_response(answer))

    return router


def _statistics(service: TheService, year: int, known_at: str | None) -> YearlyStatistics:
    with service.database.pool.connection() as connection:
        return yearly_statistics(connection, year, resolve_known_at(connection, known_at))


def _language(request: Request, asked: Language | None) -> Language:
    """The language asked for, or the one the caller accepts; a report is Latvian if nothing is said."""
    accepted = request.headers.get("accept-language")
    return asked or (language_of(accepted) if accepted else "lv")


def _answer(statistics: YearlyStatistics, name: str | None, form: TableFormat) -> Response:
    try:
        tables = statistics.tables if name is None else (statistics.table(name),)
    except UnknownTable:
        raise NotFound("the report has no table {table}", table=repr(name)) from None
    if form == "json":
        shown = text_of([_table(table) for table in tables])
        return json_response(
            f'{{"year":{statistics.year},"known_at":{known_json(statistics.known_at)},"tables":{shown}}}'
        )
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["table", "row", "figure", "year", "value", "unit", "label_lv", "label_en"])
    for table in tables:
        writer.writerows(_lines(table))
    headers = known_headers(statistics.known_at)
    return Response(buffer.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _table(table: YearTable) -> dict[str, Any]:
    return {
        "table": table.name,
        "title": table.titles._asdict(),
        "source": table.source,
        "years": list(table.years),
        "rows": [
            {
                "row": row.name,
                "title": row.titles._asdict(),
                "cells": [_cell(cell) for cell in row.cells],
            }
            for row in table.rows
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    said = {"figure": cell.figure, "title": cell.titles._asdict(), "unit": cell.unit}
    return {**said, "year": cell.year, "label": cell.label, "value": cell.value, "rule": cell.rule}


def _lines(table: YearTable) -> Iterator[list[Any]]:
    for row in table.rows:
        for cell in row.cells:
            yield [table.name, row.name, cell.figure, cell.label, cell.value, cell.unit, cell.titles.lv, cell.titles.en]

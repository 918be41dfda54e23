"""Lists of a register: pages in JSON, whole registers as CSV, NDJSON and workbooks, at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal, get_args, get_origin

from psycopg import Connection
from starlette.responses import Response, StreamingResponse

from api.answers import json_response, moment_headers, moment_json, state_json
from api.cursor import Cursor, read_cursor, write_cursor
from api.errors import Malformed
from api.list_tables import as_csv, as_workbook, rows_of
from api.service import Service
from api.session import Disclosure, Session
from domain.latvian_text import search_key
from domain.register import Register
from projections.moment import Moment, read_as_of, resolve_known_at
from projections.reading import ORDERS, ListQuery, clear
from projections.rendering import facet
from projections.sealed_lists import page_of, whole_list
from replay.report.forms import MEDIA

Format = Literal["json", "csv", "ndjson", "xlsx"]
USUAL_PAGE, LARGEST_PAGE = 50, 1000
READ_TOGETHER = 500
"""Entries of a streamed list that are kept as one reading: each costs a commit before they are sent."""


def query_of(
    register: Register,
    q: str | None,
    statuses: list[str] | None,
    filters: dict[str, str],
    order: str,
    public_only: bool,
) -> ListQuery:
    """What a list is asked for; without ``public_only`` applications that led to no entry are listed as well."""
    visible = tuple(s for s in sorted(register.statuses) if not (public_only and s in register.not_public))
    for status in statuses or ():
        if status not in register.statuses:
            raise Malformed("status", "one of {values}", status, values=", ".join(sorted(register.statuses)))
    if order not in ORDERS:
        raise Malformed("sort", "one of {values}", order, values=", ".join(ORDERS))
    for name, value in filters.items():
        closed = closed_list(register.content.model_fields[name].annotation)
        if closed and value not in closed:
            raise Malformed(name, "one of {values}", value, values=", ".join(closed))
    wanted = visible if not statuses else tuple(s for s in visible if s in statuses)
    words = tuple(search_key(q).split()) if q else ()
    return ListQuery(words, tuple(facet(name, value) for name, value in sorted(filters.items())), wanted, order)


def closed_list(annotation: Any) -> list[str]:
    """The values that a field of this type may have; none if these are no closed list."""
    if get_origin(annotation) is Literal:
        return [str(value) for value in get_args(annotation)]
    return [value for each in get_args(annotation) for value in closed_list(each)]


def page(
    service: Service,
    register: Register,
    query: ListQuery,
    *,
    as_of: str | None,
    known_at: str | None,
    cursor: str | None,
    limit: int,
    session: Session,
) -> Response:
    """One page in JSON. A cursor brings its own moment; filters and order are the caller's to repeat.

    Where a moment is asked for beside it, it must be the same, or be said as it was for the first page.
    """
    with service.database.pool.connection() as connection:
        if cursor is None:
            moment = Moment(read_as_of(as_of), resolve_known_at(connection, known_at))
            total = service.totals.of(connection, register, moment, query, service.vault)
        else:
            began = read_cursor(cursor, register, query)
            _check_moment(connection, began, as_of, known_at, cursor)
            moment, place, total, as_of, known_at = began
            query = query._replace(after=place)
        listed = page_of(connection, register, moment, query, limit + 1, service.vault)
    following = "null"
    if len(listed) > limit:
        listed = listed[:limit]
        following = f'"{write_cursor(Cursor(moment, listed[-1].place, total, as_of, known_at), register, query)}"'
    confidential = session.may_read_confidential(register.name)
    states = [clear(item.state, service.vault, confidential=confidential) for item in listed]
    items = ",".join(f"{{{state_json(register, state, session, moment)}}}" for state in states)
    answer = json_response(
        f'{{"register":"{register.name}",{moment_json(moment)},"items":[{items}],'
        f'"next_cursor":{following},"total":{total}}}'
    )
    return session.answered(answer, register.name)


def _check_moment(
    connection: Connection[Any], began: Cursor, as_of: str | None, known_at: str | None, cursor: str
) -> None:
    same = as_of in (None, began.as_of) or read_as_of(as_of) == began.moment.as_of
    if same and known_at not in (None, began.known_at):
        same = resolve_known_at(connection, known_at).position == began.moment.known_at.position
    if not same:
        raise Malformed("cursor", "a cursor given by this list for the same question", cursor[:80])


def stream(
    service: Service,
    register: Register,
    query: ListQuery,
    form: Format,
    *,
    as_of: str | None,
    known_at: str | None,
    limit: int | None,
    session: Session,
) -> Response:
    """The whole list, row by row, without holding it - nor a connection, however slowly the caller reads.

    A workbook alone is made before it is sent.
    """
    with service.database.pool.connection() as connection:
        moment = Moment(read_as_of(as_of), resolve_known_at(connection, known_at))

    listed = whole_list(service.database.pool.connection, register, moment, query, service.vault, limit)
    confidential = session.may_read_confidential(register.name)
    states = (clear(item.state, service.vault, confidential=confidential) for item in listed)
    headers = moment_headers(moment)
    if form == "xlsx":
        book = as_workbook(register.name, rows_of(register, states, session, moment))
        name = f"{register.name}-{moment.as_of}-{moment.known_at.position}.xlsx"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return session.answered(Response(book, media_type=MEDIA["xlsx"], headers=headers), register.name)
    if form == "csv":
        rows, together = as_csv(rows_of(register, states, session, moment)), 1
    else:
        rows = (f"{{{state_json(register, state, session, moment)}}}\n".encode() for state in states)
        together = READ_TOGETHER
    if session.disclosure is not None:
        rows = _kept(rows, session.disclosure, together)
        headers["Cache-Control"] = "no-store"  # nothing is known yet of what the rows show
    media = "text/csv; charset=utf-8" if form == "csv" else "application/x-ndjson"
    return session.answered(StreamingResponse(rows, media_type=media, headers=headers), register.name)


def _kept(rows: Iterator[bytes], disclosure: Disclosure, together: int) -> Iterator[bytes]:
    """The rows, so many together, each part when what it shows is kept as read."""
    while part := b"".join(islice(rows, together)):
        disclosure.keep()
        yield part

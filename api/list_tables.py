"""A whole list as a table, a row an entry: as CSV, and as a workbook."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from api.answers import end_json, holds_hidden, text_of
from api.errors import Malformed
from api.session import Session
from domain.register import Register
from projections.moment import Moment
from projections.reading import EntryState

_LARGEST_PART = 60_000
"""Characters of CSV that are gathered before they are sent."""
_WRITTEN = 0
"""What writing a cell answers where all of it is in the workbook."""

Row = list[Any]
"""Texts, whole numbers and days, in the order of the columns."""


def rows_of(register: Register, states: Iterator[EntryState], session: Session, moment: Moment) -> Iterator[Row]:
    """The names of the columns, then the entries; notes in ``session`` which it shows what is not public of."""
    confidential = session.may_read_confidential(register.name)
    shown = [name for name in register.content.model_fields if confidential or name not in register.confidential_fields]
    columns = [name for name in shown if name != register.number_field]
    yield [register.number_field, "entry", "status", "valid_from", "valid_to", "act", *columns]
    for state in states:
        content = json.loads(state.content)
        if confidential:
            content |= json.loads(state.confidential)
            if holds_hidden(register, state.status, state.confidential):
                session.shows(register.name, state.entry_id, moment.known_at.position, moment.as_of)
        end = json.loads(end_json(state.valid_to)) or ""
        fixed = [state.registration_number or "", state.entry_id, state.status, state.valid_from, end, state.act]
        yield [*fixed, *(_cell(content.get(name)) for name in columns)]


def as_csv(rows: Iterator[Row]) -> Iterator[bytes]:
    """The table in parts, each of whole rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow(row)
        if buffer.tell() > _LARGEST_PART:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def as_workbook(title: str, rows: Iterator[Row]) -> bytes:
    """The table on a sheet whose first row stays in sight. What is text stays text, whatever it looks like.

    Raises Malformed where a workbook can't hold all of it.
    """
    import xlsxwriter  # slow to import, and only who asks for a workbook needs it

    file = io.BytesIO()
    # One row at a time is held; what does not look like itself in a cell (a number, a formula, a link) is not made one.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet(title[:31])
        sheet.freeze_panes(1, 1)
        head = workbook.add_format({"bold": True})
        sheet.set_row(0, None, head)
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    written = sheet.write_number(line, column, value)
                else:
                    written = sheet.write_string(line, column, str(value))
                if written != _WRITTEN:
                    raise Malformed(
                        "format", "csv or ndjson: a workbook can't hold so many entries, or so long a text", "xlsx"
                    )
    return file.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else text_of(value)

"""A sheet: a title, columns and lines, as the command line shows them or a file holds them."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

Value = str | int | None


class Sheet(NamedTuple):
    """A title, the columns' names, and the lines. A column of numbers stands to the right; None is nothing."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[Value, ...], ...]


def as_text(sheet: Sheet, width: int = 160) -> str:
    """The sheet as a table of plain text, at most ``width`` characters wide."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(sheet.title), title_justify="left")
    for index, column in enumerate(sheet.columns):
        numbers = any(isinstance(line[index], int) for line in sheet.lines)
        table.add_column(Text(column), justify="right" if numbers else "left", no_wrap=numbers, overflow="fold")
    for line in sheet.lines:
        table.add_row(*[Text("" if value is None else str(value)) for value in line])
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False, highlight=False)
    console.print(table)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def as_csv(sheet: Sheet) -> str:
    """The sheet as CSV: the columns' names, then the lines."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(sheet.columns)
    writer.writerows(sheet.lines)
    return file.getvalue()

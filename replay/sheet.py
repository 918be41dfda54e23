"""A sheet: a title, columns and lines, as the command line shows them or a file holds them."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

Value = str | int | None


class Sheet(NamedTuple):
    """A title, the columns' names, and the lines; None is nothing.

    The first ``described_by`` columns say what the line is about: its id, its title, and more; behind them are values.
    """

    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[Value, ...], ...]
    described_by: int


def as_text(sheet: Sheet, width: int = 160) -> str:
    """The sheet as a table of plain text, ``width`` characters wide; what describes a line stands in one cell."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(sheet.title), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(Text(sheet.columns[1]), overflow="fold")
    for index, column in enumerate(sheet.columns[sheet.described_by :], sheet.described_by):
        numbers = any(isinstance(line[index], int) for line in sheet.lines)
        # A column of numbers is as narrow as its longest word, so that the descriptions get the room.
        longest = max(map(len, (*column.split(), *(str(line[index]) for line in sheet.lines))))
        table.add_column(Text(column), justify="right" if numbers else "left", max_width=longest if numbers else None)
    for line in sheet.lines:
        name, title, *more = line[: sheet.described_by]
        said = f"{title}\n  {', '.join(str(value) for value in (name, *more))}"
        values = line[sheet.described_by :]
        table.add_row(Text(said), *[Text("" if value is None else str(value)) for value in values])
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

"""What commands print: tables for people, JSON and CSV for programs, progress for whatever takes longer."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from projections.reading import as_uuid

DONE, FOUND, REFUSED, NOTHING = 0, 1, 2, 3
"""Exit codes: done; done, but something was found that wants a look; input refused; nothing there."""

LONGEST_UNBROKEN = 19
"""Characters: columns of dates, numbers and short words are not broken, however narrow the terminal."""
NARROWEST_FOLDED = 8
"""Characters: columns of longer text are folded, though not below this."""
WIDTH_OF_FILES = 160
"""Characters a line, where what is printed goes to a file or another program and no width is set."""

_told_width = sys.stdout.isatty() or "COLUMNS" in os.environ

# What is printed may quote what was typed, and that is never markup, nor are its colons the names of pictures.
out = Console(soft_wrap=True, markup=False, emoji=False, width=None if _told_width else WIDTH_OF_FILES)
err = Console(stderr=True, soft_wrap=True, markup=False, emoji=False)


class Form(str, Enum):  # noqa: UP042 - Typer shows a StrEnum's members, not their values
    """How a result is printed."""

    table = "table"
    json = "json"
    csv = "csv"


FormOption = Annotated[Form, typer.Option("--format", help="How to print the result.")]


def show(rows: Sequence[dict[str, Any]], form: Form, title: str = "") -> None:
    """Print rows of the same columns."""
    if form is Form.json:
        show_document(list(rows))
        return
    columns = list(rows[0]) if rows else []
    if form is Form.csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows([_cell(row[column]) for column in columns] for row in rows)
        return
    out.print(_table(columns, rows, title))


def show_document(document: Any) -> None:
    """Print a JSON document."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def _table(columns: Sequence[str], rows: Sequence[dict[str, Any]], title: str) -> Table:
    """A table as wide as the terminal, or wider where it would have to break what is not broken."""
    table = Table(title=title or None, title_justify="left", header_style="bold", box=SIMPLE_HEAD)
    least = 1
    for column in columns:
        header, cells = column.replace("_", " "), [_cell(row[column]) for row in rows]
        lines = [line for text in (header, *cells) for line in text.splitlines()]
        longest = max(map(len, lines), default=0)
        # An id in two pieces can't be found, nor copied.
        unbroken = all(len(line) <= LONGEST_UNBROKEN or as_uuid(line) for line in lines)
        numeric = all(isinstance(row[column], int) or row[column] is None for row in rows)
        table.add_column(header, justify="right" if numeric else "left", overflow="fold", no_wrap=unbroken)
        least += (longest if unbroken else min(longest, NARROWEST_FOLDED)) + 3  # a space before and after, and a border
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    if least > out.width:
        table.width = least
    return table


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error; the function it gives takes (done, in all)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(what, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


def refuse(message: str) -> typer.Exit:
    """Say on standard error why a command is not carried out; to be raised."""
    err.print(message, style="red", highlight=False)
    return typer.Exit(REFUSED)

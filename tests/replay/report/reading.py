"""Reading a report back from each of its forms: its figures by id or by title, as a reader's program finds them."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from typing import Any

import docx
import openpyxl
import pypdf

Figures = dict[str, tuple[int, ...]]
"""The values of each figure, one a year."""


class Page(HTMLParser):
    """A web page as far as the tests look at it: its elements, the text in each kind, and its figures."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.figures: Figures = {}
        self._open: list[str] = []
        self._figure = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        self._open.append(tag)
        if tag == "tr":
            self._figure = attributes.get("data-figure") or ""
        if tag == "data" and self._figure:
            self.figures[self._figure] = (*self.figures.get(self._figure, ()), int(attributes["value"] or ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in self._open[-1:]:
            self.texts.setdefault(tag, []).append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of that kind."""
        return [attributes for found, attributes in self.elements if found == tag]

    def links(self) -> list[str]:
        """Where the page leads."""
        return [link["href"] or "" for link in self.all("a")]


def figures_of_workbook(content: bytes) -> Figures:
    """The figures of a workbook, by id: numbers, and behind them the id."""
    found: Figures = {}
    for sheet in workbook(content).worksheets[1:]:
        for row in sheet.iter_rows(min_row=5, values_only=True):
            values = tuple(value for value in row if isinstance(value, int))
            named = [index for index, value in enumerate(row) if isinstance(value, int)]
            if values:
                found[str(row[named[-1] + 1])] = values
    return found


def workbook(content: bytes) -> Any:
    """The workbook."""
    return openpyxl.load_workbook(io.BytesIO(content))


def figures_of_document(content: bytes) -> Figures:
    """The figures of a text document, by title."""
    found: Figures = {}
    for table in document(content).tables:
        for row in table.rows[1:]:
            title, _, *values = (cell.text for cell in row.cells)
            if values[-1] != title:
                found[title] = tuple(number(value) for value in values)
    return found


def document(content: bytes) -> Any:
    """The text document."""
    return docx.Document(io.BytesIO(content))


def pages(content: bytes) -> list[str]:
    """The text of each page of a PDF, in one line."""
    return [in_one_line(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def in_one_line(text: str) -> str:
    """A text without its line ends and runs of spaces."""
    return " ".join(text.split())


def number(text: str) -> int:
    """A number as either language writes it."""
    return int("".join(character for character in text if character.isdigit()))

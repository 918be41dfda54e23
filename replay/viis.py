"""The form of the VIIS export of institutions: reading a line and writing the very same line.

A file is UTF-8 with two byte-order marks, a header, ``|`` after every field, text in quotes (doubled inside), numbers
and ``Likvidēta`` without, an empty head or e-mail without quotes. Values keep the spaces they come with.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from domain.institution_types import KINDS, LEGAL_STATUSES, TYPES

MARK = "\ufeff\ufeff"
HEADER = (
    "Nosaukums|Reģistrācijas numurs|Juridiskais status|Vadītājs|Filiāļu skaits|Strukturvienību skaits|Veids|Tips|"
    "Faktiskais dibinātājs|Deklarētais dibinātājs|Likvidēta|Adrese|Tālrunis|E-pasts|"
)
FIELDS = 14
_SEPARATOR = ", "

_KIND_CODES = {label.lv: code for code, label in KINDS.items()}
_TYPE_CODES = {label.lv: code for code, label in TYPES.items()}
_STATUS_CODES = {label.lv: code for code, label in LEGAL_STATUSES.items()}


class UnreadableFile(Exception):
    """A file that is not a VIIS export of institutions."""


class UnreadableLine(Exception):
    """A line that does not say what an export's line says; the message tells what was expected and met."""


class Line(NamedTuple):
    """One line of the file: its number (the header is line 1), its text, and its content or why there is none."""

    number: int
    text: str
    content: dict[str, Any] | None
    problem: str | None


def read_lines(data: bytes) -> Iterator[Line]:
    """The lines of an export after its header. Raises UnreadableFile if it is no export of institutions."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"expected UTF-8, met byte {data[error.start]:#04x} at offset {error.start}") from None
    lines = text.lstrip("\ufeff").split("\n")
    if lines[0].rstrip("\r") != HEADER:
        raise UnreadableFile(f"expected the header {HEADER!r}, met {lines[0][:200]!r}")
    for number, raw in enumerate(lines[1:], 2):
        line = raw.rstrip("\r")
        if line:
            try:
                yield Line(number, line, read_line(line), None)
            except UnreadableLine as error:
                yield Line(number, line, None, str(error))


def read_line(line: str) -> dict[str, Any]:
    """The institution's content in one line; raises UnreadableLine."""
    values = _split(line)
    name, number, status, head, branches, units, kind, kind_type, actual, declared, liquidated, address = values[:12]
    if liquidated != "Nē":
        raise UnreadableLine(f"Likvidēta: expected Nē, met {liquidated!r}")
    if re.fullmatch(r"[0-9]{10}", number) is None:
        raise UnreadableLine(f"Reģistrācijas numurs: expected ten digits, met {number!r}")
    content = {
        "name": name,
        "registration_number": number,
        "kind": _code(_KIND_CODES, "Veids", kind),
        "type": _code(_TYPE_CODES, "Tips", kind_type),
        "legal_status": _code(_STATUS_CODES, "Juridiskais status", status),
        "founders": {"declared": split_names(declared), "actual": split_names(actual)},
        "address": address,
        "head": head or None,
        "phones": values[12].split(_SEPARATOR) if values[12] else [],
        "emails": values[13].split(_SEPARATOR) if values[13] else [],
        "branches": _count("Filiāļu skaits", branches),
        "units": _count("Strukturvienību skaits", units),
        "territory": number[:2],
        "founder_class": number[4],
    }
    written = write_line(content)
    if written != line:
        raise UnreadableLine(f"expected a line of the export's form ({written!r}), met {line!r}")
    return content


def write_line(content: dict[str, Any]) -> str:
    """The export's line for an institution."""
    founders = content["founders"]
    return "|".join(
        [
            _quoted(content["name"]),
            _quoted(content["registration_number"] or ""),
            _quoted(LEGAL_STATUSES[content["legal_status"]].lv),
            _quoted(content["head"]) if content["head"] else "",
            str(content["branches"]),
            str(content["units"]),
            _quoted(KINDS[content["kind"]].lv),
            _quoted(TYPES[content["type"]].lv),
            _quoted(_SEPARATOR.join(founders["actual"])),
            _quoted(_SEPARATOR.join(founders["declared"])),
            "Nē",
            _quoted(content["address"]),
            _quoted(_SEPARATOR.join(content["phones"])),
            _quoted(_SEPARATOR.join(content["emails"])) if content["emails"] else "",
            "",
        ]
    )


def split_names(names: str) -> list[str]:
    """The names in a comma list; a comma within quotes belongs to the name, and so does what follows no name."""
    parts: list[str] = []
    for part in names.split(_SEPARATOR):
        if parts and (parts[-1].count('"') % 2 == 1 or not part.strip()):
            parts[-1] += _SEPARATOR + part
        else:
            parts.append(part)
    return parts


def _split(line: str) -> list[str]:
    try:
        values = next(csv.reader([line], delimiter="|", quotechar='"', doublequote=True, strict=True))
    except csv.Error as error:
        raise UnreadableLine(f"expected fields in quotes, with a | after each, met {line[:200]!r} ({error})") from None
    if len(values) != FIELDS + 1 or values[-1]:
        raise UnreadableLine(f"expected {FIELDS} fields with a | after each, met {len(values) - 1}")
    return values[:FIELDS]


def _code(codes: dict[str, str], field: str, label: str) -> str:
    code = codes.get(label)
    if code is None:
        raise UnreadableLine(f"{field}: expected one of {len(codes)} known values, met {label!r}")
    return code


def _count(field: str, value: str) -> int:
    if re.fullmatch(r"[0-9]{1,4}", value) is None:
        raise UnreadableLine(f"{field}: expected a number, met {value!r}")
    return int(value)


def _quoted(value: str) -> str:
    doubled = value.replace('"', '""')
    return f'"{doubled}"'

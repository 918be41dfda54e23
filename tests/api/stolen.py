"""What somebody has who has stolen the database, and not the keys: every row of every table, as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

FIRST_NAMES = ("Ilze", "Jānis", "Anna", "Zane", "Kristīne", "Mārtiņš", "Līga", "Andris", "Inese", "Kunigunda")
SURNAMES = ("Ezeriņa", "Ezeriņš", "Ozola", "Kalniņa", "Bērziņa", "Liepiņa", "Vēverbriede", "Krūmiņa", "Balode")


def folded(text: str) -> str:
    """``text`` as a thief compares it: lower case, without diacritics."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def everything(url: str) -> str:
    """Every value of every row of every table of the database at ``url``, one a line; bytes as hex and as text."""
    return "\n".join(_values(url))


def _values(url: str) -> Iterator[str]:
    with psycopg.connect(make_conninfo(url)) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert {"ledger", "projections", "vault", "access"} <= {schema for schema, _ in tables}
        for schema, table in tables:
            rows = connection.cursor(row_factory=tuple_row)
            for row in rows.execute(SQL("SELECT * FROM {}.{}").format(Identifier(schema), Identifier(table))):
                for value in row:
                    yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, bytes):
        yield value.hex()
        yield value.decode("utf-8", "replace")
    else:
        yield str(value)


def found(told: Iterable[str], stolen: str) -> set[str]:
    """Which of ``told`` are in what was stolen: in clear, however it is written, or as a plain hash."""
    clear = folded(stolen)
    return {text for text in told if folded(text) in clear or any(digest in clear for digest in _digests(text))}


def hashed_values(stolen: str) -> set[str]:
    """Everything in what was stolen that may be a SHA-256."""
    return {line for line in stolen.splitlines() if len(line) == 64}


def _digests(text: str) -> Iterator[str]:
    for written in (text, f'"{text}"', text.replace("-", ""), folded(text)):
        yield sha256(written.encode()).hexdigest()


def dictionary(codes: int) -> Iterator[str]:
    """Names, each with each surname, and personal codes by dates of birth: what a thief would try."""
    for first in FIRST_NAMES:
        yield from (f"{first} {surname}" for surname in SURNAMES)
    begin = date(1960, 1, 1).toordinal()
    for number in range(codes):
        day = date.fromordinal(begin + number % 15_000)
        yield f"{day:%d%m%y}-1{number // 15_000:04d}"
    yield from (f"{39 * 10_000 + number:06d}-0001{number % 10}" for number in range(codes // 100))

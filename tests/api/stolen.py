"""What somebody has who has taken everything but the keys: the database, the archive, the public log."""

from __future__ import annotations

import hashlib
import json
import subprocess
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psycopg
import pyarrow.parquet as pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from ledger.tiles import WIDTH
from replay.archive import archive


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


def _digests(text: str) -> Iterator[str]:
    for written in (text, f'"{text}"', text.replace("-", ""), folded(text)):
        yield hashlib.sha256(written.encode()).hexdigest()


def dumped(url: str, *options: str) -> str:
    """What PostgreSQL's own ``pg_dump`` makes of the database at ``url``."""
    with psycopg.connect(make_conninfo(url)) as connection:
        rows = connection.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetchall()
    told = {name: str(value) for name, value in conninfo_to_dict(url).items() if name in ("dbname", "host", "user")}
    command = [f"{rows[0][0]}/pg_dump", *options, f"--dbname={make_conninfo('', **told)}"]
    return subprocess.run(command, check=True, capture_output=True, timeout=300).stdout.decode()


def archived(url: str) -> Iterator[str | bytes]:
    """Every value of every file of an archive of the acts, and the names of the files."""
    with TemporaryDirectory(prefix="regesta-archive-") as folder:
        archive(url, Path(folder), lambda *_: None)
        for path in Path(folder).rglob("*"):
            yield str(path.relative_to(folder))
            if path.suffix == ".parquet":
                table = pq.ParquetFile(path).read()
                yield json.dumps(table.to_pylist(), default=_written, ensure_ascii=False)
            elif path.is_file():
                yield path.read_bytes()


def _written(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def published(anyone: httpx.Client) -> Iterator[str | bytes]:
    """The public log: its checkpoint and key, every tile of hashes and every bundle of entries."""
    checkpoint = anyone.get("/log/checkpoint").text
    yield from (checkpoint, anyone.get("/log/key").text)
    size = int(checkpoint.splitlines()[1])
    for level in ("0", "entries"):
        for index in range(-(-size // WIDTH)):
            whole = (index + 1) * WIDTH <= size
            answer = anyone.get(f"/log/tile/{level}/{index:03d}{'' if whole else f'.p/{size % WIDTH}'}")
            assert answer.status_code == 200, answer.text
            yield answer.content


LEAKED = {"010145-19982", "010150-19982", "010150-10001", "390001-00001", "390001-00002", "390001-00003",
          "Uldis Zvirbulis"}  # fmt: skip
"""What ``dumped_with_leaks`` gives away."""


def dumped_with_leaks(url: str) -> str:
    """A dump of a table of leaks, of each sort that the dictionary is to find."""
    with psycopg.connect(make_conninfo(url), autocommit=True) as connection:
        digest = hashlib.sha1(b"390001-00003", usedforsecurity=False).digest()
        connection.execute("CREATE SCHEMA planted")
        connection.execute("CREATE TABLE planted.leaks (word text, bytes bytea, document jsonb, number uuid)")
        connection.execute(
            "INSERT INTO planted.leaks VALUES (%s, %s, %s::jsonb, %s::uuid)",
            (
                f"Zvanīja 01014519982; {b64encode(digest).decode()}",
                b'{"head": "ULDIS ZVIRBULIS"} ' + hashlib.blake2b(b"390001-00002", digest_size=32).hexdigest().encode(),
                f'{{"request": "{hashlib.sha256(b"010150-19982").hexdigest()}", "code": "010150-10001"}}',
                hashlib.md5(b'"390001-00001"', usedforsecurity=False).hexdigest(),
            ),
        )
        try:
            return dumped(url, "--schema=planted")
        finally:
            connection.execute("DROP SCHEMA planted CASCADE")

"""One embedded PostgreSQL server for all contenders, and fresh databases in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from ledger.database import EmbeddedServer, migrate

RESULTS = Path(__file__).parent / "results"


@contextmanager
def embedded_server() -> Iterator[str]:
    """The address of a fresh embedded server, its data in ``results`` (the same disk as the product's)."""
    folder = RESULTS / f"postgres-{os.getpid()}"
    server = EmbeddedServer(folder)
    try:
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def url_of(server_url: str, database: str) -> str:
    """The address of one of the server's databases, in the form DATABASE_URL has."""
    parts = conninfo_to_dict(server_url)
    return f"postgresql://{parts['user']}:@/{database}?host={parts['host']}"


def fresh(server_url: str, database: str, *, migrated: bool = True) -> str:
    """The address of a new, empty database; with our schema unless told otherwise."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(database)))
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(database)))
    url = url_of(server_url, database)
    if migrated:
        migrate(url)
    return url


def drop(server_url: str, database: str) -> None:
    """Take a database away, and with it what it holds of the disk."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(database)))

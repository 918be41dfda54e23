from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ledger.database import MIGRATING_LOCK, MIGRATIONS, migrate
from tests.conftest import url_of
from tests.ledger.appends import waiting_for_their_turn
from tests.ledger.write_schema import SCHEMA, schema_of

STEPS = sorted(path.stem for path in MIGRATIONS.glob("*.sql"))

MIGRATE = "import sys; from ledger.database import migrate; sys.stdout.write(' '.join(migrate(sys.argv[1])))"


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database without anything in it; dropped after the test."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        yield url_of(server_url, name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def answer(url: str, query: str) -> list[tuple[Any, ...]]:
    """The rows that the owner of the database is given."""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_the_sum_of_all_migrations_is_the_schema_on_file(database_url: str) -> None:
    # After changing a migration: python -m tests.ledger.write_schema, and read the difference.
    assert schema_of(database_url) == SCHEMA.read_text(encoding="utf-8")


def test_every_file_of_the_folder_is_a_step_and_is_taken_once(empty_url: str) -> None:
    assert sorted(path.stem for path in MIGRATIONS.iterdir() if path.suffix in {".sql", ".py"}) == STEPS
    assert migrate(empty_url) == STEPS
    assert migrate(empty_url) == []


def test_processes_that_migrate_at_once_take_each_step_once_between_them(empty_url: str) -> None:
    with psycopg.connect(empty_url, autocommit=True) as first:
        first.execute("SELECT pg_advisory_lock(%s)", (MIGRATING_LOCK,))
        others = [
            subprocess.Popen([sys.executable, "-c", MIGRATE, empty_url], stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        while waiting_for_their_turn(first) < 2 and all(other.poll() is None for other in others):
            pass
        assert [other.poll() for other in others] == [None, None]
    taken = [other.communicate()[0].split() for other in others]
    assert [other.returncode for other in others] == [0, 0]
    assert sorted(taken) == [[], STEPS]
    assert schema_of(empty_url) == SCHEMA.read_text(encoding="utf-8")


def test_a_process_that_was_killed_while_migrating_keeps_no_one_out(empty_url: str) -> None:
    migrate(empty_url)
    with psycopg.connect(empty_url) as connection:
        connection.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 999999)")
    assert migrate(empty_url) == []


def test_the_services_role_can_neither_log_in_nor_do_what_a_superuser_can(database_url: str) -> None:
    assert answer(
        database_url,
        "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = 'regesta'",
    ) == [(False,) * 6]


def test_the_services_role_owns_the_projections_and_nothing_else(database_url: str) -> None:
    assert answer(
        database_url,
        "SELECT DISTINCT relnamespace::regnamespace::text FROM pg_class"
        " WHERE relowner = 'regesta'::regrole AND relkind <> 't' AND relnamespace <> 'pg_toast'::regnamespace"
        " UNION SELECT nspname FROM pg_namespace WHERE nspowner = 'regesta'::regrole",
    ) == [("projections",)]

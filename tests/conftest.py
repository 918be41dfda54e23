"""A real PostgreSQL for every test: the embedded server, a fresh migrated database each."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import Database, EmbeddedServer, migrate
from ledger.person_keys import ring_in
from ledger.vault import Vault, make_first_key
from projections.recording import Recording

for name in [name for name in os.environ if name.startswith(("REGESTA_", "DATABASE_URL", "POSTGRES_"))]:
    del os.environ[name]


LONGEST = ["test_reconstruction.py", "test_openapi.py", "test_archived.py", "test_serving.py", "test_commands.py"]
"""The files that take longest are begun first, so that none is left for one worker alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, all others in their order."""
    items.sort(key=lambda item: (*LONGEST, item.path.name).index(item.path.name))


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The embedded server's address, with a migrated database ``template`` in it."""
    # Not in pytest's own temporary folder: another session's clean-up would take it away.
    folder = Path(tempfile.mkdtemp(prefix="regesta-"))
    server = EmbeddedServer(folder / "postgres")
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template")
    migrate(url_of(server.url, "template"))
    yield server.url
    server.stop()
    shutil.rmtree(folder)


def url_of(server_url: str, database: str) -> str:
    """The address of another database of the same server, in the form DATABASE_URL has."""
    parts = psycopg.conninfo.conninfo_to_dict(server_url)
    return f"postgresql://{parts['user']}:@/{database}?host={parts['host']}"


def keys_of(url: str) -> Path:
    """The keys folder of a test's database: no two ledgers are signed with the same keys."""
    return Path(tempfile.gettempdir()) / f"regesta-keys-{sha256(url.encode()).hexdigest()[:32]}"


@contextmanager
def own_keys(url: str) -> Iterator[None]:
    """Let the service that is started meanwhile keep the keys of this database apart; they are gone at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGESTA_KEYS_FOLDER", str(keys_of(url)))
        try:
            yield
        finally:
            shutil.rmtree(keys_of(url), ignore_errors=True)


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """A fresh migrated database and its keys; gone at the end."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(make_conninfo(server_url), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template')
        # What the migration grants on a database is not copied with it.
        connection.execute(f'GRANT CREATE ON DATABASE "{name}" TO regesta')
        with own_keys(url_of(server_url, name)):
            yield url_of(server_url, name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """A fresh migrated database of a test's own."""
    with fresh_database(server_url) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@contextmanager
def opened_vault(url: str) -> Iterator[Vault]:
    """The vault of the database at ``url``."""
    folder = keys_of(url)
    make_first_key(url, folder)
    vault = Vault(url, lambda: ring_in(folder))
    try:
        yield vault
    finally:
        vault.close()


@pytest.fixture
def vault(database_url: str) -> Iterator[Vault]:
    with opened_vault(database_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The events of all registers, nothing of them sealed."""
    return Catalogue(all_registers())


@pytest.fixture
def sealing_catalogue(vault: Vault) -> Catalogue:
    """The same, the values of persons sealed, as the service has them."""
    return Catalogue(all_registers(), vault)


@pytest.fixture
def sealing(database: Database, sealing_catalogue: Catalogue) -> Iterator[Recording]:
    """Recording as the service does it, the values of persons sealed."""
    opened = Recording(database, sealing_catalogue)
    yield opened
    opened.close()


@pytest.fixture
def recording(database: Database, catalogue: Catalogue) -> Iterator[Recording]:
    opened = Recording(database, catalogue)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def register_export() -> Path:
    """The real register's export of December 2020."""
    return Path(__file__).parent.parent / "replay" / "data" / "viis-2020" / "institutions.txt"

"""The running service: its settings, its database, its registers, and the way acts are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.settings import Settings, variable_of
from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import Database, EmbeddedServer, migrate
from ledger.ledger import Ledger
from ledger.person_keys import KeyRing, PersonKeyRefused, read_ring, read_ring_file
from ledger.vault import Vault, make_first_key
from projections.recording import Recording


@dataclass(frozen=True, slots=True)
class Service:
    """What every way in works with."""

    settings: Settings
    url: str
    database: Database
    catalogue: Catalogue
    ledger: Ledger
    recording: Recording
    vault: Vault


def _vault(settings: Settings, url: str) -> Vault:
    """The vault of the database at ``url``, opened by the key in the environment or in the keys folder."""

    def ring() -> KeyRing:
        if settings.person_key is not None:
            return read_ring(settings.person_key.get_secret_value(), variable_of("person_key"))
        found = read_ring_file(settings.keys)
        if found is None:
            raise PersonKeyRefused(f"{settings.keys}: expected the file person-key, met none")
        return found

    if settings.person_key is None:
        make_first_key(url, settings.keys)
    return Vault(url, ring)


@contextmanager
def running(settings: Settings) -> Iterator[Service]:
    """The service, its database brought to this version's schema; the embedded server if no URL is set."""
    server = None if settings.database_url else EmbeddedServer(settings.data_folder / "postgres")
    url = settings.database_url or (server.url if server else "")
    try:
        migrate(url)
        database = Database(url)
        vault = _vault(settings, url)
        catalogue = Catalogue(all_registers(), vault)
        recording = Recording(database, catalogue)
        try:
            yield Service(settings, url, database, catalogue, Ledger(catalogue), recording, vault)
        finally:
            recording.close()
            vault.close()
            database.close()
    finally:
        if server is not None:
            server.stop()

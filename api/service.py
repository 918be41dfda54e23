"""The running service: its settings, its database, its registers, and the way acts are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.settings import Settings
from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import Database, EmbeddedServer, migrate
from ledger.ledger import Ledger
from ledger.reading_log import ReadingLog
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
    readings: ReadingLog


@contextmanager
def running(settings: Settings) -> Iterator[Service]:
    """The service, its database brought to this version's schema; the embedded server if no URL is set."""
    server = None if settings.database_url else EmbeddedServer(settings.data_folder / "postgres")
    url = settings.database_url or (server.url if server else "")
    try:
        migrate(url)
        database = Database(url)
        catalogue = Catalogue(all_registers())
        recording = Recording(database, catalogue)
        try:
            yield Service(settings, url, database, catalogue, Ledger(catalogue), recording, ReadingLog(database))
        finally:
            recording.close()
            database.close()
    finally:
        if server is not None:
            server.stop()

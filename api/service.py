"""The running service: its settings, its database, its registers, and the way acts are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.log_signer import log_signer
from api.settings import Settings
from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import Database, EmbeddedServer, migrate
from ledger.ledger import Ledger
from ledger.reading_log import ReadingLog
from ledger.sealing import Sealer
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
    sealer: Sealer


@contextmanager
def running(settings: Settings) -> Iterator[Service]:
    """The service, its database brought to this version's schema; the embedded server if no URL is set."""
    signer = log_signer(settings)
    server = None if settings.database_url else EmbeddedServer(settings.data_folder / "postgres")
    url = settings.database_url or (server.url if server else "")
    try:
        migrate(url)
        database = Database(url)
        catalogue = Catalogue(all_registers())
        sealer = Sealer(database, signer)
        recording = Recording(database, catalogue, lambda: sealer.refusal)
        try:
            yield Service(
                settings, url, database, catalogue, Ledger(catalogue), recording, ReadingLog(database), sealer
            )
        finally:
            recording.close()
            sealer.close()
            database.close()
    finally:
        if server is not None:
            server.stop()

"""The running service: its settings, its database, its registers, and the way acts are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.extract_seal import seal_of
from api.log_keys import take_up
from api.log_signer import log_signer
from api.outsiders import timestamp_authority, witness_policy
from api.pace import Paces
from api.person_vault import person_vault
from api.settings import Settings
from api.totals import Totals
from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import Database, EmbeddedServer, migrate
from ledger.ledger import Ledger
from ledger.outside import ENDS_FILE, Ends
from ledger.reading_log import ReadingLog
from ledger.sealing import Sealer
from ledger.timestamping import Authority
from ledger.vault import Vault
from ledger.witness_policy import Policy
from projections.map_commitments import MapCommitting
from projections.recording import Recording
from projections.register_maps import RegisterMaps

if TYPE_CHECKING:
    from replay.extract.seal import Seal


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
    maps: RegisterMaps
    committing: MapCommitting
    vault: Vault
    policy: Policy | None
    authority: Authority | None
    ends: Ends
    seal: Seal | None
    totals: Totals
    paces: Paces


@contextmanager
def running(settings: Settings) -> Iterator[Service]:
    """The service, its database brought to this version's schema; the embedded server if no URL is set."""
    seal = seal_of(settings)
    signer = log_signer(settings)
    policy = witness_policy(settings, signer.signer.verifier_key.name)
    authority = timestamp_authority(settings)
    server = None if settings.database_url else EmbeddedServer(settings.data_folder / "postgres")
    url = settings.database_url or (server.url if server else "")
    try:
        migrate(url)
        with person_vault(settings, url) as vault:
            catalogue = Catalogue(all_registers(), vault)
            with ExitStack() as opened:
                database = Database(url)
                opened.callback(database.close)
                sealer = Sealer(database, signer)
                opened.callback(sealer.close)
                recording = Recording(database, catalogue, lambda: sealer.refusal)
                opened.callback(recording.close)
                ledger, readings = Ledger(catalogue), ReadingLog(database)
                take_up(settings, database, ledger, recording, sealer)
                maps = RegisterMaps()
                committing = MapCommitting(database, recording, maps, catalogue.registers.values())
                ends = Ends(settings.keys / ENDS_FILE)
                yield Service(
                    settings, url, database, catalogue, ledger, recording, readings, sealer, maps, committing, vault,
                    policy, authority, ends, seal, Totals(), Paces(),
                )  # fmt: skip
    finally:
        if server is not None:
            server.stop()

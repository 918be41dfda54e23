"""What is derived from acts never depends on what their sealed values say: it is rebuilt without any key."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import psycopg
import pytest

from domain.catalogue import Catalogue, UnreadableEvent
from domain.personal import PREFIX
from domain.registers import all_registers
from ledger.database import Database, connect
from ledger.ledger import Ledger
from projections.recording import Recording
from tests.conftest import opened_vault
from tests.projections.registry import Asked, Registry
from tests.replay.rebuilding import rebuilt, rows

SITTING = {"held_on": "2020-03-02", "minutes": "3"}
CERTIFICATE = {
    "name": "Ilze Ezeriņa", "personal_code": "390000-00018", "programme_kind": "interest", "programme": "Klavierspēle",
    "target_groups": ["preschool"], "theme": "music", "territories": ["Cēsu novads"], "addresses": ["EZERA IELA 3"],
}  # fmt: skip


def test_rebuilt_without_keys_every_row_is_the_live_one(
    database: Database, sealing_catalogue: Catalogue, sealing: Recording, database_url: str
) -> None:
    registry = Registry(database, sealing_catalogue, sealing)
    school, sister = registry.register(2, head="ANNA KALNIŅA")
    for entry, head in ((school, "BRUNO LĀCIS"), (school, "BRUNO LĀCIS"), (sister, "ANNA KALNIŅA"), (school, None)):
        registry.decide(Asked("amend", entry, {"head": head}))
    (issued,) = registry.decide(Asked("issue", content={**CERTIFICATE, "sitting": SITTING}, register=CERTIFICATES))
    changed_code(registry, issued.entry)
    live = rows(database_url)
    done = rebuilt(database_url, compare=True)
    assert (done.acts, done.difference) == (8, None)
    assert rows(database_url) == live
    assert PREFIX in "".join(live["entry_states"])


def test_a_key_that_was_lost_and_not_destroyed_stops_the_reader(
    database: Database, sealing_catalogue: Catalogue, sealing: Recording, database_url: str
) -> None:
    Registry(database, sealing_catalogue, sealing).register(2, head="ANNA KALNIŅA")
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE vault.subjects DISABLE TRIGGER ALL")
        owner.execute("DELETE FROM vault.labels")
        owner.execute("DELETE FROM vault.subjects")
    with opened_vault(database_url) as vault, connect(database_url) as connection:
        ledger = Ledger(Catalogue(all_registers(), vault))
        with pytest.raises(UnreadableEvent, match="positions 0 to 1: no key of subject"):
            ledger.acts_between(connection, -1, 1, limit=2)


CERTIFICATES = "practice-certificates"


def changed_code(registry: Registry, entry: UUID) -> None:
    """The teacher has another surname and code since."""
    reissue = {"sitting": SITTING, "name": "Ilze Kalniņa", "personal_code": "390000-00026"}
    registry.decide(Asked("reissue", entry, reissue, register=CERTIFICATES), on=date(2020, 6, 1))

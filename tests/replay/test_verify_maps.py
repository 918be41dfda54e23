"""What the service commits to of a register's map is held against the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.act import Decision, Draft
from domain.register_maps import REGISTER, MapCommitment
from ledger.database import Database
from ledger.sealing import Sealer
from projections.map_commitments import MapCommitting
from projections.moment import resolve_known_at
from projections.recording import Recording
from projections.register_maps import RegisterMaps
from replay.snapshot import snapshot
from replay.verify.finding import Wrong
from replay.verify.maps import check_maps
from tests.conftest import fresh_database
from tests.projections.asking import registration, submission
from tests.projections.registry import Registry
from tests.replay.verifying import CATALOGUE, Whole

ANOTHER_ROOT = "0f" * 32


@pytest.fixture
def recording(database: Database) -> Iterator[Recording]:
    opened = Recording(database, CATALOGUE)
    yield opened
    opened.close()


@pytest.fixture
def committing(database: Database, recording: Recording) -> MapCommitting:
    """A ledger of three schools, committed to before and after the first is struck off."""
    made = MapCommitting(database, recording, RegisterMaps(), CATALOGUE.registers.values())
    registry = Registry(database, CATALOGUE, recording)
    schools = registry.register(3)
    for change in (lambda: None, lambda: registry.strike_off(schools[0], on=date(2020, 6, 1))):
        change()
        with database.pool.connection() as connection:
            known = resolve_known_at(connection, None)
        made.commit(known)
    return made


def lie(recording: Recording, database: Database, position: int, **said: Any) -> int:
    """Record a commitment that says something else of the register of institutions; answers with its position."""
    with database.pool.connection() as connection:
        size, root = 3, RegisterMaps().at(connection, CATALOGUE.registers["institutions"], position).root.hex()
    told = {"register_name": "institutions", "size": size, "root": root, "alive": ("registered",), **said}
    content = MapCommitment.model_validate({"position": position, "maps": (told,)})
    decision = Decision(decided_on=date(2020, 3, 2))
    draft = Draft(REGISTER.name, uuid4(), "commit", decision, None, content, opens_entry=True)
    return recording.record(submission(draft))[0].position


def test_commitments_that_the_registers_bear_out_are_whole_in_every_order(
    database: Database, recording: Recording, committing: MapCommitting
) -> None:
    recording.record(submission(registration()))
    lie(recording, database, 1, size=2)  # of a moment gone by, and true
    with snapshot(database.url) as connection:
        check_maps(connection, CATALOGUE)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"size": 2}, "expected map of institutions: 3 leaves"),
        ({"root": ANOTHER_ROOT}, f"root {ANOTHER_ROOT}"),
        ({"alive": ("registered", "struck_off")}, "in it: registered, struck_off"),
        ({"register_name": "teaching-permits"}, "a register that has a map"),
    ],
    ids=["size", "root", "statuses", "register"],
)
def test_a_commitment_that_the_register_does_not_bear_out_is_named(
    database: Database, recording: Recording, committing: MapCommitting, said: dict[str, Any], words: str
) -> None:
    position = lie(recording, database, 2, **said)
    with snapshot(database.url) as connection, pytest.raises(Wrong) as found:
        check_maps(connection, CATALOGUE)
    assert f"ledger.events, position {position}, column state" in str(found.value.finding)
    assert words in str(found.value.finding)


def test_verifying_with_a_replay_notices_a_commitment_that_lies(
    server_url: str, database: Database, recording: Recording, committing: MapCommitting, tmp_path: Path
) -> None:
    whole = Whole(database.url, tmp_path / "keys")
    with fresh_database(server_url) as scratch:
        sealer = Sealer(database, whole.signer)
        sealer.seal()
        assert whole.verified(scratch_url=scratch).finding is None
        position = lie(recording, database, 2, root=ANOTHER_ROOT)
        sealer.seal()
        sealer.close()
    with fresh_database(server_url) as scratch:
        finding = whole.verified(scratch_url=scratch).finding
    assert finding is not None
    assert (finding.table, finding.row, finding.column) == ("ledger.events", f"position {position}", "state")

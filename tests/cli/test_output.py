"""Tables on a terminal of any width."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.recording import Recording
from tests.cli.running import installed
from tests.projections.registry import Asked, Registry


@pytest.mark.parametrize("columns", ["30", "80", "200"])
def test_numbers_ids_and_dates_in_a_list_are_unbroken_however_narrow_the_terminal(
    database_url: str, database: Database, catalogue: Catalogue, recording: Recording, tmp_path: Path, columns: str
) -> None:
    registry = Registry(database, catalogue, recording)
    number = "Lēmums par iesniegumu 1-7/1"
    (applied,) = registry.decide(Asked("receive", content={"name": "Iecerētā skola"}), number=number)
    (registered,) = registry.decide(Asked("register"), number=number)
    reading = ("acts", "--purpose", "upkeep")  # what is not registered yet is not public
    listed = installed(*reading, cwd=tmp_path, DATABASE_URL=database_url, COLUMNS=columns)
    assert listed.code == 0, listed.err
    assert registered.registration_number is not None
    for words in (str(applied.entry), registered.registration_number, "2020-03-02", "receive"):
        assert words in listed.out
    assert str(registered.entry) not in listed.out

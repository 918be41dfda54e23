"""``regesta demo`` on a ledger that others began: it records nothing."""

from __future__ import annotations

from pathlib import Path

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.recording import Recording
from tests.cli.running import regesta
from tests.projections.asking import positions
from tests.projections.registry import Registry
from tests.replay.test_viis import SCHOOL_LINE, export_of


def refused(url: str) -> None:
    """The demo is not run on the ledger at ``url``."""
    answer = regesta(url, "demo", "--no-serve")
    assert (answer.code, answer.out) == (2, "")
    said = " ".join(answer.err.split())
    assert "demo: expected an empty ledger or one that the reconstruction began, met one whose first act (" in said
    assert "nothing was recorded. For a ledger of its own, unset DATABASE_URL" in said


def test_a_ledger_in_which_a_clerk_recorded_first_is_refused_and_left_as_it_is(
    database_url: str, database: Database, catalogue: Catalogue, recording: Recording
) -> None:
    Registry(database, catalogue, recording).register()
    refused(database_url)
    assert positions(database) == [0]


def test_a_ledger_into_which_an_office_took_over_its_register_is_refused_and_left_as_it_is(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "export.txt"
    file.write_bytes(export_of(SCHOOL_LINE))
    assert regesta(database_url, "import", "viis", str(file), "--effective-on", "2020-12-31").code == 0
    refused(database_url)
    assert positions(database) == [0]

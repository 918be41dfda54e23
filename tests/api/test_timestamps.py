"""Time stamps as an operator has them made and anyone gets them: ``openssl ts`` is the authority and the judge."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.service import running
from api.settings import Settings
from ledger.database import Database
from ledger.recorder import LedgerRecorder
from tests.api.office import problem, told
from tests.api.serving import caller, serving
from tests.cli.running import regesta
from tests.conftest import keys_of
from tests.ledger.appends import acts, insert
from tests.ledger.authority import authority, openssl


def test_the_head_of_last_month_is_stamped_and_openssl_verifies_what_is_served(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database_url=database_url, keys_folder=keys_of(database_url))
    month = (datetime.now(UTC).replace(day=1) - timedelta(days=3)).replace(hour=12)
    with closing(Database(database_url)) as database, database.pool.connection() as connection:
        insert(connection, 0, recorded_at=month)
    with running(settings) as service:
        service.sealer.seal()
        LedgerRecorder(service.database).insert_events(acts(2))

    refused = regesta(database_url, "log", "timestamp")
    assert (refused.code, refused.err) == (
        2, "timestamp: expected REGESTA_TSA_URL and REGESTA_TSA_CERTIFICATES, met neither\n",
    )  # fmt: skip
    with authority(tmp_path / "tsa") as tsa:
        monkeypatch.setenv("REGESTA_TSA_URL", tsa.url)
        monkeypatch.setenv("REGESTA_TSA_CERTIFICATES", str(tsa.root))
        done = regesta(database_url, "log", "timestamp")
        assert (done.code, done.out) == (0, f"Stamped the head of {month:%Y-%m}: checkpoint of 1 acts.\n")
        assert regesta(database_url, "log", "timestamp").code == 3

        with running(settings) as service, serving(service) as server, caller(server) as anyone:
            document = told(anyone.get("/log/timestamps"))
            (stamp,) = document["timestamps"]
            assert (stamp["size"], stamp["month"]) == (1, f"{month:%Y-%m}-01")
            for name in ("1.tsr", "1.note"):
                answer = anyone.get(f"/log/timestamps/{name}")
                assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
                (tmp_path / name).write_bytes(answer.content)
            problem(anyone.get("/log/timestamps/3.tsr"), 404, "not-found")
            problem(anyone.get("/log/timestamps/3.note"), 404, "not-found")
        verify = ["ts", "-verify", "-data", "1.note", "-in", "1.tsr", "-CAfile", str(tsa.root)]
        assert openssl(tmp_path, *verify) == b"Verification: OK\n"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"TSA_URL": "https://tsa.example"}, "REGESTA_TSA_URL and REGESTA_TSA_CERTIFICATES: expected both or neither"),
        ({"TSA_URL": "https://tsa.example", "TSA_CERTIFICATES": "nowhere.pem"}, "REGESTA_TSA_CERTIFICATES: "),
    ],
)
def test_an_authority_that_nothing_vouches_for_keeps_commands_from_starting(
    database_url: str, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"REGESTA_{name}", value)
    answer = regesta(database_url, "log", "timestamp")
    assert answer.code == 2
    assert answer.err.startswith(f"settings: {message}")

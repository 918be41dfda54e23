"""``regesta demo``: in an empty folder it loads, replays and shows the year 2020, and then serves it.

On a ledger that others began it records nothing.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.figures import all_figures
from projections.recording import Recording
from tests.cli.running import WAIT, Answer, installed, regesta, started
from tests.cli.serving import PASSWORD, client, data_folder, free_port, served, until_it_answers
from tests.domain.story import BASIC_SCHOOL
from tests.projections.asking import positions
from tests.projections.registry import Registry
from tests.replay.test_viis import SCHOOL_LINE, export_of


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with data_folder() as made:
        yield made


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Answer:
    """What the first run in an empty folder printed."""
    return installed("demo", "--no-serve", cwd=folder)


def figures(text: str) -> str:
    """The figures and what is said of them, without what went before."""
    return text[text.index("Reconciliation of published figures") :]


def test_the_demo_ends_with_the_figures_of_2020_each_equal_to_the_published_one(loaded: Answer) -> None:
    assert loaded.code == 0, loaded.err
    assert re.search(r"Replayed 34\d\d\d acts; the rebuilt register equals the live one row by row\.", loaded.out)
    shown = figures(loaded.out)
    replayed = {figure.figure for figure in all_figures() if f"  {figure.figure}, " in shown}
    assert replayed >= {"t2.registers", "t5.total", "t7.music", "t10.total", "s223.heads", "s225.inspections"}
    assert "\n552 equal, 3 parts do not add up" in shown
    assert "\nt7.total of 2016: 431 published, 378 replayed.\n" in shown
    assert "\nNo rule yields 2 published figures: t2.reports, t2.studies.\n" in shown
    struck_off = shown[: shown.index("  t3.institutions.struck_off, ")].splitlines()[-2]
    assert re.search(r" 86 +86 +86 +0 +equal", struck_off)


def test_the_demo_run_again_records_nothing_more_and_serves_at_the_addresses_it_prints(
    loaded: Answer, folder: Path
) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with started("demo", "--port", address.rpartition(":")[2], cwd=folder) as process:
        until_it_answers(address, process)
        assert process.stdout is not None
        said = ""
        while "Serving" not in said:
            said += process.stdout.readline().decode()
        printed = re.findall(r"http://\S+", said[said.index("Open next") : said.index("Serving")])
        with client(address) as anyone:
            position = anyone.get("/readyz").json()["position"]
            answers = [anyone.get(url) for url in printed]
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
    assert len(printed) == 6
    assert all(url.startswith(address) for url in printed)
    assert [str(answer.url) for answer in answers if answer.status_code != 200] == []
    assert f"Replayed {position + 1} acts" in loaded.out
    assert "Replayed" not in said
    assert figures(said[: said.index("Open next")]).strip() == figures(loaded.out).strip()


def test_the_demo_starts_at_once_also_after_a_clerk_recorded_acts_on_top_of_it(loaded: Answer, folder: Path) -> None:
    created = installed(
        "user", "create", "clerk", "--role", "*:clerk", "--password-stdin", cwd=folder, typed=f"{PASSWORD}\n"
    )
    assert created.code == 0, created.err
    act = {"kind": "register", "decision": {"decided_on": "2026-11-20"}, "content": BASIC_SCHOOL}
    with served(folder, "demo") as demo:
        with client(demo.address) as anyone:
            token = anyone.post("/sessions", json={"name": "clerk", "password": PASSWORD}).json()["token"]
        with client(demo.address, token) as clerk:
            position = clerk.post("/registers/institutions/acts", json=act).json()["position"]
        demo.process.send_signal(signal.SIGTERM)
        assert demo.process.wait(WAIT) == 0
    assert f"Replayed {position} acts" in loaded.out
    again = installed("demo", "--no-serve", cwd=folder)
    assert (again.code, "Replayed" in again.out) == (0, False), again.err
    assert figures(again.out) == figures(loaded.out)


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

"""``regesta demo``: in an empty folder it loads, replays and shows the year 2020, and then serves it."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.measures import all_figures
from tests.cli.running import WAIT, Answer, installed, started
from tests.cli.serving import client, data_folder, free_port, until_it_answers


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
    assert re.search(r"Replayed 4\d\d\d acts; the rebuilt register equals the live one row by row\.", loaded.out)
    shown = figures(loaded.out)
    replayed = [figure.figure for figure in all_figures() if f"  {figure.figure}, " in shown]
    assert len(replayed) == 29
    assert "\n29 equal\n" in shown
    assert "\n528 published figures belong to registers that do not exist yet.\n" in shown
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
    assert len(printed) == 5
    assert all(url.startswith(address) for url in printed)
    assert [str(answer.url) for answer in answers if answer.status_code != 200] == []
    assert f"Replayed {position + 1} acts" in loaded.out
    assert "Replayed" not in said
    assert figures(said[: said.index("Open next")]).strip() == figures(loaded.out).strip()

"""``regesta reconcile --figure``: the classes of a figure's difference, and the acts behind each."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.recording import Recording
from replay.published import COLUMNS
from tests.cli.running import Answer, regesta
from tests.conftest import fresh_database
from tests.projections.registry import Asked, Registry

REGISTERED, STOCK = "t3.institutions.registered", "stock.institutions"
PUBLISHED_AT = "1"


class Kept(NamedTuple):
    """A database in which two schools were registered before the publication, and a third after it; then the first
    one's registration was annulled. Beside it a file of published figures."""

    url: str
    file: Path
    numbers: tuple[str, ...]


@pytest.fixture(scope="module")
def kept(server_url: str, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    file = tmp_path_factory.mktemp("published") / "figures.csv"
    lines = [
        f"{REGISTERED},table 3,2020,5,acts,Reģistrētas,Registered",
        f"{STOCK},text,2020,2,stock,Reģistrā,In the register",
        "t3.institutions.struck_off,table 3,2020,0,acts,Svītrotas,Struck off",
        "licences,table 4,2020,7,acts,Licences,Licences",
        f"{REGISTERED},table 3,2019,0,acts,Reģistrētas,Registered",
    ]
    file.write_text("\n".join([",".join(COLUMNS), *lines]), encoding="utf-8")
    with fresh_database(server_url) as url:
        database = Database(url)
        recording = Recording(database, catalogue)
        registry = Registry(database, catalogue, recording)
        acts = [registry.decide(Asked("register"))[0] for _ in range(3)]
        annulment = {"target": 0, "mode": "ex_tunc"}
        registry.decide(Asked("annul", acts[0].entry, annulment), number="1-7/9", on=date(2020, 4, 1))
        yield Kept(url, file, tuple(str(act.registration_number) for act in acts))
        recording.close()
        database.close()


def opened(kept: Kept, figure: str, *options: str, year: str = "2020") -> Answer:
    """The answer to the command about one figure, published when positions 0 and 1 were there."""
    published = ("--published", str(kept.file), "--published-at", PUBLISHED_AT)
    return regesta(kept.url, "reconcile", year, *published, "--figure", figure, *options)


def test_each_class_of_the_difference_is_shown_with_the_acts_behind_it(kept: Kept) -> None:
    answer = opened(kept, STOCK, "--language", "en")
    assert answer.code == 0, answer.err
    headings = r"(?m)^(?:recorded later \(\+1\)|corrected or annulled since \(-1\))\s*$"
    _, later, since = re.split(headings, answer.out)
    assert (kept.numbers[2] in later, kept.numbers[0] in later, "1-7/9" in later) == (True, False, False)
    assert (kept.numbers[2] in since, kept.numbers[0] in since, "1-7/9" in since) == (False, True, True)
    assert REGISTERED not in answer.out


def test_what_is_unexplained_is_told_to_have_no_act_behind_it_and_wants_a_look(kept: Kept) -> None:
    answer = opened(kept, REGISTERED)
    assert answer.code == 1
    assert "ierakstīts vēlāk (+1)\n" in answer.out
    assert "neizskaidrots (-3): no act stands behind it.\n" in answer.out
    assert [number in answer.out for number in kept.numbers] == [False, False, True]


def test_of_many_acts_the_first_ones_are_shown_and_told_to_be_the_first(kept: Kept) -> None:
    everything = regesta(kept.url, "reconcile", "2020", "--published", str(kept.file), "--figure", REGISTERED)
    assert [number in everything.out for number in kept.numbers] == [False] * 3
    file = kept.file.with_name("right.csv")
    file.write_text(kept.file.read_text(encoding="utf-8").replace("2020,5,", "2020,3,"), encoding="utf-8")
    command = "reconcile", "2020", "--published", str(file), "--figure", REGISTERED
    whole, first = regesta(kept.url, *command), regesta(kept.url, *command, "--limit", "2")
    assert [number in whole.out for number in kept.numbers] == [True, True, True]
    assert [number in first.out for number in kept.numbers] == [True, True, False]
    assert "These are the first 2; more with --limit." in first.out
    assert "--limit" not in whole.out
    (part,) = json.loads(regesta(kept.url, *command, "--limit", "2", "--format", "json").out)["parts"]
    assert (part["class"], [act["position"] for act in part["acts"]], part["more"]) == ("equal", [0, 1], True)


def test_programs_get_the_figure_its_classes_and_the_whole_acts(kept: Kept) -> None:
    found = json.loads(opened(kept, STOCK, "--format", "json").out)
    parts = found.pop("parts")
    assert found == {
        "figure": STOCK, "year": "2020", "unit": "stock", "published": 2, "replayed_then": 2, "replayed_now": 2,
        "difference": 0, "published_at": 1, "known_at": 3,
    }  # fmt: skip
    assert [(part["class"], part["amount"], part["more"]) for part in parts] == [
        ("recorded_later", 1, False), ("corrected_or_annulled", -1, False),
    ]  # fmt: skip
    assert [[act["position"] for act in part["acts"]] for part in parts] == [[2], [3]]
    assert parts[1]["acts"][0]["decision"]["number"] == "1-7/9"


def test_a_table_for_programs_has_a_line_an_act_and_one_for_a_class_without_acts(kept: Kept) -> None:
    lines = list(csv.DictReader(io.StringIO(opened(kept, REGISTERED, "--format", "csv").out, newline="")))
    assert [(line["class"], line["amount"], line["position"], line["registration_number"]) for line in lines] == [
        ("recorded_later", "1", "2", kept.numbers[2]), ("unexplained", "-3", "", ""),
    ]  # fmt: skip
    (line,) = csv.DictReader(io.StringIO(opened(kept, "licences", "--format", "csv").out, newline=""))
    assert line == {"class": "not_replayed", "amount": "0"}


@pytest.mark.parametrize(("figure", "year"), [("castles", "2020"), (STOCK, "2019"), ("", "2020")])
def test_a_figure_that_was_not_published_for_that_year_is_not_there(kept: Kept, figure: str, year: str) -> None:
    answer = opened(kept, figure, year=year)
    assert (answer.code, answer.out) == (3, "")
    assert f"has no figure {figure} of {year}." in answer.err


def test_a_figure_of_another_year_is_that_of_the_year_asked_about(kept: Kept) -> None:
    answer = opened(kept, REGISTERED, "--language", "en", year="2019")
    assert answer.code == 0, answer.err
    assert "equal: no act stands behind it." in answer.out

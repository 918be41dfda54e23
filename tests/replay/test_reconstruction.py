"""The reconstruction of 2020: it yields the published figures and ends at the real register, and says what it is.

``regesta demo`` records it in an empty folder, replays and shows the year, and serves it.
"""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from psycopg import Connection

from domain.act import Act
from domain.catalogue import Catalogue
from domain.personal_code import mismatch, written
from domain.registers import all_registers
from ledger.database import EmbeddedServer, connect
from ledger.person_keys import ring_in
from ledger.vault import Vault
from projections.counting import positions_behind
from projections.figures import all_figures
from projections.measures import Share
from projections.moment import Moment, resolve_known_at
from projections.reading import ListQuery, read_list
from replay.published import Published, read_published
from replay.reconciliation import Class, Part, reconcile, summary
from replay.reconstruction.practice_certificates import OLD_CODE
from replay.viis_export import export_viis
from tests.cli.running import WAIT, Answer, installed, started
from tests.cli.serving import PASSWORD, client, data_folder, free_port, until_it_answers
from tests.conftest import fresh_database, opened_vault
from tests.domain.story import BASIC_SCHOOL
from tests.replay.counted_by import EXACT, changed_without, facts, of_each_table, stocks_that_count, without
from tests.replay.reconstructed import (
    acts_up_to,
    kill_in_the_middle,
    newest,
    of_proposal,
    reconstruct,
    same_in_every_run,
    values,
)

EXPORTED = ("institutions", "higher-education")
NEW, GONE = 104, 101
"""Institutions registered and struck off in 2020 (text 2.2.1 of the report)."""

CONTRADICTIONS: dict[tuple[str, str], tuple[Part, ...]] = {
    ("t11.total", "2018"): (Part(Class.PARTS_DO_NOT_ADD_UP, 10),),
    ("t2.accreditation", "2020"): (Part(Class.PARTS_DO_NOT_ADD_UP, -860),),  # 3454 acts are itemised, 4314 told
    ("t7.total", "2016"): (Part(Class.PARTS_DO_NOT_ADD_UP, -53),),
}
"""What the publication says against itself: figures and years, and how the replay of their parts differs."""


class InOneGo(NamedTuple):
    """A database that the reconstruction was recorded in without a stop, and how many acts it said these are."""

    url: str
    recorded: int
    vault: Vault


@pytest.fixture(scope="module")
def in_one_go(server_url: str) -> Iterator[InOneGo]:
    with fresh_database(server_url) as url, opened_vault(url) as vault:
        yield InOneGo(url, reconstruct(url, Catalogue(all_registers(), vault)), vault)


@pytest.fixture(scope="module")
def catalogue(in_one_go: InOneGo) -> Catalogue:
    return Catalogue(all_registers(), in_one_go.vault)


@pytest.fixture
def connection(in_one_go: InOneGo) -> Iterator[Connection[Any]]:
    """A connection whose changes are rolled back."""
    with connect(in_one_go.url) as opened:
        yield opened
        opened.rollback()


@pytest.fixture(scope="module")
def acts(in_one_go: InOneGo, catalogue: Catalogue) -> list[Act]:
    """Every act in the ledger."""
    with connect(in_one_go.url) as opened:
        return acts_up_to(opened, catalogue, newest(opened))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """An empty folder for demos."""
    with data_folder() as made:
        yield made


@pytest.fixture(scope="module")
def demo(folder: Path) -> Answer:
    """What the demo printed that ran to its end, after two in the same folder were killed in the middle."""
    random = Random(2020)
    # The opening stock takes 2730 acts.
    for wanted in (random.randint(100, 2600), random.randint(2750, 34_000)):
        kill_in_the_middle(folder, wanted)
    return installed("demo", "--no-serve", cwd=folder)


@pytest.fixture(scope="module")
def published(register_export: Path) -> list[Published]:
    figures = register_export.parent.parent / "report-2020" / "figures.csv"
    publication = read_published(figures.read_text(encoding="utf-8"))
    assert publication.problems == []
    return publication.figures


def test_every_figure_that_a_rule_yields_is_the_published_one_and_all_others_are_named(
    connection: Connection[Any], published: list[Published]
) -> None:
    rows = reconcile(connection, published, 2020, newest(connection))
    replayed = {row.published.figure for row in rows if row.now is not None}
    assert replayed == {row.figure for row in published if row.figure in all_figures()}
    assert {"t2.registers", "t3.institutions.struck_off", "t3.scientific.registered"} <= replayed
    different = [row for row in rows if row.now != row.published.value and row.now is not None]
    assert {(row.published.figure, row.published.year): row.parts for row in different} == CONTRADICTIONS
    lines = sum(row.now is not None for row in rows)
    counted = Counter({Class.EQUAL: lines - len(different), Class.NOT_REPLAYED: 557 - lines})
    assert Counter(summary(rows)) == counted + Counter(part.kind for parts in CONTRADICTIONS.values() for part in parts)


def test_a_few_figures_as_they_are_printed(connection: Connection[Any]) -> None:
    found = values(connection)
    assert found["t2.registers"] == 1321
    assert (found["t3.institutions.struck_off"], found["s221.institutions.struck_off"]) == (86, 101)
    assert (found["t3.institutions.registered"], found["s221.institutions.registered"]) == (88, 104)
    assert (found["t3.institutions.amended"], found["s221.institutions.amended.written"]) == (1145, 71)
    assert (found["t2.childcare_registered"], found["t2.childcare_other"]) == (517, 143)
    assert found["s221.childcare.stock"] == found["stock.childcare-providers"] == 4599
    assert (found["t2.licensing"], found["s222.general.licensed"], found["s222.general.updated"]) == (3472, 1179, 1372)
    assert (found["t10.total"], found["t10.total.modular"], found["s222.vocational.updated"]) == (921, 272, 1349)
    assert (found["s222.vocational.qualifications"], found["s222.vocational.modular.institutions"]) == (117, 49)
    assert (found["s223.general.programmes"], found["s223.vocational.panel"], found["t2.accreditation"]) == (
        1569,
        887,
        3454,
    )
    assert (found["t2.heads"], found["s223.heads"], found["s223.heads.needs_improvement"]) == (221, 223, 23)
    assert found["stock.programme-licences"] == 2 * 1600 + 212 + 197 + 1179 + 921
    assert (found["s221.psychologists.stock"], found["s221.psychologists.stock.certified"]) == (1584, 1376)
    assert found["t2.psychologists_certified_share"] == 87
    assert (found["s224.agreements"], found["s224.institutions"], found["s224.qualifications"]) == (149, 23, 103)
    assert (found["t11.total"], found["s224.persons"], found["t11.Pavārs"]) == (337, 337, 32)
    assert (found["t2.inspections"], found["t2.submissions"], found["t2.children_updates"]) == (252, 750, 6)
    assert (found["t8.total"], found["s221.children.all"], found["t9.total.half1"]) == (902, 16_453, 4618)
    assert (found["t2.practice_certificates"], found["t5.total"], found["t5.reissued"]) == (192, 329, 2)
    assert (found["s221.practice.teachers"], found["s221.practice.refused_initially"], found["t5.refused"]) == (
        225,
        2,
        1,
    )
    assert (found["stock.practice-certificates"], found["s221.practice.stock_about"]) == (999, 1000)
    assert (found["t2.convicted"], found["s221.convicted.permits"], found["s221.convicted.sessions"]) == (36, 37, 8)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [(date(2019, 12, 30), 0), (date(2019, 12, 31), 2713 - NEW + GONE), (date(2020, 12, 31), 2713)],
)
def test_the_register_grows_from_the_opening_stock_to_the_export(
    connection: Connection[Any], catalogue: Catalogue, as_of: date, expected: int
) -> None:
    moment = Moment(as_of, resolve_known_at(connection, None))
    found = 0
    for register in (catalogue.registers[name] for name in EXPORTED):
        query = ListQuery(statuses=tuple(sorted(register.alive)))
        found += len(read_list(connection, register, moment, query, 10_000))
    assert found == expected


def test_the_register_at_the_end_of_2020_is_the_real_export_byte_for_byte(
    in_one_go: InOneGo, connection: Connection[Any], catalogue: Catalogue, register_export: Path
) -> None:
    registers = [catalogue.registers[name] for name in EXPORTED]
    moment = Moment(date(2020, 12, 31), resolve_known_at(connection, None))
    assert export_viis(connection, registers, moment, in_one_go.vault) == register_export.read_bytes()


def test_every_act_says_that_it_is_reconstructed(in_one_go: InOneGo, acts: list[Act]) -> None:
    of_entries = [act for act in acts if not of_proposal(act)]
    said = [act.payload.note or act.payload.source or "" for act in of_entries]
    assert [words for words in said if "Rekonstrukcija" not in words] == []
    assert {act.payload.actor for act in acts} == {"reconstruction", "reconstruction-confirmed"}
    assert len(of_entries) == in_one_go.recorded


def test_what_needs_two_people_was_proposed_by_one_and_confirmed_by_another(acts: list[Act]) -> None:
    permits = [act for act in acts if act.payload.register_name == "teaching-permits"]
    confirmed = {position for act in acts if act.kind.event == "proposal.confirmed" for position in act.fields["acts"]}
    assert ({act.position for act in permits} - confirmed, len(permits)) == (set(), 37)
    people = {act.kind.verb: act.payload.actor for act in acts if of_proposal(act)}
    assert people == {"propose": "reconstruction", "confirm": "reconstruction-confirmed"}


def test_without_one_act_exactly_the_figures_that_count_it_are_less_by_what_it_counts(
    connection: Connection[Any],
) -> None:
    known, random, told = newest(connection), Random(2020), facts(connection)
    behind = {
        measure: set(positions_behind(connection, [measure], 2020, known, -1, 10_000))
        for measure in all_figures().measures
    }
    before = values(connection)
    for measure in of_each_table((measure for measure, counted in behind.items() if counted), 1):
        position = random.choice(sorted(behind[measure]))
        expected = changed_without(position, behind, told)
        with without(connection, "DELETE FROM acts WHERE position = %s", position):
            after = values(connection)
        less = {figure: before[figure] - after[figure] for figure in before if before[figure] != after[figure]}
        assert less == expected, (measure.figure, position)


def test_invented_personal_codes_are_valid_but_given_to_nobody(acts: list[Act]) -> None:
    codes = [act.fields.get("personal_code") for act in acts]
    given = [code for code in codes if code is not None]
    assert given
    assert {code[:2] for code in given if code != OLD_CODE} == {"39"}
    assert [code for code in given if written(code) != code or mismatch(code) is not None] == []


def test_without_one_state_exactly_the_stocks_that_count_it_are_one_less(connection: Connection[Any]) -> None:
    before = values(connection)
    others = {stock.figure for stock in all_figures().stocks if stock not in EXACT}
    others |= {figure.figure for figure in all_figures() if isinstance(figure, Share)}
    for stock in of_each_table((stock for stock in EXACT if before[stock.figure]), 2):
        (position, *_) = positions_behind(connection, [stock], 2020, newest(connection), -1, 1)
        expected = stocks_that_count(connection, position)
        assert stock.figure in expected
        with without(connection, "DELETE FROM entry_states WHERE act = %s", position):
            after = values(connection)
        assert {figure for figure in before if before[figure] != after[figure]} - others == expected - others


def figures(text: str) -> str:
    """The figures and what is said of them, without what went before."""
    return text[text.index("Reconciliation of published figures") :]


def test_the_demo_ends_with_the_figures_of_2020_each_equal_to_the_published_one(demo: Answer, acts: list[Act]) -> None:
    assert demo.code == 0, demo.err
    assert f"Replayed {len(acts)} acts; the rebuilt register equals the live one row by row." in demo.out
    shown = figures(demo.out)
    replayed = {figure.figure for figure in all_figures() if f"  {figure.figure}, " in shown}
    assert replayed >= {"t2.registers", "t5.total", "t7.music", "t10.total", "s223.heads", "s225.inspections"}
    assert "\n552 equal, 3 parts do not add up" in shown
    assert "\nt7.total of 2016: 431 published, 378 replayed.\n" in shown
    assert "\nNo rule yields 2 published figures: t2.reports, t2.studies.\n" in shown
    struck_off = shown[: shown.index("  t3.institutions.struck_off, ")].splitlines()[-2]
    assert re.search(r" 86 +86 +86 +0 +equal", struck_off)


def test_killed_in_the_middle_and_run_again_the_demo_ends_with_the_same_acts_as_a_run_in_one_go(
    demo: Answer, folder: Path, acts: list[Act]
) -> None:
    assert demo.code == 0, demo.err
    server = EmbeddedServer(folder / "data" / "postgres")
    with closing(Vault(server.url, lambda: ring_in(folder / "data" / "keys"))) as vault, connect(server.url) as other:
        again = acts_up_to(other, Catalogue(all_registers(), vault), len(acts) - 1)
    server.stop()
    assert same_in_every_run(again) == same_in_every_run(acts)


def test_the_demo_run_again_serves_at_the_addresses_it_prints_and_records_nothing_more_whoever_recorded_meanwhile(
    demo: Answer, folder: Path, acts: list[Act]
) -> None:
    created = installed(
        "user", "create", "clerk", "--role", "*:clerk", "--password-stdin", cwd=folder, typed=f"{PASSWORD}\n"
    )
    assert created.code == 0, created.err
    address = f"http://127.0.0.1:{free_port()}"
    act = {"kind": "register", "decision": {"decided_on": "2026-11-20"}, "content": BASIC_SCHOOL}
    with started("demo", "--port", address.rpartition(":")[2], cwd=folder) as process:
        until_it_answers(address, process)
        assert process.stdout is not None
        said = ""
        while "Serving" not in said:
            said += process.stdout.readline().decode()
        printed = re.findall(r"http://\S+", said[said.index("Open next") : said.index("Serving")])
        with client(address) as anyone:
            answers = [anyone.get(url) for url in printed]
            token = anyone.post("/sessions", json={"name": "clerk", "password": PASSWORD}).json()["token"]
        with client(address, token) as clerk:
            position = clerk.post("/registers/institutions/acts", json=act).json()["position"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
    assert len(printed) == 6
    assert all(url.startswith(address) for url in printed)
    assert [str(answer.url) for answer in answers if answer.status_code != 200] == []
    assert position == len(acts)
    again = installed("demo", "--no-serve", cwd=folder)
    assert (again.code, "Replayed" in again.out, "Replayed" in said) == (0, False, False), again.err
    assert figures(again.out) == figures(demo.out)
    assert figures(said[: said.index("Open next")]).strip() == figures(demo.out).strip()

"""The reconstruction of 2020: it yields the published figures and ends at the real register, and says what it is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from domain.act import Act
from domain.catalogue import Catalogue
from domain.personal_code import mismatch, written
from domain.registers import all_registers
from ledger.database import Database, connect
from ledger.ledger import Ledger
from ledger.vault import Vault
from projections.counting import evaluate, positions_behind
from projections.figures import all_figures
from projections.measures import Measure, Share, Stock, Total, table_of
from projections.moment import Moment, resolve_known_at
from projections.reading import ListQuery, read_list
from projections.recording import Recording
from replay.published import Published, read_published
from replay.rebuild import rebuild
from replay.reconciliation import Class, Part, reconcile, summary
from replay.reconstruction.practice_certificates import OLD_CODE
from replay.reconstruction.recorder import reconstruct_2020
from replay.viis_export import export_viis
from tests.cli.running import started
from tests.conftest import fresh_database, opened_vault

AnyFigure = TypeVar("AnyFigure", Measure, Stock)

EXPORTED = ("institutions", "higher-education")
NEW, GONE = 104, 101
"""Institutions registered and struck off in 2020 (text 2.2.1 of the report)."""

CONTRADICTIONS: dict[tuple[str, str], tuple[Part, ...]] = {
    ("t11.total", "2018"): (Part(Class.PARTS_DO_NOT_ADD_UP, 10),),
    ("t2.accreditation", "2020"): (Part(Class.PARTS_DO_NOT_ADD_UP, -860),),  # 3454 acts are itemised, 4314 told
    ("t7.total", "2016"): (Part(Class.PARTS_DO_NOT_ADD_UP, -53),),
}
"""What the publication says against itself: figures and years, and how the replay of their parts differs."""


class Loaded(NamedTuple):
    """A database that the reconstruction was recorded in, and how many acts it said it recorded."""

    url: str
    recorded: int
    vault: Vault


def reconstruct(url: str, catalogue: Catalogue) -> int:
    """Record what is missing of the reconstruction."""
    database = Database(url)
    recording = Recording(database, catalogue)
    try:
        return reconstruct_2020(recording, database, catalogue, lambda done, of: None)
    finally:
        recording.close()
        database.close()


@pytest.fixture(scope="module")
def loaded(server_url: str) -> Iterator[Loaded]:
    with fresh_database(server_url) as url, opened_vault(url) as vault:
        yield Loaded(url, reconstruct(url, Catalogue(all_registers(), vault)), vault)


@pytest.fixture
def catalogue(loaded: Loaded) -> Catalogue:
    return Catalogue(all_registers(), loaded.vault)


@pytest.fixture
def connection(loaded: Loaded) -> Iterator[Connection[Any]]:
    """A connection whose changes are rolled back."""
    with connect(loaded.url) as opened:
        yield opened
        opened.rollback()


@pytest.fixture(scope="module")
def published(register_export: Path) -> list[Published]:
    figures = register_export.parent.parent / "report-2020" / "figures.csv"
    publication = read_published(figures.read_text(encoding="utf-8"))
    assert publication.problems == []
    return publication.figures


def newest(connection: Connection[Any]) -> int:
    """The newest position."""
    return resolve_known_at(connection, None).position


def all_acts(connection: Connection[Any], catalogue: Catalogue) -> list[Act]:
    """Every act in the ledger."""
    return Ledger(catalogue).acts_between(connection, -1, newest(connection), limit=100_000)


def of_proposal(act: Act) -> bool:
    """Whether the act is about a proposal, and not about an entry of the registers."""
    return act.payload.register_name == "proposals"


def values(connection: Connection[Any]) -> dict[str, int]:
    """Every figure of 2020."""
    found = evaluate(connection, all_figures(), [2020], newest(connection))
    return {figure: value for (figure, _), value in found.items()}


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
    loaded: Loaded, connection: Connection[Any], catalogue: Catalogue, register_export: Path
) -> None:
    registers = [catalogue.registers[name] for name in EXPORTED]
    moment = Moment(date(2020, 12, 31), resolve_known_at(connection, None))
    assert export_viis(connection, registers, moment, loaded.vault) == register_export.read_bytes()


def test_every_act_says_that_it_is_reconstructed(connection: Connection[Any], catalogue: Catalogue) -> None:
    acts = all_acts(connection, catalogue)
    said = [act.payload.note or act.payload.source or "" for act in acts if not of_proposal(act)]
    assert [words for words in said if "Rekonstrukcija" not in words] == []
    assert {act.payload.actor for act in acts} == {"reconstruction", "reconstruction-confirmed"}


def test_what_needs_two_people_was_proposed_by_one_and_confirmed_by_another(
    connection: Connection[Any], catalogue: Catalogue
) -> None:
    acts = all_acts(connection, catalogue)
    permits = [act for act in acts if act.payload.register_name == "teaching-permits"]
    confirmed = {position for act in acts if act.kind.event == "proposal.confirmed" for position in act.fields["acts"]}
    assert ({act.position for act in permits} - confirmed, len(permits)) == (set(), 37)
    people = {act.kind.verb: act.payload.actor for act in acts if of_proposal(act)}
    assert people == {"propose": "reconstruction", "confirm": "reconstruction-confirmed"}


def test_a_second_run_records_nothing(loaded: Loaded, connection: Connection[Any], catalogue: Catalogue) -> None:
    proposals = sum(of_proposal(act) for act in all_acts(connection, catalogue))
    assert loaded.recorded + proposals == newest(connection) + 1
    assert reconstruct(loaded.url, catalogue) == 0
    connection.rollback()
    assert newest(connection) + 1 == loaded.recorded + proposals


def test_the_projections_are_those_that_the_ledger_gives(
    loaded: Loaded, connection: Connection[Any], catalogue: Catalogue
) -> None:
    acts = newest(connection) + 1
    connection.rollback()
    done = rebuild(loaded.url, Ledger(catalogue), lambda done, of: None, compare=True, processes=1)
    assert (done.acts, done.difference) == (acts, None)


@contextmanager
def without(connection: Connection[Any], statement: str, position: int) -> Iterator[None]:
    """The projections without what ``statement`` deletes; put back at the end."""
    deleted = connection.execute(statement, (position,))
    assert deleted.rowcount > 0
    yield
    connection.rollback()


class Facts(NamedTuple):
    """Of the act at each position: what tells its decision from others, and what it is counted by."""

    decisions: dict[int, tuple[object, ...]]
    attributes: dict[int, dict[str, Any]]


def facts(connection: Connection[Any]) -> Facts:
    """What is known of every act."""
    rows = connection.execute("SELECT position, register, decision_number, decided_on, attributes FROM acts").fetchall()
    return Facts(
        {position: (register, number or position, day) for position, register, number, day, _ in rows},
        {position: attributes or {} for position, *_, attributes in rows},
    )


def less_without(position: int, measure: Measure, counted: set[int], known: Facts) -> int:
    """By how much ``measure``, which counts the acts at ``counted``, is less without the one at ``position``."""
    if position not in counted:
        return 0
    if measure.sum_of is not None:
        return int(known.attributes[position][measure.sum_of])
    if measure.unit == "acts":
        told_by: dict[int, Any] = known.decisions
    elif measure.distinct is not None:
        told_by = {other: known.attributes[other].get(measure.distinct) for other in counted}
    else:
        return 1
    alike = [other for other in counted if told_by[other] == told_by[position]]
    return int(told_by[position] is not None and alike == [position])


def changed_without(position: int, behind: dict[Measure, set[int]], known: Facts) -> dict[str, int]:
    """The flows that must be less when the act at ``position`` is not there, and by how much."""
    less = {m.figure: less_without(position, m, counted, known) for m, counted in behind.items()}
    of_totals = {
        total.figure: sum(less[leaf.figure] for leaf in all_figures().counted(total.figure))
        for total in all_figures()
        if isinstance(total, Total) and all(leaf.figure in less for leaf in all_figures().counted(total.figure))
    }
    return {figure: amount for figure, amount in (less | of_totals).items() if amount}


def of_each_table(figures: Iterable[AnyFigure]) -> list[AnyFigure]:
    """A few figures of each table, drawn at random but the same in every run."""
    random, by_table = Random(2020), dict[str, list[AnyFigure]]()
    for figure in figures:
        by_table.setdefault(table_of(figure.figure), []).append(figure)
    return [figure for table in by_table.values() for figure in random.sample(table, min(len(table), 3))]


def test_without_one_act_exactly_the_figures_that_count_it_are_less_by_what_it_counts(
    connection: Connection[Any],
) -> None:
    known, random, told = newest(connection), Random(2020), facts(connection)
    behind = {
        measure: set(positions_behind(connection, [measure], 2020, known, -1, 10_000))
        for measure in all_figures().measures
    }
    before = values(connection)
    for measure in of_each_table(measure for measure, counted in behind.items() if counted):
        position = random.choice(sorted(behind[measure]))
        expected = changed_without(position, behind, told)
        with without(connection, "DELETE FROM acts WHERE position = %s", position):
            after = values(connection)
        less = {figure: before[figure] - after[figure] for figure in before if before[figure] != after[figure]}
        assert less == expected, (measure.figure, position)


def test_invented_personal_codes_are_valid_but_given_to_nobody(
    connection: Connection[Any], catalogue: Catalogue
) -> None:
    codes = [act.fields.get("personal_code") for act in all_acts(connection, catalogue)]
    given = [code for code in codes if code is not None]
    assert given
    assert {code[:2] for code in given if code != OLD_CODE} == {"39"}
    assert [code for code in given if written(code) != code or mismatch(code) is not None] == []


EXACT = [stock for stock in all_figures().stocks if stock.rounded_to == 1 and stock.distinct is None]
"""The stocks of which each entry counts for itself."""


def stocks_that_count(connection: Connection[Any], position: int) -> set[str]:
    """The stocks and their totals that count the state the act at ``position`` made."""
    known = newest(connection)
    counting = {
        stock.figure
        for stock in EXACT
        if positions_behind(connection, [stock], 2020, known, position - 1, 1) == [position]
    }
    adding_up = [figure.figure for figure in all_figures() if not isinstance(figure, Share)]
    return {figure for figure in adding_up if counting & {leaf.figure for leaf in all_figures().counted(figure)}}


def test_without_one_state_exactly_the_stocks_that_count_it_are_one_less(connection: Connection[Any]) -> None:
    before = values(connection)
    others = {stock.figure for stock in all_figures().stocks if stock not in EXACT}
    others |= {figure.figure for figure in all_figures() if isinstance(figure, Share)}
    for stock in of_each_table(stock for stock in EXACT if before[stock.figure]):
        (position, *_) = positions_behind(connection, [stock], 2020, newest(connection), -1, 1)
        expected = stocks_that_count(connection, position)
        assert stock.figure in expected
        with without(connection, "DELETE FROM entry_states WHERE act = %s", position):
            after = values(connection)
        assert {figure for figure in before if before[figure] != after[figure]} - others == expected - others


def same_in_every_run(acts: list[Act]) -> list[tuple[Any, ...]]:
    """What of acts does not depend on when they were recorded, and with which others at once.

    An id that commits to the key of a request (version 8) is salted; a proposal's entry is drawn by lot, and the hash
    of a proposal is over stored bytes, in which the values of persons are sealed under keys drawn by lot.
    """
    entries: dict[UUID, int] = {}
    return [
        (
            act.position,
            entries.setdefault(act.entry_id, act.position) if of_proposal(act) else act.entry_id,
            act.version,
            act.kind.verb,
            None if act.payload.act_id.version == 8 else act.payload.act_id,
            act.payload.content.model_copy(update={"hash": None} if act.kind.verb == "confirm" else {}),
            act.payload.model_copy(update={"correlation_id": None, "act_id": None, "content": None}),
        )
        for act in acts
    ]


def kill_in_the_middle(url: str, folder: Path, wanted: int) -> None:
    """Start the demo, and kill it as soon as there are ``wanted`` acts."""
    with (
        psycopg.connect(make_conninfo(url), autocommit=True) as watching,
        started("demo", "--no-serve", cwd=folder, DATABASE_URL=url) as process,
    ):
        while watching.execute("SELECT count(*) >= %s FROM ledger.events", (wanted,)).fetchall() == [(False,)]:
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()


def test_killed_in_the_middle_and_run_again_it_ends_with_the_same_acts_as_a_run_in_one_go(
    loaded: Loaded, connection: Connection[Any], database_url: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    random = Random(2020)
    # The opening stock takes 2730 acts.
    for wanted in (random.randint(100, 2600), random.randint(2750, loaded.recorded - 100)):
        kill_in_the_middle(database_url, tmp_path, wanted)
    with opened_vault(database_url) as vault, connect(database_url) as other:
        own = Catalogue(all_registers(), vault)
        assert 0 < reconstruct(database_url, own) < loaded.recorded - 2750
        again = all_acts(other, own)
    assert same_in_every_run(again) == same_in_every_run(all_acts(connection, catalogue))

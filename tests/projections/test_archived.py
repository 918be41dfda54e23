"""Counting over an archive: DuckDB and Spark find what the database finds, for any year, at any position."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import Connection

from domain.catalogue import Catalogue
from ledger.database import Database, connect, migrate
from ledger.recorder import head
from projections.counting import evaluate, positions_behind
from projections.engines.archived import Archived
from projections.engines.cluster import loopback_cluster
from projections.engines.duckdb import duckdb_over
from projections.engines.manifest import ArchiveRefused
from projections.engines.spark import spark_over
from projections.figures import all_figures
from projections.moment import MalformedMoment
from projections.recording import Recording
from tests.conftest import fresh_database, url_of
from tests.domain.histories import History
from tests.projections.archiving import archived, write_events
from tests.projections.facts import Fact, facts, write
from tests.projections.test_counting import decided_histories, store, undone
from tests.replay.rebuilding import record_histories

YEARS = (2018, 2019, 2020, 2021)
STARTS_FASTER = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""What Java is told where there are few rows to count."""
RANDOM = settings(deadline=None, max_examples=25)


@pytest.fixture(scope="module")
def counting(server_url: str) -> Iterator[Connection[Any]]:
    """One database for all examples of this module; each example's acts are rolled back."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE archived")
    url = url_of(server_url, "archived")
    migrate(url)
    connection = connect(url)
    yield connection
    connection.close()


def agree(connection: Connection[Any], archive: Archived, position: int, opened: int = 6) -> None:
    """The archive's engine finds every figure of every year, and the acts behind it, as the database does."""
    figures = all_figures()
    expected = evaluate(connection, figures, YEARS, position)
    assert archive.values(figures, YEARS, position) == expected
    behind = [(figure, year) for (figure, year), value in expected.items() if value][:opened]
    for figure, year in behind:
        leaves = figures.counted(figure)
        asked = (leaves, year, position, 0, 5)
        assert archive.positions_behind(*asked) == positions_behind(connection, *asked), figure


@RANDOM
@given(st.lists(facts(), max_size=25), st.data())
def test_duckdb_counts_random_acts_as_the_database_does(
    counting: Connection[Any], rows: list[Fact], data: st.DataObject
) -> None:
    position = data.draw(st.integers(-1, len(rows) - 1))
    with undone(counting):
        write(counting, rows)
        write_events(counting)
        with archived(counting) as folder, duckdb_over(folder) as archive:
            agree(counting, archive, position)
            agree(counting, archive, len(rows) - 1)


@RANDOM
@given(decided_histories(), st.data())
def test_duckdb_counts_random_histories_as_the_database_does(
    counting: Connection[Any], catalogue: Catalogue, history: History, data: st.DataObject
) -> None:
    position = data.draw(st.integers(-1, len(history.acts) - 1))
    with undone(counting):
        store(counting, history, catalogue)
        write_events(counting)
        with archived(counting) as folder, duckdb_over(folder) as archive:
            agree(counting, archive, position)
            agree(counting, archive, len(history.acts) - 1)


@pytest.fixture(scope="module")
def recorded(server_url: str, catalogue: Catalogue) -> Iterator[tuple[Connection[Any], Path]]:
    """A database of random histories and random acts of every register, and its archive."""
    with fresh_database(server_url) as url:
        database = Database(url)
        recording = Recording(database, catalogue)
        count = record_histories(recording)
        recording.close()
        database.close()
        with connect(url) as connection:
            write(connection, many(facts(), 300), count)
            write_events(connection)
            with archived(connection) as folder:
                yield connection, folder


def many(drawn: st.SearchStrategy[Fact], how_many: int) -> list[Fact]:
    """So many examples, the same in every run."""
    found: list[Fact] = []

    @settings(max_examples=how_many, deadline=None, database=None, derandomize=True)
    @given(drawn)
    def draw(fact: Fact) -> None:
        found.append(fact)

    draw()
    return found


def some_positions(connection: Connection[Any]) -> tuple[int, ...]:
    last = head(connection).position
    return (last // 3, 2 * last // 3, last)


def test_duckdb_agrees_at_every_position_asked(recorded: tuple[Connection[Any], Path]) -> None:
    connection, folder = recorded
    with duckdb_over(folder) as archive:
        for position in some_positions(connection):
            agree(connection, archive, position)


@pytest.mark.skipif(
    shutil.which("java") is None and not os.environ.get("CI"), reason="Apache Spark needs Java 17, which is not here"
)
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # py4j leaves its sockets to the collector
def test_spark_agrees_on_a_cluster_of_several_processes(
    recorded: tuple[Connection[Any], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, folder = recorded
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", STARTS_FASTER)
    with loopback_cluster(workers=2) as master, spark_over(folder, master) as archive:
        for position in some_positions(connection):
            agree(connection, archive, position, opened=1)
    gc.collect()


def test_an_archive_is_not_asked_beyond_its_last_position(recorded: tuple[Connection[Any], Path]) -> None:
    connection, folder = recorded
    last = head(connection).position
    with duckdb_over(folder) as archive, pytest.raises(ArchiveRefused, match=f"up to {last}.*met {last + 1}"):
        archive.values(all_figures(), YEARS, last + 1)


def test_an_archive_is_not_asked_about_years_in_which_nothing_is_decided(
    recorded: tuple[Connection[Any], Path],
) -> None:
    with duckdb_over(recorded[1]) as archive, pytest.raises(MalformedMoment, match="year"):
        archive.values(all_figures(), [1799], 0)

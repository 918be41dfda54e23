"""What tests of the rebuild share: histories to rebuild, and every row of every projection."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from psycopg.conninfo import make_conninfo

from domain.catalogue import Catalogue
from domain.refusals import ActRefused
from domain.registers import all_registers
from ledger.ledger import Ledger
from projections.recording import Recording
from replay.rebuild import TABLES, Rebuilt, rebuild
from tests.domain.histories import History, histories
from tests.projections.asking import submission
from tests.projections.test_laws import again


def superuser(url: str) -> AbstractContextManager[psycopg.Connection[Any]]:
    """A connection that may do anything, each statement on its own."""
    return psycopg.connect(make_conninfo(url), autocommit=True)


def rebuilt(url: str, *, compare: bool = True, processes: int = 1) -> Rebuilt:
    """Rebuild in one process, which is enough for few acts."""
    ledger = Ledger(Catalogue(all_registers()))
    return rebuild(url, ledger, lambda done, of: None, compare=compare, processes=processes)


def rows(url: str) -> dict[str, list[str]]:
    """Every row of every live projection, as text."""
    with superuser(url) as connection:
        return {
            table: [row[0] for row in connection.execute(f"SELECT t::text FROM projections.{table} t ORDER BY 1")]
            for table in TABLES
        }


def schemas(url: str) -> set[str]:
    """The schemas of projections that there are."""
    with superuser(url) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'projections%'")
        return {row[0] for row in found}


def until_waited_for(connection: psycopg.Connection[Any], lock: int) -> None:
    """Wait until somebody waits for the advisory ``lock``, for a minute at most."""
    waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = %s AND objid = %s"
    until(lambda: connection.execute(waiting, divmod(lock, 2**32)).fetchall())


def until(holds: Callable[[], object]) -> None:
    """Wait until ``holds()``, for a minute at most."""
    for _ in range(6000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("waited for a minute")


def record_histories(recording: Recording, how_many: int = 30) -> int:
    """Record random lawful histories, the same in every run; returns how many acts they had."""
    recorded = 0

    @settings(
        max_examples=how_many, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(histories(most_entries=3))
    def record(history: History) -> None:
        nonlocal recorded
        places: dict[int, int] = {}
        for act in history.acts:
            try:
                (answer,) = recording.record(submission(again(act, places)))
            except ActRefused:  # its number is one of another history
                return
            places[act.position] = answer.position
            recorded += 1

    record()
    return recorded

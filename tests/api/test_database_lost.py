"""Connections to the database that are lost: whoever asks is told to ask again, and the service recovers by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.service import Service, running
from api.settings import Settings
from tests.api.office import INSTITUTIONS, problem, recorded, school, told
from tests.api.serving import PASSWORD, PURPOSE, account, caller, serving
from tests.conftest import fresh_database

READING = [
    "/registers",
    INSTITUTIONS,
    f"{INSTITUTIONS}?format=csv",
    f"{INSTITUTIONS}/3112900001",
    f"{INSTITUTIONS}/3112900001/timeline",
    "/acts",
    "/changes",
    "/statistics/2020",
    "/metrics",
]
AT_LAST = 60
"""Seconds after which the service should long have recovered."""


class Office(NamedTuple):
    """A service, the address of its database, and its callers."""

    service: Service
    url: str
    clerk: httpx.Client
    anyone: httpx.Client


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with fresh_database(server_url) as url, running(Settings(database_url=url)) as service:
        token = account(service, "clerk", "*:clerk")
        with serving(service) as server, caller(server, token) as clerk, caller(server) as anyone:
            recorded(clerk.post(f"{INSTITUTIONS}/acts", json=school()))
            told(anyone.get("/statistics/2020"))  # the first time takes seconds
            yield Office(service, url, clerk, anyone)


@contextmanager
def owner(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the server's owner, to another database."""
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        yield connection


def cut_all(office: Office) -> None:
    """End every connection of the service, with several of them waiting in its pool."""
    pool = office.service.database.pool
    held = [pool.getconn() for _ in range(4)]
    for connection in held:
        pool.putconn(connection)
    name = conninfo_to_dict(office.url)["dbname"]
    with owner(office.url) as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s", (name,)
        ).fetchall()
    assert len(ended) >= len(held)
    assert set(ended) == {(True,)}


@pytest.mark.parametrize("path", READING)
def test_one_reader_is_told_to_ask_again_and_whoever_asks_then_is_answered(office: Office, path: str) -> None:
    cut_all(office)
    lost = problem(office.anyone.get(path), 503, "database-not-available")
    assert lost["detail"] == "expected the database to answer, met none or one that stopped; ask again"
    assert [office.anyone.get(path).status_code for _ in range(5)] == [200] * 5


def test_whether_the_service_is_ready_is_told_rightly_one_probe_later(office: Office) -> None:
    cut_all(office)
    lost = office.anyone.get("/readyz")
    assert (lost.status_code, lost.json()["ready"], lost.json()["position"]) == (503, False, -1)
    assert told(office.anyone.get("/readyz"))["ready"]


def test_signing_in_and_being_known_are_asked_again_as_reading_is(office: Office) -> None:
    credentials = {"name": "clerk", "password": PASSWORD}
    cut_all(office)
    problem(office.anyone.post("/sessions", json=credentials), 503, "database-not-available")
    opened = office.anyone.post("/sessions", json=credentials)
    assert opened.status_code == 201
    bearer = {"Authorization": f"Bearer {opened.json()['token']}", **PURPOSE}
    cut_all(office)
    problem(office.anyone.get(INSTITUTIONS, headers=bearer), 503, "database-not-available")
    assert "confidential" in told(office.anyone.get(INSTITUTIONS, headers=bearer))["items"][0]


def test_an_act_is_recorded_all_the_same(office: Office) -> None:
    told(office.clerk.get("/sessions/current"))  # so that the session is known without asking the database
    position = told(office.anyone.get("/readyz"))["position"]
    cut_all(office)
    answer = recorded(office.clerk.post(f"{INSTITUTIONS}/acts", json=school()))
    assert answer["position"] == position + 1


@contextmanager
def unreachable(office: Office) -> Iterator[None]:
    """The database takes no connections, and the service soon gives up waiting for one."""
    pool = office.service.database.pool
    usual, pool.timeout = pool.timeout, 1
    name = conninfo_to_dict(office.url)["dbname"]
    with owner(office.url) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            cut_all(office)
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            pool.timeout = usual


def test_as_long_as_the_database_is_not_there_it_is_said_so_and_when_it_is_back_the_service_is_too(
    office: Office,
) -> None:
    told(office.clerk.get("/sessions/current"))
    position = told(office.anyone.get("/readyz"))["position"]
    with unreachable(office):
        problem(office.clerk.post(f"{INSTITUTIONS}/acts", json=school()), 503, "nothing-recorded")
        for _ in range(2):
            problem(office.anyone.get(INSTITUTIONS), 503, "database-not-available")
            assert office.anyone.get("/readyz").status_code == 503
        assert office.anyone.get("/healthz").status_code == 200
        latvian = office.anyone.get(INSTITUTIONS, headers={"Accept-Language": "lv"}).json()
        assert latvian["detail"].startswith("gaidīta datubāzes atbilde")
    until_ready(office)
    assert told(office.anyone.get("/readyz"))["position"] == position
    assert recorded(office.clerk.post(f"{INSTITUTIONS}/acts", json=school()))["position"] == position + 1


def until_ready(office: Office) -> None:
    ends = time.monotonic() + AT_LAST
    while office.anyone.get("/readyz").status_code != 200:
        assert time.monotonic() < ends
        time.sleep(0.05)

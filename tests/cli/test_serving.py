"""The service as a process: on the embedded server, on a server over TCP with a password, stopped, and killed."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from random import Random
from threading import Event
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from ledger.checkpoint import Checkpoint
from ledger.database import EmbeddedServer
from ledger.growing import check_tiles
from ledger.merkle import nodes_of, root
from ledger.note import Note
from tests.cli.running import WAIT, installed, regesta
from tests.cli.serving import PASSWORD, client, data_folder, served, tcp_server
from tests.domain.story import BASIC_SCHOOL

MARCH, APRIL = "2020-03-02", "2020-04-01"
LOGIN, LOGIN_PASSWORD = "registrar", "p@ss/wörd: 100%"
OLD, NEW = UUID(int=1, version=4), UUID(int=2, version=4)
INSTITUTIONS = "/registers/institutions"


class OnTcp(NamedTuple):
    """A database on a server over TCP, for a login that is no superuser, and a clerk's token."""

    url: str
    token: str


@pytest.fixture(scope="module")
def embedded() -> Iterator[Path]:
    """A folder in which a clerk has an account, in the embedded server's data."""
    typed = f"{PASSWORD}\n"
    with data_folder() as folder:
        created = installed("user", "create", "clerk", "--role", "*:clerk", "--password-stdin", cwd=folder, typed=typed)
        assert created.code == 0, created.err
        yield folder


@pytest.fixture(scope="module")
def on_tcp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnTcp]:
    with tcp_server("owner", "owner's word") as server:
        with psycopg.connect(server.url("owner", "owner's word", "postgres"), autocommit=True) as owner:
            owner.execute(f"CREATE ROLE {LOGIN} LOGIN CREATEROLE PASSWORD '{LOGIN_PASSWORD}'")
            owner.execute(f"CREATE DATABASE register OWNER {LOGIN}")
        url = server.url(LOGIN, LOGIN_PASSWORD, "register")
        folder = tmp_path_factory.mktemp("tcp")
        created = installed(
            "user", "create", "clerk", "--role", "*:clerk", "--password-stdin",
            cwd=folder, typed=f"{PASSWORD}\n", DATABASE_URL=url,
        )  # fmt: skip
        assert created.code == 0, created.err
        issued = regesta(url, "token", "create", "clerk", "--purpose", "test")
        assert issued.code == 0, issued.err
        yield OnTcp(url, issued.out.strip())


def signed_in(address: str) -> str:
    """A token of the clerk's session."""
    with client(address) as anyone:
        answer = anyone.post("/sessions", json={"name": "clerk", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def decided(kind: str, on: str, content: dict[str, Any]) -> dict[str, Any]:
    """A request's body: one act with a decision of its own."""
    return {"kind": kind, "decision": {"decided_on": on, "number": f"1-7/{kind}"}, "content": content}


def conversation(address: str, token: str) -> list[httpx.Response]:
    """What a clerk asks for, and what anyone may ask after that."""
    begun = [
        {"register": "institutions", "entry": str(entry), "new": True, "kind": "register",
         "content": {**BASIC_SCHOOL, "name": name}}
        for entry, name in ((OLD, "Vecā skola"), (NEW, "Ēnu skola"))
    ]  # fmt: skip
    together = {"decision": {"decided_on": MARCH, "number": "1-7/1"}, "acts": begun}
    renamed = decided("amend", APRIL, {"name": "Ežu skola"})
    key = {"Idempotency-Key": "both"}
    of_old, of_new = f"{INSTITUTIONS}/{OLD}", f"{INSTITUTIONS}/{NEW}"
    with client(address, token) as clerk, client(address) as anyone:
        answers = [
            clerk.post("/acts", json=together, headers=key),
            clerk.post("/acts", json=together, headers=key),
            clerk.post("/acts", json={**together, "acts": begun[:1]}, headers=key),
            anyone.post(f"{of_old}/acts", json=renamed),
            clerk.post(f"{of_old}/acts", json=renamed, headers={"If-Match": '"1"'}),
            clerk.post(f"{of_old}/acts", json=renamed, headers={"If-Match": '"1"'}),
            clerk.post(f"{of_new}/acts", json=decided("strike_off", APRIL, {"basis": "liquidation"})),
            clerk.post(f"{of_new}/acts", json=decided("strike_off", APRIL, {"basis": "whim"})),
        ]
        for path in (
            "/registers", INSTITUTIONS, f"{INSTITUTIONS}?as_of=2020-03-15&q=enu", f"{INSTITUTIONS}?format=csv",
            f"{INSTITUTIONS}?known_at=1&limit=1", f"{INSTITUTIONS}/diff?from=2020-03-15/&to=2020-04-15/",
            of_old, f"{of_old}?as_of=2020-03-31", f"{of_old}?known_at=0", f"{of_old}/acts", f"{of_new}/timeline",
            f"{of_old}?as_of=2020-02-30", f"{INSTITUTIONS}/9999999999", "/acts", "/statistics/2020",
            "/statistics/2020/t3", "/statistics/2020/figures/t3.institutions.struck_off/acts", "/readyz",
        ):  # fmt: skip
            answers.append(anyone.get(path))
    return answers


def without_chance(answer: httpx.Response) -> tuple[Any, ...]:
    """An answer but for what is another in every run: instants, and ids that nobody chose."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)", "(instant)", answer.text)
    chosen = {str(OLD), str(NEW)}
    text = re.sub(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda m: m[0] if m[0] in chosen else "(id)", text
    )  # fmt: skip
    text = re.sub(r'"next_cursor":"[^"]*"', '"next_cursor":"(cursor)"', text)
    kept = ("content-type", "etag", "location", "vary")
    path = urlsplit(str(answer.url))._replace(scheme="", netloc="").geturl()
    return answer.request.method, path, answer.status_code, {k: answer.headers.get(k) for k in kept}, text


def test_the_embedded_server_and_one_over_tcp_answer_alike_and_sigterm_ends_the_service_in_order(
    embedded: Path, on_tcp: OnTcp, tmp_path: Path
) -> None:
    with served(embedded) as here, served(tmp_path, DATABASE_URL=on_tcp.url) as there:
        ours, theirs = conversation(here.address, signed_in(here.address)), conversation(there.address, on_tcp.token)
        for process in (here.process, there.process):
            process.send_signal(signal.SIGTERM)
        said = [process.communicate(timeout=WAIT)[0].decode() for process in (here.process, there.process)]
    recording, reading = ours[:8], [answer for answer in ours[8:] if answer.status_code != 200]
    assert [answer.status_code for answer in recording] == [201, 201, 422, 401, 201, 412, 201, 422]
    assert [answer.status_code for answer in reading] == [400, 404]
    assert list(map(without_chance, ours)) == list(map(without_chance, theirs))
    assert (here.process.returncode, there.process.returncode) == (0, 0)
    assert [text.count("\n") for text in said] == [1, 1], said
    assert not (embedded / "data" / "postgres" / "postmaster.pid").exists()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("password", ["another word", ""])
def test_a_wrong_password_is_told_in_a_line_that_does_not_repeat_it(
    on_tcp: OnTcp, tmp_path: Path, password: str
) -> None:
    right = urlsplit(on_tcp.url)
    url = f"postgresql://{LOGIN}:{password.replace(' ', '%20')}@127.0.0.1:{right.port}/register"
    refused = regesta(url, "serve", "--port", "1")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("database: ")
    assert refused.err.count("\n") == 1
    assert not password or password not in refused.err


def test_a_port_that_is_taken_is_told_and_the_service_ends(on_tcp: OnTcp) -> None:
    refused = regesta(on_tcp.url, "serve", "--port", str(urlsplit(on_tcp.url).port))
    assert refused.code != 0
    assert "Traceback" not in refused.err


class Load:
    """Clerks who register schools, each request under a key of its own; asked again when it was not answered."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.unanswered: set[str] = set()
        self.receipts: list[dict[str, Any]] = []
        self._numbers = count()

    def run(self, address: str, token: str, stop: Event) -> None:
        """Ask until told to stop or until the service is gone."""
        with client(address, token) as clerk:
            while not stop.is_set():
                key = self.unanswered.pop() if self.unanswered else f"load {next(self._numbers)}"
                try:
                    self.ask(clerk, key)
                except httpx.TransportError:
                    self.unanswered.add(key)
                    return

    def ask(self, clerk: httpx.Client, key: str) -> None:
        """One request, every other with its receipt; what was acknowledged once is acknowledged alike for ever."""
        answer = clerk.post(
            f"{INSTITUTIONS}/acts",
            params={"receipt": len(self.acknowledged) % 2 == 0},
            json=decided("register", MARCH, BASIC_SCHOOL),
            headers={"Idempotency-Key": key},
        )
        assert answer.status_code == 201, answer.text
        told = answer.json()
        receipt = told.pop("receipt", None)
        if receipt is not None:
            self.receipts.append(receipt)
        assert self.acknowledged.setdefault(key, told) == told


def kill_under_load(load: Load, folder: Path, more: int, delay: float) -> None:
    """Serve, and kill the service some time after ``more`` acts more were acknowledged."""
    stop = Event()
    with served(folder) as service, ThreadPoolExecutor(8) as threads:
        token = signed_in(service.address)
        with client(service.address, token) as clerk:
            for key in list(load.acknowledged)[-20:]:
                load.ask(clerk, key)
        enough = len(load.acknowledged) + more
        clerks = [threads.submit(load.run, service.address, token, stop) for _ in range(8)]
        while len(load.acknowledged) < enough and not any(clerk.done() for clerk in clerks):
            time.sleep(0.001)
        time.sleep(delay)
        service.process.kill()
        for asking in clerks:
            asking.result(WAIT)


def assert_sealed(url: str, receipts: list[dict[str, Any]]) -> None:
    """All acts are in the newest checkpoint, and every checkpoint signed or told is of the one tree that they make."""
    with psycopg.connect(make_conninfo(url), row_factory=tuple_row) as connection:
        rows = connection.execute("SELECT leaf_hash FROM ledger.events ORDER BY notification_id").fetchall()
        notes = [note for (note,) in connection.execute("SELECT note FROM ledger.checkpoints ORDER BY size")]
        check_tiles(connection)
    nodes = nodes_of([leaf for (leaf,) in rows])
    told = [receipt["checkpoint"].encode() for receipt in receipts]
    for note in notes + told:
        checkpoint = Checkpoint.parse(Note.parse(note).text)
        assert checkpoint.root == root(nodes, checkpoint.size)
    assert told
    assert set(told) <= set(notes)
    assert Checkpoint.parse(Note.parse(notes[-1]).text).size == len(rows)


def test_a_service_killed_under_load_starts_again_having_lost_and_doubled_nothing(embedded: Path) -> None:
    load, random = Load(), Random(2020)
    for _ in range(2):
        kill_under_load(load, embedded, random.randint(20, 100), random.uniform(0, 0.05))
    with served(embedded) as service, client(service.address, signed_in(service.address)) as clerk:
        for key in [*load.unanswered, *list(load.acknowledged)[-100:]]:
            load.ask(clerk, key)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(WAIT) == 0
    server = EmbeddedServer(embedded / "data" / "postgres")
    try:
        with psycopg.connect(make_conninfo(server.url), row_factory=tuple_row) as connection:
            stored = connection.execute(
                "SELECT notification_id - 1, originator_id::text FROM ledger.events ORDER BY 1"
            ).fetchall()
            keys = connection.execute("SELECT key FROM ledger.idempotency_keys WHERE key LIKE 'load %'").fetchall()
        assert [position for position, _ in stored] == list(range(len(stored)))
        assert {(act["position"], act["entry"]) for act in load.acknowledged.values()} <= set(stored)
        assert {key for (key,) in keys} == load.acknowledged.keys()
        assert len({act["position"] for act in load.acknowledged.values()}) == len(load.acknowledged)
        assert_sealed(server.url, load.receipts)
        of_others = len(stored) - len(load.acknowledged)
        assert of_others in (0, 4)  # the acts of the conversation, if it was before
    finally:
        server.stop()
    compared = installed("replay", "--compare", cwd=embedded)
    assert compared.code == 0, compared.err

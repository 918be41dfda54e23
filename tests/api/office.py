"""An office of the service for tests: acts asked for over HTTP, in a word each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from threading import Barrier
from typing import Any

import httpx

from api.service import Service, running
from api.settings import Settings
from tests.api.serving import account, caller, serving
from tests.conftest import fresh_database
from tests.domain.story import BASIC_SCHOOL

INSTITUTIONS = "/registers/institutions"
MARCH = "2020-03-02"

Json = dict[str, Any]


class Office:
    """A service of a test module's own, with a clerk of all registers and an anonymous caller."""

    def __init__(self, service: Service, server: str, clerk: httpx.Client, anyone: httpx.Client) -> None:
        self.service, self.server, self.clerk, self.anyone = service, server, clerk, anyone

    @cached_property
    def second(self) -> httpx.Client:
        """Another clerk of all registers, who confirms."""
        return caller(self.server, account(self.service, "second", "*:clerk"))

    def register(self, on: str = MARCH, register: str = INSTITUTIONS, /, **content: Any) -> Json:
        """Register a basic school, or what ``content`` makes of it."""
        return self.first("register", on, register, **{**BASIC_SCHOOL, **content})

    def first(self, kind: str, on: str = MARCH, register: str = INSTITUTIONS, /, **content: Any) -> Json:
        """Record the first act of a new entry."""
        return recorded(self.ask(f"{register}/acts", body(kind, on, **content)))

    def act(self, entry: str, kind: str, on: str = MARCH, register: str = INSTITUTIONS, /, **content: Any) -> Json:
        """Record a further act of ``entry``."""
        return recorded(self.ask(f"{register}/{entry}/acts", body(kind, on, **content)))

    def ask(self, path: str, act: Json, **query: Any) -> httpx.Response:
        """Ask for an act; where it needs two people, the clerk proposes it and the second clerk confirms."""
        return by_two(self.clerk, lambda: self.second, path, act, **query)

    def together(self, *acts: Json, **decision: Any) -> httpx.Response:
        """Ask for several acts of one decision."""
        return self.clerk.post("/acts", json={"decision": {"decided_on": MARCH, **decision}, "acts": acts})

    def entry(self, entry: str, **moment: Any) -> Json:
        """The entry as anyone sees it."""
        return told(self.anyone.get(f"{INSTITUTIONS}/{entry}", params=moment))

    def head(self) -> int:
        """The newest position of the ledger."""
        return int(told(self.anyone.get("/readyz"))["position"])


@contextmanager
def opened(server_url: str) -> Iterator[Office]:
    """An office over a fresh database."""
    with fresh_database(server_url) as url, running(Settings(database_url=url)) as service:
        token = account(service, "clerk", "*:clerk")
        with serving(service) as server, caller(server, token) as clerk, caller(server) as anyone:
            office = Office(service, server, clerk, anyone)
            yield office
            if "second" in vars(office):
                office.second.close()


def by_two(
    first: httpx.Client, second: Callable[[], httpx.Client], path: str, act: Json, **query: Any
) -> httpx.Response:
    """The answer to an act, as if one person had been enough for it."""
    answer = first.post(path, params=query, json=act)
    if answer.status_code != 409 or problem_type(answer) != "four-eyes":
        return answer
    proposal = recorded(first.post(path, params={**query, "propose": True}, json=act))
    confirmed = second().post(f"/proposals/{proposal['proposal']}/confirm", json={"hash": proposal["hash"]})
    if confirmed.status_code != 201:
        return confirmed
    asked, *ended = confirmed.json()["acts"]
    return httpx.Response(201, json={**asked, "ended": ended})


def problem_type(answer: httpx.Response) -> str:
    """The kind of a problem."""
    return str(answer.json()["type"]).removeprefix("urn:regesta:problem:")


def body(kind: str, on: str = MARCH, /, **content: Any) -> Json:
    """An act decided and effective ``on`` that day."""
    return {"kind": kind, "decision": {"decided_on": on}, "content": content}


def school(**content: Any) -> Json:
    """The body that registers a basic school."""
    return body("register", **{**BASIC_SCHOOL, **content})


def recorded(answer: httpx.Response) -> Json:
    """What was told of a recorded act; fails if it was refused."""
    assert answer.status_code == 201, answer.text
    return _object(answer)


def told(answer: httpx.Response) -> Json:
    """What an asker was told; fails if it was a problem."""
    assert answer.status_code == 200, answer.text
    return _object(answer)


def problem(answer: httpx.Response, status: int, kind: str) -> Json:
    """The problem details of an answer, whose status and kind are as expected."""
    assert answer.headers["content-type"] == "application/problem+json"
    found = _object(answer)
    assert (answer.status_code, found["status"], found["type"]) == (status, status, f"urn:regesta:problem:{kind}")
    return found


def at_once(*asks: Callable[[], httpx.Response]) -> Sequence[httpx.Response]:
    """The answers to what is asked from as many sides at the same time."""
    ready = Barrier(len(asks))

    def ask(one: Callable[[], httpx.Response]) -> httpx.Response:
        ready.wait()
        return one()

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(ask, asks))


def _object(answer: httpx.Response) -> Json:
    found = answer.json()
    assert isinstance(found, dict)
    return found

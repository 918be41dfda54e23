"""The examples that the OpenAPI document shows are acts that the service takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.register import ABSENT, ActKind, Fields, Register
from domain.registers import all_registers
from tests.api.office import Office, opened, recorded

REGISTERS = {register.name: register for register in all_registers() if register.recorded_by == "clerks"}
LONG_BEFORE = "2026-01-01"
"""Earlier than the days of the examples: what they rest on was there already."""
TRIES = 30
LASTING = {"programme-licences": {"begun_on": LONG_BEFORE}}
"""What an entry needs to say, besides its example, not to end before those that rest on it."""


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    """One office for the examples of all registers: no way of acts meets the entries of another."""
    with opened(server_url) as started:
        yield started


@pytest.mark.parametrize("register", REGISTERS.values(), ids=lambda register: register.name)
def test_every_kind_of_act_has_an_example_that_is_taken(office: Office, register: Register) -> None:
    clerk = office.clerk
    document = clerk.get("/openapi.json").json()
    shown = examples(document, f"/registers/{register.name}/acts")
    shown |= examples(document, f"/registers/{register.name}/{{entry}}/acts")
    assert shown.keys() == register.by_verb.keys()
    for kind in register.kinds:
        told = "no way leads there"
        for way in islice(ways_to(register, kind), TRIES):
            answer = tried(office, register, way, shown)
            told = answer.text
            if answer.status_code == 201:
                break
        else:
            pytest.fail(f"{kind.verb}: {told}")


def examples(document: dict[str, Any], path: str) -> dict[str, Any]:
    """The bodies shown for a path's acts, by kind."""
    shown = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]
    return {kind: example["value"] for kind, example in shown.items()}


def ways_to(register: Register, wanted: ActKind) -> Iterator[tuple[ActKind, ...]]:
    """Ways of a new entry to an act of the kind wanted, by the statuses that acts meet and give; the shortest first."""
    ways: list[tuple[tuple[ActKind, ...], str]] = [((), ABSENT)]
    while ways:
        longer = []
        for way, status in ways:
            if (way if wanted.effect != "state" else status in wanted.meets) and wanted not in way:
                yield (*way, wanted)
            for kind in register.kinds:
                if kind.effect == "state" and status in kind.meets and kind not in way:
                    longer.append(((*way, kind), kind.gives or status))
        ways = longer if len(longer) < 200 else []


def tried(office: Office, register: Register, way: tuple[ActKind, ...], shown: dict[str, Any]) -> httpx.Response:
    """The answer to the last act of the way, each as its example says; the first that is refused ends the way."""
    clerk = office.clerk
    entry, first, others = None, None, defaultdict[str, str](lambda: str(uuid4()))
    for kind in way:
        act = shown[kind.verb]
        content = elsewhere(register, act["content"], others)
        if kind.effect != "state":
            content["target"] = first
        if "registration_number" in content:
            content["registration_number"] = None
        support(clerk, register, content, others)
        path = f"/registers/{register.name}/acts" if entry is None else f"/registers/{register.name}/{entry}/acts"
        answer = office.ask(path, {**act, "content": content})
        if answer.status_code != 201:
            return answer
        entry = answer.json()["entry"]
        first = answer.json()["position"] if first is None else first
    return answer


def elsewhere(register: Register, content: Fields, others: dict[str, str]) -> dict[str, Any]:
    """``content`` resting on entries that no other way has: how many may rest on one is bounded."""
    named = {field: content[field] for field in register.links if isinstance(content.get(field), str)}
    right = {"content": elsewhere(register, content["content"], others)} if "content" in content else {}
    return {**content, **{field: others[example] for field, example in named.items()}, **right}


def support(clerk: httpx.Client, register: Register, content: dict[str, Any], others: dict[str, str]) -> None:
    """Record what the entries named in ``content`` need to be there."""
    for field, target in register.rests_on(content):
        resting_on = REGISTERS[register.links[field].register]
        if clerk.get(f"/registers/{resting_on.name}/{target}").status_code == 200:
            continue
        kind = next(k for k in resting_on.kinds if ABSENT in k.meets and k.gives in resting_on.alive)
        said = {**resting_on.examples[kind.verb], "registration_number": None, **LASTING.get(resting_on.name, {})}
        said = elsewhere(resting_on, said, others)
        support(clerk, resting_on, said, others)
        decision = {"decided_on": LONG_BEFORE}
        begun = {"kind": kind.verb, "decision": decision, "content": said, "entry": str(target)}
        recorded(clerk.post(f"/registers/{resting_on.name}/acts", json=begun))


def test_the_bare_address_leads_to_the_paths(client: httpx.Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


def test_head_is_answered_like_get_without_the_body(client: httpx.Client) -> None:
    for path in ("/registers", "/registers/institutions?limit=1", "/registers/institutions/0000000000"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.headers["content-type"]) == (get.status_code, get.headers["content-type"])
        assert not head.content

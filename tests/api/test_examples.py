"""The examples that the OpenAPI document shows are acts that the service takes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.register import ABSENT, ActKind
from domain.registers import all_registers
from tests.api.office import recorded

REGISTERS = [register.name for register in all_registers()]


def examples(document: dict[str, Any], path: str) -> dict[str, Any]:
    """The bodies shown for a path's acts, by kind."""
    shown = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]
    return {kind: example["value"] for kind, example in shown.items()}


def way_to(kinds: dict[str, ActKind], statuses: frozenset[str]) -> list[str]:
    """The verbs of the fewest acts that lead from nothing to one of ``statuses``, other than to nothing."""
    ways: dict[str, list[str]] = {ABSENT: []}
    for status in (reached := [ABSENT]):
        for kind in kinds.values():
            if kind.effect == "state" and status in kind.meets and kind.gives and kind.gives not in ways:
                ways[kind.gives] = [*ways[status], kind.verb]
                reached.append(kind.gives)
    return min((ways[status] for status in statuses if ways.get(status)), key=len)


@pytest.mark.parametrize("register", REGISTERS)
def test_every_kind_of_act_has_an_example_that_is_taken(clerk: httpx.Client, register: str) -> None:
    document = clerk.get("/openapi.json").json()
    acts = f"/registers/{register}/acts"
    firsts, further = examples(document, acts), examples(document, f"/registers/{register}/{{entry}}/acts")
    declared = next(each for each in all_registers() if each.name == register)
    kinds = declared.by_verb
    assert set(firsts) | set(further) == set(kinds)

    def told(way: list[str]) -> str:
        """An entry of which the acts of ``way`` are told."""
        entry = str(recorded(clerk.post(acts, json=firsts[way[0]]))["entry"])
        for verb in way[1:]:
            recorded(clerk.post(f"/registers/{register}/{entry}/acts", json=further[verb]))
        return entry

    opening = next(verb for verb in firsts if kinds[verb].gives in declared.alive)
    told([opening, *(verb for verb in further if kinds[verb].effect != "state")])
    for verb in firsts:
        if verb != opening:
            told([verb])
    for verb in further:
        if kinds[verb].effect == "state":
            told([*way_to(kinds, kinds[verb].meets), verb])


def test_the_bare_address_leads_to_the_paths(client: httpx.Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


def test_head_is_answered_like_get_without_the_body(client: httpx.Client) -> None:
    for path in ("/registers", "/registers/institutions?limit=1", "/registers/institutions/0000000000"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.headers["content-type"]) == (get.status_code, get.headers["content-type"])
        assert not head.content

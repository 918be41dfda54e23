"""The examples that the OpenAPI document shows are acts that the service takes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.registers import all_registers
from tests.api.office import recorded

REGISTERS = [register.name for register in all_registers()]


def examples(document: dict[str, Any], path: str) -> dict[str, Any]:
    """The bodies shown for a path's acts, by kind."""
    shown = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]
    return {kind: example["value"] for kind, example in shown.items()}


@pytest.mark.parametrize("register", REGISTERS)
def test_every_kind_of_act_has_an_example_that_is_taken(clerk: httpx.Client, register: str) -> None:
    document = clerk.get("/openapi.json").json()
    firsts = examples(document, f"/registers/{register}/acts")
    further = examples(document, f"/registers/{register}/{{entry}}/acts")
    kinds = next(each for each in all_registers() if each.name == register).by_verb
    assert set(firsts) | set(further) == set(kinds)

    entry = recorded(clerk.post(f"/registers/{register}/acts", json=firsts.pop("register")))["entry"]
    registered = [kind for kind in further if "registered" in kinds[kind].meets]
    about_acts = [kind for kind in further if kinds[kind].effect != "state"]
    for kind in [*registered, *about_acts]:
        recorded(clerk.post(f"/registers/{register}/{entry}/acts", json=further.pop(kind)))

    for first in firsts.values():
        recorded(clerk.post(f"/registers/{register}/acts", json=first))
    for kind, act in further.items():
        before = firsts["refuse" if "refused" in kinds[kind].meets else "receive"]
        applied = recorded(clerk.post(f"/registers/{register}/acts", json=before))["entry"]
        recorded(clerk.post(f"/registers/{register}/{applied}/acts", json=act))


def test_the_bare_address_leads_to_the_paths(client: httpx.Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


def test_head_is_answered_like_get_without_the_body(client: httpx.Client) -> None:
    for path in ("/registers", "/registers/institutions?limit=1", "/registers/institutions/0000000000"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.headers["content-type"]) == (get.status_code, get.headers["content-type"])
        assert not head.content

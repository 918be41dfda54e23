"""Half a surrogate pair is no text: JSON can spell it and an address can carry it, and neither is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.office import INSTITUTIONS, MARCH, Json, Office, body, opened, problem
from tests.domain.story import BASIC_SCHOOL

HALF, IN_AN_ADDRESS = "\ud800", "%ED%A0%80"
ENTRY = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    """A register with one school."""
    with opened(server_url) as open_office:
        school = {"register": "institutions", "entry": ENTRY, "kind": "register", "new": True, "content": BASIC_SCHOOL}
        assert open_office.together(school).status_code == 201
        yield open_office


@pytest.fixture(autouse=True)
def _nothing_is_recorded(office: Office) -> Iterator[None]:
    before = office.head()
    yield
    assert office.head() == before


def registration(**more: Any) -> Json:
    return {**body("register", MARCH, **BASIC_SCHOOL), **more}


def correction(**right: Any) -> Json:
    return body("correct", MARCH, target=0, content={**BASIC_SCHOOL, **right})


def in_one_decision(**act: Any) -> Json:
    return {"decision": {"decided_on": MARCH}, "acts": [{"register": "institutions", "entry": ENTRY, **act}]}


NEW, FURTHER, TOGETHER = f"{INSTITUTIONS}/acts", f"{INSTITUTIONS}/{ENTRY}/acts", "/acts"
BODIES: dict[str, tuple[str, Any]] = {
    "nothing else": (NEW, HALF),
    "a kind of act": (NEW, registration(kind=HALF)),
    "a field": (NEW, registration(content={**BASIC_SCHOOL, "name": f"Skola {HALF}"})),
    "a field of a list": (NEW, registration(content={**BASIC_SCHOOL, "phones": [HALF]})),
    "a field's name": (NEW, registration(**{HALF: "x"})),
    "a decision's number": (NEW, registration(decision={"decided_on": MARCH, "number": HALF})),
    "a note": (NEW, registration(note=HALF)),
    "a field of a correction": (FURTHER, correction(name=HALF)),
    "a list within a correction": (FURTHER, correction(founders={"declared": [HALF], "actual": ["Dome"]})),
    "a field's name in a correction": (FURTHER, correction(**{HALF: "x"})),
    "a change of a reorganisation": (FURTHER, body("reorganise", form="change_of_name", changes={"name": HALF})),
    "a register": (TOGETHER, in_one_decision(register=HALF, kind="amend", content={"name": "X"})),
    "an entry": (TOGETHER, in_one_decision(entry=HALF, kind="amend", content={"name": "X"})),
    "a field of one of several acts": (TOGETHER, in_one_decision(kind="amend", content={"name": HALF})),
    "a name to sign in with": ("/sessions", {"name": HALF, "password": "correct horse battery"}),
    "a password": ("/sessions", {"name": "clerk", "password": HALF}),
}


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "once"}], ids=["without key", "with key"])
@pytest.mark.parametrize("where", BODIES)
def test_a_body_with_half_a_character_is_refused_and_its_refusal_can_be_read(
    office: Office, where: str, key: dict[str, str]
) -> None:
    path, content = BODIES[where]
    text = json.dumps(content)
    assert "\\ud800" in text
    answer = office.clerk.post(path, content=text, headers={"Content-Type": "application/json", **key})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


QUERIES = [
    f"{INSTITUTIONS}?{name}={IN_AN_ADDRESS}"
    for name in ("q", "type", "status", "sort", "cursor", "as_of", "known_at", "nothing")
] + [
    f"{INSTITUTIONS}?{IN_AN_ADDRESS}=x",
    f"{INSTITUTIONS}/diff?from={IN_AN_ADDRESS}/",
    f"{INSTITUTIONS}?q=%C4",
    *(f"/acts?{name}={IN_AN_ADDRESS}" for name in ("register", "kind", "decision", "actor", "decided_from")),
    f"/changes?after={IN_AN_ADDRESS}",
]


@pytest.mark.parametrize("path", QUERIES)
def test_a_query_that_is_no_text_is_malformed(office: Office, path: str) -> None:
    (error,) = problem(raw(office.anyone, path), 400, "malformed")["errors"]
    assert (error["field"], error["expected"], error["met"]) == ("query", "text in UTF-8", path.partition("?")[2])


@pytest.mark.parametrize("path", [f"{INSTITUTIONS}/{{}}", f"{INSTITUTIONS}/{{}}/acts", "/statistics/2020/{}", "/{}"])
def test_a_path_that_is_no_text_leads_nowhere(office: Office, path: str) -> None:
    answer = raw(office.anyone, path.format(IN_AN_ADDRESS))
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("words", ["R%C4%93zekne", "r%c4%93zekne", "rezekne", "R%C4%93zeknes+pamat"])
def test_a_query_in_utf_8_is_understood(office: Office, words: str) -> None:
    assert raw(office.anyone, f"{INSTITUTIONS}?q={words}").json()["total"] == 1


def raw(caller: httpx.Client, path: str) -> httpx.Response:
    """The answer to a path as it is written here; the client would write it anew."""
    url = caller.base_url.copy_with(raw_path=path.encode())
    return caller.send(caller.build_request("GET", url))

"""Acts under four eyes over HTTP: one person proposes, another confirms, and nobody does both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.office import Office, body, opened, problem, recorded, told
from tests.api.serving import account, caller

PSYCHOLOGISTS = "/registers/psychologists"
DAY = "2026-11-02"
SITTING = {"sitting": {"held_on": DAY, "minutes": "11"}}
PERSON: dict[str, Any] = {
    "name": "Ilze Ezeriņa",
    "personal_code": "395000-00006",
    "education": [
        {"institution": "LU", "programme": "Psiholoģija", "degree": "maģistrs", "qualification": "psihologs"}
    ],
}
EXCLUSION = body("exclude", DAY, **SITTING)


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as started:
        yield started


@pytest.fixture(scope="module")
def second(office: Office) -> Iterator[httpx.Client]:
    """Another clerk of all registers."""
    with caller(office.server, account(office.service, "second", "*:clerk")) as client:
        yield client


def psychologist(office: Office) -> str:
    """A registered psychologist; registering one needs no second person."""
    return str(office.first("register", DAY, PSYCHOLOGISTS, **PERSON, **SITTING)["entry"])


def proposed(office: Office, entry: str | None = None) -> dict[str, Any]:
    """The clerk's proposal to exclude a psychologist."""
    path = f"{PSYCHOLOGISTS}/{entry or psychologist(office)}/acts"
    return recorded(office.clerk.post(path, params={"propose": True}, json=EXCLUSION))


def confirm(client: httpx.Client, proposal: dict[str, Any], **more: Any) -> httpx.Response:
    return client.post(f"/proposals/{proposal['proposal']}/confirm", json={"hash": proposal["hash"]}, **more)


def test_an_act_under_four_eyes_is_not_recorded_by_one_person_alone(office: Office) -> None:
    path, head = f"{PSYCHOLOGISTS}/{psychologist(office)}/acts", office.head()
    refused = problem(office.clerk.post(path, json=EXCLUSION), 409, "four-eyes")
    assert (refused["act"], "propose=true" in refused["detail"]) == (0, True)
    assert office.head() == head


def test_it_is_recorded_once_another_person_confirms_the_proposal(office: Office, second: httpx.Client) -> None:
    entry = psychologist(office)
    proposal = proposed(office, entry)
    assert told(office.clerk.get(f"{PSYCHOLOGISTS}/{entry}"))["status"] == "registered"
    (act,) = recorded(confirm(second, proposal))["acts"]
    found = told(office.clerk.get(f"{PSYCHOLOGISTS}/{entry}"))
    assert (found["status"], found["act"], act["entry"]) == ("excluded", act["position"], entry)

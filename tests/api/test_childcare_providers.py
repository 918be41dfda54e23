"""Childcare providers over HTTP: what of a person is public, and what is warned of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.service import Service
from tests.api.office import recorded
from tests.api.serving import account, caller
from tests.domain.story import CENTRE, NANNY

PROVIDERS = "/registers/childcare-providers"
WORD = "Slepens"
PRIVATE = {"address": f"{WORD} iela 1", "phones": ["29990001"], "emails": [f"{WORD}@example.lv"]}
CODE, NEW_CODE = "161175-19990", "328673-00679"
SECRETS = (WORD, "29990001", CODE, NEW_CODE, "personal_code", "private_contacts", "nannies")


class Told:
    """A natural person who was registered, amended and corrected, and a legal person."""

    def __init__(self, clerk: httpx.Client) -> None:
        self.clerk, self.warnings = clerk, list[list[str]]()
        nanny = {**NANNY, "personal_code": CODE, "private_contacts": PRIVATE, "nannies": [f"{WORD} Aukle"]}
        self.nanny = self._act("register", nanny)
        self._act("amend", {"personal_code": NEW_CODE, "private_contacts": PRIVATE}, self.nanny)
        self._act("correct", {"target": 0, "content": nanny}, self.nanny)
        self.centre = self._act("register", {**CENTRE, "phones": ["67000001"], "nannies": [f"{WORD} Aukle"]})

    def _act(self, kind: str, content: dict[str, Any], entry: str | None = None) -> str:
        body = {"kind": kind, "decision": {"decided_on": "2020-03-02"}, "content": content}
        answer = recorded(self.clerk.post(f"{PROVIDERS}/{entry}/acts" if entry else f"{PROVIDERS}/acts", json=body))
        self.warnings.append(answer["warnings"])
        return str(answer["registration_number"])

    def paths(self) -> list[str]:
        """Every way to ask about them."""
        entries = [f"{PROVIDERS}/{number}" for number in (self.nanny, self.centre)]
        return [
            *(f"{PROVIDERS}?as_of=2020-03-31{more}" for more in ("", "&format=csv", "&format=ndjson")),
            *(f"{entry}{more}" for entry in entries for more in ("", "/acts", "/timeline")),
            *(f"{entry}/diff?from=2020-03-01/&to=2020-03-31/" for entry in entries),
            f"{PROVIDERS}/diff?from=2020-03-01/&to=2020-03-31/",
            "/acts",
            "/changes",
            "/statistics/2020/figures/s221.childcare.stock/acts",
        ]


@pytest.fixture(scope="module")
def told(shared_service: Service, shared_server: str) -> Iterator[Told]:
    with caller(shared_server, account(shared_service, "clerk", "*:clerk")) as clerk:
        yield Told(clerk)


def test_personal_codes_private_contacts_and_nannies_are_absent_for_the_public(
    told: Told, anyone: httpx.Client
) -> None:
    for path in told.paths():
        answer = anyone.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert [secret for secret in SECRETS if secret in answer.text] == [], path
        assert [secret for secret in SECRETS if secret in told.clerk.get(path).text] != [], path


@pytest.mark.parametrize("words", [WORD, CODE, NEW_CODE, "29990001"])
def test_nothing_confidential_is_found_by_the_search(told: Told, anyone: httpx.Client, words: str) -> None:
    assert anyone.get(PROVIDERS, params={"as_of": "2020-03-31", "q": words}).json()["items"] == []


def test_the_public_sees_who_serves_where_and_how_to_reach_a_legal_person(told: Told, anyone: httpx.Client) -> None:
    shown = {number: anyone.get(f"{PROVIDERS}/{number}").json()["content"] for number in (told.nanny, told.centre)}
    assert (told.nanny, told.centre) == ("000001", "000002")
    assert shown[told.nanny]["name"] == NANNY["name"]
    assert (shown[told.centre]["address"], shown[told.centre]["phones"]) == (CENTRE["address"], ["67000001"])


def test_a_personal_code_whose_last_digit_does_not_fit_is_warned_of_also_in_a_correction(told: Told) -> None:
    warning = "personal code: expected the last digit that the ten before it give, met another"
    assert told.warnings == [[warning], [], [warning], []]


def test_a_personal_code_that_can_be_nobodys_is_refused_and_not_repeated(told: Told) -> None:
    content = {**NANNY, "personal_code": "310299-12345"}
    body = {"kind": "register", "decision": {"decided_on": "2020-03-02"}, "content": content}
    refused = told.clerk.post(f"{PROVIDERS}/acts", json=body)
    assert refused.status_code == 422
    (problem,) = refused.json()["errors"]
    assert (problem["field"], problem["met"]) == ("content.personal_code", "other digits")
    assert "310299-12345" not in refused.text

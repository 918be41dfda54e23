"""Private-practice certificates over HTTP: the public sees who may teach what and where, but no codes and homes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.office import Office, opened, told
from tests.domain.test_practice_certificates import CERTIFICATE, PERSON, REASON, SITTING

CERTIFICATES = "/registers/practice-certificates"
CODE, HOME = "161175-19997", "Slepenā iela 1"
SECRETS = (CODE, HOME, "390000-00018", "personal_code", "addresses", "refused_on", str(REASON["reason"]))


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as found:
        yield found


@pytest.fixture(scope="module")
def number(office: Office) -> str:
    """A certificate refused at first, applied for again, issued, extended and reissued."""
    entry = office.first("receive", "2020-01-10", CERTIFICATES, **PERSON)["entry"]
    acts: list[tuple[str, str, dict[str, Any]]] = [
        ("refuse", "2020-02-03", REASON),
        ("receive", "2020-02-10", PERSON),
        ("issue", "2020-03-02", {**CERTIFICATE, "addresses": [HOME]}),
        ("extend", "2020-03-03", {"sitting": SITTING}),
        ("reissue", "2020-03-04", {"sitting": SITTING, "personal_code": "390000-00018"}),
    ]
    for verb, on, content in acts:
        receipt = office.act(entry, verb, on, CERTIFICATES, **content)
    return str(receipt["registration_number"])


def test_codes_homes_and_refusals_are_absent_for_the_public(office: Office, number: str) -> None:
    for path in (
        f"{CERTIFICATES}?as_of=2020-03-31",
        f"{CERTIFICATES}/{number}",
        f"{CERTIFICATES}/{number}/acts",
        f"{CERTIFICATES}/{number}/timeline",
        f"{CERTIFICATES}/{number}/diff?from=2020-02-20/&to=2020-03-31/",
        "/acts",
        "/changes",
    ):
        answer = office.anyone.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert [secret for secret in SECRETS if secret in answer.text] == [], path
        assert CODE in office.clerk.get(path).text, path
    for words in (CODE, HOME):
        found = told(office.anyone.get(CERTIFICATES, params={"as_of": "2020-03-31", "q": words}))
        assert found["items"] == [], words


def test_the_public_sees_what_the_commission_decided_and_when_it_sat(office: Office, number: str) -> None:
    shown = told(office.anyone.get(f"{CERTIFICATES}/{number}/acts"))["acts"]
    assert [(act["kind"], act["content"]["sitting"]) for act in shown] == [
        ("issue", SITTING),
        ("extend", SITTING),
        ("reissue", SITTING),
    ]
    content = told(office.anyone.get(f"{CERTIFICATES}/{number}", params={"as_of": "2020-03-31"}))["content"]
    assert (content["theme"], content["territories"]) == ("music", ["Cēsu novads"])
    assert content["valid_until"] == "2026-03-02"


def test_certificates_are_found_by_territory_and_target_group(office: Office, number: str) -> None:
    for query, numbers in (
        ({"territories": "Cēsu novads", "target_groups": "compulsory"}, [number]),
        ({"territories": "Rīga"}, []),
    ):
        items = told(office.anyone.get(CERTIFICATES, params={"as_of": "2020-03-31", **query}))["items"]
        assert [item["registration_number"] for item in items] == numbers

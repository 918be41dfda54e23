"""The verifier in one file proves what a running register hands out over HTTP, and nothing of it that was changed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.api.office import INSTITUTIONS, Office, body, opened, school
from tests.verifier.made import said
from verifier.regesta_verify import PROVED, REFUSED, verdict


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as started:
        started.anyone.timeout = started.clerk.timeout = 120
        yield started


def handed_out(answer: httpx.Response) -> bytes:
    assert answer.status_code in (200, 201), answer.text
    return answer.content


def test_an_extract_a_receipt_and_proofs_are_proved_by_the_published_key(office: Office) -> None:
    ask, record = office.anyone.get, office.clerk.post
    first = record(f"{INSTITUTIONS}/acts", json=school(), params={"receipt": True}).json()
    smaller = handed_out(ask("/log/checkpoint"))
    entry = first["entry"]
    renamed = body("amend", "2020-06-01", name="Ezeru pamatskola")
    second = record(f"{INSTITUTIONS}/{entry}/acts", json=renamed, params={"receipt": True}).json()
    key = handed_out(ask("/log/key")).decode()
    larger = handed_out(ask("/log/checkpoint"))
    sizes = {"from": smaller.split(b"\n")[1].decode(), "to": larger.split(b"\n")[1].decode()}
    extract = handed_out(ask(f"{INSTITUTIONS}/{entry}/extract", params={"format": "json", "as_of": "2020-12-31"}))
    position = second["position"]
    for files in (
        [extract],
        [said(second["receipt"])],
        [handed_out(ask(f"/log/proof/{position}.tlog-proof")), second["receipt"]["leaf"].encode()],
        [handed_out(ask("/log/proof/consistency", params=sizes)), smaller, larger],
    ):
        found = verdict(files, [key])
        assert found.outcome == PROVED, found
    changed = extract.replace(b"Ezeru pamatskola", b"Ezeru vidusskola")
    assert changed != extract
    assert verdict([changed], [key])[:2] == (REFUSED, "hash")
    assert verdict([said({**second["receipt"], "position": first["position"]})], [key]).outcome == REFUSED


def test_absence_and_a_whole_list_are_proved_by_the_published_key(office: Office) -> None:
    recorded = handed_out(office.clerk.post(f"{INSTITUTIONS}/acts", json=school()))
    number, key = json.loads(recorded)["registration_number"], handed_out(office.anyone.get("/log/key")).decode()
    absent = handed_out(office.clerk.get(f"{INSTITUTIONS}/absence", params={"number": number, "as_of": "1999-12-31"}))
    listed = handed_out(office.clerk.get(f"{INSTITUTIONS}/completeness"))
    found = verdict([absent], [key])
    assert found.outcome == PROVED, found
    assert found.lines[0].startswith(f"No entry with number {number} was in register institutions on 1999-12-31")
    found = verdict([listed], [key])
    assert found.outcome == PROVED, found
    assert any(line.startswith(number) for line in found.lines)
    assert verdict([absent.replace(b"1999-12-31", b"2999-12-31")], [key])[:2] == (REFUSED, "present")
    without = json.loads(listed)
    without["entries"] = [each for each in without["entries"] if each[0] != number]
    assert verdict([said(without)], [key])[:2] == (REFUSED, "list")

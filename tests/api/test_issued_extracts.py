"""Extracts with a number: each an act, given again exactly, checked by anyone, revoked with a reason."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from domain.legal_time import riga_date
from ledger.note import VerifierKey
from tests.api.extracts_read import attached, check, everything_in, text_of
from tests.api.office import INSTITUTIONS, Json, Office, at_once, opened, problem, recorded, told
from tests.api.serving import account, caller
from tests.domain.story import INSTITUTE

ISSUED = "/registers/issued-extracts"
TO, PURPOSE = "Zane Pilnīgi-Slepena", "Slepenam nolūkam"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as started:
        started.anyone.timeout = started.clerk.timeout = 120
        yield started


@pytest.fixture(scope="module")
def clerk_of_institutions(office: Office) -> Iterator[httpx.Client]:
    with caller(office.server, account(office.service, "of-institutions", "institutions:clerk")) as client:
        yield client


@pytest.fixture
def school(office: Office) -> str:
    return str(office.register("2020-03-02")["entry"])


@pytest.fixture
def key(office: Office) -> VerifierKey:
    return office.service.sealer.verifier_key


def issue(client: httpx.Client, entry: str, /, key: str | None = None, **body: Any) -> Json:
    headers = {} if key is None else {"Idempotency-Key": key}
    return recorded(client.post(f"{INSTITUTIONS}/{entry}/extracts", json=body, headers=headers))


def test_callers_who_are_not_signed_in_do_not_share_their_keys(office: Office) -> None:
    schools = [str(office.register("2020-03-02")["entry"]) for _ in range(2)]
    first, second = (issue(office.anyone, school, key="1") for school in schools)
    assert [first["entry"], second["entry"]] == schools
    assert issue(office.anyone, schools[0], key="1") == first


def verdict(client: httpx.Client, number: str, code: str | None = None) -> Json:
    return told(client.get(f"/extracts/{number}/check", params={} if code is None else {"hash": code}))


def test_an_issued_extract_is_bound_to_the_log_by_the_act_that_issued_it(
    office: Office, school: str, key: VerifierKey
) -> None:
    issued = issue(office.clerk, school, as_of="2020-12-31", to=TO, purpose=PURPOSE)
    file = told(office.anyone.get(issued["json"]))
    check(file, key)
    assert re.fullmatch(r"20\d\d-\d{6}", issued["number"])
    assert (file["number"], file["sha256"], file["issue"]["position"]) == (
        issued["number"], issued["sha256"], issued["position"],
    )  # fmt: skip
    pdf = office.anyone.get(issued["pdf"]).content
    assert attached(pdf) == file
    printed = text_of(pdf)
    assert f"Nr. {issued['number']}" in printed
    code = issued["code"]
    assert " ".join(code[at : at + 4] for at in range(0, 16, 4)) in printed


def test_numbers_follow_one_another_without_a_gap_however_many_are_issued_at_once(office: Office, school: str) -> None:
    def ask() -> httpx.Response:
        return httpx.post(f"{office.server}{INSTITUTIONS}/{school}/extracts", json={}, timeout=60)

    first = int(issue(office.clerk, school)["number"].partition("-")[2])
    refused = office.clerk.post(f"{INSTITUTIONS}/{school}/extracts", json={"as_of": "9999-01-01"})
    problem(refused, 422, "content-refused")
    answers = at_once(*[ask] * 4)
    numbers = sorted(int(recorded(answer)["number"].partition("-")[2]) for answer in answers)
    assert numbers == list(range(first + 1, first + 5))


def test_a_repeated_request_is_answered_with_the_extract_issued_first(office: Office, school: str) -> None:
    first = issue(office.clerk, school, key="extract-1", purpose="a")
    assert issue(office.clerk, school, key="extract-1", purpose="a") == first
    other = office.clerk.post(
        f"{INSTITUTIONS}/{school}/extracts", json={"purpose": "b"}, headers={"Idempotency-Key": "extract-1"}
    )
    problem(other, 422, "key-used-for-another-request")


def test_an_issued_extract_is_given_again_exactly_after_the_entry_has_changed(office: Office, school: str) -> None:
    issued = issue(office.clerk, school, as_of="2020-12-31", language="en")
    given = {form: office.anyone.get(issued[form]).content for form in ("pdf", "json")}
    office.act(school, "amend", "2020-05-01", name="Cita skola")
    again = {form: office.anyone.get(issued[form], headers={"Accept-Language": "lv"}).content for form in given}
    assert again == given
    assert "No. " in text_of(given["pdf"])


def test_to_whom_and_for_what_is_known_to_the_office_alone(office: Office, school: str) -> None:
    issued = issue(office.clerk, school, to=TO, purpose=PURPOSE)
    (listed,) = [
        item for item in told(office.clerk.get(ISSUED, params={"limit": 100}))["items"]
        if item["registration_number"] == issued["number"]
    ]  # fmt: skip
    assert (listed["confidential"]["to"], listed["confidential"]["purpose"]) == (TO, PURPOSE)
    problem(office.anyone.get(ISSUED), 401, "not-authenticated")
    page = office.anyone.get(issued["check"].removeprefix(office.service.settings.address))
    shown = [page.text, office.anyone.get("/acts").text, everything_in(told(office.anyone.get(issued["json"])))]
    shown.append(text_of(office.anyone.get(issued["pdf"]).content))
    assert [text for text in shown if TO in text or PURPOSE in text] == []


def test_who_acted_is_the_session_and_without_one_the_service(office: Office, school: str) -> None:
    actors = {}
    for client in (office.clerk, office.anyone):
        file = told(office.anyone.get(issue(client, school)["json"]))
        leaf = json.loads(base64.b64decode(file["issue"]["leaf"]))
        actors[client] = leaf["actor"]
    assert actors[office.anyone] == "regesta"
    assert re.fullmatch(r"[0-9a-f-]{36}", actors[office.clerk])


def test_what_is_not_public_is_issued_and_given_only_to_those_who_may_read_it(office: Office, school: str) -> None:
    asked = {"part": "whole"}
    problem(office.anyone.post(f"{INSTITUTIONS}/{school}/extracts", json=asked), 401, "not-authenticated")
    issued = issue(office.clerk, school, **asked)
    problem(office.anyone.get(issued["json"]), 401, "not-authenticated")
    assert "confidential" in told(office.clerk.get(issued["json"]))["state"]
    permits = "/registers/teaching-permits/000001/extracts"
    problem(office.anyone.post(permits, json={}), 401, "not-authenticated")


def test_an_extract_is_given_to_those_who_have_its_code(office: Office, school: str) -> None:
    issued = issue(office.clerk, school)
    address = f"/extracts/{issued['number']}"
    for code in (None, issued["code"][:15], "0" * 64, ""):
        answer = office.anyone.get(address, params={"format": "json", **({} if code is None else {"hash": code})})
        problem(answer, 404, "no-extract")
    for code in (
        issued["code"],
        issued["sha256"],
        issued["code"].upper(),
        f"{issued['code'][:4]} {issued['code'][4:]}",
    ):
        assert told(office.anyone.get(address, params={"format": "json", "hash": code}))["number"] == issued["number"]
    assert office.clerk.get(address, params={"format": "json"}).status_code == 200
    problem(office.anyone.get("/extracts/2020-999999", params={"hash": "0" * 64}), 404, "no-extract")


def test_a_check_tells_a_genuine_extract_from_another_and_from_none(office: Office, school: str) -> None:
    issued = issue(office.clerk, school, as_of="2020-12-31")
    number, code = issued["number"], issued["code"]
    day = riga_date(datetime.fromisoformat(issued["recorded_at"])).isoformat()
    assert verdict(office.anyone, number, code) == {
        "number": number, "verdict": "genuine", "issued_on": day, "register": "institutions", "entry": school,
        "as_of": "2020-12-31", "known_at": issued["known_at"]["position"],
        "changed": {"on_that_day": False, "today": False},
    }  # fmt: skip
    assert verdict(office.anyone, number) == {"number": number, "verdict": "issued", "issued_on": day}
    assert verdict(office.anyone, number, "f" * 16) == {"number": number, "verdict": "other"}
    assert verdict(office.anyone, "2019-000001", code) == {"number": "2019-000001", "verdict": "unknown"}
    assert verdict(office.anyone, "nekas", code)["verdict"] == "unknown"


def test_a_check_tells_whether_the_entry_is_another_since(office: Office, school: str) -> None:
    issued = issue(office.clerk, school, as_of="2020-12-31")
    office.act(school, "amend", "2021-02-01", name="Nākamā skola")
    assert verdict(office.anyone, issued["number"], issued["code"])["changed"] == {"on_that_day": False, "today": True}
    office.act(school, "amend", "2020-04-01", address="JAUNA IELA 1, RĪGA, LV-1034")
    assert verdict(office.anyone, issued["number"], issued["code"])["changed"] == {"on_that_day": True, "today": True}
    assert told(office.anyone.get(issued["json"]))["sha256"] == issued["sha256"]


def test_a_change_that_the_public_part_does_not_show_changes_no_public_extract(office: Office, school: str) -> None:
    issued = issue(office.clerk, school)
    office.act(school, "amend", "2020-04-01", contact_person="Cits Cilvēks")
    assert verdict(office.anyone, issued["number"], issued["code"])["changed"] == {"on_that_day": False, "today": False}


def test_a_clerk_of_the_register_revokes_an_extract_once_with_a_reason(
    office: Office, school: str, clerk_of_institutions: httpx.Client
) -> None:
    issued = issue(office.clerk, school)
    address = f"/extracts/{issued['number']}/revocation"
    problem(office.anyone.post(address, json={"reason": "Kļūda"}), 401, "not-authenticated")
    with caller(office.server, account(office.service, "of-others", "psychologists:clerk")) as other:
        problem(other.post(address, json={"reason": "Kļūda"}), 403, "not-permitted")
    problem(clerk_of_institutions.post(address, json={}), 422, "content-does-not-fit")
    told_of_it = recorded(clerk_of_institutions.post(address, json={"reason": "Izsniegts kļūdaini."}))
    assert told_of_it["number"] == issued["number"]
    assert told_of_it["position"] > issued["position"]
    problem(clerk_of_institutions.post(address, json={"reason": "Kļūda"}), 409, "acts-in-the-way")
    for code in (None, issued["code"]):
        found = verdict(office.anyone, issued["number"], code)
        assert (found["verdict"], found["revoked_on"]) == ("revoked", found["issued_on"])
    assert "Izsniegts kļūdaini" not in json.dumps(found)


def test_callers_who_are_not_signed_in_are_slowed_down(server_url: str) -> None:
    with opened(server_url) as hurried:
        institute = hurried.first("register", "2020-03-02", "/registers/scientific-institutions", **INSTITUTE)["entry"]
        address = f"/registers/scientific-institutions/{institute}/extracts"
        answers = [hurried.anyone.post(address, json={}).status_code for _ in range(31)]
        assert answers == [201] * 30 + [429]
        assert hurried.clerk.post(address, json={}).status_code == 201

"""Entries that rest on entries of another register, on the days that count, and a register nobody has heard of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests.api.office import Json, Office, body, opened, problem, recorded, told
from tests.domain.story import BASIC_SCHOOL
from tests.invented import beside_the_others

CLUBS = "/registers/language-clubs"
SUMMER, AUTUMN = "2021-06-01", "2021-09-01"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with beside_the_others(), opened(server_url) as started:
        yield started


def club(institution: str, **content: object) -> Json:
    return {"name": "Lībiešu klubs", "language": "liv", "institution": institution, **content}


@pytest.fixture
def school(office: Office) -> str:
    """A school registered on 2 March 2020."""
    return str(office.register()["entry"])


def open_club(office: Office, institution: str, on: str = SUMMER) -> Json:
    return office.first("open", on, CLUBS, **club(institution))


def strike_off(office: Office, school: str, on: str, **query: bool) -> Json:
    answer = office.clerk.post(
        f"/registers/institutions/{school}/acts", params=query, json=body("strike_off", on, basis="liquidation")
    )
    found: Json = answer.json()
    return {**found, "http": answer.status_code}


def test_an_entry_rests_on_one_that_is_there_from_the_day_it_takes_effect(office: Office, school: str) -> None:
    assert open_club(office, school, "2020-03-02")["version"] == 1
    answer = office.clerk.post(f"{CLUBS}/acts", json=body("open", "2020-03-01", **club(school)))
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:regesta:problem:rests-on-nothing")
    assert "registered from 2020-03-01 on" in answer.json()["detail"]


def test_an_act_recorded_today_may_take_effect_while_the_other_was_still_there(office: Office, school: str) -> None:
    strike_off(office, school, AUTUMN)
    late = office.clerk.post(f"{CLUBS}/acts", json=body("open", SUMMER, **club(school)))
    assert late.status_code == 409
    assert f"from {AUTUMN} on" in late.json()["detail"]


@pytest.mark.parametrize("register", ["scientific-institutions", None])
def test_an_entry_of_another_register_or_none_at_all_is_nothing_to_rest_on(
    office: Office, register: str | None
) -> None:
    institute = {
        "name": "Institūts", "legal_status": "derived_public_person", "address": "RĪGA",
        "founders": {"declared": ["LU"], "actual": ["LU"]},
    }  # fmt: skip
    target = uuid4()
    if register is not None:
        target = office.first("register", "2020-03-02", f"/registers/{register}", **institute)["entry"]
    answer = office.clerk.post(f"{CLUBS}/acts", json=body("open", SUMMER, **club(str(target))))
    assert answer.status_code == 409
    assert "absent" in answer.json()["detail"]


def test_what_others_rest_on_is_not_struck_off_from_under_them(office: Office, school: str) -> None:
    clubs = sorted(open_club(office, school)["entry"] for _ in range(2))
    refused = strike_off(office, school, AUTUMN)
    assert (refused["http"], refused["type"]) == (409, "urn:regesta:problem:dependants-left")
    assert refused["dependants"] == [{"register": "language-clubs", "entry": entry, "first": AUTUMN} for entry in clubs]
    assert office.entry(school)["status"] == "registered"


def test_the_same_decision_may_end_the_dependants(office: Office, school: str) -> None:
    entry = open_club(office, school)["entry"]
    answer = strike_off(office, school, AUTUMN, end_dependants=True)
    assert [each["entry"] for each in answer["ended"]] == [entry]
    (ended,) = [act for act in told(office.anyone.get(f"{CLUBS}/{entry}/acts"))["acts"] if act["kind"] == "close"]
    assert (ended["effective_on"], ended["position"]) == (AUTUMN, answer["position"] + 1)
    assert told(office.anyone.get(f"{CLUBS}/{entry}", params={"as_of": "2021-08-31"}))["status"] == "open"
    assert told(office.anyone.get(f"{CLUBS}/{entry}", params={"as_of": AUTUMN}))["status"] == "closed"


def test_the_ends_asked_for_are_part_of_the_request_that_a_key_stands_for(office: Office, school: str) -> None:
    open_club(office, school)
    path, act = f"/registers/institutions/{school}/acts", body("strike_off", AUTUMN, basis="liquidation")

    def ask(end_dependants: bool) -> httpx.Response:
        key = {"Idempotency-Key": f"ends {school}"}
        return office.clerk.post(path, params={"end_dependants": end_dependants}, json=act, headers=key)

    first = recorded(ask(True))
    assert ask(True).json() == first
    problem(ask(False), 422, "key-used-for-another-request")


def test_a_preview_of_a_new_entry_counts_it_among_those_in_force(office: Office) -> None:
    asked = body("register", "2018-03-01", **BASIC_SCHOOL)
    shown = told(office.clerk.post("/registers/institutions/acts", params={"preview": True}, json=asked))
    moved = {(each["figure"], each["year"]): each["after"] - each["before"] for each in shown["figures"]}
    assert moved["stock.institutions", 2018] == 1
    assert moved["stock.institutions", 2025] == 1


def test_a_preview_of_an_act_into_the_past_counts_every_year_since(office: Office) -> None:
    school = office.register("2018-03-01")["entry"]
    shown = strike_off(office, school, "2018-09-01", preview=True)
    moved = {each["year"] for each in shown["figures"] if each["figure"] == "stock.institutions"}
    assert moved >= {2018, 2019, 2020, 2021}


def test_a_term_that_ends_before_is_no_dependant(office: Office, school: str) -> None:
    open_club(office, school, SUMMER)
    assert strike_off(office, school, "2024-06-02")["http"] == 201


def test_the_last_day_of_a_term_still_rests_on_the_other(office: Office, school: str) -> None:
    open_club(office, school, SUMMER)
    assert strike_off(office, school, "2024-06-01")["http"] == 409


def test_annulling_the_registration_leaves_the_dependants_and_is_refused(office: Office) -> None:
    registered = office.register()
    open_club(office, registered["entry"])
    annulment = body("annul", AUTUMN, target=registered["position"], mode="ex_tunc")
    answer = office.clerk.post(f"/registers/institutions/{registered['entry']}/acts", json=annulment)
    assert (answer.status_code, answer.json()["dependants"][0]["first"]) == (409, SUMMER)


def test_a_clerk_ends_dependants_only_in_registers_of_their_own(office: Office, school: str) -> None:
    open_club(office, school)
    answer = office.anyone.post(
        f"/registers/institutions/{school}/acts",
        params={"end_dependants": True},
        json=body("strike_off", AUTUMN, basis="liquidation"),
    )
    assert answer.status_code == 401


def test_a_preview_shows_the_consequences_and_records_nothing(office: Office, school: str) -> None:
    entry = open_club(office, school)["entry"]
    before = office.head()
    shown = strike_off(office, school, AUTUMN, preview=True)
    assert shown["http"] == 200
    assert shown["conflict"]["dependants"] == [{"register": "language-clubs", "entry": entry, "first": AUTUMN}]
    (change,) = shown["changes"]
    assert (change["from"], change["to"]) == (AUTUMN, None)
    assert (change["before"]["status"], change["after"]["status"]) == ("registered", "struck_off")
    moved = {(each["figure"], each["year"]): each["after"] - each["before"] for each in shown["figures"]}
    assert moved["t3.institutions.struck_off", 2021] == 1
    assert moved["stock.institutions", 2021] == moved["stock.institutions", 2022] == -1
    assert ("stock.institutions", 2020) not in moved
    assert office.head() == before
    assert office.entry(school)["status"] == "registered"


def test_a_preview_with_the_ends_of_dependants_shows_them_too(office: Office, school: str) -> None:
    entry = open_club(office, school)["entry"]
    shown = strike_off(office, school, AUTUMN, preview=True, end_dependants=True)
    assert shown["conflict"] is None
    assert {change["entry"]: change["after"]["status"] for change in shown["changes"]} == {
        school: "struck_off", entry: "closed",
    }  # fmt: skip
    assert told(office.anyone.get(f"{CLUBS}/{entry}"))["version"] == 1


def test_a_preview_of_a_first_act_gives_the_number_that_would_be_given(office: Office, school: str) -> None:
    shown = office.clerk.post(f"{CLUBS}/acts", params={"preview": True}, json=body("open", SUMMER, **club(school)))
    (expected,) = shown.json()["acts"]
    assert expected["registration_number"] == open_club(office, school)["registration_number"]


def test_a_preview_of_what_is_against_the_rules_says_why(office: Office) -> None:
    shown = office.clerk.post(
        f"{CLUBS}/acts", params={"preview": True}, json=body("open", SUMMER, **club(str(uuid4())))
    )
    assert shown.status_code == 200
    assert shown.json()["conflict"]["status"] == 409
    assert shown.json()["changes"] == []


def test_a_register_that_is_only_a_file_has_everything_that_others_have(office: Office, school: str) -> None:
    entry = open_club(office, school)["entry"]
    anyone, here = office.anyone, f"{CLUBS}/{entry}"
    paths = told(anyone.get("/openapi.json"))["paths"]
    assert {f"{CLUBS}/acts", f"{CLUBS}/{{entry}}/acts", f"{CLUBS}/{{entry}}/timeline"} <= paths.keys()
    days = [
        (each["valid_from"], each["valid_to"], each["status"])
        for each in told(anyone.get(f"{here}/timeline"))["intervals"]
    ]
    assert days == [(SUMMER, "2024-06-02", "open"), ("2024-06-02", None, "expired")]
    asked = {"q": "lībiešu", "language": "liv", "as_of": SUMMER}
    listed = told(anyone.get(CLUBS, params=asked))
    assert entry in {item["entry"] for item in listed["items"]}
    assert told(anyone.get(CLUBS, params={**asked, "language": "ltg"}))["total"] == 0
    exported = anyone.get(CLUBS, params={**asked, "format": "csv"}).text
    assert len(list(csv.DictReader(io.StringIO(exported)))) == listed["total"]
    figure = "clubs.opened.livonian"
    (table,) = told(anyone.get("/statistics/2021/clubs"))["tables"]
    (cell,) = [cell for row in table["rows"] for cell in row["cells"]]
    behind = told(anyone.get(f"/statistics/2021/figures/{figure}/acts", params={"limit": 500}))["acts"]
    assert (cell["figure"], cell["value"]) == (figure, len(behind))
    assert entry in {act["entry"] for act in behind}


def test_what_is_confidential_in_it_is_absent_for_the_anonymous(office: Office, school: str) -> None:
    entry = recorded(office.clerk.post(f"{CLUBS}/acts", json=body("open", SUMMER, **club(school, leader_phone="1"))))
    assert "leader_phone" not in office.anyone.get(f"{CLUBS}/{entry['entry']}").text

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from domain.reading_digests import digest_id
from tests.api.office import INSTITUTIONS, MARCH, Office, at_once, body, opened, problem, recorded, school, told
from tests.domain.story import BASIC_SCHOOL, COLLEGE, INSTITUTE

APRIL, MAY = "2020-04-01", "2020-05-04"
APPLICATION = {"name": "Ezera pamatskola", "address": "EZERA IELA 1, CĒSIS"}


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as open_office:
        yield open_office


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("receive", APPLICATION, "applied"),
        ("register", {**BASIC_SCHOOL, "basis": "new"}, "registered"),
        ("import", {**BASIC_SCHOOL, "registration_number": "4401900001"}, "registered"),
        ("refuse", {"reason": "no programme", "name": "Ezera pamatskola"}, "refused"),
        ("defer", {"until": "2020-06-01", "name": "Ezera pamatskola"}, "applied"),
    ],
)
def test_an_entry_can_begin_with(office: Office, kind: str, content: dict[str, Any], status: str) -> None:
    begun = office.first(kind, **content)
    found = told(office.clerk.get(f"{INSTITUTIONS}/{begun['entry']}", params={"as_of": MARCH}))
    assert (begun["version"], begun["register"]) == (1, "institutions")
    assert (found["status"], found["version"], found["act"]) == (status, 1, begun["position"])


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("amend", {"name": "Jauna skola"}, "registered"),
        ("refuse_amendment", {"reason": "no ground"}, "registered"),
        ("defer_amendment", {"until": MAY}, "registered"),
        ("reorganise", {"form": "change_of_name", "changes": {"name": "Jauna skola"}}, "registered"),
        ("strike_off", {"basis": "liquidation"}, "struck_off"),
    ],
)
def test_a_registered_institution_meets(office: Office, kind: str, content: dict[str, Any], status: str) -> None:
    entry = office.register()["entry"]
    assert office.act(entry, kind, APRIL, **content)["version"] == 2
    after = office.entry(entry, as_of=APRIL)
    assert after["status"] == status
    assert (after["content"]["name"] == "Jauna skola") is (kind in ("amend", "reorganise"))
    assert office.entry(entry, as_of="2020-03-31")["status"] == "registered"


def test_an_application_is_answered_by_a_registration(office: Office) -> None:
    received = office.first("receive", **APPLICATION)
    registration = {**school(), "answers": received["position"]}
    answer = recorded(office.clerk.post(f"{INSTITUTIONS}/{received['entry']}/acts", json=registration))
    acts = told(office.clerk.get(f"{INSTITUTIONS}/{received['entry']}/acts"))["acts"]
    assert [act["answers"] for act in acts] == [None, received["position"]]
    assert office.entry(received["entry"], as_of=MARCH)["act"] == answer["position"]


def test_every_register_takes_acts_of_its_own(office: Office) -> None:
    college = office.register(MARCH, "/registers/higher-education", **COLLEGE)
    institute = office.first(
        "register", MARCH, "/registers/scientific-institutions", **{**INSTITUTE, "registration_number": "381001"}
    )
    assert (college["register"], institute["register"]) == ("higher-education", "scientific-institutions")
    office.act(institute["entry"], "exclude", APRIL, "/registers/scientific-institutions", basis="own_request")


def test_what_was_acknowledged_is_seen_by_anyone_at_once(office: Office) -> None:
    answer = office.clerk.post(f"{INSTITUTIONS}/acts", json=school(name="Redzama skola"))
    receipt = recorded(answer)
    seen = office.anyone.get(answer.headers["location"], params={"as_of": MARCH})
    assert seen.headers["etag"] == answer.headers["etag"] == '"1"'
    assert told(seen)["content"]["name"] == "Redzama skola"
    assert told(seen)["known_at"]["position"] == receipt["position"] == office.head()
    assert told(seen)["known_at"]["recorded_at"] == receipt["recorded_at"]


def test_the_caller_may_choose_the_id_of_a_new_entry_once(office: Office) -> None:
    chosen = {**school(), "entry": str(uuid4())}
    assert recorded(office.clerk.post(f"{INSTITUTIONS}/acts", json=chosen))["entry"] == chosen["entry"]
    refused = problem(office.clerk.post(f"{INSTITUTIONS}/acts", json=chosen), 409, "entry-exists")
    assert chosen["entry"] in refused["detail"]


def test_an_id_that_the_service_may_need_for_an_entry_of_its_own_is_refused(office: Office) -> None:
    chosen = str(digest_id(0))
    first = problem(office.clerk.post(f"{INSTITUTIONS}/acts", json={**school(), "entry": chosen}), 400, "malformed")
    act = {"register": "institutions", "entry": chosen, "kind": "register", "new": True, "content": BASIC_SCHOOL}
    among_others = problem(office.together(act), 400, "malformed")
    for refused in (first, among_others):
        (error,) = refused["errors"]
        assert (error["field"], error["met"]) == ("entry", chosen)
        assert "another version than 5" in error["expected"]


def test_an_act_is_recorded_with_others_only_at_the_version_it_names(office: Office) -> None:
    entry = office.register()["entry"]
    amended = {"register": "institutions", "entry": entry, "kind": "amend", "content": {"name": "Pirmā"}, "version": 1}
    assert office.together(amended).status_code == 201
    refused = problem(office.together({**amended, "content": {"name": "Otrā"}}), 412, "stale-version")
    assert "version 2, expected 1" in refused["detail"]


def test_the_version_that_acts_name_is_that_before_all_of_them(office: Office) -> None:
    entry = office.register()["entry"]
    of_entry = {"register": "institutions", "entry": entry, "kind": "amend", "version": 1}
    both = [{**of_entry, "content": {"name": "Pirmā"}}, {**of_entry, "content": {"head": "ANNA KALNIŅA"}}]
    assert [act["version"] for act in recorded(office.together(*both))["acts"]] == [2, 3]


def test_acts_asked_for_together_that_do_not_fit_are_told_of_at_no_position(office: Office) -> None:
    entry = office.register()["entry"]
    of_entry = {"register": "institutions", "entry": entry}
    amended = {**of_entry, "kind": "amend", "content": {"name": "Vēlāk"}, "effective_on": "2020-06-01"}
    gone = {**of_entry, "kind": "strike_off", "content": {"basis": "liquidation"}, "effective_on": "2020-05-01"}
    refused = problem(office.together(amended, gone), 409, "acts-in-the-way")
    assert [(each["position"], each["kind"]) for each in refused["acts_in_the_way"]] == [(None, "amend")]


def test_a_version_that_could_be_of_any_entry_or_of_none_is_refused(office: Office) -> None:
    entry = office.register()["entry"]
    before = office.head()
    amended = {"register": "institutions", "entry": entry, "kind": "amend", "content": {"name": "Pirmā"}}
    asked = {"decision": {"decided_on": APRIL}, "acts": [amended]}
    problem(office.clerk.post("/acts", json=asked, headers={"If-Match": '"1"'}), 400, "malformed")
    for match in ('"77"', '"0"', "*"):
        first = office.clerk.post(f"{INSTITUTIONS}/acts", json=school(), headers={"If-Match": match})
        assert f"version 0, expected {match}" in problem(first, 412, "stale-version")["detail"]
    assert office.head() == before


def test_an_act_that_does_not_fit_is_not_told_of_at_a_position_that_it_never_has(office: Office) -> None:
    entry = office.register()["entry"]
    path, early = f"{INSTITUTIONS}/{entry}/acts", body("amend", "1999-01-01", name="Agrāk")
    refused = problem(office.clerk.post(path, json=early), 409, "acts-in-the-way")
    assert [(each["position"], each["kind"]) for each in refused["acts_in_the_way"]] == [(None, "amend")]
    assert "amend as asked for" in refused["detail"]
    previewed = told(office.clerk.post(path, params={"preview": True}, json=early))["conflict"]
    assert previewed["acts_in_the_way"] == refused["acts_in_the_way"]


def test_a_lost_update_is_refused(office: Office) -> None:
    entry = office.register()["entry"]
    path, amended = f"{INSTITUTIONS}/{entry}/acts", body("amend", APRIL, name="Pirmā")
    first = office.clerk.post(path, json=amended, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"]) == (201, '"2"')
    late = office.clerk.post(path, json=body("amend", APRIL, name="Otrā"), headers={"If-Match": '"1"'})
    assert "version 2, expected 1" in problem(late, 412, "stale-version")["detail"]
    assert office.entry(entry, as_of=APRIL)["content"]["name"] == "Pirmā"
    assert recorded(office.clerk.post(path, json=amended, headers={"If-Match": "*"}))["version"] == 3


def test_of_two_amendments_of_the_same_version_at_once_exactly_one_is_taken(office: Office) -> None:
    entry = office.register()["entry"]
    ask = partial(office.clerk.post, f"{INSTITUTIONS}/{entry}/acts", headers={"If-Match": '"1"'})
    names = ["Kreisā", "Labā"]
    answers = at_once(*(partial(ask, json=body("amend", APRIL, name=name)) for name in names))
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    taken = [name for name, answer in zip(names, answers, strict=True) if answer.status_code == 201]
    assert office.entry(entry, as_of=APRIL)["content"]["name"] == taken[0]


def test_a_request_repeated_with_its_key_is_answered_the_same_and_recorded_once(office: Office) -> None:
    key = {"Idempotency-Key": "retry-1"}
    first = office.clerk.post(f"{INSTITUTIONS}/acts", json=school(), headers=key)
    again = office.clerk.post(f"{INSTITUTIONS}/acts", json=school(), headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["etag"] == first.headers["etag"]
    assert office.head() == recorded(first)["position"]


def test_a_key_belongs_to_one_request(office: Office) -> None:
    key = {"Idempotency-Key": "only-this"}
    recorded(office.clerk.post(f"{INSTITUTIONS}/acts", json=school(), headers=key))
    other = office.clerk.post(f"{INSTITUTIONS}/acts", json=school(name="Cita"), headers=key)
    assert "only-this" in problem(other, 422, "key-used-for-another-request")["detail"]


def test_the_same_request_from_many_sides_at_once_is_recorded_once(office: Office) -> None:
    before = office.head()
    ask = partial(office.clerk.post, f"{INSTITUTIONS}/acts", json=school(), headers={"Idempotency-Key": "at-once"})
    answers = at_once(*[ask] * 6)
    assert {answer.content for answer in answers} == {answers[0].content}
    assert recorded(answers[0])["position"] == office.head() == before + 1


def test_numbers_are_given_without_gaps_also_at_once_and_past_refusals(office: Office) -> None:
    good = partial(office.clerk.post, f"{INSTITUTIONS}/acts", json=school(territory="71"))
    bad = partial(office.clerk.post, f"{INSTITUTIONS}/acts", json=school(territory="71", kind="preschool"))
    answers = at_once(good, bad, good, bad, good)
    given = [recorded(answer)["registration_number"] for answer in answers if answer.status_code == 201]
    assert sorted(given) == ["7112900001", "7112900002", "7112900003"]


def test_a_supplied_number_is_kept_and_moves_its_series_on(office: Office) -> None:
    supplied = office.register(territory="72", registration_number="7212900041")
    assert supplied["registration_number"] == "7212900041"
    (warning,) = supplied["warnings"]
    assert "expected 1 as the next of series 72129, met 41" in warning
    assert office.register(territory="72")["registration_number"] == "7212900042"


def test_a_number_whose_digits_do_not_fit_is_warned_of_and_recorded(office: Office) -> None:
    warned = office.register(registration_number="7340100001")
    assert warned["registration_number"] == "7340100001"
    assert [warning.partition(":")[0] for warning in warned["warnings"]] == [
        "digits 3-4 of 7340100001",
        "digit 5 of 7340100001",
    ]


def test_a_number_is_not_taken_twice(office: Office) -> None:
    holder = office.register(registration_number="7412900001")
    refused = office.clerk.post(f"{INSTITUTIONS}/acts", json=school(registration_number="7412900001"))
    assert holder["entry"] in problem(refused, 409, "number-taken")["detail"]


def test_without_a_number_and_without_its_series_nothing_is_registered(office: Office) -> None:
    refused = office.clerk.post(f"{INSTITUTIONS}/acts", json=school(territory=None))
    problem(refused, 422, "number-not-given")


def test_a_backdated_act_takes_effect_on_its_day_and_is_late(office: Office) -> None:
    entry = office.register()["entry"]
    backdated = {**body("amend", MAY, name="Atpakaļejoša"), "effective_on": "2020-03-20", "received_on": "2020-03-10"}
    recorded(office.clerk.post(f"{INSTITUTIONS}/{entry}/acts", json=backdated))
    assert office.entry(entry, as_of="2020-03-19")["content"]["name"] == BASIC_SCHOOL["name"]
    assert office.entry(entry, as_of="2020-03-20")["content"]["name"] == "Atpakaļejoša"
    acts = told(office.anyone.get(f"{INSTITUTIONS}/{entry}/acts"))["acts"]
    assert [(act["late"], act["effective_on"], act["received_on"]) for act in acts][1] == (
        True,
        "2020-03-20",
        "2020-03-10",
    )


def test_an_act_of_the_future_takes_effect_on_its_day_by_itself(office: Office) -> None:
    entry = office.register()["entry"]
    office.act(entry, "amend", "2999-01-01", name="Nākotnes skola")
    assert office.entry(entry)["content"]["name"] == BASIC_SCHOOL["name"]
    assert office.entry(entry)["valid_to"] == "2999-01-01"
    assert office.entry(entry, as_of="2999-01-01")["content"]["name"] == "Nākotnes skola"
    assert [act["late"] for act in told(office.anyone.get(f"{INSTITUTIONS}/{entry}/acts"))["acts"]] == [True, False]


def test_a_correction_holds_from_the_day_of_the_act_it_corrects(office: Office) -> None:
    begun = office.register(name="Kļūdaina")
    right = {**BASIC_SCHOOL, "name": "Pareiza", "registration_number": begun["registration_number"]}
    corrected = {**body("correct", MAY, target=begun["position"], content=right)}
    recorded(office.clerk.post(f"{INSTITUTIONS}/{begun['entry']}/acts", json=corrected))
    assert office.entry(begun["entry"], as_of=MARCH)["content"]["name"] == "Pareiza"
    before = office.entry(begun["entry"], as_of=MARCH, known_at=begun["position"])
    assert before["content"]["name"] == "Kļūdaina"
    acts = told(office.anyone.get(f"{INSTITUTIONS}/{begun['entry']}/acts"))["acts"]
    assert [act["content"].get("name") for act in acts] == ["Kļūdaina", None]


@pytest.mark.parametrize(("mode", "in_april"), [("ex_tunc", BASIC_SCHOOL["name"]), ("ex_nunc", "Jauna skola")])
def test_an_annulment_takes_an_act_away(office: Office, mode: str, in_april: str) -> None:
    entry = office.register()["entry"]
    amended = office.act(entry, "amend", APRIL, name="Jauna skola")
    office.act(entry, "annul", MAY, target=amended["position"], mode=mode)
    assert office.entry(entry, as_of=APRIL)["content"]["name"] == in_april
    assert office.entry(entry, as_of=MAY)["content"]["name"] == BASIC_SCHOOL["name"]

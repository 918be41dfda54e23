from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.api.office import INSTITUTIONS, MARCH, Json, Office, body, opened, problem, told
from tests.domain.story import BASIC_SCHOOL

APRIL = "2020-04-01"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as open_office:
        yield open_office


def act(entry: str, kind: str, /, *, new: bool = False, **content: Any) -> Json:
    """One of the acts of a decision."""
    return {"register": "institutions", "entry": entry, "kind": kind, "new": new, "content": content}


def merger(first: str, second: str, successor: str) -> list[Json]:
    """Two institutions go up in a new one."""
    begun: Json = {**BASIC_SCHOOL, "name": "Apvienotā skola", "basis": "reorganised", "predecessors": [first, second]}
    gone: Json = {"basis": "reorganised", "successors": [successor]}
    return [act(successor, "register", new=True, **begun), act(first, "strike_off", **gone),
            act(second, "strike_off", **gone)]  # fmt: skip


def test_institutions_merge_by_one_decision(office: Office) -> None:
    first, second, successor = office.register()["entry"], office.register()["entry"], str(uuid4())
    answer = office.together(*merger(first, second, successor), number="5/1", decided_on=APRIL)
    assert answer.status_code == 201, answer.text
    receipts = answer.json()["acts"]
    assert [receipt["entry"] for receipt in receipts] == [successor, first, second]
    assert [receipt["position"] for receipt in receipts] == list(range(office.head() - 2, office.head() + 1))
    assert office.entry(successor, as_of=APRIL)["content"]["predecessors"] == [first, second]
    for predecessor in (first, second):
        found = office.entry(predecessor, as_of=APRIL)
        assert (found["status"], found["content"]["successors"]) == ("struck_off", [successor])
    decided = told(office.anyone.get("/acts", params={"decision": "5/1"}))["acts"]
    assert {shown["decision"]["number"] for shown in decided} == {"5/1"}
    assert len(decided) == 3


def test_of_acts_asked_for_together_all_or_none_are_recorded(office: Office) -> None:
    first, second, successor = office.register()["entry"], office.register()["entry"], str(uuid4())
    office.act(second, "strike_off", basis="liquidation")
    before = office.head()
    refused = problem(office.together(*merger(first, second, successor)), 409, "acts-in-the-way")
    assert refused["act"] == 2
    assert office.head() == before
    assert office.entry(first, as_of=APRIL)["status"] == "registered"
    problem(office.anyone.get(f"{INSTITUTIONS}/{successor}"), 404, "not-found")


def test_links_between_entries_must_be_mutual(office: Office) -> None:
    first, second, successor = office.register()["entry"], office.register()["entry"], str(uuid4())
    acts = merger(first, second, successor)
    acts[2]["content"]["successors"] = []
    before = office.head()
    refused = problem(office.together(*acts), 422, "links-not-mutual")
    assert second in refused["detail"]
    assert office.head() == before


def test_an_institution_changes_its_type_by_reorganisation(office: Office) -> None:
    entry = office.register()["entry"]
    changed: Json = {"form": "change_of_type", "changes": {"type": "secondary_school", "name": "Vidusskola"}}
    assert office.together(act(entry, "reorganise", **changed)).status_code == 201
    content = office.entry(entry, as_of=MARCH)["content"]
    assert (content["type"], content["name"], content["address"]) == (
        "secondary_school",
        "Vidusskola",
        BASIC_SCHOOL["address"],
    )


def test_several_acts_of_one_entry_follow_each_other_within_a_decision(office: Office) -> None:
    entry = str(uuid4())
    acts = [act(entry, "register", new=True, **BASIC_SCHOOL), act(entry, "amend", name="Uzreiz cita")]
    answer = office.together(*acts)
    assert [receipt["version"] for receipt in answer.json()["acts"]] == [1, 2]
    assert office.entry(entry, as_of=MARCH)["content"]["name"] == "Uzreiz cita"


def test_a_number_can_name_an_existing_entry_but_not_a_new_one(office: Office) -> None:
    number = office.register()["registration_number"]
    assert office.together(act(number, "amend", name="Pēc numura")).status_code == 201
    assert office.entry(number, as_of=MARCH)["content"]["name"] == "Pēc numura"
    refused = problem(office.together(act("123", "register", new=True, **BASIC_SCHOOL)), 400, "malformed")
    assert refused["errors"] == [
        {"field": "entry", "expected": "the id (UUID) chosen for a new entry", "met": "123"},
    ]


def test_entries_begun_together_do_not_take_one_number(office: Office) -> None:
    taken = {**BASIC_SCHOOL, "registration_number": "8812900001"}
    acts = [act(str(uuid4()), "register", new=True, **taken) for _ in range(2)]
    before = office.head()
    assert problem(office.together(*acts), 409, "number-taken")["act"] == 1
    assert office.head() == before


def test_a_decision_repeated_with_its_key_is_recorded_once(office: Office) -> None:
    entry = office.register()["entry"]
    asked = {"decision": {"decided_on": MARCH}, "acts": [act(entry, "amend", name="Vienreiz")]}
    answers = [office.clerk.post("/acts", json=asked, headers={"Idempotency-Key": "together"}) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 201
    assert answers[0].content == answers[1].content
    assert answers[0].json()["acts"][0]["position"] == office.head()


def test_the_acts_in_the_way_of_an_earlier_one_are_listed(office: Office) -> None:
    entry = office.register()["entry"]
    amended = office.act(entry, "amend", APRIL, name="Vēlāk")
    before = office.head()
    asked = body("strike_off", "2020-03-20", basis="liquidation")
    refused = problem(office.clerk.post(f"{INSTITUTIONS}/{entry}/acts", json=asked), 409, "acts-in-the-way")
    assert refused["acts_in_the_way"] == [
        {
            "position": amended["position"],
            "kind": "amend",
            "effective_on": APRIL,
            "reason": "expected status registered, met struck_off",
        }
    ]
    assert office.head() == before


def test_an_annulment_that_would_leave_later_acts_without_ground_lists_them(office: Office) -> None:
    entry = office.register()["entry"]
    struck = office.act(entry, "strike_off", APRIL, basis="liquidation")
    office.act(entry, "annul", "2020-04-10", target=struck["position"], mode="ex_nunc")
    amended = office.act(entry, "amend", "2020-04-20", name="Atkal atvērta")
    again = body("strike_off", "2020-04-15", basis="liquidation")
    refused = problem(office.clerk.post(f"{INSTITUTIONS}/{entry}/acts", json=again), 409, "acts-in-the-way")
    assert [found["position"] for found in refused["acts_in_the_way"]] == [amended["position"]]


@pytest.mark.parametrize(
    ("kind", "content", "status", "refusal"),
    [
        ("annul", {"target": 0, "mode": "ex_tunc"}, 422, "target-not-found"),
        ("correct", {"target": 0, "content": {}}, 422, "target-not-found"),
    ],
)
def test_an_act_of_another_entry_is_no_target(
    office: Office, kind: str, content: Json, status: int, refusal: str
) -> None:
    office.register()
    entry = office.register()["entry"]
    answer = office.clerk.post(f"{INSTITUTIONS}/{entry}/acts", json=body(kind, APRIL, **content))
    problem(answer, status, refusal)


def test_an_act_is_annulled_once(office: Office) -> None:
    entry = office.register()["entry"]
    amended = office.act(entry, "amend", APRIL, name="Jauna")
    annulment = body("annul", APRIL, target=amended["position"], mode="ex_tunc")
    office.act(entry, "annul", APRIL, target=amended["position"], mode="ex_tunc")
    answer = office.clerk.post(f"{INSTITUTIONS}/{entry}/acts", json=annulment)
    problem(answer, 409, "target-already-annulled")


def test_an_annulment_is_not_corrected(office: Office) -> None:
    entry = office.register()["entry"]
    amended = office.act(entry, "amend", APRIL, name="Jauna")
    annulled = office.act(entry, "annul", APRIL, target=amended["position"], mode="ex_tunc")
    asked = body("correct", APRIL, target=annulled["position"], content={})
    problem(office.clerk.post(f"{INSTITUTIONS}/{entry}/acts", json=asked), 409, "target-not-correctable")


def test_a_correction_does_not_move_the_day_of_what_it_corrects(office: Office) -> None:
    entry = office.register()["entry"]
    amended = office.act(entry, "amend", APRIL, name="Jauna")
    asked = {**body("correct", APRIL, target=amended["position"], content={"name": "Labota"}), "effective_on": MARCH}
    answer = office.clerk.post(f"{INSTITUTIONS}/{entry}/acts", json=asked)
    assert APRIL in problem(answer, 409, "effective-date-of-correction")["detail"]


def test_an_act_answers_only_an_application_of_its_entry(office: Office) -> None:
    entry = office.register()["entry"]
    asked = {**body("amend", APRIL, name="Jauna"), "answers": 0}
    problem(office.clerk.post(f"{INSTITUTIONS}/{entry}/acts", json=asked), 422, "answers-no-application")


def test_an_act_of_nobody_known_is_not_recorded(office: Office) -> None:
    asked = body("amend", APRIL, name="Jauna")
    problem(office.clerk.post(f"{INSTITUTIONS}/{uuid4()}/acts", json=asked), 404, "entry-not-found")

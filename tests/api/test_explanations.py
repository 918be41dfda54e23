from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.office import INSTITUTIONS, MARCH, Json, Office, opened, problem, recorded, told
from tests.api.serving import account, caller
from tests.domain.story import BASIC_SCHOOL

APRIL, MAY, JUNE = "2020-04-01", "2020-05-04", "2020-06-01"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as open_office:
        yield open_office


@pytest.fixture(scope="module")
def entry(office: Office) -> str:
    """A school registered in March as A, which is corrected to Ā; named C from May on, and, learnt last, B in April."""
    begun = office.register(name="A", contact_person="Anna Bērziņa")
    entry = str(begun["entry"])
    office.act(entry, "amend", MAY, name="C")
    first = told(office.clerk.get(f"{INSTITUTIONS}/{entry}/acts"))["acts"][0]
    office.act(entry, "correct", MARCH, target=begun["position"], content={**first["content"], "name": "Ā"})
    decided = {"kind": "amend", "decision": {"decided_on": APRIL, "number": "1-7/9"}, "content": {"name": "B"}}
    recorded(office.clerk.post(f"{INSTITUTIONS}/{entry}/acts", json=decided))
    return entry


def explained(who: httpx.Client, entry: str, field: str = "name", **asked: Any) -> Json:
    document = told(who.get(f"{INSTITUTIONS}/{entry}/explain", params={"field": field, **asked}))
    (found,) = document["fields"]
    assert isinstance(found, dict)
    return found | {"document": document}


def test_a_value_is_explained_by_the_act_that_made_it_and_what_became_of_the_others(office: Office, entry: str) -> None:
    found = explained(office.anyone, entry, as_of="2020-04-30")
    start = found["document"]["acts"][0]["position"]
    assert (found["value"], found["rule"], found["made_by"]["act"] - start) == ("B", "order_of_effect", 3)
    assert [(w["act"] - start, w["said"], w["fate"], w["by"] and w["by"] - start) for w in found["others"]] == [
        (0, "A", "overtaken", 3), (1, "C", "takes_effect_later", None)
    ]  # fmt: skip
    (correction,) = found["others"][0]["corrections"]
    assert (correction["act"] - start, correction["said"], correction["fate"]) == (2, "Ā", "wins")
    named = {act["position"] - start: act for act in found["document"]["acts"]}
    assert sorted(named) == [0, 1, 2, 3]
    assert named[3]["decision"]["number"] == "1-7/9"
    assert (named[3]["effective_on"], named[3]["decision"]["decided_on"]) == (APRIL, APRIL)


def test_what_was_recorded_later_is_told_as_not_yet_known_and_up_to_where(office: Office, entry: str) -> None:
    start = explained(office.anyone, entry)["document"]["acts"][0]["position"]
    found = explained(office.anyone, entry, as_of="2020-04-30", known_at=start + 1)
    assert (found["value"], found["document"]["known_at"]["position"]) == ("A", start + 1)
    assert [w["fate"] for w in found["others"]] == ["takes_effect_later", "not_yet_known"]
    assert found["document"]["told_at"]["position"] == office.head()


def test_without_a_field_every_field_the_caller_may_see_is_explained(office: Office, entry: str) -> None:
    shown = office.entry(entry)
    document = told(office.anyone.get(f"{INSTITUTIONS}/{entry}/explain"))
    assert {each["field"]: each["value"] for each in document["fields"]} == {
        "status": shown["status"], **shown["content"]
    }  # fmt: skip
    everything = told(office.clerk.get(f"{INSTITUTIONS}/{entry}/explain"))
    assert {each["field"]: each["value"] for each in everything["fields"]}["contact_person"] == "Anna Bērziņa"


def test_who_acted_is_told_to_auditors_only(office: Office, entry: str) -> None:
    with caller(office.server, account(office.service, "explaining auditor", "*:auditor")) as auditor:
        for who, told_who in ((office.anyone, False), (office.clerk, False), (auditor, True)):
            acts = explained(who, entry)["document"]["acts"]
            assert all(("actor" in act) is told_who for act in acts)


def test_a_clerk_reads_it_in_sentences_in_latvian_and_english(office: Office, entry: str) -> None:
    path = f"{INSTITUTIONS}/{entry}/explain?field=name&as_of=2020-04-30"
    latvian = told(office.anyone.get(path, headers={"Accept-Language": "lv"}))["fields"][0]["sentences"]
    english = told(office.anyone.get(path))["fields"][0]["sentences"]
    assert latvian[0].startswith('name ir "B": tā nosaka akts ')
    assert "2020-04-01 lēmums 1-7/9" in latvian[0]
    assert english[0].startswith('name is "B": act ')
    assert "decision 1-7/9 of 2020-04-01" in english[0]
    assert len(latvian) == len(english) == 5


def test_an_application_and_what_it_says_stay_with_those_who_keep_the_register(office: Office) -> None:
    received = office.first("receive", MARCH, name="Pieteikta")
    entry = str(received["entry"])
    assert explained(office.clerk, entry, "status", as_of=JUNE)["rule"] == "term_ended"
    asked = {"kind": "register", "decision": {"decided_on": APRIL}, "answers": received["position"]}
    recorded(
        office.clerk.post(
            f"{INSTITUTIONS}/{entry}/acts", json={**asked, "content": {**BASIC_SCHOOL, "name": "Reģistrēta"}}
        )
    )
    clerks, anyones = explained(office.clerk, entry), explained(office.anyone, entry)
    assert (clerks["answers"], [w["said"] for w in clerks["others"]]) == (received["position"], ["Pieteikta"])
    assert anyones["others"] == []
    for day in ("2020-03-01", MARCH):  # before the application, and while it waits
        problem(office.anyone.get(f"{INSTITUTIONS}/{entry}/explain?as_of={day}"), 404, "not-found")
    assert [act["kind"] for act in anyones["document"]["acts"]] == ["register"]


@pytest.mark.parametrize("field", ["contact_person", "nothing", "", "contact_person.0", "due_on"])
def test_a_field_that_the_caller_may_not_see_is_as_one_that_is_not_there(
    office: Office, entry: str, field: str
) -> None:
    answer = office.anyone.get(f"{INSTITUTIONS}/{entry}/explain", params={"field": field})
    assert "contact_person" not in problem(answer, 400, "malformed")["errors"][0]["expected"]


def test_a_part_of_a_field_is_explained(office: Office, entry: str) -> None:
    assert explained(office.anyone, entry, "founders.actual.0")["value"] == "Rēzeknes pilsētas dome"
    assert explained(office.anyone, entry, "founders.actual.7")["value"] is None


def test_an_entry_that_is_not_there_is_not_explained(office: Office) -> None:
    problem(office.anyone.get(f"{INSTITUTIONS}/3112900099/explain"), 404, "not-found")

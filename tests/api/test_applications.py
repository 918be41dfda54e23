"""What waits for a decision: by the last day of its time limit, for those who keep the register."""

from __future__ import annotations

import pytest

from tests.api.office import Json, Office, problem, told
from tests.api.serving import account, caller

NANNIES = "/registers/childcare-providers"


@pytest.fixture(scope="module")
def entries(office: Office) -> dict[str, str]:
    """A school applied for on 10 February 2020, a nanny on 20 January, and one who is registered since."""
    nanny = {"name": "Ilze Ezeriņa", "provider_kind": "natural", "service": "short"}
    decided = office.first("receive", "2020-01-20", NANNIES, **nanny)["entry"]
    office.act(decided, "register", "2020-02-01", NANNIES, **nanny, personal_code="390000-00018")
    return {
        "school": office.first("receive", "2020-02-10", name="Ezera skola")["entry"],
        "nanny": office.first("receive", "2020-01-20", NANNIES, **nanny)["entry"],
    }


def waiting(office: Office, **asked: str | int) -> list[Json]:
    found: list[Json] = told(office.clerk.get("/applications", params=asked))["applications"]
    return found


def test_the_first_due_stands_first_and_what_is_decided_is_not_there(office: Office, entries: dict[str, str]) -> None:
    found = waiting(office, as_of="2020-02-25")
    assert [(each["entry"], each["due_on"], each["status"]) for each in found] == [
        (entries["nanny"], "2020-02-20", "overdue"),
        (entries["school"], "2020-03-10", "applied"),
    ]


def test_a_deferral_moves_the_last_day_from_the_day_it_takes_effect(office: Office, entries: dict[str, str]) -> None:
    before = office.head()
    office.act(entries["school"], "defer", "2020-03-01", until="2020-05-31")
    (school,) = waiting(office, register="institutions", as_of="2020-03-01")
    assert (school["due_on"], school["status"]) == ("2020-05-31", "applied")
    (then,) = waiting(office, register="institutions", as_of="2020-03-01", known_at=before)
    assert then["due_on"] == "2020-03-10"


def test_what_is_due_by_a_day_is_all_that_is_asked_for(office: Office, entries: dict[str, str]) -> None:
    assert [each["entry"] for each in waiting(office, due_until="2020-02-20")] == [entries["nanny"]]
    assert told(office.clerk.get("/applications", params={"limit": 1}))["more"] is True


def test_only_those_who_keep_a_register_see_what_waits_in_it(office: Office, entries: dict[str, str]) -> None:
    assert office.anyone.get("/applications").status_code == 401
    with caller(office.server, account(office.service, "school clerk", "institutions:clerk")) as reader:
        found = told(reader.get("/applications"))["applications"]
        assert {each["register"] for each in found} == {"institutions"}
        problem(reader.get("/applications", params={"register": "childcare-providers"}), 403, "not-permitted")
    problem(office.clerk.get("/applications", params={"register": "castles"}), 400, "malformed")

"""Lists by registration number: entries that have none yet, or never will, are in them for whoever may see them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.office import INSTITUTIONS, MARCH, Json, Office, opened, recorded, told
from tests.domain.story import BASIC_SCHOOL

APRIL = "2020-04-01"
ASCENDING, DESCENDING = "registration_number", "-registration_number"
NUMBERED = ["3112900001", "3112900002", "3112900003"]


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    """Two schools, a third that is applied for in March and registered in April, and two that came to nothing."""
    with opened(server_url) as open_office:
        for name in ("A", "B"):
            open_office.register(name=name)
        applied = open_office.first("receive", MARCH, name="C")
        registration = {"kind": "register", "decision": {"decided_on": APRIL}, "answers": applied["position"],
                        "content": {**BASIC_SCHOOL, "name": "C"}}  # fmt: skip
        recorded(open_office.clerk.post(f"{INSTITUTIONS}/{applied['entry']}/acts", json=registration))
        open_office.first("receive", MARCH, name="D")
        open_office.first("refuse", MARCH, name="E", reason="Trūkst nolikuma.")
        yield open_office


def asked(caller: httpx.Client, order: str, as_of: str, **more: Any) -> Json:
    return told(caller.get(INSTITUTIONS, params={"sort": order, "as_of": as_of, **more}))


def numbers(page: Json) -> list[str | None]:
    return [item["registration_number"] for item in page["items"]]


def names(page: Json) -> list[str]:
    return [item["content"]["name"] for item in page["items"]]


def test_entries_without_a_number_come_before_all_numbers(office: Office) -> None:
    ascending, descending = asked(office.clerk, ASCENDING, APRIL), asked(office.clerk, DESCENDING, APRIL)
    assert numbers(ascending) == [None, None, *NUMBERED]
    assert sorted(names(ascending)[:2]) == ["D", "E"]
    assert descending["items"] == ascending["items"][::-1]
    assert ascending["total"] == descending["total"] == 5


def test_an_entry_is_listed_once_by_the_number_it_had_on_the_day(office: Office) -> None:
    before = asked(office.clerk, ASCENDING, "2020-03-31")
    assert numbers(before) == [None, None, None, *NUMBERED[:2]]
    assert sorted(names(before)[:3]) == ["C", "D", "E"]
    assert names(asked(office.clerk, ASCENDING, APRIL))[2:] == ["A", "B", "C"]


def test_to_whom_applications_are_not_shown_only_numbers_are(office: Office) -> None:
    page = asked(office.anyone, ASCENDING, APRIL)
    assert (numbers(page), page["total"]) == (NUMBERED, 3)
    assert numbers(asked(office.anyone, ASCENDING, "2020-03-31")) == NUMBERED[:2]


@pytest.mark.parametrize("status", [["applied", "overdue"], "refused"])
def test_they_are_found_by_their_status_too(office: Office, status: Any) -> None:
    page = asked(office.clerk, ASCENDING, APRIL, status=status)
    assert (names(page), page["total"]) == (["E"] if status == "refused" else ["D"], 1)


@pytest.mark.parametrize("order", [ASCENDING, DESCENDING])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_pages_together_are_the_list(office: Office, order: str, limit: int) -> None:
    page = asked(office.clerk, order, APRIL, limit=limit)
    found = page["items"]
    while page["next_cursor"] is not None:
        page = asked(office.clerk, order, APRIL, limit=limit, cursor=page["next_cursor"])
        found += page["items"]
    assert found == asked(office.clerk, order, APRIL)["items"]


def test_a_table_of_the_whole_list_has_them_in_the_same_order(office: Office) -> None:
    whole = asked(office.clerk, ASCENDING, APRIL)
    answer = office.clerk.get(INSTITUTIONS, params={"sort": ASCENDING, "as_of": APRIL, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["entry"] for row in rows] == [item["entry"] for item in whole["items"]]
    assert [row["registration_number"] for row in rows] == ["", "", *NUMBERED]

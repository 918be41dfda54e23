from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import openpyxl
import pytest

from domain.latvian_text import sort_key
from replay.report.forms import MEDIA
from tests.api.office import INSTITUTIONS, MARCH, Json, Office, opened, problem, told
from tests.domain.story import BASIC_SCHOOL

APRIL, TODAY = "2020-04-01", "2020-06-01"
NAMES = [
    "Rēzeknes pamatskola", "RĒZEKNES vidusskola", "Ādažu pamatskola", "Adamovas pamatskola", "Āgenskalna pamatskola",
    "Čiekurkalna pamatskola", "Cēsu pamatskola", "Ķeguma pamatskola", "Kuldīgas pamatskola", "Žagatas pamatskola",
    "Zaļenieku pamatskola", "Ņukšu pamatskola", "1. pamatskola",
]  # fmt: skip
ELSEWHERE = {"address": "LIELĀ IELA 5, CĒSIS", "founders": {"declared": ["Novada dome"], "actual": ["Novada dome"]}}
HOSTILE = [
    'Skola "Zvaigzne", Rīga; 2', "=1+1", "+371", "-2", "@SUM(A1)", " ar atstarpēm ", "a\u2028b", "tab|caurule",
    "'apostrofs'",     "<script>alert(1)</script>", "100 % _ \\ sakritība",
]  # fmt: skip


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    """A register of schools, one struck off in April, one renamed, and one that is only applied for."""
    with opened(server_url) as open_office:
        for number, name in enumerate(NAMES):
            territory = "31" if number % 2 else "42"
            open_office.register(name=name, territory=territory, head=f"Vadītājs N{number}.", **ELSEWHERE)
        for name in HOSTILE:
            open_office.register(name=name, territory="99", founder_class="8", **ELSEWHERE)
        numbers = {item["content"]["name"]: item["entry"] for item in listed(open_office)["items"]}
        open_office.act(numbers["Cēsu pamatskola"], "strike_off", APRIL, basis="liquidation")
        open_office.act(numbers["Ķeguma pamatskola"], "amend", APRIL, name="Ogres pamatskola")
        open_office.first("receive", MARCH, name="Iecerētā skola")
        yield open_office


def listed(office: Office, caller: httpx.Client | None = None, /, **asked: Any) -> Json:
    """A page of the register as of June, if it isn't asked otherwise; to anyone."""
    return told((caller or office.anyone).get(INSTITUTIONS, params={"as_of": TODAY, "limit": 1000, **asked}))


def names(page: Json) -> list[str]:
    return [item["content"]["name"] for item in page["items"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("rezekne", ["Rēzeknes pamatskola", "RĒZEKNES vidusskola"]),
        ("RĒZEKNE VIDUS", ["RĒZEKNES vidusskola"]),
        ("skola zeknes pamat", ["Rēzeknes pamatskola"]),
        ("ciekurkalna", ["Čiekurkalna pamatskola"]),
        ("vaditajs n4.", ["Āgenskalna pamatskola"]),
        ("sum(a1)", ["@SUM(A1)"]),
        ("100 %", ["100 % _ \\ sakritība"]),
        ("100%", []),
        ("_ \\", ["100 % _ \\ sakritība"]),
        ("nav tādas", []),
    ],
)
def test_the_search_finds_words_whatever_their_case_and_diacritics(
    office: Office, words: str, found: list[str]
) -> None:
    page = listed(office, q=words)
    matching = [name for name in names(page) if name in found]
    assert sorted(names(page)) == sorted(matching) == sorted(found)
    assert page["total"] == len(found)


def test_the_search_looks_into_numbers_and_addresses(office: Office) -> None:
    number = listed(office, q="adazu")["items"][0]["registration_number"]
    assert names(listed(office, q=number)) == ["Ādažu pamatskola"]
    assert listed(office, q="liela iela")["total"] == listed(office)["total"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"territory": "99"}, set(HOSTILE)),
        ({"territory": "99", "founder_class": "9"}, set()),
        ({"type": "basic_school", "territory": "42", "q": "cēsu"}, {"Cēsu pamatskola"}),
        ({"status": "struck_off"}, {"Cēsu pamatskola"}),
        ({"status": ["struck_off", "registered"], "territory": "42", "q": "c su"}, {"Cēsu pamatskola"}),
        ({"status": "applied"}, set()),
    ],
)
def test_a_list_shows_what_fits_all_that_is_asked(office: Office, filters: Json, expected: set[str]) -> None:
    page = listed(office, **filters)
    assert set(names(page)) == expected
    assert page["total"] == len(expected)


def test_an_application_is_listed_to_whom_it_concerns_only(office: Office) -> None:
    assert names(listed(office, office.clerk, status=["applied", "overdue"])) == ["Iecerētā skola"]
    assert "Iecerētā skola" not in names(listed(office))


@pytest.mark.parametrize("order", ["name", "-name"])
def test_names_are_in_latvian_order(office: Office, order: str) -> None:
    shown = names(listed(office, sort=order))
    assert shown == sorted(shown, key=sort_key, reverse=order == "-name")
    known = [name for name in shown if name in NAMES]
    ordered = [
        "1. pamatskola", "Adamovas pamatskola", "Ādažu pamatskola", "Āgenskalna pamatskola", "Cēsu pamatskola",
        "Čiekurkalna pamatskola", "Kuldīgas pamatskola", "Ņukšu pamatskola", "Rēzeknes pamatskola",
        "RĒZEKNES vidusskola", "Zaļenieku pamatskola", "Žagatas pamatskola",
    ]  # fmt: skip
    assert known == (ordered if order == "name" else ordered[::-1])


@pytest.mark.parametrize("order", ["registration_number", "-registration_number"])
def test_a_list_can_go_by_number(office: Office, order: str) -> None:
    numbers = [item["registration_number"] for item in listed(office, sort=order)["items"]]
    assert len(set(numbers)) == len(NAMES) + len(HOSTILE)
    assert numbers == sorted(numbers, reverse=order.startswith("-"))


def pages(office: Office, **asked: Any) -> list[Json]:
    found = [listed(office, **asked)]
    while found[-1]["next_cursor"] is not None:
        found.append(listed(office, **asked, cursor=found[-1]["next_cursor"]))
    return found


@pytest.mark.parametrize("order", ["name", "-name", "registration_number", "-registration_number"])
@pytest.mark.parametrize("limit", [1, 5, len(NAMES) + len(HOSTILE)])
def test_the_pages_together_are_the_list(office: Office, order: str, limit: int) -> None:
    whole = listed(office, sort=order)
    parts = pages(office, sort=order, limit=limit)
    assert [item for page in parts for item in page["items"]] == whole["items"]
    assert {page["total"] for page in parts} == {whole["total"]}
    assert all(len(page["items"]) == limit for page in parts[:-1])


def test_a_cursor_keeps_the_moment_of_the_first_page_whatever_is_recorded_meanwhile(server_url: str) -> None:
    with opened(server_url) as office:
        entries = {name: office.register(name=name)["entry"] for name in "ABCDE"}
        whole = listed(office)
        first = listed(office, limit=2)
        office.register(name="Bb")
        office.act(entries["D"], "strike_off", MARCH, basis="liquidation")
        office.act(entries["E"], "amend", MARCH, name="Aa")
        second = listed(office, limit=2, cursor=first["next_cursor"])
        third = listed(office, limit=2, cursor=second["next_cursor"])
        assert [*first["items"], *second["items"], *third["items"]] == whole["items"]
        assert {page["total"] for page in (first, second, third)} == {5}
        assert first["known_at"] == second["known_at"] == third["known_at"] == whole["known_at"]
        assert second["as_of"] == TODAY
        assert names(listed(office, status="registered")) == ["A", "Aa", "B", "Bb", "C"]


@pytest.mark.parametrize("other", [{"as_of": "1999-01-01"}, {"known_at": "0"}])
def test_a_cursor_goes_on_at_its_own_moment_only(office: Office, other: dict[str, str]) -> None:
    first = listed(office, limit=1)
    again = {"as_of": first["as_of"], "known_at": first["known_at"]["position"]}
    assert listed(office, limit=1, cursor=first["next_cursor"], **again)["items"]
    answer = office.anyone.get(INSTITUTIONS, params={"limit": 1, "cursor": first["next_cursor"], **other})
    assert problem(answer, 400, "malformed")["errors"][0]["field"] == "cursor"


def test_a_list_asked_for_as_known_by_a_day_that_is_not_over_goes_on_at_its_moment(office: Office) -> None:
    asked = {"limit": 1, "known_at": "2999-12-31", "as_of": TODAY}
    first = listed(office, **asked)
    office.register(name="Tikmēr ierakstītā")
    second = listed(office, cursor=first["next_cursor"], **asked)
    third = listed(office, cursor=second["next_cursor"], **asked)
    assert first["known_at"] == second["known_at"] == third["known_at"]


@pytest.mark.parametrize("field", ["kind", "legal_status"])
def test_a_value_that_no_entry_can_have_is_refused_where_the_values_are_a_closed_list(
    office: Office, field: str
) -> None:
    (error,) = problem(office.anyone.get(INSTITUTIONS, params={field: "nope"}), 400, "malformed")["errors"]
    assert (error["field"], error["met"]) == (field, "nope")
    assert error["expected"].startswith("one of ")


def test_a_cursor_goes_on_in_its_own_order_only(office: Office) -> None:
    cursor = listed(office, limit=1)["next_cursor"]
    answer = office.anyone.get(INSTITUTIONS, params={"cursor": cursor, "sort": "-name"})
    assert problem(answer, 400, "malformed")["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many"])
def test_a_page_has_limits(office: Office, limit: str) -> None:
    answer = office.anyone.get(INSTITUTIONS, params={"limit": limit})
    assert problem(answer, 422, "content-does-not-fit")["errors"][0]["field"] == "limit"


def test_a_page_holds_fifty_entries_if_it_is_not_said_how_many(server_url: str) -> None:
    with opened(server_url) as office:
        ids = [{"register": "institutions", "entry": f"00000000-0000-4000-8000-{n:012}", "kind": "register",
                "new": True, "content": {**BASIC_SCHOOL, "name": f"{n}"}} for n in range(51)]  # fmt: skip
        assert office.together(*ids).status_code == 201
        page = told(office.anyone.get(INSTITUTIONS))
        assert (len(page["items"]), page["total"]) == (50, 51)


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline=""), strict=True))


def lines(answer: httpx.Response) -> list[Json]:
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.content.split(b"\n") if line]


def test_a_workbook_says_what_the_csv_says_and_makes_nothing_of_its_texts(office: Office) -> None:
    office.register(name="=1+1", head="https://example.lv")
    answer = office.anyone.get(INSTITUTIONS, params={"format": "xlsx", "sort": "-name"})
    assert answer.headers["content-type"] == MEDIA["xlsx"]
    assert answer.headers["content-disposition"].startswith('attachment; filename="institutions-')
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert sheet.title == "institutions"
    told_in_csv = office.anyone.get(INSTITUTIONS, params={"format": "csv", "sort": "-name"}).text
    cells = [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.rows]
    assert cells == list(csv.reader(io.StringIO(told_in_csv)))
    assert {cell.data_type for row in sheet.rows for cell in row if cell.value == "=1+1"} == {"s"}
    asked = office.anyone.get(INSTITUTIONS, headers={"Accept": MEDIA["xlsx"]})
    assert asked.headers["content-type"] == MEDIA["xlsx"]


@pytest.mark.parametrize("asked", [{}, {"q": "pamat", "sort": "-name"}, {"territory": "99"}, {"as_of": "1999-12-31"}])
def test_json_csv_and_ndjson_say_the_same(office: Office, asked: Json) -> None:
    page = listed(office, **asked)
    parameters = {"as_of": TODAY, **asked}
    spoken = office.anyone.get(INSTITUTIONS, params=parameters, headers={"Accept": "application/x-ndjson"})
    table = office.anyone.get(INSTITUTIONS, params={**parameters, "format": "csv"})
    assert lines(spoken) == page["items"]
    for item, row in zip(page["items"], rows(table), strict=True):
        assert (row["entry"], row["status"], int(row["act"])) == (item["entry"], item["status"], item["act"])
        assert (row["valid_from"], row["valid_to"] or None) == (item["valid_from"], item["valid_to"])
        for name, value in item["content"].items():
            cell = row[name]
            assert cell == ("" if value is None else value if isinstance(value, str) else compact(value)), name
    for answer in (spoken, table):
        assert answer.headers["x-as-of"] == page["as_of"]
        assert answer.headers["x-known-at-position"] == str(page["known_at"]["position"])


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def test_hostile_names_come_out_of_a_table_as_they_went_in(office: Office) -> None:
    table = rows(office.anyone.get(INSTITUTIONS, params={"territory": "99", "format": "csv"}))
    assert sorted(row["name"] for row in table) == sorted(HOSTILE)
    assert all(None not in row for row in table)


def test_the_format_the_caller_likes_best_is_given(office: Office) -> None:
    def given(accept: str) -> str:
        return office.anyone.get(INSTITUTIONS, headers={"Accept": accept}).headers["content-type"].partition(";")[0]

    assert given("application/json;q=0.2, text/csv") == "text/csv"
    assert given("text/html, */*;q=0.1") == "application/json"
    assert given("application/x-ndjson;q=0.9, application/json;q=0.9") == "application/x-ndjson"
    assert given("text/csv;q=0, application/json;q=0.001") == "application/json"


def test_the_confidential_part_is_listed_to_whom_may_see_it_only(office: Office) -> None:
    assert all("confidential" not in item for item in listed(office)["items"])
    registered = listed(office, office.clerk, status="registered")["items"]
    assert all("contact_person" in item["confidential"] for item in registered)
    header = office.anyone.get(INSTITUTIONS, params={"format": "csv"}).text.partition("\n")[0]
    assert "contact_person" not in header
    assert "contact_person" in office.clerk.get(INSTITUTIONS, params={"format": "csv"}).text.partition("\n")[0]


def test_the_list_of_a_day_is_what_was_true_on_it(office: Office) -> None:
    march, april = listed(office, as_of=MARCH), listed(office, as_of=APRIL)
    assert listed(office, as_of="2020-03-01")["items"] == []
    assert ("Ķeguma pamatskola" in names(march), "Ogres pamatskola" in names(march)) == (True, False)
    assert ("Ķeguma pamatskola" in names(april), "Ogres pamatskola" in names(april)) == (False, True)
    assert listed(office, as_of="2020-03-31")["items"] == march["items"]
    assert listed(office, as_of=MARCH, status="struck_off")["total"] == 0


def test_the_list_known_at_a_position_never_changes(server_url: str) -> None:
    with opened(server_url) as office:
        seen: list[Json] = []
        entries = []
        for name in "CAB":
            entries.append(office.register(name=name)["entry"])
            seen.append(listed(office))
        office.act(entries[0], "amend", MARCH, name="Z")
        seen.append(listed(office))
        assert [names(page) for page in seen] == [["C"], ["A", "C"], ["A", "B", "C"], ["A", "B", "Z"]]
        for page in seen:
            position, instant = page["known_at"]["position"], page["known_at"]["recorded_at"]
            assert listed(office, known_at=position) == page
            assert listed(office, known_at=instant) == page
        assert listed(office, known_at=-1)["total"] == 0
        assert listed(office, known_at=10**9) == seen[-1]
        assert all(a["known_at"]["position"] < b["known_at"]["position"] for a, b in pairwise(seen))

"""Cursors of a register's list: they go on with the list and question that gave them, and with nothing else."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.cursor import Cursor, write_cursor
from api.lists import query_of
from domain.institutions import REGISTER
from projections.moment import KnownAt, Moment
from tests.api.office import INSTITUTIONS, MARCH, Json, Office, opened, problem, told
from tests.domain.story import COLLEGE

QUESTION: dict[str, str | int] = {
    "as_of": "2020-06-01",
    "q": "pamat",
    "type": "basic_school",
    "status": "registered",
    "limit": 2,
}
EVERYTHING: dict[str, str | int] = {"as_of": "2020-06-01", "limit": 2}
PLACE = ("3112900001", UUID(int=1))
DAY, THEN = date(2020, 6, 1), datetime(2020, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as open_office:
        for number in range(5):
            open_office.register(name=f"{number}. pamatskola")
            open_office.register(
                "2020-03-02", "/registers/higher-education", **COLLEGE | {"name": f"{number}. koledža"}
            )
        yield open_office


def ask(office: Office, path: str = INSTITUTIONS, caller: httpx.Client | None = None, **asked: Any) -> httpx.Response:
    return (caller or office.anyone).get(path, params={**QUESTION, **asked})


def given(office: Office, **asked: Any) -> str:
    """A cursor that the list gives."""
    return str(told(ask(office, **asked))["next_cursor"])


def refused(answer: httpx.Response) -> None:
    (error,) = problem(answer, 400, "malformed")["errors"]
    assert (error["field"], error["expected"]) == ("cursor", "a cursor given by this list for the same question")


@pytest.mark.parametrize(
    "other",
    [
        {"sort": "-name"},
        {"sort": "registration_number"},
        {"q": "skola"},
        {"q": None},
        {"type": "secondary_school"},
        {"type": None},
        {"territory": "31"},
        {"status": "struck_off"},
        {"status": ["registered", "struck_off"]},
    ],
)
def test_a_cursor_of_another_question_is_refused(office: Office, other: Json) -> None:
    assert ask(office, cursor=given(office)).status_code == 200
    different = {name: value for name, value in {**QUESTION, **other}.items() if value is not None}
    refused(office.anyone.get(INSTITUTIONS, params={**different, "cursor": given(office)}))


def test_a_cursor_of_another_register_is_refused(office: Office) -> None:
    cursor = told(office.anyone.get(INSTITUTIONS, params=EVERYTHING))["next_cursor"]
    assert office.anyone.get(INSTITUTIONS, params={**EVERYTHING, "cursor": cursor}).status_code == 200
    refused(office.anyone.get("/registers/higher-education", params={**EVERYTHING, "cursor": cursor}))


def test_a_cursor_of_a_list_with_applications_is_refused_to_who_may_not_see_them(office: Office) -> None:
    cursor = told(office.clerk.get(INSTITUTIONS, params=EVERYTHING))["next_cursor"]
    assert office.clerk.get(INSTITUTIONS, params={**EVERYTHING, "cursor": cursor}).status_code == 200
    refused(office.anyone.get(INSTITUTIONS, params={**EVERYTHING, "cursor": cursor}))


CHANGES: dict[str, Any] = {
    "the day": (0, "2020-06-02"),
    "the position": (1, 3),
    "the instant": (2, None),
    "the key": (3, "00"),
    "the entry": (4, str(UUID(int=0))),
    "the total": (5, 1),
    "the seal": (6, "0" * 16),
}


@pytest.mark.parametrize("part", CHANGES)
def test_a_cursor_of_which_a_part_was_changed_is_refused(office: Office, part: str) -> None:
    cursor = given(office)
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    index, value = CHANGES[part]
    assert parts[index] != value
    parts[index] = value
    refused(ask(office, cursor=base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()))


@pytest.mark.parametrize("text", ["", "=", "AAAA", "bnVsbA", "MQ", "W10", "e30", "\u0101", "W" * 7_999, "%00"])
def test_what_no_list_gave_is_refused(office: Office, text: str) -> None:
    refused(ask(office, cursor=text))


FORGED = {
    "a position beyond all": (KnownAt(2**62, THEN), PLACE, 5),
    "a position before all": (KnownAt(-2, None), PLACE, 5),
    "an endless position": (KnownAt(float("inf"), None), PLACE, 5),  # type: ignore[arg-type]
    "no position": (KnownAt(None, None), PLACE, 5),  # type: ignore[arg-type]
    "an instant without offset": (KnownAt(3, datetime(2020, 6, 1)), PLACE, 5),  # noqa: DTZ001
    "an instant of no time of ours": (KnownAt(3, datetime(9999, 12, 31, 23, tzinfo=UTC)), PLACE, 5),
    "half a character": (KnownAt(3, None), ("\ud800", PLACE[1]), 5),
    "a character that no text holds": (KnownAt(3, None), ("\x00", PLACE[1]), 5),
    "an entry that is no id": (KnownAt(3, None), (PLACE[0], "x"), 5),
    "an endless total": (KnownAt(3, None), PLACE, float("inf")),
}


@pytest.mark.parametrize("what", [None, *FORGED])
def test_a_cursor_forged_with_a_right_seal_is_refused_where_it_makes_no_sense(office: Office, what: str | None) -> None:
    known, place, total = (KnownAt(3, THEN), PLACE, 5) if what is None else FORGED[what]
    query = query_of(REGISTER, None, None, {}, "registration_number", public_only=True)
    cursor = write_cursor(Cursor(Moment(DAY, known), place, total, None, None), REGISTER, query)  # type: ignore[arg-type]
    answer = office.anyone.get(INSTITUTIONS, params={"sort": "registration_number", "cursor": cursor})
    if what is None:
        assert told(answer)["total"] == 5
    else:
        refused(answer)


def test_a_list_goes_on_after_the_longest_name_too(server_url: str) -> None:
    with opened(server_url) as office:
        longest = ["".join(map(chr, range(first, first + 1_000))) for first in (0x4E00, 0x5200)]
        for name in longest:
            office.register(MARCH, INSTITUTIONS, name=name)
        first = told(office.anyone.get(INSTITUTIONS, params={"limit": 1}))
        second = told(office.anyone.get(INSTITUTIONS, params={"limit": 1, "cursor": first["next_cursor"]}))
        assert [page["items"][0]["content"]["name"] for page in (first, second)] == longest
        assert second["next_cursor"] is None

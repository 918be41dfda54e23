from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from domain.legal_time import riga_date
from replay.verify.readings import check_readings
from tests.api.office import INSTITUTIONS, Office, body, problem, recorded, told
from tests.api.read_secrets import Log, Secret, tell
from tests.api.serving import account, caller

HEADER = "Reading-Purpose"
CASE = {HEADER: "complaint; case=2-3/7"}


@pytest.fixture(scope="module")
def secrets(office: Office) -> dict[str, Secret]:
    return tell(office)


@pytest.fixture(scope="module")
def reader(office: Office) -> Iterator[httpx.Client]:
    with caller(office.server, account(office.service, "reader", "institutions:reader"), {}) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def auditor(office: Office) -> Iterator[httpx.Client]:
    with caller(office.server, account(office.service, "auditor", "institutions:auditor"), {}) as signed_in:
        yield signed_in


def school(secrets: dict[str, Secret]) -> str:
    return f"{INSTITUTIONS}/{secrets['school'].entry}"


def test_a_reading_says_who_read_what_of_when_in_what_role_and_why(
    office: Office, secrets: dict[str, Secret], reader: httpx.Client
) -> None:
    log, before = Log(office), datetime.now(UTC) - timedelta(seconds=5)
    shown = told(reader.get(school(secrets), params={"as_of": "2020-03-05"}, headers=CASE))
    assert shown["confidential"] == {"contact_person": "Slepena Skola"}
    (kept,) = log.new()
    assert kept.reading._asdict() == {
        "reader": told(reader.get("/sessions/current"))["pseudonym"],
        "role": "reader",
        "purpose": "complaint",
        "case_number": "2-3/7",
        "way": "GET /registers/institutions/{entry}",
        "register": "institutions",
        "entries": (UUID(secrets["school"].entry),),
        "as_of": datetime(2020, 3, 5, tzinfo=UTC).date(),
        "known_at": shown["known_at"]["position"],
    }
    assert before < kept.read_at < before + timedelta(minutes=5)


def test_a_purpose_may_go_without_a_case_and_a_case_may_have_latvian_letters(
    office: Office, secrets: dict[str, Secret], reader: httpx.Client
) -> None:
    log = Log(office)
    for stated in ("audit", f"audit; case={quote('1-7/Ž')}", f"audit;case={quote('1-7/Ž')}"):
        told(reader.get(school(secrets), headers={HEADER: stated}))
    assert [kept.reading.case_number for kept in log.new()] == [None, "1-7/Ž", "1-7/Ž"]


@pytest.mark.parametrize(
    "stated", ["", "curiosity", "audit; case=", "audit; case=Anna Ozola", "audit; case=390000-00018", "audit; name=1",
               "audit; case=%FF", "audit; case=1%00"],
)  # fmt: skip
def test_a_purpose_that_can_not_be_read_is_refused_in_the_callers_language(
    office: Office, secrets: dict[str, Secret], reader: httpx.Client, stated: str
) -> None:
    log = Log(office)
    refused = reader.get(school(secrets), headers={HEADER: stated, "Accept-Language": "lv"})
    (error,) = problem(refused, 400, "malformed-purpose")["errors"]
    assert error["field"] == HEADER
    assert "lieta" in error["expected"]
    assert log.new() == []


def test_an_extract_of_the_whole_entry_is_a_reading_and_so_is_an_issued_one_given_again(
    office: Office, secrets: dict[str, Secret], reader: httpx.Client
) -> None:
    log, entry = Log(office), secrets["school"].entry
    asked = {"part": "whole", "format": "json", "as_of": "2020-03-05"}
    whole = reader.get(f"{school(secrets)}/extract", params=asked, headers=CASE)
    assert "Slepena Skola" in whole.text
    assert whole.headers["cache-control"] == "no-store"
    issued = recorded(office.clerk.post(f"{school(secrets)}/extracts", json={"part": "whole", "as_of": "2020-03-05"}))
    again = reader.get(issued["json"], headers=CASE)
    assert "Slepena Skola" in again.text
    kept = [each.reading for each in log.new()]
    assert [each.way for each in kept] == ["GET /registers/institutions/{entry}/extract", "GET /extracts/{number}"]
    assert {(each.register, each.entries, each.case_number, str(each.as_of)) for each in kept} == {
        ("institutions", (UUID(entry),), "2-3/7", "2020-03-05")
    }
    reader.get(f"{school(secrets)}/extract", params={**asked, "part": "public"}, headers=CASE).raise_for_status()
    problem(reader.get(f"{school(secrets)}/extract", params=asked), 403, "purpose-needed")
    assert log.new() == []


def test_without_a_purpose_the_public_part_is_answered_and_that_there_is_more(
    office: Office, secrets: dict[str, Secret], reader: httpx.Client
) -> None:
    answer = reader.get(school(secrets))
    assert "confidential" not in told(answer)
    assert answer.headers[HEADER] == "needed"
    assert HEADER not in office.anyone.get(school(secrets), headers=CASE).headers
    assert HEADER not in reader.get("/registers/childcare-providers").headers


def test_a_register_that_is_not_public_asks_for_a_purpose_first(office: Office, secrets: dict[str, Secret]) -> None:
    case = f"/registers/supervision-cases/{secrets['case'].entry}"
    with caller(office.server, account(office.service, "purposeless", "*:clerk"), {}) as clerk:
        for path in (case, f"{case}/acts", "/registers/supervision-cases", "/acts?register=supervision-cases"):
            problem(clerk.get(path), 403, "purpose-needed")
        problem(clerk.get("/applications"), 403, "purpose-needed")
        assert clerk.get(case, headers=CASE).status_code == 200


def test_to_record_needs_no_purpose(office: Office) -> None:
    log = Log(office)
    with caller(office.server, account(office.service, "records", "*:clerk"), {}) as clerk:
        opening = body("open", kind="inspection", subject="Pārbaude", body="Iestāde")
        assert clerk.post("/registers/supervision-cases/acts", json=opening).status_code == 201
    assert log.new() == []


def test_what_was_shown_is_not_to_be_stored_on_the_way(secrets: dict[str, Secret], reader: httpx.Client) -> None:
    assert reader.get(school(secrets), headers=CASE).headers["cache-control"] == "no-store"
    assert "cache-control" not in reader.get(school(secrets)).headers


def test_whoever_reads_at_the_same_time_is_kept_once_each_without_gaps(
    office: Office, secrets: dict[str, Secret]
) -> None:
    log, times = Log(office), 40
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: office.clerk.get(school(secrets)).status_code, range(times)))
    assert answers == [200] * times
    kept = log.new()
    assert len(kept) == times
    assert [each.number for each in kept] == list(range(kept[0].number, kept[0].number + times))
    with office.service.database.pool.connection() as connection:
        assert check_readings(connection, office.service.catalogue).wrong is None


def listed(client: httpx.Client, path: str, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told(client.get(path, params=asked))["readings"]
    return found


def test_an_auditor_is_told_who_read_an_entry_and_can_ask_by_reader_and_day(
    office: Office, secrets: dict[str, Secret], reader: httpx.Client, auditor: httpx.Client
) -> None:
    log = Log(office)
    for client in (reader, office.clerk, reader):
        told(client.get(school(secrets), headers=CASE))
    numbers = [kept.number for kept in log.new()]
    after = {"cursor": numbers[0] - 1}
    of_entry = listed(auditor, f"{school(secrets)}/readings", **after)
    assert [found["number"] for found in of_entry] == numbers
    assert {found["entries"][0] for found in of_entry} == {secrets["school"].entry}
    who = told(reader.get("/sessions/current"))["pseudonym"]
    by_reader = listed(auditor, "/readings", reader=who, **after)
    assert [found["number"] for found in by_reader] == [numbers[0], numbers[2]]
    today = riga_date(datetime.now(UTC))
    assert listed(auditor, "/readings", **{"from": str(today - timedelta(days=1)), **after}) == of_entry
    assert listed(auditor, "/readings", **{"to": str(today - timedelta(days=2)), **after}) == []
    assert listed(auditor, "/readings", entry=secrets["school"].entry, **after) == of_entry
    assert listed(auditor, "/readings", entry=secrets["licence"].entry, **after) == []
    page = told(auditor.get("/readings", params={"limit": 2, **after}))
    assert (len(page["readings"]), page["next_cursor"]) == (2, numbers[1])
    assert log.new() == []


def test_an_auditor_sees_the_readings_of_the_registers_they_audit_and_nobody_else_sees_any(
    office: Office, secrets: dict[str, Secret], reader: httpx.Client, auditor: httpx.Client
) -> None:
    case = f"/registers/supervision-cases/{secrets['case'].entry}"
    told(office.clerk.get(case, headers=CASE))
    assert {found["register"] for found in listed(auditor, "/readings", limit=1000)} == {"institutions"}
    for path in ("/readings?register=supervision-cases", f"{case}/readings", f"{case}/readings/statement"):
        problem(auditor.get(path), 403, "not-permitted")
    for path in ("/readings", f"{school(secrets)}/readings"):
        problem(reader.get(path), 403, "not-permitted")
        problem(office.anyone.get(path), 401, "not-authenticated")
    problem(auditor.get(f"{INSTITUTIONS}/0000000000/readings"), 404, "not-found")
    problem(auditor.get("/readings?register=nothing"), 400, "malformed")


def test_the_person_concerned_is_told_when_and_why_and_not_by_whom(
    secrets: dict[str, Secret], reader: httpx.Client
) -> None:
    told(reader.get(school(secrets), headers={HEADER: "person; case=3-1/2026"}))
    who = told(reader.get("/sessions/current"))["pseudonym"]
    latvian = reader.get(f"{school(secrets)}/readings/statement")
    assert latvian.headers["content-type"].startswith("text/html")
    for words in ("personas pieprasījums par saviem datiem", "3-1/2026", "lasītājs", secrets["school"].entry):
        assert words in latvian.text
    english = reader.get(f"{school(secrets)}/readings/statement", params={"language": "en"}).text
    assert "request about their own data" in english
    for page in (latvian.text, english):
        assert who not in page
        assert not [mark for mark in secrets["school"].marks if mark in page]
    # Of an entry that nobody read there is nothing to tell.
    with_nothing = reader.get(f"{INSTITUTIONS}/{secrets['application'].entry}/readings/statement")
    assert with_nothing.status_code == 200

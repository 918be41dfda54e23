from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.legal_time import riga_date
from tests.api.office import INSTITUTIONS, Office, problem, recorded, told
from tests.api.serving import account, caller
from tests.domain.story import BASIC_SCHOOL


@pytest.fixture(scope="module")
def auditor(office: Office) -> Iterator[httpx.Client]:
    with caller(office.server, account(office.service, "late auditor", "*:auditor")) as signed_in:
        yield signed_in


CASES: dict[str, tuple[dict[str, int | None], dict[str, int]]] = {
    "in order": ({"received_on": 9, "decided_on": 0, "effective_on": 0}, {}),
    "effective in the future": ({"received_on": None, "decided_on": 1, "effective_on": -30}, {}),
    "recorded late": (
        {"received_on": 40, "decided_on": 30, "effective_on": 20},
        {"recorded_after_effect": 20},
    ),
    "backdated": (
        {"received_on": 40, "decided_on": 5, "effective_on": 35},
        {"recorded_after_effect": 35, "decided_after_effect": 30},
    ),
    "decided before it was asked for": (
        {"received_on": 2, "decided_on": 5, "effective_on": 0},
        {"decided_before_received": 3},
    ),
    "effective before it was asked for": (
        {"received_on": 1, "decided_on": 1, "effective_on": 4},
        {"recorded_after_effect": 4, "decided_after_effect": 3, "effective_before_received": 3},
    ),
    "recorded before it was decided": (
        {"received_on": None, "decided_on": -10, "effective_on": -10},
        {"recorded_before_decided": 10},
    ),
    "recorded before it was received": (
        {"received_on": -3, "decided_on": -3, "effective_on": -3},
        {"recorded_before_decided": 3, "recorded_before_received": 3},
    ),
}
"""The dates of an act in days before it is recorded, and what is reported of it."""

MIDNIGHT_IS_NEAR = timedelta(seconds=30)


def ago(today: date, days: int | None) -> str | None:
    return None if days is None else (today - timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def today() -> date:
    """The day in Riga on which the acts are recorded: the next one, once it has begun, if it is about to."""
    now = datetime.now(UTC)
    soon = now + MIDNIGHT_IS_NEAR
    if riga_date(soon) != riga_date(now):
        time.sleep(MIDNIGHT_IS_NEAR.total_seconds())
    return riga_date(soon)


@pytest.fixture(scope="module")
def positions(office: Office, today: date) -> dict[str, int]:
    """The act of each case, by its name."""
    found = {}
    for name, (days, _) in CASES.items():
        asked: dict[str, Any] = {
            "kind": "register",
            "decision": {"decided_on": ago(today, days["decided_on"]), "number": name},
            "effective_on": ago(today, days["effective_on"]),
            "received_on": ago(today, days["received_on"]),
            "content": BASIC_SCHOOL,
        }
        found[name] = recorded(office.clerk.post(f"{INSTITUTIONS}/acts", json=asked))["position"]
    return found


@pytest.mark.parametrize("case", CASES)
def test_an_act_is_reported_by_how_many_days_its_dates_are_out_of_order(
    auditor: httpx.Client, positions: dict[str, int], today: date, case: str
) -> None:
    dates, expected = CASES[case]
    report = told(auditor.get("/audit/late?limit=100"))
    found = [act for act in report["acts"] if act["position"] == positions[case]]
    assert [{name: days for name, days in act["days"].items() if days is not None} for act in found] == (
        [expected] if expected else []
    )
    for act in found:
        assert {name: act[name] for name in dates} == {name: ago(today, days) for name, days in dates.items()}
        assert (act["decision"], act["kind"], bool(act["actor"])) == (case, "register", True)
        assert date.fromisoformat(act["recorded_on"]) == today


def test_the_summary_counts_all_acts_and_each_finding_by_register_and_month(
    auditor: httpx.Client, positions: dict[str, int], today: date
) -> None:
    report = told(auditor.get("/audit/late?limit=1"))
    (count,) = [each for each in report["summary"] if each["register"] == "institutions"]
    assert (count["month"], count["acts"]) == (f"{today:%Y-%m}", len(CASES))
    assert count["unusual"] == sum(bool(expected) for _, expected in CASES.values())
    for finding, counted in count["found"].items():
        assert counted == sum(finding in expected for _, expected in CASES.values())


def test_pages_follow_one_another_and_csv_gives_everything(auditor: httpx.Client, positions: dict[str, int]) -> None:
    whole = told(auditor.get("/audit/late?limit=100"))["acts"]
    paged, cursor = [], "-1"
    while cursor != "None":
        page = told(auditor.get(f"/audit/late?limit=2&cursor={cursor}"))
        paged += page["acts"]
        cursor = str(page["next_cursor"])
    assert paged == whole
    answer = auditor.get("/audit/late", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["position"]) for row in rows] == [act["position"] for act in whole]
    assert rows[0]["recorded_after_effect"] == str(whole[0]["days"]["recorded_after_effect"] or "")


def test_only_the_days_of_recording_asked_for_are_reported(
    auditor: httpx.Client, positions: dict[str, int], today: date
) -> None:
    assert told(auditor.get(f"/audit/late?to={ago(today, 1)}"))["acts"] == []
    assert told(auditor.get(f"/audit/late?from={ago(today, -2)}"))["summary"] == []
    assert told(auditor.get(f"/audit/late?known_at={positions['recorded late'] - 1}"))["acts"] == []


def test_only_auditors_are_told_and_only_of_the_registers_they_audit(office: Office, positions: dict[str, int]) -> None:
    problem(office.anyone.get("/audit/late"), 401, "not-authenticated")
    problem(office.clerk.get("/audit/late"), 403, "not-permitted")
    with caller(office.server, account(office.service, "another", "psychologists:auditor")) as another:
        assert told(another.get("/audit/late"))["summary"] == []

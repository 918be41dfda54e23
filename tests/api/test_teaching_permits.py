"""Permits of formerly convicted persons over HTTP: without the permission for this register, there are none."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from api.service import Service
from tests.api.office import body, by_two, problem, recorded, told
from tests.api.serving import account, caller
from tests.domain.test_teaching_permits import PERMIT, PERSON

PERMITS = "/registers/teaching-permits"
MOMENTS = "from=2020-02-20/&to=2020-03-31/"


@pytest.fixture(scope="module")
def clerk_of_permits(shared_service: Service, shared_server: str) -> Iterator[httpx.Client]:
    with caller(shared_server, account(shared_service, "permits", "teaching-permits:clerk")) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def approver(shared_service: Service, shared_server: str) -> Iterator[httpx.Client]:
    """Whoever confirms what the clerk of permits proposes."""
    with caller(shared_server, account(shared_service, "approver", "teaching-permits:approver")) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def clerk_of_others(shared_service: Service, shared_server: str) -> Iterator[httpx.Client]:
    with caller(shared_server, account(shared_service, "others", "institutions:clerk")) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def permit(clerk_of_permits: httpx.Client, approver: httpx.Client) -> str:
    """A permit granted on an application; the grant was corrected."""
    act = body("receive", "2020-03-02", **PERSON)
    entry = str(recorded(clerk_of_permits.post(f"{PERMITS}/acts", json=act))["entry"])
    act = body("grant", "2020-03-30", **PERMIT)
    path = f"{PERMITS}/{entry}/acts"
    position = recorded(by_two(clerk_of_permits, lambda: approver, path, act))["position"]
    act = body("correct", "2020-03-30", target=position, content={**PERMIT, "name": "Jānis Ezeriņš-Kalns"})
    recorded(by_two(clerk_of_permits, lambda: approver, path, act))
    return entry


def test_nobody_without_the_permission_learns_that_there_is_a_permit(
    permit: str, anyone: httpx.Client, clerk_of_others: httpx.Client, clerk_of_permits: httpx.Client
) -> None:
    name, code = "Ezeriņš", PERSON["personal_code"]
    entries = [f"{PERMITS}/{permit}", f"{PERMITS}/000001"]
    for asking, kind in ((anyone, (401, "not-authenticated")), (clerk_of_others, (403, "not-permitted"))):
        for path in [f"{entry}{more}" for entry in entries for more in ("", "/acts", "/timeline", f"/diff?{MOMENTS}")]:
            problem(asking.get(path), *kind)
        problem(asking.get(PERMITS, params={"as_of": "2020-03-31"}), *kind)
        for path in ("/acts", "/changes", f"{PERMITS}/diff?{MOMENTS}", "/statistics/2020/figures/t2.convicted/acts"):
            text = asking.get(path).text
            assert (permit in text, name in text, code in text) == (False, False, False), path
    assert told(clerk_of_permits.get(f"{PERMITS}/{permit}"))["confidential"]["personal_code"] == code


def test_the_register_is_not_among_those_shown(anyone: httpx.Client) -> None:
    assert "teaching-permits" not in [each["register"] for each in told(anyone.get("/registers"))["registers"]]


def test_how_many_there_were_is_public(permit: str, anyone: httpx.Client, clerk_of_permits: httpx.Client) -> None:
    granted = "/statistics/2020/figures/s221.convicted.permits/acts"
    (table,) = told(anyone.get("/statistics/2020/s221"))["tables"]
    values = {cell["figure"]: cell["value"] for row in table["rows"] for cell in row["cells"]}
    behind = told(clerk_of_permits.get(granted))["acts"]
    assert values["s221.convicted.permits"] == len(behind) > 0
    assert permit in [act["entry"] for act in behind]
    assert told(anyone.get(granted))["acts"] == []

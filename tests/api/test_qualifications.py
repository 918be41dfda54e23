"""Awards, returns and cases over HTTP: what of them is public, and that an award keeps to the agreement it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from api.service import Service
from tests.api.office import recorded
from tests.api.serving import account, caller

NAME, CODE, FORMER_CODE = "Slepena Persona", "328673-00679", "161175-19997"
AGREEMENT: dict[str, Any] = {
    "qualification": "Pavārs",
    "level": "3",
    "body": "Ezeru tehnikums",
    "valid_until": "2020-12-31",
}
AWARD: dict[str, Any] = {"qualification": "Pavārs", "level": "3", "holder": NAME, "personal_code": CODE,
         "former_personal_code": FORMER_CODE}  # fmt: skip
CHILDREN: dict[str, Any] = {
    "submitter": "Rēzeknes pilsētas dome",
    "data_day": "2020-03-01",
    "children": {"ill": 70_317},
}
CASE: dict[str, Any] = {"kind": "submission", "subject": "Slepena lieta", "submitter": NAME}


def act(clerk: httpx.Client, register: str, kind: str, content: dict[str, Any], entry: str = "") -> dict[str, Any]:
    """Record an act of 2 March 2020; answers with what was recorded."""
    path = f"/registers/{register}/{entry}/acts" if entry else f"/registers/{register}/acts"
    body = {"kind": kind, "decision": {"decided_on": "2020-03-02"}, "content": content}
    return recorded(clerk.post(path, json=body))


class Told(NamedTuple):
    """Who recorded them, and the entries: an agreement, an award under it, a return and a case."""

    clerk: httpx.Client
    agreement: str
    award: str
    children: str
    case: str


@pytest.fixture(scope="module")
def told(shared_service: Service, shared_server: str) -> Iterator[Told]:
    with caller(shared_server, account(shared_service, "clerk", "*:clerk")) as clerk:
        agreement = act(clerk, "qualifications", "conclude", AGREEMENT)["entry"]
        award = act(clerk, "qualifications", "award", {**AWARD, "agreement": agreement})["entry"]
        children = act(clerk, "monitoring-returns", "record_children", CHILDREN)["entry"]
        yield Told(clerk, agreement, award, children, act(clerk, "supervision-cases", "open", CASE)["entry"])


def test_the_public_sees_what_was_awarded_and_nothing_of_the_person(told: Told, anyone: httpx.Client) -> None:
    entry = f"/registers/qualifications/{told.award}"
    list_ = "/registers/qualifications?as_of=2020-03-31"
    for path in (entry, f"{entry}/acts", f"{entry}/timeline", list_, f"{list_}&format=csv",
                 "/statistics/2020/figures/t11.Pavārs/acts", "/acts", "/changes"):  # fmt: skip
        answer = anyone.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert "Pavārs" in answer.text, path
        for secret in (NAME, CODE, FORMER_CODE, "holder"):
            assert secret not in answer.text, path
            assert secret in told.clerk.get(path).text, path


def test_the_public_sees_whose_return_it_is_and_not_how_many_children_are_ill(told: Told, anyone: httpx.Client) -> None:
    for path in (entry := f"/registers/monitoring-returns/{told.children}", f"{entry}/acts"):
        assert CHILDREN["submitter"] in anyone.get(path).text
        assert "70317" not in anyone.get(path).text
        assert "70317" in told.clerk.get(path).text


def test_cases_are_not_there_for_the_public_and_their_figures_are(told: Told, anyone: httpx.Client) -> None:
    assert told.clerk.get(f"/registers/supervision-cases/{told.case}").json()["confidential"]["submitter"] == NAME
    cases = "/registers/supervision-cases"
    for path in (cases, f"{cases}/{told.case}", f"{cases}/{told.case}/acts"):
        assert anyone.get(path).status_code == 401
    for path in ("/acts", "/changes", "/statistics/2020/figures/s225.submissions/acts"):
        assert anyone.get(path).status_code == 200
        assert "Slepena lieta" not in anyone.get(path).text
    assert anyone.get("/statistics/2020/s225").status_code == 200


def test_an_award_names_an_agreement_that_was_concluded_before_it(told: Told) -> None:
    body = {
        "kind": "award",
        "decision": {"decided_on": "2020-03-01"},
        "content": {**AWARD, "agreement": told.agreement},
    }
    refused = told.clerk.post("/registers/qualifications/acts", json=body)
    assert refused.status_code == 409
    award = {**AWARD, "agreement": told.award}
    refused = told.clerk.post("/registers/qualifications/acts", json={**body, "content": award})
    assert refused.status_code == 409


def test_an_award_outlives_the_end_of_its_agreement(told: Told) -> None:
    as_of = {"as_of": "2021-01-01"}
    paths = [f"/registers/qualifications/{entry}" for entry in (told.agreement, told.award)]
    assert [told.clerk.get(path, params=as_of).json()["status"] for path in paths] == ["expired", "awarded"]

"""Accreditations and evaluations of heads over HTTP: what they rest on, and what nobody else may see."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.office import Json, Office, body, recorded, told
from tests.domain.test_accreditations import PROGRAMME
from tests.domain.test_head_evaluations import EVALUATION, GOOD, WEAK

ACCREDITATIONS, LICENCES, HEADS = (
    f"/registers/{name}" for name in ("accreditations", "programme-licences", "head-evaluations")
)
MARCH, SUMMER, AUTUMN = "2020-03-02", "2020-06-01", "2020-09-01"
SECRETS = ("Slepena", "390000-00018", "Personāls", "personal_code", '"results"')
LICENCE: dict[str, Any] = {
    "name": "Pamatizglītības programma", "founder": "municipal", "branch": "general", "level": "basic",
    "code": "21011111", "begun_on": MARCH,
}  # fmt: skip


@pytest.fixture
def school(office: Office) -> str:
    """A school registered on 2 March 2020."""
    return str(office.register()["entry"])


def licensed(office: Office, school: str) -> str:
    """A programme of the school, licensed and begun on 2 March 2020."""
    return str(office.first("license", MARCH, LICENCES, **LICENCE, institution=school)["entry"])


def accreditation(on: str, school: str, licence: str) -> Json:
    return body("accredit", on, **{**PROGRAMME, "institution": school, "licence": licence})


def test_a_programme_is_accredited_from_the_day_on_which_its_licence_is_in_force(office: Office, school: str) -> None:
    licence = licensed(office, school)
    too_early = office.clerk.post(f"{ACCREDITATIONS}/acts", json=accreditation("2020-03-01", school, licence))
    assert (too_early.status_code, too_early.json()["type"]) == (409, "urn:regesta:problem:rests-on-nothing")
    recorded(office.clerk.post(f"{ACCREDITATIONS}/acts", json=accreditation(MARCH, school, licence)))


def test_a_licence_does_not_lapse_from_under_an_accreditation_that_is_in_force(office: Office, school: str) -> None:
    licence = licensed(office, school)
    entry = recorded(office.clerk.post(f"{ACCREDITATIONS}/acts", json=accreditation(SUMMER, school, licence)))["entry"]
    lapse = body("lapse", AUTUMN, basis="own_request")
    refused = office.clerk.post(f"{LICENCES}/{licence}/acts", json=lapse)
    assert (refused.status_code, refused.json()["dependants"][0]["entry"]) == (409, entry)
    after_the_term = body("lapse", "2022-06-02", basis="own_request")
    recorded(office.clerk.post(f"{LICENCES}/{licence}/acts", json=after_the_term))


def test_with_the_institution_end_its_licences_and_what_is_accredited(office: Office, school: str) -> None:
    licence = licensed(office, school)
    entry = recorded(office.clerk.post(f"{ACCREDITATIONS}/acts", json=accreditation(SUMMER, school, licence)))["entry"]
    end = body("strike_off", AUTUMN, basis="liquidation")
    path = f"/registers/institutions/{school}/acts"
    answer = recorded(office.clerk.post(path, params={"end_dependants": True}, json=end))
    assert {each["entry"] for each in answer["ended"]} == {licence, entry}
    ended = told(office.anyone.get(f"{ACCREDITATIONS}/{entry}", params={"as_of": AUTUMN}))
    assert ended["status"] == "withdrawn"
    (withdrawal,) = [
        act for act in told(office.anyone.get(f"{ACCREDITATIONS}/{entry}/acts"))["acts"] if act["kind"] == "withdraw"
    ]
    assert withdrawal["content"]["basis"] == "grounds_ended"


def test_an_evaluation_is_of_a_head_of_an_institution_and_outlives_it(office: Office, school: str) -> None:
    nowhere = office.clerk.post(f"{HEADS}/acts", json=body("record", SUMMER, **EVALUATION))
    assert (nowhere.status_code, nowhere.json()["type"]) == (409, "urn:regesta:problem:rests-on-nothing")
    evaluation = office.first("record", SUMMER, HEADS, **{**EVALUATION, "institution": school})["entry"]
    office.act(school, "strike_off", AUTUMN, basis="liquidation")
    assert told(office.clerk.get(f"{HEADS}/{evaluation}", params={"as_of": "2021-01-01"}))["status"] == "recorded"


def test_of_an_evaluation_the_public_sees_its_figures_alone(office: Office, school: str) -> None:
    first = {**EVALUATION, "name": "Slepena Vadītāja", "institution": school}
    evaluation = office.first("record", SUMMER, HEADS, **{**first, "results": [GOOD, WEAK]})
    office.act(evaluation["entry"], "correct", SUMMER, HEADS, target=evaluation["position"], content=first)
    office.act(evaluation["entry"], "annul", SUMMER, HEADS, target=evaluation["position"], mode="ex_nunc")
    number, figure = evaluation["registration_number"], "/statistics/2020/figures/s223.heads.needs_improvement/acts"
    lists = [HEADS, f"{HEADS}?q=slepena", f"{HEADS}?format=csv", f"{HEADS}/diff?from=2020-01-01/&to=2020-12-31/"]
    paths = [*lists, figure, "/acts?limit=1000", "/changes?limit=1000"]
    hidden = [f"{HEADS}/{named}{more}" for named in (number, evaluation["entry"]) for more in ("", "/acts")]
    for path in (*paths, *hidden, f"{HEADS}/{number}/timeline"):
        seen = office.anyone.get(path)
        assert [secret for secret in SECRETS if secret in seen.text] == [], path
        assert evaluation["entry"] not in seen.text, path
    assert [office.anyone.get(path).status_code for path in hidden] == [401] * len(hidden)
    assert "Slepena" in office.clerk.get(figure).text
    assert HEADS not in office.anyone.get("/registers").text
    counted = told(office.anyone.get("/statistics/2020/s223"))["tables"]
    cells = {cell["figure"]: cell["value"] for table in counted for row in table["rows"] for cell in row["cells"]}
    assert cells["s223.heads.needs_improvement"] >= 1

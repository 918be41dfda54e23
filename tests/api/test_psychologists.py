"""Psychologists and their certificates over HTTP: what is public, what rests on what, and who counts as certified."""

from __future__ import annotations

import httpx
import pytest

from tests.api.office import Json, Office, body, problem, recorded, told

PSYCHOLOGISTS, CERTIFICATES = "/registers/psychologists", "/registers/psychologist-certificates"
CODE, FORMER = "328673-00679", "161175-19997"
SITTING = {"sitting": {"held_on": "2020-02-28", "minutes": "4/2020"}}
PERSON = {
    "name": "Ilze Ezeriņa", "personal_code": CODE, "former_personal_code": FORMER,
    "education": [{"institution": "Latvijas Universitāte"}],
}  # fmt: skip
JUNE = "2020-06-01"


@pytest.fixture
def person(office: Office) -> str:
    """A psychologist registered on 2 March 2020."""
    return str(office.first("register", "2020-03-02", PSYCHOLOGISTS, **PERSON, **SITTING)["entry"])


def certificate(psychologist: str, **content: object) -> Json:
    return {
        "name": PERSON["name"], "kind": "certificate", "psychologist": psychologist, "area": "clinical",
        "issued_on": "2020-03-02", "valid_until": "2027-03-01", **content,
    }  # fmt: skip


def issue(office: Office, psychologist: str, **content: object) -> str:
    told = office.first("issue", "2020-03-02", CERTIFICATES, **certificate(psychologist, **content), **SITTING)
    return str(told["entry"])


def issue_both(office: Office, psychologist: str) -> tuple[str, str]:
    """A certificate, and a supervisor's licence that rests on it."""
    first = issue(office, psychologist)
    return first, issue(office, psychologist, kind="supervisor_licence", certificate=first)


def end(office: Office, path: str, kind: str, **query: bool) -> httpx.Response:
    return office.ask(f"{path}/acts", body(kind, JUNE, **SITTING), **query)


def status(office: Office, entry: str) -> str:
    return str(told(office.anyone.get(f"{CERTIFICATES}/{entry}", params={"as_of": JUNE}))["status"])


def test_the_public_sees_education_and_sitting_but_no_personal_code(office: Office, person: str) -> None:
    for path in (f"{PSYCHOLOGISTS}/{person}", f"{PSYCHOLOGISTS}/{person}/acts", f"{PSYCHOLOGISTS}/{person}/timeline",
                 PSYCHOLOGISTS, "/acts", "/changes"):  # fmt: skip
        answer = office.anyone.get(path)
        assert answer.status_code == 200
        assert [word for word in (CODE, FORMER, "personal_code") if word in answer.text] == [], path
    (registration,) = told(office.anyone.get(f"{PSYCHOLOGISTS}/{person}/acts"))["acts"]
    assert registration["content"]["sitting"] == SITTING["sitting"]
    shown = told(office.anyone.get(f"{PSYCHOLOGISTS}/{person}"))["content"]
    assert shown["education"][0]["institution"] == "Latvijas Universitāte"
    assert "sitting" not in shown


def test_who_applied_and_whose_qualification_was_recognised_is_not_public(office: Office) -> None:
    entry = office.first("receive", "2020-03-02", PSYCHOLOGISTS, name="Zane Ozola")["entry"]
    recognised = {"qualification": "psihologs", "country": "Igaunija", **SITTING}
    office.act(entry, "recognise_qualification", "2020-03-10", PSYCHOLOGISTS, **recognised)
    assert office.anyone.get(f"{PSYCHOLOGISTS}/{entry}").status_code == 404
    office.act(entry, "register", "2020-03-20", PSYCHOLOGISTS, **PERSON, **SITTING)
    acts = told(office.anyone.get(f"{PSYCHOLOGISTS}/{entry}/acts"))["acts"]
    assert [act["kind"] for act in acts] == ["register"]


def test_a_certificate_is_issued_to_a_registered_psychologist_only(office: Office, person: str) -> None:
    recorded(end(office, f"{PSYCHOLOGISTS}/{person}", "terminate"))
    late = body("issue", JUNE, **certificate(person), **SITTING)
    refused = problem(office.clerk.post(f"{CERTIFICATES}/acts", json=late), 409, "rests-on-nothing")
    assert "registered / suspended" in refused["detail"]
    assert "terminated" in refused["detail"]


def test_a_licence_is_for_no_longer_than_its_certificate(office: Office, person: str) -> None:
    asked = certificate(person, kind="supervisor_licence", certificate=issue(office, person), valid_until="2027-03-02")
    answer = office.clerk.post(f"{CERTIFICATES}/acts", json=body("issue", "2020-03-02", **asked, **SITTING))
    assert "from 2027-03-02 on" in problem(answer, 409, "rests-on-nothing")["detail"]


def test_a_licence_is_for_the_area_of_its_certificate(office: Office, person: str) -> None:
    asked = certificate(person, kind="supervisor_licence", certificate=issue(office, person), area="education")
    answer = office.clerk.post(f"{CERTIFICATES}/acts", json=body("issue", "2020-03-02", **asked, **SITTING))
    assert "area clinical" in problem(answer, 409, "rests-on-nothing")["detail"]


def test_a_licence_rests_on_a_certificate_and_not_on_another_licence(office: Office, person: str) -> None:
    _, licence = issue_both(office, person)
    asked = certificate(person, kind="supervisor_licence", certificate=licence)
    answer = office.clerk.post(f"{CERTIFICATES}/acts", json=body("issue", "2020-03-02", **asked, **SITTING))
    assert "kind supervisor_licence" in problem(answer, 409, "rests-on-nothing")["detail"]


def test_a_psychologist_supervises_in_two_areas_at_most_on_any_day(office: Office, person: str) -> None:
    firsts = {area: issue(office, person, area=area) for area in ("clinical", "education", "work")}
    licences = [
        issue(office, person, area=area, kind="supervisor_licence", certificate=firsts[area])
        for area in ("clinical", "education")
    ]
    third = certificate(person, kind="supervisor_licence", area="work", certificate=firsts["work"])
    for on in ("2020-03-02", JUNE):
        answer = office.clerk.post(f"{CERTIFICATES}/acts", json=body("issue", on, **third, **SITTING))
        assert "at most 2" in problem(answer, 409, "too-many-rest")["detail"]
    recorded(end(office, f"{CERTIFICATES}/{licences[0]}", "withdraw"))
    answer = office.clerk.post(f"{CERTIFICATES}/acts", json=body("issue", "2020-05-31", **third, **SITTING))
    assert problem(answer, 409, "too-many-rest")
    recorded(office.clerk.post(f"{CERTIFICATES}/acts", json=body("issue", JUNE, **third, **SITTING)))


@pytest.mark.parametrize("kind", ["terminate", "exclude"])
def test_certificates_and_licences_end_with_the_practice_in_the_same_decision(
    office: Office, person: str, kind: str
) -> None:
    both = issue_both(office, person)
    problem(end(office, f"{PSYCHOLOGISTS}/{person}", kind), 409, "dependants-left")
    answer = recorded(end(office, f"{PSYCHOLOGISTS}/{person}", kind, end_dependants=True))
    assert {ended["entry"] for ended in answer["ended"]} == set(both)
    assert [status(office, entry) for entry in both] == ["lapsed", "lapsed"]


def test_suspended_practice_leaves_certificates_in_force(office: Office, person: str) -> None:
    both = issue_both(office, person)
    recorded(end(office, f"{PSYCHOLOGISTS}/{person}", "suspend"))
    assert [status(office, entry) for entry in both] == ["in_force", "in_force"]


def test_a_licence_ends_with_its_certificate_in_the_same_decision(office: Office, person: str) -> None:
    first, licence = issue_both(office, person)
    problem(end(office, f"{CERTIFICATES}/{first}", "cancel"), 409, "dependants-left")
    recorded(end(office, f"{CERTIFICATES}/{first}", "cancel", end_dependants=True))
    assert [status(office, entry) for entry in (first, licence)] == ["cancelled", "lapsed"]


def test_a_licence_is_extended_after_its_certificate_is_recertified(office: Office, person: str) -> None:
    first, licence = issue_both(office, person)
    longer = body("extend", JUNE, valid_until="2034-03-01", **SITTING)
    problem(office.clerk.post(f"{CERTIFICATES}/{licence}/acts", json=longer), 409, "rests-on-nothing")
    dated = {"issued_on": JUNE, "valid_until": "2034-03-01", **SITTING}
    office.act(first, "recertify", JUNE, CERTIFICATES, **dated)
    recorded(office.clerk.post(f"{CERTIFICATES}/{licence}/acts", json=longer))


def figures(office: Office) -> list[int]:
    """How many are certified, and how many certificates and licences were issued in 2020."""
    names = ("stock.certified", "certificates", "supervisors")
    (table,) = told(office.anyone.get("/statistics/2020/s221"))["tables"]
    values = {cell["figure"]: cell["value"] for row in table["rows"] for cell in row["cells"]}
    return [values[f"s221.psychologists.{name}"] for name in names]


def test_who_holds_certificates_in_two_areas_is_certified_once(office: Office, person: str) -> None:
    before = figures(office)
    issue_both(office, person)
    issue(office, person, area="education")
    assert [after - earlier for after, earlier in zip(figures(office), before, strict=True)] == [1, 2, 1]

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.app import LARGEST_BODY
from tests.api.office import INSTITUTIONS, MARCH, Json, Office, body, opened, problem, school, told

LATVIAN = {"Accept-Language": "lv-LV,lv;q=0.9,en;q=0.5"}


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as open_office:
        open_office.register()
        yield open_office


@pytest.fixture(autouse=True)
def _no_bad_request_leaves_a_trace(office: Office) -> Iterator[None]:
    before = office.head()
    yield
    assert office.head() == before


def post(office: Office, content: Any = None, /, **more: Any) -> httpx.Response:
    """What the clerk is answered who asks to register ``content``."""
    return office.clerk.post(f"{INSTITUTIONS}/acts", **({"json": content} if content is not None else {}), **more)


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b'{"kind": "register",}',
        b'{"kind": "\xff"}',
        b"[" * 100_000,
        b'{"answers": ' + b"1" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_not_json_is_malformed(office: Office, text: bytes) -> None:
    found = problem(post(office, content=text, headers={"Content-Type": "application/json"}), 400, "malformed")
    assert found["errors"] == [{"field": "body", "expected": "well-formed JSON", "met": None}]


@pytest.mark.parametrize("path", ["", "/3112900001"])
@pytest.mark.parametrize("as_of", ["2020-02-30", "today", "9999-12-31"])
def test_a_day_that_does_not_exist_cannot_be_asked_about(office: Office, path: str, as_of: str) -> None:
    answer = office.anyone.get(f"{INSTITUTIONS}{path}", params={"as_of": as_of})
    assert problem(answer, 400, "malformed-moment")["errors"][0]["field"] == "as_of"


@pytest.mark.parametrize("query", ["/3112900001/diff?from=x", "/diff?to=yesterday", "/diff?from=2020-02-30/"])
def test_a_difference_is_not_asked_for_between_days_that_do_not_exist(office: Office, query: str) -> None:
    answer = office.anyone.get(f"{INSTITUTIONS}{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in ("from", "to", "as_of")


@pytest.mark.parametrize(
    "path", [INSTITUTIONS, f"{INSTITUTIONS}/1", f"{INSTITUTIONS}/1/acts", "/acts", "/statistics/2020"]
)
def test_a_parameter_that_a_path_does_not_know_is_refused(office: Office, path: str) -> None:
    (error,) = problem(office.anyone.get(path, params={"asof": "2019-12-31"}), 400, "malformed")["errors"]
    assert (error["field"], error["met"]) == ("query", "asof")
    assert "known_at" in error["expected"]


@pytest.mark.parametrize("path", [INSTITUTIONS, f"{INSTITUTIONS}/1", f"{INSTITUTIONS}/1/timeline"])
def test_a_parameter_that_is_said_twice_is_refused(office: Office, path: str) -> None:
    (error,) = problem(office.anyone.get(f"{path}?known_at=1&known_at=2"), 400, "malformed")["errors"]
    assert error == {"field": "known_at", "expected": "one value", "met": "1, 2"}


def test_several_statuses_may_be_asked_for(office: Office) -> None:
    told(office.anyone.get(f"{INSTITUTIONS}?status=registered&status=struck_off"))


@pytest.mark.parametrize("query", ["previev=true", "preview=true&preview=false", "Preview=true"])
def test_a_misspelt_preview_records_nothing(office: Office, query: str) -> None:
    before = office.head()
    problem(office.clerk.post(f"{INSTITUTIONS}/acts?{query}", json=school()), 400, "malformed")
    assert office.head() == before


@pytest.mark.parametrize(
    "text", ['{"kind": "amend", "kind": "register"}', '{"content": {"name": "A", "n\\u0061me": "B"}}']
)
def test_a_body_that_says_a_name_twice_is_refused(office: Office, text: str) -> None:
    headers = {"Content-Type": "application/json"}
    (error,) = problem(post(office, content=text.encode(), headers=headers), 400, "malformed")["errors"]
    assert error["field"] in ("kind", "name")
    assert error["expected"] == "each name once in an object"


@pytest.mark.parametrize("branches", ["3", True, 3.0, 3.5])
def test_a_number_is_not_told_by_another_type(office: Office, branches: object) -> None:
    answer = office.clerk.post(f"{INSTITUTIONS}/acts", json=school(branches=branches))
    assert problem(answer, 422, "content-does-not-fit")["errors"][0]["field"].endswith("branches")


@pytest.mark.parametrize("path", ["/check/%00", "/extracts/%00/check", "/extracts/%00"])
def test_a_number_of_an_extract_that_is_no_text_is_refused(office: Office, path: str) -> None:
    problem(office.anyone.get(path), 422, "content-does-not-fit")


@pytest.mark.parametrize("known_at", ["yesterday", "2020-13-01", "2020-01-01T10:00:00", "-2", "1.5", "9" * 19])
@pytest.mark.parametrize("path", ["/registers", INSTITUTIONS, f"{INSTITUTIONS}/1/acts", "/statistics/2020", "/acts"])
def test_a_point_of_knowledge_that_cannot_be_read_is_malformed(office: Office, path: str, known_at: str) -> None:
    found = problem(office.anyone.get(path, params={"known_at": known_at}), 400, "malformed-moment")
    expected = "a position, an instant with its offset, or a date"
    assert found["errors"] == [{"field": "known_at", "expected": expected, "met": known_at}]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (f"{INSTITUTIONS}?status=closed", "status"),
        (f"{INSTITUTIONS}?sort=size", "sort"),
        (f"{INSTITUTIONS}?cursor=abc", "cursor"),
        (f"{INSTITUTIONS}?q=%00", "q"),
        (f"{INSTITUTIONS}?type=" + "x" * 201, "type"),
        (f"{INSTITUTIONS}/diff?cursor=abc", "cursor"),
        ("/acts?register=schools", "register"),
        ("/acts?decision=%00", "decision"),
        ("/acts?recorded_from=0001-01-01T00:00:00Z", "recorded_from, recorded_to"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(office: Office, path: str, field: str) -> None:
    found = problem(office.anyone.get(path), 400, "malformed")
    assert [error["field"] for error in found["errors"]] == [field]


@pytest.mark.parametrize("header", [{"If-Match": "1"}, {"Idempotency-Key": "ā".encode()}])
def test_a_header_that_cannot_be_read_is_named(office: Office, header: dict[str, Any]) -> None:
    asked = body("amend", MARCH, name="Cita")
    answer = office.clerk.post(f"{INSTITUTIONS}/3112900001/acts", json=asked, headers=header)
    assert problem(answer, 400, "malformed")["errors"][0]["field"] == next(iter(header))


@pytest.mark.parametrize("content", [{}, {"kind": "nonsense"}, None])
@pytest.mark.parametrize("path", [f"{INSTITUTIONS}/acts", f"{INSTITUTIONS}/3112900001/acts", "/acts"])
def test_who_is_not_signed_in_learns_nothing_of_what_would_fit(office: Office, path: str, content: Any) -> None:
    answer = office.anyone.post(path, json=content)
    problem(answer, 401, "not-authenticated")
    assert answer.headers["www-authenticate"] == 'Bearer realm="regesta"'


@pytest.mark.parametrize("credentials", ["Bearer regesta_unknown", "Bearer", "Basic Y2xlcms6c2VjcmV0", "Bearer x.y.z"])
def test_a_token_that_lets_nobody_in_is_told_so_even_where_anyone_may_read(office: Office, credentials: str) -> None:
    problem(office.anyone.get("/registers", headers={"Authorization": credentials}), 401, "not-authenticated")


def test_who_acted_is_not_told_to_anyone_who_asks(office: Office) -> None:
    found = problem(office.clerk.get("/acts", params={"actor": "someone", "register": "institutions"}), 403,
                    "not-permitted")  # fmt: skip
    assert "institutions" in found["detail"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/nowhere", "not-found"),
        ("/registers/schools", "not-found"),
        (f"{INSTITUTIONS}/0000000000", "not-found"),
        (f"{INSTITUTIONS}/0000000000/acts", "not-found"),
        (f"{INSTITUTIONS}/0000000000/timeline", "not-found"),
        (f"{INSTITUTIONS}/0000000000/diff", "not-found"),
        (f"{INSTITUTIONS}/00000000-0000-4000-8000-000000000000", "not-found"),
        ("/registers/higher-education/3112900001", "not-found"),
        ("/statistics/2020/t99", "not-found"),
        ("/statistics/2020/{braces}", "not-found"),
        ("/statistics/2020/figures/{braces}/acts", "not-found"),
    ],
)
def test_what_is_not_there_is_not_found(office: Office, path: str, kind: str) -> None:
    problem(office.anyone.get(path), 404, kind)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/acts", "GET, POST"),
        ("GET", f"{INSTITUTIONS}/acts/extra/more", None),
        ("PUT", f"{INSTITUTIONS}/acts", "POST"),
        ("PATCH", f"{INSTITUTIONS}/1/acts", "GET, POST"),
        ("POST", INSTITUTIONS, "GET"),
    ],
)
def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(
    office: Office, method: str, path: str, allowed: str | None
) -> None:
    answer = office.clerk.request(method, path)
    if allowed is None:
        problem(answer, 404, "not-found")
    else:
        problem(answer, 405, "method-not-allowed")
        assert sorted(answer.headers["allow"].split(", ")) == allowed.split(", ")


@pytest.mark.parametrize("path", [INSTITUTIONS, "/statistics/2020"])
@pytest.mark.parametrize("accept", ["image/png", "text/csv;q=0", "application/zip, image/*"])
def test_a_format_that_is_not_offered_is_not_acceptable(office: Office, path: str, accept: str) -> None:
    found = problem(office.anyone.get(path, headers={"Accept": accept}), 406, "not-acceptable")
    assert "application/json, text/csv" in found["detail"]
    assert accept in found["detail"]


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_larger_than_any_decision_is_refused(office: Office, announced: bool) -> None:
    text = b" " * (LARGEST_BODY + 1)
    content = text if announced else (text[start : start + 65_536] for start in range(0, len(text), 65_536))
    answer = post(office, content=content, headers={"Content-Type": "application/json"})
    problem(answer, 413, "body-too-large")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_does_not_say_it_is_json_is_not_read(office: Office, media_type: str) -> None:
    answer = post(office, content=b'{"kind": "register"}', headers={"Content-Type": media_type})
    problem(answer, 415, "content-type-not-supported")
    assert answer.headers["accept-post"] == "application/json"


def without(content: Json, field: str) -> Json:
    return {name: value for name, value in content.items() if name != field}


@pytest.mark.parametrize(
    ("content", "field", "expected", "met"),
    [
        (body("close"), "kind", "one of receive, register, import, refuse, defer", "close"),
        (without(school(), "kind"), "kind", "a value", None),
        (without(school(), "decision"), "decision", "a value", None),
        ({**school(), "urgent": True}, "urgent", "no field of this name", True),
        (school(colour="red"), "content.colour", "no field of this name", "red"),
        (school(name=5), "content.name", "text", 5),
        (school(name=""), "content.name", "at least 1 characters", ""),
        (school(units="many"), "content.units", "a whole number", "many"),
        (school(units=-1), "content.units", "at least 0", -1),
        (school(units=10_001), "content.units", "at most 10000", 10_001),
        (school(phones="1"), "content.phones", "a list", "1"),
        (school(founders={"declared": [], "actual": ["x"]}), "content.founders.declared", "at least 1 items", "array"),
        (school(legal_status="kingdom"), "content.legal_status", None, "kingdom"),
        (school(predecessors=["x"]), "content.predecessors.0", "a UUID", "x"),
        (school(kind="preschool"), "content.kind", "general for type basic_school", "preschool"),
        ({**school(), "answers": 1.5}, "answers", "a whole number", 1.5),
        ({**school(), "decision": {"decided_on": 86_400}}, "decision.decided_on", "a date YYYY-MM-DD", 86_400),
        ({**school(), "effective_on": "2020-02-30"}, "effective_on", "a date YYYY-MM-DD", "2020-02-30"),
        ({**school(), "effective_on": "0202-02-03"}, "effective_on", "at least 1800-01-01", "0202-02-03"),
        ({**school(), "decision": {"decided_on": MARCH, "body": 1}}, "decision.body", "text", 1),
        (body("receive"), "content", "at least one field", "none"),
        ([], "body", "an object", "array"),
    ],
)
def test_content_that_does_not_fit_is_told_by_field(
    office: Office, content: Any, field: str, expected: str | None, met: Any
) -> None:
    (error,) = problem(post(office, content), 422, "content-does-not-fit")["errors"]
    assert (error["field"], error["met"]) == (field, met)
    assert expected is None or error["expected"] == expected


@pytest.mark.parametrize(
    ("reason", "met"), [(b'"\\ud800"', "?"), (b"NaN", "nan"), (b"1e999", "inf"), (b"1" * 4_000, "int")]
)
def test_what_json_cannot_say_back_is_told_as_far_as_it_can_be_shown(office: Office, reason: bytes, met: str) -> None:
    text = b'{"kind": "refuse", "decision": {"decided_on": "2020-03-02"}, "content": {"name": "X", "reason": %b}}'
    answer = post(office, content=text % reason, headers={"Content-Type": "application/json"})
    errors = problem(answer, 422, "content-does-not-fit")["errors"]
    assert errors == [{"field": "content.reason", "expected": "text", "met": met}]


def test_of_several_acts_the_field_of_each_is_told(office: Office) -> None:
    acts: list[Json] = [
        {"register": "schools", "kind": "register"},
        {"register": "institutions", "kind": "close"},
        {"kind": "register"},
        {"register": "institutions", "entry": "1", "kind": "register", "content": {**school()["content"], "name": ""}},
    ]
    answer = office.clerk.post("/acts", json={"decision": {"decided_on": MARCH}, "acts": acts})
    errors = problem(answer, 422, "content-does-not-fit")["errors"]
    assert [(error["field"], error["met"]) for error in errors] == [
        ("acts.0.register", "schools"),
        ("acts.1.kind", "close"),
        ("acts.2.register", None),
        ("acts.3.content.name", ""),
    ]


@pytest.mark.parametrize("value", ["0", "1583107200", "2020-03-02T10:00:00Z", "20200302", ""])
def test_a_number_of_seconds_is_no_date(office: Office, value: str) -> None:
    found = problem(office.anyone.get("/acts", params={"decided_from": value}), 422, "content-does-not-fit")
    assert found["errors"] == [{"field": "decided_from", "expected": "a date YYYY-MM-DD", "met": value}]


@pytest.mark.parametrize("value", ["0", "1583107200.5", "2020-03-02T10:00:00"])
def test_an_instant_names_its_offset(office: Office, value: str) -> None:
    found = problem(office.anyone.get("/acts", params={"recorded_from": value}), 422, "content-does-not-fit")
    assert found["errors"] == [{"field": "recorded_from", "expected": "an instant with its offset", "met": value}]


def test_the_languages_of_problems_are_english_and_latvian(office: Office) -> None:
    english = office.anyone.get(f"{INSTITUTIONS}/0000000000")
    latvian = office.anyone.get(f"{INSTITUTIONS}/0000000000", headers=LATVIAN)
    assert (english.headers["content-language"], latvian.headers["content-language"]) == ("en", "lv")
    assert "Accept-Language" in english.headers["vary"]
    assert english.json()["detail"] == "no entry 0000000000 in register institutions at that moment"
    assert latvian.json()["detail"] == "reģistrā institutions tajā brīdī nav ieraksta 0000000000"
    assert (english.json()["title"], latvian.json()["title"]) == ("Not found", "Nav atrasts")


def test_a_field_that_does_not_fit_is_told_in_latvian(office: Office) -> None:
    found = problem(post(office, school(units=-1), headers=LATVIAN), 422, "content-does-not-fit")
    assert (found["title"], found["errors"][0]["expected"]) == ("Saturs neatbilst", "vismaz 0")
    assert found["detail"] == "content.units: gaidīts vismaz 0, saņemts -1"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("lv", "lv"), ("en, lv", "en"), ("en;q=0.1, lv;q=0.9", "lv"), ("de, lv;q=0.2", "lv"), ("de", "en"),
     ("*;q=nan, -, _, {x}", "en"), ("lv;q=x", "en")],
)  # fmt: skip
def test_the_language_is_the_first_offered_that_the_caller_accepts(
    office: Office, accepted: str, language: str
) -> None:
    answer = office.anyone.get("/nowhere", headers={"Accept-Language": accepted})
    assert answer.headers["content-language"] == language


def test_the_register_still_answers_after_all_of_it(office: Office) -> None:
    assert told(office.anyone.get(INSTITUTIONS))["total"] == 1

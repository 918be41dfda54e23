"""Whatever path shows something that is not public keeps that it was read: every path of the document is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replay.verify.readings import check_readings
from tests.api.office import INSTITUTIONS, Office, body, problem
from tests.api.read_secrets import Log, Secret, shown_in, tell
from tests.api.serving import account, caller

HEADER = "Reading-Purpose"
NOT_ASKED = ("/sessions/current", "/readings", "/readings/statement")
"""How paths end that show nothing of an entry. That the log itself names entries is no reading of them."""
VALUES: dict[str, tuple[str, ...]] = {
    "{year}": ("2020",),
    "{table}": ("t3",),
    "{figure}": ("t3.institutions.registered", "t3.institutions.amended"),
    "{level}": ("0",),
    "{index}": ("0",),
}
"""What stands in a path for its parameters, beside entries."""
MORE: dict[str, tuple[str, ...]] = {
    "list": ("?format=ndjson", "?format=csv", "?format=xlsx", "?q=slepen", "?status=applied"),
    "diff": ("?from=2020-03-01/&to=/",),
}


@pytest.fixture(scope="module")
def secrets(office: Office) -> dict[str, Secret]:
    return tell(office)


@pytest.fixture(scope="module")
def token(office: Office) -> str:
    """Of a session that may see everything there is."""
    return account(office.service, "everything", "*:clerk", "*:auditor")


def templates(office: Office) -> dict[str, dict[str, Any]]:
    """The paths that can be read, each with its description."""
    paths = office.anyone.get("/openapi.json", timeout=300).json()["paths"]
    return {
        path: methods["get"] for path, methods in paths.items() if "get" in methods and not path.endswith(NOT_ASKED)
    }


def addresses(template: str, secrets: dict[str, Secret]) -> Iterator[str]:
    """What is asked for a template: of each entry of its register, and in every form."""
    register = template.split("/")[2] if template.startswith("/registers/") else None
    entries = tuple(each.entry for each in secrets.values() if each.register == register)
    known = {**VALUES, "{entry}": entries}
    parts = [known.get(part, (part,)) for part in template.split("/")]
    last = template.rpartition("/")[2]
    more = MORE["diff"] if last == "diff" else MORE["list"] if last == register else ()
    for chosen in product(*parts):
        for query in ("", *more):
            yield "/".join(chosen) + query


def documented(operation: dict[str, Any]) -> bool:
    return HEADER in {parameter["name"] for parameter in operation.get("parameters", ())}


def test_every_answer_that_shows_something_not_public_is_kept_as_a_reading_of_exactly_that(
    office: Office, secrets: dict[str, Secret], token: str
) -> None:
    seen = set[str]()
    with caller(office.server, token) as everything:
        log = Log(office)
        for template, operation in templates(office).items():
            for address in addresses(template, secrets):
                answer = everything.get(address)
                shown = shown_in(secrets, answer)
                kept = log.new()
                assert {entry for each in kept for entry in each.reading.entries} == shown, address
                assert {each.reading.way for each in kept} <= {f"GET {template}"}
                if shown:
                    seen.add(template)
                    assert documented(operation), template
                    assert "no-store" in answer.headers.get("cache-control", ""), address
    below = "/registers/{}/{{entry}}{}"
    expected = {below.format(each.register, more) for each in secrets.values() if each.marks
                for more in ("", "/acts", "/timeline", "/diff")}  # fmt: skip
    assert seen >= expected | {"/acts", "/changes", "/applications", "/registers/institutions"}


def test_without_a_purpose_nothing_of_it_is_in_any_answer_and_nothing_is_kept(
    office: Office, secrets: dict[str, Secret], token: str
) -> None:
    with caller(office.server, token, {}) as purposeless:
        log = Log(office)
        for template, operation in templates(office).items():
            for address in addresses(template, secrets):
                answer = purposeless.get(address)
                assert shown_in(secrets, answer) == set(), address
                if answer.status_code == 403 and documented(operation):
                    problem(answer, 403, "purpose-needed")
                if documented(operation) and answer.status_code == 200:
                    assert answer.headers[HEADER] == "needed", address
        assert log.new() == []


def test_a_preview_is_a_reading_of_what_it_shows_and_shows_the_public_part_without_a_purpose(
    office: Office, secrets: dict[str, Secret], token: str
) -> None:
    amendment = body("amend", "2020-03-09", head="ILZE KALNIŅA")
    school, case = secrets["school"], secrets["case"]
    with caller(office.server, token) as everything, caller(office.server, token, {}) as purposeless:
        log = Log(office)
        shown = everything.post(f"{INSTITUTIONS}/{school.entry}/acts?preview=true", json=amendment)
        assert shown_in(secrets, shown) == log.entries() == shown_in({"": school}, shown) != set()
        hidden = purposeless.post(f"{INSTITUTIONS}/{school.entry}/acts?preview=true", json=amendment)
        assert hidden.headers[HEADER] == "needed"
        assert [change["after"]["content"]["head"] for change in hidden.json()["changes"]] == ["ILZE KALNIŅA"]
        assert shown_in(secrets, hidden) == set()
        closing = body("close", "2020-03-09", outcome="justified")
        of_case = f"/registers/supervision-cases/{case.entry}/acts?preview=true"
        problem(purposeless.post(of_case, json=closing), 403, "purpose-needed")
        assert log.new() == []
        assert shown_in(secrets, everything.post(of_case, json=closing)) == log.entries() != set()


def test_each_part_of_the_stream_is_kept_before_it_is_sent(
    office: Office, secrets: dict[str, Secret], token: str
) -> None:
    with caller(office.server, token) as everything:
        log, accept = Log(office), {"Accept": "text/event-stream"}
        with everything.stream("GET", "/changes", headers=accept) as stream:
            lines = []
            for line in stream.iter_lines():
                lines.append(line)
                if line.startswith(":"):
                    break
        told = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
        marked = {each.entry for each in secrets.values() if any(mark in "\n".join(lines) for mark in each.marks)}
        kept = log.entries()
        assert marked <= {str(entry) for entry in kept} <= {act["entry"] for act in told}
        assert secrets["licence"].entry not in {str(entry) for entry in kept}


def test_any_sequence_of_reads_leaves_a_chain_that_verifies_and_rows_for_what_was_shown(
    office: Office, secrets: dict[str, Secret], token: str
) -> None:
    entries = [f"/registers/{each.register}/{each.entry}{more}" for each in secrets.values()
               for more in ("", "/acts", "/timeline")]  # fmt: skip
    asked = st.sampled_from([*entries, INSTITUTIONS, f"{INSTITUTIONS}?format=ndjson", "/acts", "/applications"])
    reader = account(office.service, "reader", "institutions:reader")
    with (
        caller(office.server, token) as everything,
        caller(office.server, token, {}) as purposeless,
        caller(office.server, reader, {HEADER: "complaint; case=2-3/7"}) as one,
    ):
        callers = [everything, purposeless, one, office.anyone]
        log = Log(office)

        @settings(max_examples=12, deadline=None, database=None, suppress_health_check=[*HealthCheck])
        @given(st.lists(st.tuples(st.sampled_from(range(4)), asked), min_size=1, max_size=6))
        def holds(sequence: list[tuple[int, str]]) -> None:
            shown = [shown_in(secrets, callers[who].get(address)) for who, address in sequence]
            kept = log.new()
            by_answer = [each for each in shown if each]
            merged = _merged(kept)
            assert merged == by_answer
            with office.service.database.pool.connection() as connection:
                assert check_readings(connection, office.service.catalogue).wrong is None

        holds()


def _merged(kept: list[Any]) -> list[set[Any]]:
    """The entries of each answer: one that shows several registers is a reading of each."""
    answers: list[set[Any]] = []
    before = None
    for each in kept:
        key = (each.read_at, each.reading.reader, each.reading.way)
        if key == before:
            answers[-1].update(each.reading.entries)
        else:
            answers.append(set(each.reading.entries))
        before = key
    return answers


def test_what_can_not_be_kept_is_not_shown(office: Office, secrets: dict[str, Secret], token: str) -> None:
    # A server that failed closes the connection.
    with caller(office.server, token) as everything, _owner(office) as owner:
        everything.headers["Connection"] = "close"
        owner.execute("REVOKE INSERT ON ledger.readings FROM regesta")
        try:
            for address in (f"{INSTITUTIONS}/{secrets['school'].entry}", INSTITUTIONS, "/acts"):
                answer = everything.get(address)
                assert answer.status_code == 500
                assert not [mark for each in secrets.values() for mark in each.marks if mark in answer.text]
            with pytest.raises(httpx.TransportError):
                everything.get(f"{INSTITUTIONS}?format=ndjson")
        finally:
            owner.execute("GRANT INSERT ON ledger.readings TO regesta")


def _owner(office: Office) -> psycopg.Connection[Any]:
    return psycopg.connect(office.service.url, autocommit=True)

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from domain.registers import all_registers
from tests.api.office import INSTITUTIONS, MARCH, Json, Office, body, opened, problem, recorded, told
from tests.domain.story import COLLEGE

APRIL = "2020-04-01"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    """Six acts: a school registered, amended and struck off, a college registered, an application, its refusal."""
    with opened(server_url) as open_office:
        school = {**body("register"), "decision": {"decided_on": MARCH, "number": "1/2020"}}
        begun = open_office.register()["entry"]
        open_office.act(begun, "amend", APRIL, name="Cita")
        open_office.act(begun, "strike_off", "2999-01-01", basis="liquidation")
        open_office.register(MARCH, "/registers/higher-education", **COLLEGE)
        applied = open_office.first("receive", MARCH, name="Iecere")["entry"]
        refusal = {**school, "kind": "refuse", "content": {"reason": "incomplete"}}
        recorded(open_office.clerk.post(f"{INSTITUTIONS}/{applied}/acts", json=refusal))
        yield open_office


def positions(caller: httpx.Client, **asked: Any) -> list[int]:
    return [act["position"] for act in told(caller.get("/acts", params=asked))["acts"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"register": "higher-education"}, [3]),
        ({"register": "scientific-institutions"}, []),
        ({"kind": "register"}, [0, 3]),
        ({"decision": "1/2020"}, [5]),
        ({"decided_from": "2020-03-03"}, [1, 2]),
        ({"decided_to": MARCH}, [0, 3, 4, 5]),
        ({"effective_from": APRIL, "effective_to": APRIL}, [1]),
        ({"late": "true"}, [0, 1, 3, 4, 5]),
        ({"late": "false"}, [2]),
        ({"recorded_from": "2999-01-01T00:00:00Z"}, []),
        ({"recorded_to": "2000-01-01T00:00:00+02:00"}, []),
        ({"known_at": "2"}, [0, 1, 2]),
        ({"known_at": "-1"}, []),
        ({"kind": "register", "register": "institutions", "late": "true"}, [0]),
    ],
)
def test_acts_are_found_by_what_they_are(office: Office, asked: dict[str, str], found: list[int]) -> None:
    assert positions(office.clerk, **asked) == found
    assert positions(office.anyone, **asked) == [position for position in found if position < 4]


def test_acts_recorded_between_two_instants_are_found(office: Office) -> None:
    acts = told(office.clerk.get("/acts"))["acts"]
    start, end = acts[1]["recorded_at"], acts[3]["recorded_at"]
    assert positions(office.clerk, recorded_from=start, recorded_to=end) == [1, 2]


def test_an_auditor_finds_acts_by_who_recorded_them(office: Office, auditor: httpx.Client, clerk: httpx.Client) -> None:
    recorded(clerk.post(f"{INSTITUTIONS}/acts", json=body("receive", MARCH, name="Iecere")))
    (act,) = told(auditor.get("/acts"))["acts"]
    assert positions(auditor, actor=act["actor"]) == [0]
    assert positions(auditor, actor="someone else") == []
    problem(clerk.get("/acts", params={"actor": act["actor"]}), 403, "not-permitted")
    assert "actor" not in told(office.anyone.get("/acts"))["acts"][0]


@pytest.mark.parametrize("limit", [1, 4, 6])
def test_the_pages_of_acts_together_are_all_acts(office: Office, limit: int) -> None:
    found: list[int] = []
    cursor: int | None = -1
    while cursor is not None:
        page = told(office.clerk.get("/acts", params={"limit": limit, "cursor": cursor}))
        assert len(page["acts"]) <= limit
        found += [act["position"] for act in page["acts"]]
        cursor = page["next_cursor"]
    assert found == [0, 1, 2, 3, 4, 5]


def test_the_feed_goes_on_after_a_position(office: Office) -> None:
    def changes(**asked: int) -> tuple[list[int], int]:
        feed = told(office.clerk.get("/changes", params=asked))
        return [act["position"] for act in feed["acts"]], feed["last"]

    assert changes() == ([0, 1, 2, 3, 4, 5], 5)
    assert changes(after=2) == ([3, 4, 5], 5)
    assert changes(after=0, limit=2) == ([1, 2], 2)
    assert changes(after=5) == ([], 5)
    assert changes(after=100) == ([], 5)


def test_the_feed_passes_over_what_is_not_public_and_says_how_far_it_got(office: Office) -> None:
    feed = told(office.anyone.get("/changes", params={"after": 2}))
    assert ([act["position"] for act in feed["acts"]], feed["last"]) == ([3], 5)


class Events:
    """The events of a stream, one after the other."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.headers["content-type"].startswith("text/event-stream")
        self._lines = answer.iter_lines()

    def next(self) -> tuple[int, Json]:
        """The id and the data of the next event; waits for it."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line and "data" in fields:
                assert fields["event"] == "act"
                return int(fields["id"]), json.loads(fields["data"])
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value
        raise AssertionError("the stream ended")


STREAM = {"Accept": "text/event-stream"}


def test_acts_are_told_as_they_are_recorded(clerk: httpx.Client, client: httpx.Client) -> None:
    first = recorded(clerk.post("/registers/higher-education/acts", json=body("register", MARCH, **COLLEGE)))
    with client.stream("GET", "/changes", headers=STREAM) as answer:
        events = Events(answer)
        assert events.next()[0] == first["position"] == 0
        clerk.post(f"{INSTITUTIONS}/acts", json=body("receive", MARCH, name="Iecere"))
        amended = recorded(
            clerk.post(f"/registers/higher-education/{first['entry']}/acts", json=body("amend", APRIL, name="Jauna"))
        )
        position, act = events.next()
    assert position == amended["position"] == 2
    assert act == told(client.get("/changes", params={"after": 1}))["acts"][0]


def test_a_stream_resumes_after_the_last_event_that_arrived(office: Office) -> None:
    with office.clerk.stream("GET", "/changes?after=0", headers={**STREAM, "Last-Event-ID": "3"}) as answer:
        events = Events(answer)
        assert [events.next()[0] for _ in range(2)] == [4, 5]
    with office.clerk.stream("GET", "/changes?after=4", headers=STREAM) as answer:
        assert Events(answer).next()[0] == 5


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "1 2"])
def test_a_stream_is_not_resumed_after_what_is_no_position(office: Office, last: str) -> None:
    answer = office.anyone.get("/changes", headers=[*STREAM.items(), ("Last-Event-ID", last)])
    assert problem(answer, 400, "malformed")["errors"][0]["field"] == "Last-Event-ID"


def test_the_registers_are_told_with_their_titles_and_counts(office: Office) -> None:
    found = told(office.anyone.get("/registers", params={"as_of": APRIL}))
    counts = {register["register"]: register["entries"] for register in found["registers"]}
    none = dict.fromkeys((register.name for register in all_registers() if register.public), 0)
    assert counts == {**none, "institutions": 1, "higher-education": 1}
    institutions = next(register for register in found["registers"] if register["register"] == "institutions")
    assert institutions["title"]["lv"] == "Izglītības iestāžu reģistrs"
    assert institutions["statuses"]["struck_off"] == {"lv": "svītrots", "en": "struck off"}
    assert institutions["acts"]["strike_off"]["en"] == "Struck off"
    assert found["known_at"]["position"] == 5


@pytest.mark.parametrize(
    ("moment", "counts"), [({"as_of": "2020-03-01"}, [0, 0]), ({"as_of": MARCH, "known_at": 2}, [1, 0]),
                           ({"as_of": "2999-01-01"}, [0, 1]), ({"known_at": -1}, [0, 0])],
)  # fmt: skip
def test_the_counts_of_registers_are_those_of_the_moment(office: Office, moment: Json, counts: list[int]) -> None:
    found = told(office.anyone.get("/registers", params=moment))["registers"]
    entries = {register["register"]: register["entries"] for register in found}
    assert [entries["institutions"], entries["higher-education"]] == counts


def test_the_service_says_that_it_lives_and_is_ready(office: Office) -> None:
    alive = office.anyone.get("/healthz")
    assert (alive.status_code, alive.text, alive.headers["content-type"]) == (200, "ok\n", "text/plain; charset=utf-8")
    ready = told(office.anyone.get("/readyz"))
    assert (ready["ready"], ready["position"]) == (True, 5)


def test_the_metrics_tell_the_position_of_the_ledger(office: Office) -> None:
    answer = office.anyone.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "regesta_ledger_position 5.0" in answer.text.splitlines()

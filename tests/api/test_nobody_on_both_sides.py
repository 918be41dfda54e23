"""No sequence of requests gets one person onto both sides of an act under four eyes.

Random requests by several accounts and sessions of few people, over every path that can record; then the ledger is read
as it is stored, without this service's code, and judged by who the people really are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from api.accounts import bind
from api.oidc import pseudonym_of
from tests.api.office import Json, Office, body, opened
from tests.api.oidc_provider import AUDIENCE, ec_key, providing
from tests.api.serving import account, caller, serving
from tests.api.test_four_eyes import DAY, PERSON, PSYCHOLOGISTS, SITTING

PEOPLE = {"anna 1": "anna", "anna 2": "anna", "bruno": "bruno", "chief": "chief"}
"""Local accounts, and whose they are; Anna and Bruno come in by the identity provider as well."""
SUBJECTS = ("anna", "bruno")
RANDOM = settings(
    max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)


@dataclass(frozen=True)
class Ways:
    """The office, a client of every way in, and which person each pseudonym is."""

    office: Office
    clients: list[httpx.Client]
    person: dict[str, str]


@pytest.fixture(scope="module")
def ways(server_url: str) -> Iterator[Ways]:
    with opened(server_url) as office, providing(ec_key("people")) as provider, ExitStack() as stack:
        service = office.service
        told_of = {"oidc_issuer": provider.issuer, "oidc_audience": AUDIENCE}
        provided = replace(service, settings=service.settings.model_copy(update=told_of))
        server = stack.enter_context(serving(provided))
        tokens = [account(service, name, *_roles(name)) for name in PEOPLE]
        tokens += [provider.token(sub=subject, roles=["*:clerk"]) for subject in SUBJECTS]
        person: dict[str, str] = {str(pseudonym_of(provider.issuer, subject)): subject for subject in SUBJECTS}
        with service.database.pool.connection() as connection:
            for name, subject in PEOPLE.items():
                if subject in SUBJECTS:
                    bind(connection, name, pseudonym_of(provider.issuer, subject))
            for row in connection.execute("SELECT account_id::text AS id, name FROM access.accounts").fetchall():
                person[row["id"]] = PEOPLE.get(row["name"], str(row["name"]))
        yield Ways(office, [stack.enter_context(caller(server, token)) for token in tokens], person)


def _roles(name: str) -> tuple[str, ...]:
    return ("*:approver",) if name == "chief" else ("*:clerk",)


def test_no_sequence_of_requests_gets_one_person_onto_both_sides_of_an_act(ways: Ways) -> None:
    Requests.ways = ways
    run_state_machine_as_test(Requests, settings=RANDOM)
    acts = judged(ways)
    assert len(acts) > 10, "too few acts under four eyes were recorded to say anything"


class Requests(RuleBasedStateMachine):
    """Requests about a few psychologists, each by any of the clients; what comes of them is judged by the ledger."""

    who = st.integers(0, len(PEOPLE) + len(SUBJECTS) - 1)
    which = st.integers(0, 4)
    """Of entries, proposals, acts and requests there were, counted from the last."""
    query = st.fixed_dictionaries(
        {}, optional={name: st.just(True) for name in ("propose", "preview", "end_dependants", "receipt")}
    )
    proposing = st.booleans().map(lambda yes: {"propose": True} if yes else {})
    key = st.sampled_from([None, "one", "two"])

    ways: Ways

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[str] = []
        self.proposals: list[Json] = []
        self.excluded: list[tuple[str, int]] = []
        self.asked: list[tuple[int, str, Json, Json, dict[str, str]]] = []
        self.both(0, len(PEOPLE), None)

    def ask(self, who: int, path: str, said: Json, query: Json, headers: dict[str, str]) -> None:
        """Send a request, and remember what came of it."""
        answer = self.ways.clients[who].post(path, json=said, params=query, headers=headers)
        assert answer.status_code in (200, 201, 403, 404, 409, 422), answer.text
        self.asked.append((who, path, said, query, headers))
        if answer.status_code == 201:
            told = answer.json()
            if "hash" in told:
                self.proposals.append(told)
            for act in told.get("acts", ()):
                self.excluded.append((act["entry"], act["position"]))

    def send(self, who: int, path: str, said: Json, query: Json, key: str | None = None) -> None:
        self.ask(who, path, said, query, {} if key is None else {"Idempotency-Key": f"{key} {id(self)}"})

    @rule()
    def register(self) -> None:
        act = body("register", DAY, **PERSON, **SITTING)
        self.entries.append(self.ways.clients[0].post(f"{PSYCHOLOGISTS}/acts", json=act).json()["entry"])

    @rule(who=who, which=which, kind=st.sampled_from(["exclude", "exclude", "suspend"]), query=query, key=key)
    def act(self, who: int, which: int, kind: str, query: Json, key: str | None) -> None:
        self.send(who, f"{PSYCHOLOGISTS}/{self._one(self.entries, which)}/acts", body(kind, DAY, **SITTING), query, key)

    @rule(who=who, which=which, query=proposing, key=key)
    def propose(self, who: int, which: int, query: Json, key: str | None) -> None:
        path = f"{PSYCHOLOGISTS}/{self._one(self.entries, which)}/acts"
        self.send(who, path, body("exclude", DAY, **SITTING), {**query, "propose": True}, key)

    @rule(who=who, other=who, key=key)
    def both(self, who: int, other: int, key: str | None) -> None:
        """One proposes to exclude somebody new, and the same or another confirms."""
        self.register()
        self.propose(who, 0, {}, key)
        self.confirm(other, 0, None, key)

    @rule(who=who, which=which, kind=st.sampled_from(["annul", "correct"]), query=query)
    def about_an_act(self, who: int, which: int, kind: str, query: Json) -> None:
        if self.excluded:
            entry, position = self._one(self.excluded, which)
            more: Json = {"mode": "ex_tunc"} if kind == "annul" else {"content": SITTING}
            self.send(who, f"{PSYCHOLOGISTS}/{entry}/acts", body(kind, DAY, target=position, **more), query)

    @rule(who=who, which=which, other=which, query=query)
    def together(self, who: int, which: int, other: int, query: Json) -> None:
        acts = [
            {"register": "psychologists", "entry": self._one(self.entries, nth), "kind": kind, "content": SITTING}
            for nth, kind in ((which, "exclude"), (other, "suspend"))
        ]
        self.send(who, "/acts", {"decision": {"decided_on": DAY}, "acts": acts}, query)

    @rule(who=who, which=which, hash_of=st.none() | which, key=key)
    def confirm(self, who: int, which: int, hash_of: int | None, key: str | None) -> None:
        if self.proposals:
            proposal = self._one(self.proposals, which)
            seen = proposal if hash_of is None else self._one(self.proposals, hash_of)
            self.send(who, f"/proposals/{proposal['proposal']}/confirm", {"hash": seen["hash"]}, {}, key)

    @rule(who=who, which=which, closing=st.sampled_from([("reject", {"reason": "Nē."}), ("withdraw", {})]))
    def close(self, who: int, which: int, closing: tuple[str, Json]) -> None:
        if self.proposals:
            self.send(who, f"/proposals/{self._one(self.proposals, which)['proposal']}/{closing[0]}", closing[1], {})

    @rule(who=who, which=which)
    def repeat(self, who: int, which: int) -> None:
        """What somebody asked before is asked again, with the same key, by the same or by another."""
        if self.asked:
            self.ask(who, *self._one(self.asked, which)[1:])

    def teardown(self) -> None:
        """Judge the ledger."""
        judged(self.ways)

    def _one(self, several: list[Any], which: int) -> Any:
        return several[-1 - which % len(several)]


def judged(ways: Ways) -> list[int]:
    """The positions of all acts under four eyes in the ledger, each found to have had two people."""
    with psycopg.connect(ways.office.service.url) as connection:
        rows = connection.execute(
            "SELECT notification_id - 1, originator_id::text, topic, state FROM ledger.events ORDER BY notification_id"
        ).fetchall()
    said = {position: json.loads(bytes(state)) for position, _, _, state in rows}
    topics = {position: topic for position, _, topic, _ in rows}
    opened = {entry: (said[position], hashlib.sha256(bytes(state)).hexdigest())
              for position, entry, topic, state in rows if topic == "proposal.proposed:1"}  # fmt: skip
    confirmed = {entry: said[position] for position, entry, topic, _ in rows if topic == "proposal.confirmed:1"}
    assert len(confirmed) == sum(topic == "proposal.confirmed:1" for topic in topics.values())
    found = [position for position in said if _under_four_eyes(position, said, topics)]
    for position in found:
        act = said[position]
        proposal, proposed_hash = opened[act["correlation_id"]]
        confirmation = confirmed[act["correlation_id"]]
        assert confirmation["content"]["hash"] == proposed_hash
        assert position in confirmation["content"]["acts"]
        assert act["act_id"] in [each["act_id"] for each in proposal["content"]["acts"]]
        assert act["actor"] == confirmation["actor"]
        assert ways.person[proposal["actor"]] != ways.person[confirmation["actor"]]
    assert len({said[position]["act_id"] for position in found}) == len(found)
    return found


def _under_four_eyes(position: int, said: dict[int, Json], topics: dict[int, str]) -> bool:
    if topics[position] == "psychologist.excluded:1":
        return True
    if topics[position] in ("psychologist.act_annulled:1", "psychologist.clerically_corrected:1"):
        return _under_four_eyes(said[position]["content"]["target"], said, topics)
    return False

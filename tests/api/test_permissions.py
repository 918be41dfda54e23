from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from psycopg import Connection

from api.service import Service
from tests.api.serving import account, caller
from tests.domain.story import BASIC_SCHOOL, INSTITUTE

DECISION = {"decided_on": "2020-03-02", "number": "1-7/1"}
SCHOOL_REGISTERED = {"kind": "register", "decision": DECISION, "content": BASIC_SCHOOL}
INSTITUTE_REGISTERED = {"kind": "register", "decision": DECISION, "content": INSTITUTE}
SCHOOLS, SCIENCE = "/registers/institutions", "/registers/scientific-institutions"

NAMES = ("clerk", "school clerk", "reader", "auditor", "school auditor", "nobody")


@pytest.fixture(scope="module")
def callers(shared_service: Service, shared_server: str) -> Iterator[dict[str, httpx.Client]]:
    """A caller with each set of roles."""
    roles = {
        "clerk": ["*:clerk"],
        "school clerk": ["institutions:clerk", "scientific-institutions:reader"],
        "reader": ["*:reader"],
        "auditor": ["*:auditor"],
        "school auditor": ["institutions:auditor"],
        "nobody": [],
    }
    clients = {
        name: caller(shared_server, account(shared_service, f"Vārds {name}", *grants)) for name, grants in roles.items()
    }
    yield clients
    for client in clients.values():
        client.close()


def acts_recorded(service: Service) -> int:
    with service.database.pool.connection() as connection:
        return sum(len(acts) for acts in [service.ledger.acts_at(connection, list(range(1_000)))])


@pytest.mark.parametrize("name", ["reader", "auditor", "school auditor", "nobody"])
@pytest.mark.parametrize("path", [f"{SCHOOLS}/acts", f"{SCHOOLS}/3112900001/acts", "/acts"])
def test_only_a_clerk_records(callers: dict[str, httpx.Client], shared_service: Service, name: str, path: str) -> None:
    together = {"decision": DECISION, "acts": [
        {"register": "institutions", "kind": "register", "entry": "5a3d6c0e-0000-4000-8000-000000000001", "new": True,
         "content": BASIC_SCHOOL}
    ]}  # fmt: skip
    further = {"kind": "strike_off", "decision": DECISION, "content": {"basis": "liquidation"}}
    body = {"/acts": together, f"{SCHOOLS}/acts": SCHOOL_REGISTERED}.get(path, further)
    before = acts_recorded(shared_service)
    refused = callers[name].post(path, json=body)
    assert refused.status_code == 403, refused.text
    assert refused.json()["type"] == "urn:regesta:problem:not-permitted"
    assert "institutions" in refused.json()["detail"]
    assert acts_recorded(shared_service) == before


def test_an_anonymous_caller_is_asked_to_sign_in_before_recording(
    anyone: httpx.Client, shared_service: Service
) -> None:
    before = acts_recorded(shared_service)
    refused = anyone.post(f"{SCHOOLS}/acts", json=SCHOOL_REGISTERED)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer realm="regesta"'
    assert acts_recorded(shared_service) == before


def test_a_clerk_of_one_register_does_not_record_in_another(
    callers: dict[str, httpx.Client], shared_service: Service
) -> None:
    clerk = callers["school clerk"]
    assert clerk.post(f"{SCHOOLS}/acts", json=SCHOOL_REGISTERED).status_code == 201
    before = acts_recorded(shared_service)
    refused = clerk.post(f"{SCIENCE}/acts", json=INSTITUTE_REGISTERED)
    assert refused.status_code == 403
    assert "scientific-institutions" in refused.json()["detail"]
    assert acts_recorded(shared_service) == before


def test_of_acts_taken_together_none_is_recorded_if_one_is_in_a_register_of_others(
    callers: dict[str, httpx.Client], shared_service: Service
) -> None:
    acts = [
        {"register": register, "kind": "register", "entry": f"5a3d6c0e-0000-4000-8000-{i:012}", "new": True,
         "content": content}
        for i, (register, content) in enumerate(
            [("institutions", BASIC_SCHOOL), ("scientific-institutions", INSTITUTE)]
        )
    ]  # fmt: skip
    body = {"decision": DECISION, "acts": acts}
    before = acts_recorded(shared_service)
    for in_order in (acts, acts[::-1]):
        assert callers["school clerk"].post("/acts", json={**body, "acts": in_order}).status_code == 403
    assert acts_recorded(shared_service) == before
    assert callers["clerk"].post("/acts", json=body).status_code == 201


def test_who_acts_is_told_by_the_session_and_never_by_the_body(callers: dict[str, httpx.Client]) -> None:
    for forged in ({"actor": "somebody"}, {"role": "auditor"}, {"source": "import"}):
        refused = callers["clerk"].post(f"{SCHOOLS}/acts", json={**SCHOOL_REGISTERED, **forged})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["expected"] == "no field of this name"


def test_an_auditor_finds_acts_by_who_recorded_them_in_their_registers_and_nobody_else_does(
    callers: dict[str, httpx.Client], anyone: httpx.Client
) -> None:
    clerk = callers["clerk"]
    actor = clerk.get("/sessions/current").json()["pseudonym"]
    recorded = clerk.post(f"{SCIENCE}/acts", json=INSTITUTE_REGISTERED).json()["position"]

    def asked(name: str, **more: str) -> httpx.Response:
        return callers[name].get("/acts", params={"actor": actor, **more})

    found = asked("auditor").json()["acts"]
    assert recorded in [act["position"] for act in found]
    assert {act["actor"] for act in found} == {actor}
    assert asked("auditor", register="scientific-institutions").json()["acts"][-1]["position"] == recorded
    assert asked("school auditor", register="institutions").status_code == 200
    assert asked("school auditor", register="scientific-institutions").status_code == 403
    assert asked("school auditor").status_code == 403
    for name in ("clerk", "school clerk", "reader", "nobody"):
        for more in ({}, {"register": "institutions"}):
            assert asked(name, **more).status_code == 403
    assert anyone.get("/acts", params={"actor": actor}).status_code in (401, 403)


@pytest.mark.parametrize(
    ("name", "registers"),
    [
        ("auditor", {"institutions", "scientific-institutions"}),
        ("school auditor", {"institutions"}),
        ("clerk", set()),
        ("school clerk", set()),
        ("reader", set()),
        ("nobody", set()),
        ("anyone", set()),
    ],
)
def test_who_acted_is_shown_to_the_auditors_of_the_register_and_absent_for_everyone_else(
    callers: dict[str, httpx.Client], anyone: httpx.Client, name: str, registers: set[str]
) -> None:
    clerk, asking = callers["clerk"], {**callers, "anyone": anyone}[name]
    actor = clerk.get("/sessions/current").json()["pseudonym"]
    school = clerk.post(f"{SCHOOLS}/acts", json=SCHOOL_REGISTERED).json()
    institute = clerk.post(f"{SCIENCE}/acts", json=INSTITUTE_REGISTERED).json()
    for path in (
        f"/acts?cursor={school['position'] - 1}",
        f"/changes?after={school['position'] - 1}",
        f"{SCHOOLS}/{school['entry']}/acts",
        f"{SCIENCE}/{institute['entry']}/acts",
        "/statistics/2020/figures/t2.registers/acts?limit=1000",
    ):
        answer = asking.get(path)
        assert answer.status_code == 200, (path, answer.text)
        acts = {act["position"]: act for act in answer.json()["acts"]}
        shown = [acts[act["position"]] for act in (school, institute) if act["position"] in acts]
        assert shown, path
        for act in shown:
            who = {field: act[field] for field in ("actor", "role") if field in act}
            assert who == ({"actor": actor, "role": "clerk"} if act["register"] in registers else {}), path


def test_the_ledger_keeps_pseudonyms_and_no_names(
    callers: dict[str, httpx.Client], shared_service: Service, shared_server: str
) -> None:
    signed_in = callers["clerk"].get("/sessions/current").json()["pseudonym"]
    answer = callers["clerk"].post(f"{SCHOOLS}/acts", json=SCHOOL_REGISTERED)
    assert answer.status_code == 201
    with shared_service.database.pool.connection() as connection:
        kept = stored(connection)
        (act,) = shared_service.ledger.acts_at(connection, [answer.json()["position"]])
    assert (act.payload.actor, act.payload.role) == (signed_in, "clerk")
    assert signed_in in kept
    assert not [name for name in NAMES if f"Vārds {name}" in kept]
    assert "Vārds" not in kept


def stored(connection: Connection[Any]) -> str:
    """Every row of the ledger and its projections, as text."""
    tables = connection.execute(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
        " WHERE schemaname IN ('ledger', 'projections')"
    ).fetchall()
    rows = []
    for table in tables:
        (name,) = table.values() if isinstance(table, dict) else table
        for row in connection.execute(f"SELECT to_jsonb(t)::text AS row FROM {name} t"):
            (text,) = row.values() if isinstance(row, dict) else row
            rows.append(plain(json.loads(text)))
    return "\n".join(rows)


def plain(row: dict[str, Any]) -> str:
    """A row as text, bytes included."""
    return " ".join(
        bytes.fromhex(value[2:]).decode("utf-8", "replace")
        if isinstance(value, str) and value[:2] == r"\x"
        else str(value)
        for value in row.values()
    )

"""Acts under four eyes over HTTP: one person proposes, another confirms, and nobody does both."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.accounts import AccountRefused, bind, create_account, disable
from api.grants import read_grant
from api.oidc import pseudonym_of
from projections.bindings import pseudonyms_of
from tests.api.office import Json, Office, at_once, body, problem, recorded, told
from tests.api.oidc_provider import AUDIENCE, ec_key, providing
from tests.api.serving import PASSWORD, account, caller, serving

PSYCHOLOGISTS, CERTIFICATES = "/registers/psychologists", "/registers/psychologist-certificates"
DAY = "2026-11-02"
SITTING = {"sitting": {"held_on": DAY, "minutes": "11"}}
PERSON: dict[str, Any] = {
    "name": "Ilze Ezeriņa",
    "personal_code": "395000-00006",
    "education": [
        {"institution": "LU", "programme": "Psiholoģija", "degree": "maģistrs", "qualification": "psihologs"}
    ],
}
EXCLUSION = body("exclude", DAY, **SITTING)


@pytest.fixture(scope="module")
def second(office: Office) -> httpx.Client:
    """Another clerk of all registers."""
    return office.second


@pytest.fixture
def entry(office: Office) -> str:
    """A registered psychologist; registering one needs no second person."""
    return str(office.first("register", DAY, PSYCHOLOGISTS, **PERSON, **SITTING)["entry"])


@pytest.fixture
def proposal(office: Office, entry: str) -> Json:
    """The clerk's proposal to exclude the psychologist."""
    return propose(office.clerk, entry)


def propose(client: httpx.Client, entry: str) -> Json:
    return recorded(client.post(f"{PSYCHOLOGISTS}/{entry}/acts", params={"propose": True}, json=EXCLUSION))


def confirm(client: httpx.Client, proposal: Json, **headers: str) -> httpx.Response:
    return client.post(f"/proposals/{proposal['proposal']}/confirm", json={"hash": proposal["hash"]}, headers=headers)


def close(client: httpx.Client, proposal: Json, verb: str, **said: str) -> httpx.Response:
    return client.post(f"/proposals/{proposal['proposal']}/{verb}", json=said)


def status(office: Office, entry: str) -> str:
    return str(told(office.clerk.get(f"{PSYCHOLOGISTS}/{entry}"))["status"])


def shown(client: httpx.Client, proposal: Json) -> Json:
    return told(client.get(f"/proposals/{proposal['proposal']}"))


def test_an_act_under_four_eyes_is_not_recorded_by_one_person_alone(office: Office, entry: str) -> None:
    head = office.head()
    refused = problem(office.clerk.post(f"{PSYCHOLOGISTS}/{entry}/acts", json=EXCLUSION), 409, "four-eyes")
    assert (refused["act"], "propose=true" in refused["detail"], office.head()) == (0, True, head)


def test_it_is_recorded_once_another_person_confirms_the_proposal(
    office: Office, second: httpx.Client, entry: str, proposal: Json
) -> None:
    assert status(office, entry) == "registered"
    answer = recorded(confirm(second, proposal))
    (act,) = answer["acts"]
    assert (status(office, entry), act["entry"]) == ("excluded", entry)
    assert answer["confirmation"]["position"] == act["position"] + 1
    found = shown(second, proposal)
    assert (found["status"], found["closed_by"]["content"]["acts"]) == ("confirmed", [act["position"]])


def test_the_act_names_who_confirmed_it_and_the_proposal_that_led_to_it(
    office: Office, second: httpx.Client, proposal: Json
) -> None:
    (act,) = recorded(confirm(second, proposal))["acts"]
    with office.service.database.pool.connection() as connection:
        opened_by, done = office.service.ledger.acts_at(connection, [proposal["position"], act["position"]])
    assert done.payload.correlation_id == UUID(proposal["proposal"])
    assert done.payload.actor != opened_by.payload.actor
    assert str(done.payload.act_id) == opened_by.fields["acts"][0]["act_id"]


def test_the_hash_of_a_proposal_is_that_of_its_stored_bytes(office: Office, proposal: Json) -> None:
    with office.service.database.pool.connection() as connection:
        row = connection.execute(
            "SELECT state FROM ledger.events WHERE notification_id = %s", (proposal["position"] + 1,)
        ).fetchone()
    assert row is not None
    assert hashlib.sha256(row["state"]).hexdigest() == proposal["hash"] == shown(office.clerk, proposal)["hash"]


def test_nobody_confirms_or_rejects_what_they_proposed_themselves(office: Office, entry: str, proposal: Json) -> None:
    problem(confirm(office.clerk, proposal), 409, "same-person")
    problem(close(office.clerk, proposal, "reject", reason="Kļūda."), 409, "same-person")
    assert (status(office, entry), shown(office.clerk, proposal)["status"]) == ("registered", "open")


def test_a_proposal_is_not_confirmed_by_another_hash_than_its_own(
    office: Office, second: httpx.Client, proposal: Json
) -> None:
    problem(confirm(second, {**proposal, "hash": "0f" * 32}), 409, "proposal-changed")
    assert shown(second, proposal)["status"] == "open"


def test_a_proposal_is_withdrawn_by_who_proposed_it_and_by_nobody_else(
    office: Office, second: httpx.Client, entry: str, proposal: Json
) -> None:
    problem(close(second, proposal, "withdraw"), 409, "not-the-proposer")
    recorded(close(office.clerk, proposal, "withdraw", reason="Cits lēmums."))
    refused = problem(confirm(second, proposal), 409, "proposal-closed")
    assert (status(office, entry), "withdrawn" in refused["detail"]) == ("registered", True)


def test_a_rejected_proposal_can_no_longer_be_confirmed_or_withdrawn(
    office: Office, second: httpx.Client, entry: str, proposal: Json
) -> None:
    recorded(close(second, proposal, "reject", reason="Sēdes datums neatbilst."))
    for answer in (confirm(second, proposal), close(office.clerk, proposal, "withdraw")):
        problem(answer, 409, "proposal-closed")
    assert shown(second, proposal)["closed_by"]["content"] == {"reason": "Sēdes datums neatbilst."}
    assert status(office, entry) == "registered"


def test_of_two_who_confirm_at_once_one_records_the_acts(
    office: Office, second: httpx.Client, entry: str, proposal: Json
) -> None:
    with caller(office.server, account(office.service, f"third {entry}", "*:approver")) as third:
        answers = at_once(*(lambda client=client: confirm(client, proposal) for client in (second, third)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    kinds = [act["kind"] for act in told(office.clerk.get(f"{PSYCHOLOGISTS}/{entry}/acts"))["acts"]]
    assert kinds == ["register", "exclude"]


def test_what_became_unlawful_meanwhile_is_refused_with_the_acts_in_the_way_and_the_proposal_stays_open(
    office: Office, second: httpx.Client, entry: str, proposal: Json
) -> None:
    other = propose(office.clerk, entry)
    recorded(confirm(second, other))
    refused = problem(confirm(second, proposal), 409, "acts-in-the-way")
    assert [act["kind"] for act in refused["acts_in_the_way"]] == ["exclude"]
    found = shown(second, proposal)
    assert (found["status"], found["preview"]["conflict"]["type"]) == ("open", refused["type"])


def test_what_is_unlawful_now_is_not_even_proposed(office: Office) -> None:
    answer = office.clerk.post(f"{PSYCHOLOGISTS}/{uuid4()}/acts", params={"propose": True}, json=EXCLUSION)
    problem(answer, 404, "entry-not-found")


def test_what_needs_no_second_person_is_not_proposed(office: Office, entry: str) -> None:
    act = body("suspend", DAY, **SITTING)
    answer = office.clerk.post(f"{PSYCHOLOGISTS}/{entry}/acts", params={"propose": True}, json=act)
    problem(answer, 409, "not-under-four-eyes")


def test_one_act_under_four_eyes_among_several_makes_the_whole_decision_need_two_people(
    office: Office, second: httpx.Client, entry: str
) -> None:
    other = office.first("register", DAY, PSYCHOLOGISTS, **PERSON, **SITTING)["entry"]
    acts = [
        {"register": "psychologists", "entry": other, "kind": "suspend", "content": SITTING},
        {"register": "psychologists", "entry": entry, "kind": "exclude", "content": SITTING},
    ]
    assert problem(office.together(*acts, decided_on=DAY), 409, "four-eyes")["act"] == 1
    decision = {"decision": {"decided_on": DAY}, "acts": acts}
    proposal = recorded(office.clerk.post("/acts", params={"propose": True}, json=decision))
    assert [act["entry"] for act in recorded(confirm(second, proposal))["acts"]] == [other, entry]
    assert (status(office, other), status(office, entry)) == ("suspended", "excluded")


def test_what_annuls_or_corrects_an_act_under_four_eyes_needs_two_people_as_well(
    office: Office, second: httpx.Client, entry: str, proposal: Json
) -> None:
    (excluded,) = recorded(confirm(second, proposal))["acts"]
    path = f"{PSYCHOLOGISTS}/{entry}/acts"
    for kind, more in (("annul", {"mode": "ex_tunc"}), ("correct", {"content": SITTING})):
        act = body(kind, DAY, target=excluded["position"], **more)
        problem(office.clerk.post(path, json=act), 409, "four-eyes")
    annulled = recorded(office.ask(path, body("annul", DAY, target=excluded["position"], mode="ex_tunc")))
    act = body("annul", DAY, target=annulled["position"], mode="ex_tunc")
    problem(second.post(path, json=act), 409, "four-eyes")
    registered = told(office.clerk.get(path))["acts"][0]["position"]
    recorded(office.clerk.post(path, json=body("correct", DAY, target=registered, content={**PERSON, **SITTING})))


def test_ends_of_dependants_are_proposed_with_the_act_that_ends_them(
    office: Office, second: httpx.Client, entry: str
) -> None:
    certificate = {
        "name": PERSON["name"], "kind": "certificate", "psychologist": entry, "area": "clinical",
        "issued_on": DAY, "valid_until": "2030-11-01",
    }  # fmt: skip
    held = office.first("issue", DAY, CERTIFICATES, **certificate, **SITTING)["entry"]
    path = f"{PSYCHOLOGISTS}/{entry}/acts"
    query = {"end_dependants": True}
    problem(office.clerk.post(path, params=query, json=EXCLUSION), 409, "four-eyes")
    proposal = recorded(office.clerk.post(path, params={**query, "propose": True}, json=EXCLUSION))
    assert [act["verb"] for act in shown(second, proposal)["acts"]] == ["exclude", "lapse"]
    assert [act["entry"] for act in recorded(confirm(second, proposal))["acts"]] == [entry, held]


def test_a_retried_request_is_answered_as_before_and_nothing_is_recorded_twice(
    office: Office, second: httpx.Client, entry: str
) -> None:
    path, key = f"{PSYCHOLOGISTS}/{entry}/acts", {"Idempotency-Key": str(uuid4())}
    proposals = [office.clerk.post(path, params={"propose": True}, json=EXCLUSION, headers=key) for _ in range(2)]
    first, again = map(recorded, proposals)
    assert first == again
    problem(office.clerk.post(path, json=EXCLUSION, headers=key), 422, "key-used-for-another-request")
    answers = [recorded(confirm(second, first, **key)) for _ in range(2)]
    assert answers[0] == answers[1]
    problem(confirm(second, first), 409, "proposal-closed")


def test_a_preview_shows_what_would_happen_and_that_two_people_are_needed(office: Office, entry: str) -> None:
    path, head = f"{PSYCHOLOGISTS}/{entry}/acts", office.head()
    alone = told(office.clerk.post(path, params={"preview": True}, json=EXCLUSION))
    proposing = told(office.clerk.post(path, params={"preview": True, "propose": True}, json=EXCLUSION))
    assert alone["conflict"]["type"] == "urn:regesta:problem:four-eyes"
    assert (proposing["conflict"], proposing["changes"]) == (None, alone["changes"])
    assert [change["after"]["status"] for change in alone["changes"]] == ["excluded"]
    assert office.head() == head


def test_an_approver_confirms_but_records_nothing_else(office: Office, entry: str, proposal: Json) -> None:
    with caller(office.server, account(office.service, f"head {entry}", "psychologists:approver")) as approver:
        for query in ({}, {"propose": True}):
            answer = approver.post(f"{PSYCHOLOGISTS}/{entry}/acts", params=query, json=EXCLUSION)
            problem(answer, 403, "not-permitted")
        recorded(confirm(approver, proposal))
    role = told(office.clerk.get("/acts", params={"register": "psychologists", "kind": "exclude", "limit": 1000}))
    assert role["acts"][-1]["entry"] == entry


def test_who_may_not_decide_in_a_register_neither_sees_nor_closes_its_proposals(office: Office, proposal: Json) -> None:
    path = f"/proposals/{proposal['proposal']}"
    problem(office.anyone.get(path), 401, "not-authenticated")
    problem(office.anyone.get("/proposals"), 401, "not-authenticated")
    with caller(office.server, account(office.service, f"other {path}", "institutions:clerk")) as other:
        problem(other.get(path), 403, "not-permitted")
        assert told(other.get("/proposals"))["items"] == []
        for answer in (confirm(other, proposal), close(other, proposal, "reject", reason="Nē."),
                       close(other, proposal, "withdraw")):  # fmt: skip
            problem(answer, 403, "not-permitted")
    with caller(office.server, account(office.service, f"reader {path}", "psychologists:reader")) as reader:
        assert shown(reader, proposal)["status"] == "open"
        problem(confirm(reader, proposal), 403, "not-permitted")


def test_proposals_are_listed_by_register_status_and_who_made_them(
    office: Office, second: httpx.Client, proposal: Json
) -> None:
    def listed(client: httpx.Client, **query: Any) -> list[str]:
        items, cursor = [], -1
        while cursor is not None:
            page = told(client.get("/proposals", params={"limit": 3, "cursor": cursor, **query}))
            items += page["items"]
            cursor = page["next_cursor"]
        return [item["proposal"] for item in items]

    named = proposal["proposal"]
    assert named in listed(office.clerk, register="psychologists", mine=True)
    assert named not in listed(office.clerk, mine=False)
    assert named in listed(second, mine=False)
    assert named not in listed(second, mine=True) + listed(second, register="institutions")
    recorded(confirm(second, proposal))
    assert named not in listed(second)
    assert named in listed(second, status="confirmed")
    problem(second.get("/proposals", params={"status": "lost"}), 400, "malformed")
    problem(second.get(f"/proposals/{uuid4()}"), 404, "not-found")


def test_two_accounts_bound_to_one_subject_are_one_person(office: Office, entry: str, proposal: Json) -> None:
    """Also where it becomes known only after one of them has proposed."""
    subject, name = uuid4(), f"same {entry}"
    with caller(office.server, account(office.service, name, "*:clerk")) as same:
        other = propose(same, entry)
        with office.service.database.pool.connection() as connection:
            known = bind(connection, "clerk", subject) | bind(connection, name, subject)
            assert len(pseudonyms_of(connection, str(subject))) == len(known)
        problem(confirm(same, proposal), 409, "same-person")
        problem(confirm(office.clerk, other), 409, "same-person")
        assert shown(same, proposal)["mine"]
        recorded(close(same, proposal, "withdraw"))
    assert status(office, entry) == "registered"


def test_an_account_bound_twice_ties_both_subjects_to_one_person(office: Office, entry: str) -> None:
    names, subjects = [f"{n} {entry}" for n in range(3)], (uuid4(), uuid4())
    tokens = [account(office.service, name, "*:clerk") for name in names]
    with office.service.database.pool.connection() as connection:
        for name, subject in ((0, 0), (1, 0), (1, 1), (2, 1)):
            bind(connection, names[name], subjects[subject])
    with caller(office.server, tokens[0]) as first, caller(office.server, tokens[2]) as last:
        problem(confirm(last, propose(first, entry)), 409, "same-person")


def test_an_account_and_a_session_of_the_identity_provider_are_one_person_if_they_have_one_subject(
    office: Office, entry: str
) -> None:
    name, roles = f"local {entry}", ["*:clerk"]
    token = account(office.service, name, "*:clerk")
    with providing(ec_key("four eyes")) as provider:
        settings = office.service.settings.model_copy(
            update={"oidc_issuer": provider.issuer, "oidc_audience": AUDIENCE}
        )
        with office.service.database.pool.connection() as connection:
            bind(connection, name, pseudonym_of(provider.issuer, "anna"))
        with (
            serving(replace(office.service, settings=settings)) as server,
            caller(server, token) as local,
            caller(server, provider.token(sub="anna", roles=roles)) as session,
            caller(server, provider.token(sub="anna", roles=roles, exp=int(time.time()) + 99)) as again,
            caller(server, provider.token(sub="bruno", roles=roles)) as bruno,
        ):
            proposal = propose(local, entry)
            for same in (session, again):
                problem(confirm(same, proposal), 409, "same-person")
            other = propose(session, entry)
            for same in (local, again):
                problem(confirm(same, other), 409, "same-person")
            recorded(confirm(bruno, proposal))


def test_an_account_is_not_made_anew_under_a_name_that_was_taken(office: Office, entry: str, proposal: Json) -> None:
    name = f"gone {entry}"
    account(office.service, name, "*:clerk")
    with office.service.database.pool.connection() as connection:
        disable(connection, name)
        with pytest.raises(AccountRefused, match="one that is free"):
            create_account(connection, name, PASSWORD, [read_grant("*:clerk")])

"""A person is erased while a proposal waits that says something of them, or after one that came to nothing."""

from __future__ import annotations

from typing import Any

import httpx

from domain.personal import ERASED
from domain.registers import all_registers
from tests.api.office import Json, Office, body, problem, recorded, told
from tests.api.stolen import found

DAY = "2026-11-20"
SITTING = {"held_on": "2026-11-02", "minutes": "11"}
PERMITS, PSYCHOLOGISTS = "/registers/teaching-permits", "/registers/psychologists"
WHY = {"case": "2-4/17", "legal_ground": "GDPR 17(1)(a)"}
PERSON = {"name": "Kunigunda Vēverbriede", "personal_code": "390000-00067"}
OF_HER = {*PERSON.values(), "Kunigund", "Vēverbried"}


def granted() -> Json:
    """A permit to teach for a convicted person, which needs two people."""
    grant = next(r for r in all_registers() if r.name == "teaching-permits").examples["grant"]
    return {**body("grant", DAY, **{**grant, **PERSON}), "note": "Zvanīja Kunigunda Vēverbriede."}


def psychologist(office: Office) -> str:
    content = {**PERSON, "education": [{"institution": "LU"}], "sitting": SITTING}
    return str(office.first("register", DAY, PSYCHOLOGISTS, **content)["entry"])


def exclusion(note: str) -> Json:
    """What says nothing of the person but in its note."""
    return {**body("exclude", DAY, sitting=SITTING), "note": note}


def proposed(office: Office, path: str, act: Json) -> Json:
    return recorded(office.clerk.post(f"{path}/acts", params={"propose": True}, json=act))


def closed(client: httpx.Client, proposal: Json, verb: str, language: str = "en", **said: Any) -> httpx.Response:
    said = said or {"hash": proposal["hash"]}
    return client.post(f"/proposals/{proposal['proposal']}/{verb}", json=said, headers={"Accept-Language": language})


def erased(protector: httpx.Client) -> Json:
    return told(protector.post("/persons/erasure", json={**WHY, "personal_code": PERSON["personal_code"]}))


def of_her_anywhere(office: Office, *proposals: Json) -> set[str]:
    """What of the person those who may read proposals are told, and is found in the service's own memory of acts."""
    paths = [f"/proposals/{each['proposal']}" for each in proposals]
    paths += ["/proposals", "/proposals?status=rejected", "/acts?limit=1000", PSYCHOLOGISTS, PERMITS]
    answers = [office.second.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    with office.service.database.pool.connection() as connection:
        acts = office.service.ledger.acts_at(connection, range(office.head() + 1))
    return found(OF_HER, "".join([*(answer.text for answer in answers), *map(repr, acts)]))


def test_a_proposal_waits_on_without_what_it_said_of_them_and_can_be_closed_but_not_confirmed(
    office: Office, protector: httpx.Client
) -> None:
    proposal = proposed(office, PERMITS, granted())
    assert of_her_anywhere(office, proposal) == OF_HER
    receipt = erased(protector)
    assert proposal["proposal"] in receipt["entries"]
    assert of_her_anywhere(office, proposal) == set()

    shown = told(office.second.get(f"/proposals/{proposal['proposal']}"))
    assert (shown["status"], shown["hash"]) == ("open", proposal["hash"])
    assert "a person who was erased since" in shown["preview"]["conflict"]["detail"]
    (act,) = shown["acts"]
    assert (act["content"]["name"], act["content"]["personal_code"], act["note"]) == (ERASED,) * 3
    before = office.head()
    for language, words in (("en", "a person who was erased since"), ("lv", "kopš tā laika")):
        refused = problem(closed(office.second, proposal, "confirm", language), 422, "content-refused")
        assert words in str(refused["errors"])
    assert office.head() == before
    recorded(closed(office.second, proposal, "reject", reason="Persona ir dzēsta."))


def test_what_a_proposal_says_of_them_only_in_words_goes_with_them(office: Office, protector: httpx.Client) -> None:
    entry = psychologist(office)
    path, note = f"{PSYCHOLOGISTS}/{entry}", "Par Kunigundu Vēverbriedi saņemta sūdzība."
    rejected, waiting = (proposed(office, path, exclusion(f"{note} {nth}")) for nth in ("Pirmā.", "Otrā."))
    recorded(closed(office.second, rejected, "reject", reason="Vēverbriede ir uzklausīta."))
    receipt = erased(protector)
    assert {rejected["proposal"], waiting["proposal"], entry} <= set(receipt["entries"])
    assert of_her_anywhere(office, rejected, waiting) == set()
    problem(closed(office.second, waiting, "confirm"), 422, "content-refused")

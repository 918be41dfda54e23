"""A stolen database, without the keys, says nothing of any person; those who may read still read everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from domain.personal import PREFIX
from domain.register import ABSENT, Register
from domain.registers import all_registers
from tests.api.guessing import Dictionary, Taken
from tests.api.office import Office, body, opened, problem, recorded, told
from tests.api.persons_recorded import (
    ABOUT_PERSONS,
    CODE,
    NAME,
    NOTE,
    PATHS,
    ask_wrongly,
    begun,
    exposed,
    logged_by_the_service,
    personal,
    told_to,
)
from tests.api.stolen import LEAKED, archived, dumped, dumped_with_leaks, everything, found, published
from tests.replay.rebuilding import until


@pytest.fixture(scope="module")
def entries(office: Office) -> dict[str, str]:
    """An entry of each register that is about persons, with a note and a key."""
    return {register.name: begun(office, register) for register in ABOUT_PERSONS}


@pytest.fixture(scope="module")
def finds(office: Office, entries: dict[str, str]) -> dict[str, set[str]]:
    """What a dictionary of a million codes and names finds, by what it is tried on."""
    url = office.service.url
    server_log = Path(str(conninfo_to_dict(url)["host"])) / "log"
    begins = server_log.stat().st_size
    with logged_by_the_service() as logged:
        ask_wrongly(office, entries["psychologists"])
        # Why a request failed is logged after it is answered.
        until(lambda: "SealBroken" in logged.getvalue())
    taken = {
        "every row": Taken(everything(url)),
        "a dump": Taken(dumped(url)),
        "the archive": Taken(*archived(url)),
        "the public log": Taken(*published(office.anyone)),
        "what the service logs": Taken(logged.getvalue()),
        "what the database logs": Taken(server_log.read_bytes()[begins:]),
        "what anyone is told": Taken(*told_to(office.anyone, entries)),
        "what a clerk is told": Taken(*told_to(office.clerk, entries)),
        "leaks in a table": Taken(dumped_with_leaks(url)),
        "leaks in a log": Taken(f'{logged.getvalue()}GET /?q=Una%20Kalni%C5%86a\n"\\u017danete \\u0100bele"'),
    }
    dictionary = Dictionary()
    assert len(dictionary) > 1_000_000
    try:
        return dictionary.finds(taken)
    finally:
        dictionary.close()


def recorded_values() -> set[str]:
    """Every value of a person that the examples have; but for those that an institution has as well."""
    values = set[str]()
    for register in ABOUT_PERSONS:
        for fields in register.examples.values():
            values |= personal(register, fields)
    institutions = [register for register in all_registers() if "institutions" in register.name]
    theirs = {
        str(fields.get(name)) for r in institutions for fields in r.examples.values() for name in ("name", "address")
    }
    return values - theirs


def test_no_value_of_a_person_is_in_the_database_in_clear_or_as_a_plain_hash(
    office: Office, entries: dict[str, str]
) -> None:
    stolen = everything(office.service.url)
    assert len(recorded_values()) > 15
    assert found({*recorded_values(), NOTE, "Vēverbriede", "390000-00018", "390000"}, stolen) == set()
    assert PREFIX in stolen


@pytest.mark.parametrize(
    "where", ["every row", "a dump", "the archive", "the public log", "what the service logs", "what the database logs"]
)
def test_a_dictionary_of_a_million_codes_and_names_finds_nothing(finds: dict[str, set[str]], where: str) -> None:
    assert finds[where] == set()


def test_in_what_anyone_is_told_it_finds_names_that_are_public_and_nothing_else(finds: dict[str, set[str]]) -> None:
    public = set[str]()
    for register in ABOUT_PERSONS:
        shown = {name for name in register.sealed_fields if register.part_of(name) == "p"}
        for fields in register.examples.values():
            public |= personal(register, {name: fields[name] for name in shown & fields.keys()})
    assert finds["what anyone is told"]
    assert finds["what anyone is told"] - public == set()


def test_the_dictionary_has_what_is_recorded_and_finds_leaks_in_clear_or_hashed_however_they_are_written(
    finds: dict[str, set[str]],
) -> None:
    assert finds["what a clerk is told"] >= {CODE, NAME, "Kunigunda Vēverbriede"}
    assert finds["leaks in a table"] == LEAKED
    assert finds["leaks in a log"] == {"Una Kalniņa", "Žanete Ābele"}


@pytest.mark.parametrize("register", ABOUT_PERSONS, ids=lambda register: register.name)
def test_those_who_may_are_shown_every_value_and_never_what_is_stored(
    office: Office, entries: dict[str, str], register: Register
) -> None:
    kind = next(kind for kind in register.kinds if ABSENT in kind.meets and kind.gives in register.alive)
    values = personal(register, register.examples[kind.verb])
    entry = office.clerk.get(f"/registers/{register.name}/{entries[register.name]}").text
    assert {value for value in values if value not in entry} == set()
    for path in PATHS:
        answer = office.clerk.get(f"/registers/{register.name}{path.format(entry=entries[register.name])}")
        assert answer.status_code == 200, answer.text
        assert PREFIX not in answer.text
    for path in ("/acts?limit=1000", "/changes?limit=1000", "/applications"):
        assert PREFIX not in office.clerk.get(path).text


def test_a_name_is_found_by_a_part_of_it_and_lists_are_in_the_order_of_names(office: Office) -> None:
    for name in ("Žanete Ābele", "Ādams Zvirbulis", "Čaupa Inta"):
        first = {"name": name, "personal_code": "390000-00018", "education": [{"institution": "Universitāte"}]}
        office.first("register", "2026-11-20", "/registers/psychologists", **first, sitting=SITTING)
    listed = told(office.anyone.get("/registers/psychologists", params={"limit": 1000}))
    names = [item["content"]["name"] for item in listed["items"]]
    assert [name for name in names if "Ezeriņa" not in name] == ["Ādams Zvirbulis", "Čaupa Inta", "Žanete Ābele"]
    backwards = told(office.anyone.get("/registers/psychologists", params={"limit": 1000, "sort": "-name"}))
    assert [item["content"]["name"] for item in backwards["items"]] == names[::-1]
    paged, cursor = list[str](), None
    while len(paged) < listed["total"]:
        asked = {"limit": 1} if cursor is None else {"limit": 1, "cursor": cursor}
        part = told(office.anyone.get("/registers/psychologists", params=asked))
        paged += [item["content"]["name"] for item in part["items"]]
        assert part["total"] == listed["total"]
        cursor = part["next_cursor"]
    assert cursor is None
    assert paged == names
    for word, expected in (("virbul", ["Ādams Zvirbulis"]), ("abele zan", ["Žanete Ābele"]), ("xyzzy", [])):
        answer = told(office.anyone.get("/registers/psychologists", params={"q": word}))
        assert [item["content"]["name"] for item in answer["items"]] == expected
        assert answer["total"] == len(expected)


SITTING = {"held_on": "2026-11-02", "minutes": "11"}


def test_whoever_writes_into_the_database_cannot_have_a_confidential_value_shown_in_public(
    office: Office, entries: dict[str, str]
) -> None:
    entry = entries["psychologists"]
    with exposed(office, entry):
        # The server ends a connection on which it failed; it is not to be used for what comes next.
        answer = office.anyone.get(f"/registers/psychologists/{entry}", headers={"Connection": "close"})
    problem(answer, 500, "internal-error")
    assert "395000" not in answer.text


def test_what_is_kept_of_a_request_with_a_key_is_no_hash_that_a_thief_could_try_guesses_against(
    office: Office, server_url: str
) -> None:
    """A plain hash of a request would be the same in every office."""
    with opened(server_url) as another:
        for proposes in ({}, {"propose": True}):
            kept = [hash_kept_of_a_request(each, f"thief {proposes}", **proposes) for each in (office, another)]
            assert len({len(each) for each in kept}) == 1
            assert kept[0] != kept[1]


def hash_kept_of_a_request(office: Office, key: str, **query: bool) -> bytes:
    """What the database keeps of a request to permit a person to teach; asked for twice, it is answered once."""
    register = next(register for register in all_registers() if register.name == "teaching-permits")
    verb = "grant" if query else "receive"
    entry = "018e0000-0000-7000-8000-00000000000" + ("1" if query else "2")
    asked = {**body(verb, "2026-11-20", **register.examples[verb]), "entry": entry}
    path, headers = f"/registers/{register.name}/acts", {"Idempotency-Key": key}
    first, again = (office.clerk.post(path, json=asked, params=query, headers=headers) for _ in range(2))
    assert recorded(first) == recorded(again)
    with office.service.database.pool.connection() as connection:
        rows = connection.execute("SELECT request_hash FROM ledger.idempotency_keys WHERE key = %s", (key,)).fetchall()
    return bytes(rows[0]["request_hash"])


def test_text_that_looks_like_a_sealed_value_is_refused(office: Office, entries: dict[str, str]) -> None:
    before = office.head()
    token = f"{PREFIX}p:{'0' * 32}:AAAA"
    for content in ({"address": token}, {"head": token}):
        asked: dict[str, Any] = body("amend", "2026-11-21", **content)
        answer = office.clerk.post(f"/registers/institutions/{entries['institutions']}/acts", json=asked)
        problem(answer, 422, "content-refused")
    assert office.head() == before

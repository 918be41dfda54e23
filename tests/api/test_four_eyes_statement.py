"""The monthly statement of acts under four eyes: whether all had two people, with proofs, and without who they are."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner, Result

from api.accounts import bind
from api.cli import app
from domain.act import Actor, Decision, Draft
from domain.catalogue import Catalogue
from domain.decide import validated
from domain.four_eyes import FourEyes
from domain.legal_time import riga_date
from ledger.checkpoint import Checkpoint
from ledger.merkle import check_inclusion
from ledger.note import Note, check_note
from projections.recording import Recording
from projections.submission import Submission
from tests.api.office import Json, Office, body, opened, problem, recorded, told
from tests.api.test_four_eyes import DAY, EXCLUSION, PERSON, PSYCHOLOGISTS, SITTING, confirm, propose


@pytest.fixture
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as started:
        yield started


def excluded(office: Office) -> tuple[Json, Json]:
    """A psychologist excluded by two people: the proposal and what its confirmation recorded."""
    entry = office.first("register", DAY, PSYCHOLOGISTS, **PERSON, **SITTING)["entry"]
    proposal = propose(office.clerk, entry)
    return proposal, recorded(confirm(office.second, proposal))


def month_of(act: Json) -> str:
    return riga_date(datetime.fromisoformat(act["recorded_at"])).strftime("%Y-%m")


def statement(office: Office, month: str) -> Json:
    office.service.sealer.seal()
    return told(office.anyone.get(f"/four-eyes/{month}"))


def line(statement: Json, register: str, kind: str) -> Json:
    (found,) = [each for each in statement["lines"] if (each["register"], each["kind"]) == (register, kind)]
    return dict(found)


def test_every_act_is_counted_and_proved_with_the_proposal_and_the_confirmation_that_led_to_it(office: Office) -> None:
    proposal, answer = excluded(office)
    (act,) = answer["acts"]
    path = f"{PSYCHOLOGISTS}/{act['entry']}/acts"
    annulled = recorded(office.ask(path, body("annul", DAY, target=act["position"], mode="ex_tunc")))
    found = statement(office, month_of(act))
    assert (found["recorded"], found["by_two"]) == (2, 2)
    exclusion = line(found, "psychologists", "exclude")
    assert line(found, "psychologists", "annul")["acts"][0]["act"]["position"] == annulled["position"]
    assert line(found, "teaching-permits", "grant")["recorded"] == 0
    (told_of,) = exclusion["acts"]
    positions = {name: told_of[name]["position"] for name in ("act", "proposal", "confirmation")}
    confirmation = answer["confirmation"]["position"]
    assert positions == {"act": act["position"], "proposal": proposal["position"], "confirmation": confirmation}
    for proved in told_of.values():
        check(office, found["checkpoint"], proved)


def check(office: Office, checkpoint: str, proved: Json) -> None:
    """The proof holds in the tree that the log's key has signed, of the leaf that the ledger holds."""
    note = Note.parse(checkpoint.encode())
    check_note(note, office.service.sealer.verifier_key)
    tree = Checkpoint.parse(note.text)
    with office.service.database.pool.connection() as connection:
        row = connection.execute(
            "SELECT leaf_hash FROM ledger.events WHERE notification_id = %s", (proved["position"] + 1,)
        ).fetchone()
    assert row is not None
    hashes = [b64decode(each) for each in proved["hashes"]]
    check_inclusion(row["leaf_hash"], proved["position"], tree.size, hashes, tree.root)


def test_it_tells_neither_names_nor_pseudonyms(office: Office) -> None:
    proposal, answer = excluded(office)
    text = str(statement(office, month_of(answer["confirmation"])))
    with office.service.database.pool.connection() as connection:
        accounts = connection.execute("SELECT account_id::text AS id, name FROM access.accounts").fetchall()
    assert not [each for row in accounts for each in row.values() if each in text]
    assert [id_ for id_ in (answer["acts"][0]["entry"], proposal["proposal"]) if id_ in text] == []


def test_two_accounts_found_to_be_one_person_later_are_told(office: Office) -> None:
    _, answer = excluded(office)
    subject = uuid4()
    with office.service.database.pool.connection() as connection:
        bind(connection, "clerk", subject)
        bind(connection, "second", subject)
    found = statement(office, month_of(answer["confirmation"]))
    assert (found["recorded"], found["by_two"]) == (1, 0)
    assert line(found, "psychologists", "exclude")["acts"][0]["confirmation"] is None


def test_an_act_that_some_other_program_recorded_without_a_second_person_is_told(office: Office) -> None:
    entry = office.first("register", DAY, PSYCHOLOGISTS, **PERSON, **SITTING)
    service = office.service
    lax = Catalogue(service.catalogue.registers.values(), service.catalogue.vault, four_eyes=FourEyes([]))
    other = Recording(service.database, lax)
    try:
        other.record(_exclusion(lax, entry))
    finally:
        other.close()
    found = statement(office, month_of(entry))
    assert (found["recorded"], found["by_two"]) == (1, 0)


def _exclusion(catalogue: Catalogue, entry: Json) -> Submission:
    content = validated(catalogue.registers["psychologists"].by_verb["exclude"].content, SITTING)
    decision = Decision.model_validate(EXCLUSION["decision"])
    draft = Draft("psychologists", UUID(entry["entry"]), "exclude", decision, None, content)
    return Submission((draft,), Actor("alone", "clerk"), uuid4())


def test_the_command_shows_the_statement_and_tells_by_its_exit_code_whether_all_had_two_people(
    office: Office,
) -> None:
    _, answer = excluded(office)
    month = month_of(answer["confirmation"])

    def command(*arguments: str) -> Result:
        env = {"DATABASE_URL": office.service.url, "REGESTA_KEYS_FOLDER": str(office.service.settings.keys)}
        return CliRunner().invoke(app, ["four-eyes", *arguments], env=env)

    shown = command(month, "--format", "json")
    assert (shown.exit_code, json.loads(shown.stdout)["by_two"]) == (0, 1)
    with office.service.database.pool.connection() as connection:
        for name in ("clerk", "second"):
            bind(connection, name, UUID(int=1))
    assert command(month).exit_code == 1
    assert command("November").exit_code == 2


def test_months_are_those_of_recording_and_written_as_such(office: Office) -> None:
    problem(office.anyone.get("/four-eyes/2026-11"), 404, "not-found")
    excluded(office)
    assert statement(office, "2020-01")["recorded"] == 0
    problem(office.anyone.get("/four-eyes/2026-13"), 422, "content-does-not-fit")

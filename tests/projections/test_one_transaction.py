"""Requests that are decided in one transaction: each as if it had been alone, after those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.act import Actor
from domain.catalogue import Catalogue
from domain.childcare_providers import REGISTER as CHILDCARE
from domain.personal import ERASED, Erased
from domain.refusals import ActRefused, ContentRefused, DependantsLeft, PersonActedOn
from domain.registers import all_registers
from ledger.database import Database
from ledger.ledger import Ledger
from ledger.recorder import APPENDING_LOCK, Append, appending, rehearsing
from ledger.vault import Vault
from projections.answers import RecordedAct
from projections.batch import Batch
from projections.erasing import Concerned, by_code
from projections.erasures import Decided, erase, erasing
from projections.recording import Recording
from projections.submission import Submission
from tests.domain.story import NANNY, draft
from tests.invented import beside_the_others
from tests.projections.asking import act, column, positions, registration, submission
from tests.replay.rebuilding import until_waited_for

SEPTEMBER = date(2021, 9, 1)
PROTECTOR = Actor("protector", "data-protection")
WHY = Decided("2-4/17", "GDPR 17(1)(a)", date(2021, 9, 2))


@contextmanager
def waiting_for_the_lock(database_url: str, recording: Recording) -> Iterator[None]:
    """What is asked for in this block is decided after it, in one transaction."""
    with psycopg.connect(make_conninfo(database_url), autocommit=True) as holding:
        holding.execute("SELECT pg_advisory_lock(%s)", (APPENDING_LOCK,))
        first = recording.submit(submission(registration()))
        until_waited_for(holding, APPENDING_LOCK)
        yield
        holding.execute("SELECT pg_advisory_unlock(%s)", (APPENDING_LOCK,))
        first.result(60)


def together(
    database_url: str, recording: Recording, asked: Sequence[Submission]
) -> list[list[RecordedAct] | ActRefused]:
    """What each of ``asked`` is answered, all decided in one transaction in their order."""
    with waiting_for_the_lock(database_url, recording):
        answers = [recording.submit(each) for each in asked]
    return [_answer(each) for each in answers]


def _answer(asked: Future[list[RecordedAct]]) -> list[RecordedAct] | ActRefused:
    try:
        return asked.result(60)
    except ActRefused as refusal:
        return refusal


def nanny(entry_id: UUID | None = None) -> Submission:
    """A nanny who is registered in an entry of her own."""
    return submission(draft(CHILDCARE, entry_id or uuid4(), "register", SEPTEMBER, NANNY, opens_entry=True))


def test_a_refused_request_keeps_no_key_though_others_are_recorded_with_it(
    database_url: str, database: Database, sealing: Recording
) -> None:
    bad = submission(registration(name="Skola sealed:1:"), key="bad")
    refused, taken = together(database_url, sealing, [bad, submission(registration(), key="good")])
    assert isinstance(refused, ContentRefused)
    assert isinstance(taken, list)
    assert column(database, "SELECT key FROM ledger.idempotency_keys") == ["good"]
    with pytest.raises(ContentRefused):
        sealing.record(bad)


def test_of_several_acts_it_is_told_which_one_could_not_be_stored(sealing: Recording) -> None:
    with pytest.raises(ContentRefused) as refused:
        sealing.record(submission(registration(), registration(name="Skola sealed:1:")))
    assert refused.value.act == 1


def test_an_entry_does_not_end_when_another_was_just_begun_that_rests_on_it(
    database_url: str, database: Database
) -> None:
    with beside_the_others():
        from domain.language_clubs import REGISTER as CLUBS  # type: ignore[import-untyped]

        recording = Recording(database, Catalogue(all_registers()))
        try:
            (school,) = recording.record(submission(registration()))
            content = {"name": "Klubs", "language": "liv", "institution": str(school.entry)}
            club = draft(CLUBS, uuid4(), "open", SEPTEMBER, content, opens_entry=True)
            gone = act("strike_off", school.entry, on=date(2021, 12, 1), basis="liquidation")
            opened, refused = together(database_url, recording, [submission(club), submission(gone)])
        finally:
            recording.close()
    assert isinstance(opened, list)
    assert isinstance(refused, DependantsLeft)
    assert [dependant.entry for dependant in refused.dependants] == [club.entry_id]


def concerned_by_code(database: Database, vault: Vault, catalogue: Catalogue) -> Concerned:
    with database.pool.connection() as connection:
        found = by_code(connection, Ledger(catalogue), vault, NANNY["personal_code"])
    assert found is not None
    return found


def test_who_is_entered_right_after_an_erasure_of_theirs_is_not_erased(
    database_url: str, database: Database, vault: Vault, sealing_catalogue: Catalogue, sealing: Recording
) -> None:
    sealing.record(nanny())
    concerned = concerned_by_code(database, vault, sealing_catalogue)
    _, again = together(database_url, sealing, [erasing(concerned, WHY, PROTECTOR), nanny()])
    assert isinstance(again, list)
    with database.pool.connection() as connection:
        (entered,) = Ledger(sealing_catalogue).acts_at(connection, [again[0].position])
    assert entered.fields["name"] == NANNY["name"]
    after = concerned_by_code(database, vault, sealing_catalogue)
    assert set(after.subjects).isdisjoint(concerned.subjects)


def test_an_erasure_is_not_decided_beside_other_submissions(database: Database, sealing_catalogue: Catalogue) -> None:
    erasure = Submission((), PROTECTOR, uuid4(), erases=Concerned(0, (uuid4(),), (), 0, 0, ()))
    with (
        database.pool.connection() as connection,
        pytest.raises(ValueError, match="an erasure in a transaction of its own"),
        appending(connection) as append,
    ):
        Batch(append, Ledger(sealing_catalogue), [erasure, nanny()])


def test_an_erasure_of_which_acts_recorded_meanwhile_may_tell_is_refused_and_succeeds_when_repeated(
    database: Database, vault: Vault, sealing_catalogue: Catalogue, sealing: Recording
) -> None:
    (entered,) = sealing.record(nanny())
    concerned = concerned_by_code(database, vault, sealing_catalogue)
    call = draft(CHILDCARE, entered.entry, "amend", SEPTEMBER, {"service": "short"}, note="Zvanīja Ilze Ezeriņa.")
    (noted,) = sealing.record(submission(call))
    with pytest.raises(PersonActedOn, match=f"position {noted.position}"):
        erase(database, sealing, concerned, WHY, PROTECTOR)
    assert positions(database) == [entered.position, noted.position]
    erase(database, sealing, concerned_by_code(database, vault, sealing_catalogue), WHY, PROTECTOR)
    with database.pool.connection() as connection:
        registered, amended, _ = Ledger(sealing_catalogue).acts_at(connection, positions(database))
    assert isinstance(registered.fields["name"], Erased)
    assert isinstance(amended.payload.note, Erased) or amended.payload.note == ERASED


def test_an_erasure_does_not_wait_for_acts_of_others(
    database: Database, vault: Vault, sealing_catalogue: Catalogue, sealing: Recording
) -> None:
    sealing.record(nanny())
    concerned = concerned_by_code(database, vault, sealing_catalogue)
    sealing.record(submission(registration()))
    assert erase(database, sealing, concerned, WHY, PROTECTOR).act.position == 2


def test_nobody_waits_for_a_rehearsal_of_the_same_acts(
    database: Database, catalogue: Catalogue, recording: Recording
) -> None:
    (first,) = recording.record(submission(registration(registration_number="3112900077")))
    asked = submission(
        registration(registration_number="3112900088"), act("strike_off", first.entry, basis="liquidation")
    )

    def rehearse(append: Append) -> None:
        batch = Batch(append, Ledger(catalogue), [asked])
        batch.keep(asked, batch.settle(asked))
        batch.rehearse()

    with (
        database.pool.connection() as one,
        database.pool.connection() as other,
        rehearsing(one) as append,
        rehearsing(other) as beside,
    ):
        rehearse(append)
        other.execute("SET LOCAL lock_timeout = '10s'")
        rehearse(beside)
        assert len(recording.submit(asked).result(20)) == 2


def test_an_act_can_be_rehearsed_that_others_recorded_since_the_rehearsal_began(
    database: Database, catalogue: Catalogue, recording: Recording
) -> None:
    asked = submission(registration(registration_number="3112900088"))
    with database.pool.connection() as connection, rehearsing(connection) as append:
        recording.record(asked)
        batch = Batch(append, Ledger(catalogue), [asked])
        batch.keep(asked, batch.settle(asked))
        batch.rehearse()

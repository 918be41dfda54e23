"""Recording: what is taken, what is refused, and what an answer promises - with many asking at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count
from threading import Event
from uuid import uuid4

import pytest

from domain.catalogue import Catalogue
from domain.institutions import REGISTER
from domain.refusals import (
    ActRefused,
    EntryNotFound,
    KeyUsedForAnotherRequest,
    LinksNotMutual,
    NothingToRecord,
    NumberTaken,
    StaleVersion,
)
from ledger.database import Database
from ledger.ledger import Ledger
from ledger.recorder import appending
from projections.batch import Batch, RecordedAct, Submission
from projections.moment import read_known_at
from projections.reading import read_entry
from projections.recording import Recording, RecordingStopped
from tests.projections.asking import MARCH, SERIES, act, at_once, column, positions, registration, submission

MAY, JULY = date(2020, 5, 4), date(2020, 7, 1)


@pytest.fixture
def elsewhere(database_url: str, catalogue: Catalogue) -> Iterator[Recording]:
    """Recording in the same ledger by a second service."""
    database = Database(database_url)
    opened = Recording(database, catalogue)
    yield opened
    opened.close()
    database.close()


def numbers(first: int, last: int) -> list[str]:
    return [f"{SERIES}{serial:05d}" for serial in range(first, last + 1)]


def test_a_thousand_concurrent_registrations_get_a_thousand_consecutive_numbers(
    database: Database, recording: Recording, elsewhere: Recording
) -> None:
    def register(turn: int) -> RecordedAct:
        (recorded,) = (recording if turn % 3 else elsewhere).record(submission(registration()))
        return recorded

    with ThreadPoolExecutor(32) as threads:
        answers = sorted(threads.map(register, range(1000)))
    assert [answer.position for answer in answers] == positions(database) == list(range(1000))
    assert [answer.registration_number for answer in answers] == numbers(1, 1000)
    assert column(database, "SELECT number FROM registration_numbers ORDER BY 1") == numbers(1, 1000)
    assert column(database, "SELECT last_serial FROM number_series") == [1000]


def test_of_entries_that_ask_for_one_number_at_once_exactly_one_gets_it(
    database: Database, recording: Recording, elsewhere: Recording
) -> None:
    for number in numbers(1, 20):
        asked = [submission(registration(registration_number=number)) for _ in range(4)]
        answers = at_once(asked, recording, elsewhere)
        assert [type(answer) for answer in answers if isinstance(answer, ActRefused)] == [NumberTaken] * 3
    assert positions(database) == list(range(20))


def test_a_number_is_free_again_from_the_day_its_entry_is_struck_off(recording: Recording) -> None:
    first = uuid4()
    (held,) = recording.record(submission(registration(first, MARCH)))
    recording.record(submission(act("strike_off", first, MAY, basis="liquidation")))
    with pytest.raises(NumberTaken, match=rf"{held.registration_number} is taken by entry {first} from {MARCH}"):
        recording.record(submission(registration(on=MAY - timedelta(1), registration_number=held.registration_number)))
    (second,) = recording.record(submission(registration(on=MAY, registration_number=held.registration_number)))
    assert second.registration_number == held.registration_number
    with pytest.raises(NumberTaken):
        recording.record(submission(registration(on=JULY, registration_number=held.registration_number)))


def test_a_striking_off_that_gave_a_number_free_cannot_be_annulled_while_the_number_is_used(
    recording: Recording,
) -> None:
    first = uuid4()
    (held,) = recording.record(submission(registration(first, MARCH)))
    (struck,) = recording.record(submission(act("strike_off", first, MAY, basis="liquidation")))
    recording.record(submission(registration(on=JULY, registration_number=held.registration_number)))
    with pytest.raises(NumberTaken):
        recording.record(submission(act("annul", first, JULY, target=struck.position, mode="ex_tunc")))


def test_a_number_passes_to_a_successor_within_one_decision(recording: Recording) -> None:
    before, after = uuid4(), uuid4()
    (held,) = recording.record(submission(registration(before, MARCH)))
    recorded = recording.record(
        submission(
            act("strike_off", before, MAY, basis="reorganised", successors=[str(after)]),
            registration(after, MAY, registration_number=held.registration_number, predecessors=[str(before)]),
        )
    )
    assert [answer.registration_number for answer in recorded] == [held.registration_number] * 2


def test_of_many_acts_that_expect_the_same_version_exactly_one_is_taken(
    database: Database, recording: Recording, elsewhere: Recording
) -> None:
    entry = uuid4()
    recording.record(submission(registration(entry)))
    for version in range(1, 6):
        asked = [submission(act("amend", entry, version=version, head=f"Vadītājs {n}")) for n in range(16)]
        answers = at_once(asked, recording, elsewhere)
        refused = [answer for answer in answers if isinstance(answer, ActRefused)]
        assert [type(refusal) for refusal in refused] == [StaleVersion] * 15
        assert {refusal.values["met"] for refusal in refused} == {version + 1}
    assert positions(database) == list(range(6))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_several_institutions_in_one_decision_are_recorded_all_or_none(
    database: Database, recording: Recording, place: int
) -> None:
    drafts = [registration(), registration()]
    drafts.insert(place, act("amend", uuid4(), head=None))
    with pytest.raises(EntryNotFound):
        recording.record(submission(*drafts, key="all or none"))
    assert positions(database) == []
    for table in ("acts", "entry_states", "entry_names", "registration_numbers", "number_series"):
        assert column(database, f"SELECT count(*) FROM {table}") == [0]
    recorded = recording.record(submission(registration(), registration(), key="all or none"))
    assert [(answer.position, answer.registration_number) for answer in recorded] == [
        (0, f"{SERIES}00001"),
        (1, f"{SERIES}00002"),
    ]


def test_institutions_of_one_decision_cannot_share_a_number(database: Database, recording: Recording) -> None:
    with pytest.raises(NumberTaken):
        recording.record(submission(*(registration(registration_number=f"{SERIES}00007") for _ in range(2))))
    assert positions(database) == []


def test_a_link_to_an_entry_that_does_not_name_it_back_refuses_the_whole_decision(
    database: Database, recording: Recording
) -> None:
    with pytest.raises(LinksNotMutual):
        recording.record(submission(registration(), registration(predecessors=[str(uuid4())])))
    with pytest.raises(NothingToRecord):
        recording.record(submission())
    assert positions(database) == []


def test_in_a_common_transaction_a_refused_request_leaves_the_others(database: Database, catalogue: Catalogue) -> None:
    entry, refusals = uuid4(), list[str]()
    asked = [
        submission(registration(entry, registration_number=f"{SERIES}00001")),
        submission(registration(), registration(registration_number=f"{SERIES}00001")),
        submission(registration(entry)),
        submission(act("amend", entry, version=1, head="ANNA KALNIŅA")),
        submission(act("amend", entry, version=1, head="JĀNIS BĒRZIŅŠ")),
        submission(registration()),
    ]
    with database.pool.connection() as connection, appending(connection) as append:
        batch = Batch(append, Ledger(catalogue), asked)
        for one in asked:
            try:
                batch.take(one)
            except ActRefused as refusal:
                refusals.append(type(refusal).__name__)
        batch.flush()
    assert refusals == ["NumberTaken", "EntryExists", "StaleVersion"]
    assert positions(database) == [0, 1, 2]
    assert column(database, "SELECT registration_number FROM acts ORDER BY position") == [
        f"{SERIES}00001", f"{SERIES}00001", f"{SERIES}00002",
    ]  # fmt: skip


def test_among_many_requests_at_once_only_those_that_are_refused_are_missing(
    database: Database, recording: Recording
) -> None:
    def ask(turn: int) -> int:
        refused = turn % 3 == 0
        drafts = (registration(), act("amend", uuid4(), head=None)) if refused else (registration(),)
        try:
            return len(recording.record(submission(*drafts)))
        except EntryNotFound:
            return 0

    with ThreadPoolExecutor(32) as threads:
        taken = list(threads.map(ask, range(300)))
    assert taken == [0 if turn % 3 == 0 else 1 for turn in range(300)]
    assert positions(database) == list(range(200))
    assert column(database, "SELECT number FROM registration_numbers ORDER BY 1") == numbers(1, 200)


def test_the_same_key_and_request_gives_the_first_answer_and_records_once(
    database: Database, recording: Recording, elsewhere: Recording, catalogue: Catalogue
) -> None:
    asked = submission(registration(), registration(registration_number="77"), key="k", request="r")
    first = recording.record(asked)
    assert first[1].warnings
    assert recording.record(asked) == elsewhere.record(asked) == first
    restarted = Recording(database, catalogue)
    assert restarted.record(asked) == first
    restarted.close()
    assert positions(database) == [0, 1]


def test_a_key_used_at_once_from_many_sides_records_once(
    database: Database, recording: Recording, elsewhere: Recording
) -> None:
    for turn in range(10):
        asked = [submission(registration(), key=f"k{turn}", request="r") for _ in range(16)]
        answers = at_once(asked, recording, elsewhere)
        assert all(answer == answers[0] for answer in answers)
        assert not isinstance(answers[0], ActRefused)
        assert positions(database) == list(range(turn + 1))


def test_a_key_cannot_be_used_for_another_request(database: Database, recording: Recording) -> None:
    recording.record(submission(registration(), key="k", request="r"))
    with pytest.raises(KeyUsedForAnotherRequest, match="k was used for another request"):
        recording.record(submission(registration(), key="k", request="another"))
    assert positions(database) == [0]


def test_a_key_of_a_refused_request_is_not_used_up(database: Database, recording: Recording) -> None:
    entry = uuid4()
    with pytest.raises(EntryNotFound):
        recording.record(submission(act("amend", entry, head=None), key="k", request="r"))
    recording.record(submission(registration(entry)))
    recording.record(submission(act("amend", entry, head=None), key="k", request="r"))
    assert positions(database) == [0, 1]


def test_what_is_acknowledged_can_be_read_at_once_by_anyone(
    database: Database, recording: Recording, elsewhere: Recording
) -> None:
    def register_and_read(turn: int) -> tuple[str, str]:
        name = f"{turn}. pamatskola"
        (recorded,) = (recording, elsewhere)[turn % 2].record(submission(registration(name=name)))
        with database.pool.connection() as connection:
            number = str(recorded.registration_number)
            answer = read_entry(connection, REGISTER, number, MARCH, read_known_at(None), public_only=True)
        assert answer is not None
        assert answer.moment.known_at.position >= recorded.position
        return name, answer.state.content

    with ThreadPoolExecutor(8) as threads:
        for name, content in threads.map(register_and_read, range(100)):
            assert f'"name":"{name}"' in content


def test_a_recording_that_is_closed_answers_all_it_took_and_takes_no_more(
    database: Database, catalogue: Catalogue
) -> None:
    acknowledged = 0
    for _ in range(20):
        closing, recording = Event(), Recording(database, catalogue)

        def ask(recording: Recording = recording, closing: Event = closing) -> int:
            for taken in count():
                try:
                    recording.record(submission(registration()))
                except RecordingStopped:
                    return taken
                closing.set()
            raise AssertionError

        with ThreadPoolExecutor(8) as threads:
            asking = [threads.submit(ask) for _ in range(8)]
            closing.wait(60)
            recording.close()
            acknowledged += sum(each.result(60) for each in asking)
        with pytest.raises(RecordingStopped):
            recording.record(Submission((), submission().actor, uuid4()))
    assert positions(database) == list(range(acknowledged))

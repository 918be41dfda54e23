"""Recording: what is taken, what is refused, and what an answer promises - with many asking at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random
from string import ascii_letters
from uuid import uuid4

import pytest
from psycopg.errors import ProgramLimitExceeded

from domain.catalogue import Catalogue
from domain.institutions import REGISTER
from domain.latvian_text import sort_key
from domain.refusals import (
    ActRefused,
    EntryNotFound,
    LinksNotMutual,
    NothingToRecord,
    NumberTaken,
    StaleVersion,
)
from ledger.database import Database
from ledger.ledger import Ledger
from ledger.recorder import appending
from projections.answers import RecordedAct
from projections.batch import Batch
from projections.moment import Moment, read_known_at, resolve_known_at
from projections.reading import ListQuery, count, read_entry, read_list
from projections.recording import Recording
from tests.projections.asking import MARCH, SERIES, act, at_once, column, positions, registration, submission

MAY, JULY = date(2020, 5, 4), date(2020, 7, 1)
ALL = ListQuery()


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


def test_who_brings_a_number_far_ahead_of_its_series_is_warned(recording: Recording) -> None:
    (first,) = recording.record(submission(registration()))
    (next_,) = recording.record(submission(registration(registration_number=f"{SERIES}00002")))
    (ahead,) = recording.record(submission(registration(registration_number=f"{SERIES}00500")))
    (after,) = recording.record(submission(registration()))
    assert [first.warnings, next_.warnings, after.warnings] == [(), (), ()]
    (warning,) = ahead.warnings
    assert f"expected 3 as the next of series {SERIES}, met 500" in warning
    assert after.registration_number == f"{SERIES}00501"


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


def test_a_request_that_the_database_refuses_fails_alone(database: Database, recording: Recording) -> None:
    def ask(turn: int) -> int:
        key = None if turn % 10 else "".join(Random(turn).choices(ascii_letters, k=9000))
        try:
            return len(recording.record(submission(registration(), key=key)))
        except ProgramLimitExceeded:
            return 0

    with ThreadPoolExecutor(32) as threads:
        assert list(threads.map(ask, range(100))) == [1 if turn % 10 else 0 for turn in range(100)]
    assert positions(database) == list(range(90))
    assert column(database, "SELECT number FROM registration_numbers ORDER BY 1") == numbers(1, 90)


def test_the_longest_name_in_any_script_is_recorded_and_listed_in_order(
    database: Database, recording: Recording
) -> None:
    random = Random(2020)
    alphabets = [ascii_letters, "ĀČĒĢĪĶĻŅŠŪŽ", *("".join(map(chr, range(a, a + 4000))) for a in (0x4E00, 0x20000))]
    names = ["".join(random.choices(alphabet, k=1000)) for alphabet in alphabets]
    recording.record(submission(*(registration(name=name) for name in names)))
    with database.pool.connection() as connection:
        moment = Moment(MARCH, resolve_known_at(connection, None))
        listed = [
            json.loads(item.state.content)["name"] for item in read_list(connection, REGISTER, moment, ALL, 10_000)
        ]
        assert count(connection, REGISTER, moment, ALL) == 4
    assert listed == sorted(names, key=sort_key)


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

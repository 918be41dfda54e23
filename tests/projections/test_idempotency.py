"""Idempotency keys: a request repeated with its key is answered again, and recorded once."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from domain.catalogue import Catalogue
from domain.refusals import ActRefused, EntryNotFound, KeyUsedForAnotherRequest
from ledger.database import Database
from projections.recording import Recording
from tests.projections.asking import act, at_once, positions, registration, submission


@pytest.fixture
def elsewhere(database_url: str, catalogue: Catalogue) -> Iterator[Recording]:
    """Recording in the same ledger by a second service."""
    database = Database(database_url)
    opened = Recording(database, catalogue)
    yield opened
    opened.close()
    database.close()


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

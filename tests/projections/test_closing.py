"""The end of a service: what it took is answered, and nothing more is taken."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import uuid4

import pytest

from domain.act import Draft
from domain.catalogue import Catalogue
from domain.refusals import NothingToRecord
from ledger.database import Database
from projections.recording import Recording, RecordingStopped
from projections.submission import Submission
from tests.projections.asking import positions, registration, submission


def test_a_recording_that_is_closed_answers_all_it_took_and_takes_no_more(
    database: Database, catalogue: Catalogue
) -> None:
    acknowledged = 0
    for _ in range(10):
        recording = Recording(database, catalogue)
        with ThreadPoolExecutor(8) as threads:
            asking = [threads.submit(ask_until_closed, recording, submission(registration())) for _ in range(8)]
            recording.record(submission(registration()))
            recording.close()
            acknowledged += 1 + sum(each.result(60) for each in asking)
    assert positions(database) == list(range(acknowledged))


def test_no_request_waits_for_ever_however_close_to_the_end_it_came(database: Database, catalogue: Catalogue) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(16) as threads:
            for _ in range(50):
                recording, ready = Recording(database, catalogue), Barrier(17)
                asking = [threads.submit(ask_when_ready, ready, recording) for _ in range(16)]
                ready.wait(60)
                recording.close()
                assert {each.result(60) for each in asking} <= {NothingToRecord, RecordingStopped}
    finally:
        sys.setswitchinterval(interval)


def ask_when_ready(ready: Barrier, recording: Recording) -> type[Exception]:
    """What a request that asks for nothing is told."""
    ready.wait(60)
    with pytest.raises((NothingToRecord, RecordingStopped)) as told:
        recording.record(submission())
    return told.type


def ask_until_closed(recording: Recording, asked: Submission) -> int:
    """How many acts are recorded before the service stops; each request is another."""
    taken = 0
    while True:
        try:
            taken += len(recording.record(replace(asked, drafts=tuple(again(d) for d in asked.drafts))))
        except NothingToRecord:
            continue
        except RecordingStopped:
            return taken


def again(draft: Draft) -> Draft:
    """The same for another entry."""
    return replace(draft, entry_id=uuid4())

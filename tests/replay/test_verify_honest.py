"""No false alarm: whatever lawful acts are recorded, in whatever batches, and whenever they are sealed, it is whole.

``HONEST_RUNS`` sets how many ledgers are tried: a few here, a thousand in ``python -m benchmarks verify``.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

from domain.refusals import ActRefused
from ledger.database import Database
from ledger.sealing import Sealer
from projections.recording import Recording
from tests.projections.asking import act, registration, submission
from tests.replay.verifying import CATALOGUE, Whole

RUNS = int(os.environ.get("HONEST_RUNS", "40"))


TOGETHER = 20
"""Runs that go on with one ledger, each with that of the one before."""


def test_honest_ledgers_give_no_alarm(database: Database, tmp_path: Path) -> None:
    sizes = []
    for begun in range(0, RUNS, TOGETHER):
        whole = Whole(database.url, tmp_path / f"keys-{begun}")
        whole.begin_anew()
        recording, sealer = Recording(database, CATALOGUE), Sealer(database, whole.signer)
        try:
            for run in range(begun, min(begun + TOGETHER, RUNS)):
                _go_on(Random(run), recording, sealer)
                found = whole.verified()
                assert found.finding is None, (run, found.finding)
                assert found.unsealed == 0
                sizes.append(found.acts)
        finally:
            sealer.close()
            recording.close()
    assert len(sizes) == RUNS
    assert len(set(sizes)) > 10


def _go_on(random: Random, recording: Recording, sealer: Sealer) -> None:
    entries: list[UUID] = []
    for _ in range(random.randrange(1, 6)):
        _record(random, recording, entries)
        if random.random() < 0.5:
            sealer.seal()
    if random.random() < 0.05:  # enough for full tiles
        for _ in range(6):
            recording.record(submission(*(registration() for _ in range(50))))
    sealer.seal()


def _record(random: Random, recording: Recording, entries: list[UUID]) -> None:
    drafts = [registration() for _ in range(random.randrange(1, 4))]
    if entries and random.random() < 0.5:
        verb, content = random.choice((("amend", {"head": "ĀBELE"}), ("strike_off", {"basis": "liquidation"})))
        drafts = [act(verb, random.choice(entries), **content)]  # type: ignore[arg-type]
    key = f"{uuid4()}" if random.random() < 0.5 else None
    asked = submission(*drafts, key=key, request=f"{random.random()}")
    try:
        recording.record(asked)
        if key is not None and random.random() < 0.3:
            recording.record(asked)
    except ActRefused:
        return
    entries += [draft.entry_id for draft in drafts if draft.opens_entry]

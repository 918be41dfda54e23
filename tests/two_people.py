"""Recording for tests what needs two people: one proposes, another confirms."""

from __future__ import annotations

from dataclasses import replace

from domain.act import Actor
from domain.proposals import Confirming
from domain.refusals import FourEyes
from ledger.database import Database
from ledger.ledger import Ledger
from projections.answers import RecordedAct
from projections.four_eyes import read_proposals
from projections.recording import Recording
from projections.submission import Submission

SECOND = Actor("officer-2", "clerk")


def record_by_two(
    recording: Recording, database: Database, ledger: Ledger, submission: Submission
) -> list[RecordedAct]:
    """The acts of ``submission``, proposed and confirmed by ``SECOND`` where they need two people."""
    try:
        return recording.record(submission)
    except FourEyes:
        (proposed,) = recording.record(replace(submission, proposes=True))
    with database.pool.connection() as connection:
        stored = read_proposals(connection, ledger, [proposed.entry])[proposed.entry]
    confirming = Confirming(proposed.entry, stored.hash)
    return recording.record(Submission((), SECOND, proposed.entry, confirms=confirming))[:-1]

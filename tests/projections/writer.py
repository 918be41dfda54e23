"""A process that records acts until it is done or killed, and tells each acknowledgement as it gets it.

Run as ``python -m tests.projections.writer DATABASE_URL``; started again it asks for the same acts by the same keys.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import NAMESPACE_OID, UUID, uuid5

from domain.act import Draft
from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import Database
from projections.recording import Recording
from tests.projections.asking import act, registration, submission, told

INSTITUTIONS = 240
WRITERS = 8


def entry_of(institution: int) -> UUID:
    """The id of an institution, the same in every run."""
    return uuid5(NAMESPACE_OID, str(institution))


def requests(institution: int) -> Iterator[tuple[str, tuple[Draft, ...]]]:
    """What is asked for an institution, one after the other, each with its key."""
    entry, sister = entry_of(institution), entry_of(institution + INSTITUTIONS)
    yield f"{institution} register", (registration(entry), registration(sister, name=f"{institution}. filiāle"))
    yield f"{institution} amend", (act("amend", entry, head="ANNA KALNIŅA"),)
    if institution % 3 == 0:
        yield f"{institution} strike off", (act("strike_off", sister, basis="liquidation"),)


def record(recording: Recording, institution: int) -> None:
    """Ask for all acts of an institution."""
    for key, drafts in requests(institution):
        recorded = recording.record(submission(*drafts, key=key))
        os.write(1, f"{json.dumps([key, told(recorded)])}\n".encode())


def main(url: str) -> None:
    """Ask for everything, and stop."""
    database = Database(url)
    recording = Recording(database, Catalogue(all_registers()))
    with ThreadPoolExecutor(WRITERS) as threads:
        for done in [threads.submit(record, recording, institution) for institution in range(INSTITUTIONS)]:
            done.result()
    recording.close()
    database.close()


if __name__ == "__main__":
    main(sys.argv[1])

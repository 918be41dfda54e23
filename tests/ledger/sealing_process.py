"""Appends and seals, and says so: run as ``python -m tests.ledger.sealing_process DATABASE_URL KEYS HOW_MANY``.

A line ``appended POSITION`` when an event is durable, a line ``sealed SIZE`` when its receipt is there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ledger.checkpoint import Checkpoint
from ledger.database import Database
from ledger.note import Note
from ledger.recorder import LedgerRecorder
from ledger.sealing import Sealer
from ledger.signing import HEAD_FILE, FileSigner, LogHead, LogSigner
from tests.ledger.appends import acts


def main(url: str, folder: str, how_many: str) -> None:
    """Append so many events, each sealed before the next."""
    keys, database = Path(folder), Database(url, connections=3)
    signer = LogSigner(FileSigner.opened(keys, "register.example/log"), LogHead(keys / HEAD_FILE))
    sealer = Sealer(database, signer)
    for _ in range(int(how_many)):
        (number,) = LedgerRecorder(database).insert_events(acts(1)) or ()
        sys.stdout.write(f"appended {number - 1}\n")
        sys.stdout.flush()
        note = sealer.wait_for(number - 1)
        sys.stdout.write(f"sealed {Checkpoint.parse(Note.parse(note).text).size}\n")
        sys.stdout.flush()
    sealer.close()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

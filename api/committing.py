"""While the service serves, it commits to the maps of the registers: as they are known at the end of each day."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import psycopg

from api.service import Service
from domain.legal_time import end_of_riga_day, riga_date
from ledger.sealing import LedgerHalted
from projections.map_commitments import Committed
from projections.moment import resolve_known_at
from projections.recording import NothingRecorded, OutcomeUnknown, RecordingStopped

LOOKS_EVERY = 3600.0
"""Seconds, at most, between two looks."""
_NOT_NOW = (psycopg.Error, NothingRecorded, OutcomeUnknown, RecordingStopped, LedgerHalted)


@contextmanager
def committing(service: Service) -> Iterator[None]:
    """In this block each day's end is committed to, soon after it, if a register has changed."""
    stopped = threading.Event()
    thread = threading.Thread(target=_commit_days, args=(service, stopped), name="committing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def commit_day_before(service: Service, now: datetime) -> Committed | None:
    """Commit to the maps as known at the end of the day (in Riga) before ``now``; None if nothing changed since."""
    with service.database.pool.connection() as connection:
        known = resolve_known_at(connection, (riga_date(now) - timedelta(days=1)).isoformat())
    if known.position < 0 or service.committing.found(known.position) is not None:
        return None
    return service.committing.commit(known)


def _commit_days(service: Service, stopped: threading.Event) -> None:
    while True:
        now = datetime.now(UTC)
        with suppress(*_NOT_NOW):
            commit_day_before(service, now)
        left = (end_of_riga_day(riga_date(now)) - datetime.now(UTC)).total_seconds() + 5
        if stopped.wait(min(LOOKS_EVERY, max(left, 1))):
            return

"""While the service serves, the readings of each day are digested soon after it ends, and the rest when it stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import psycopg

from api.service import Service
from domain.legal_time import end_of_riga_day, riga_date
from ledger.sealing import LedgerHalted
from projections.reading_digests import digest_readings
from projections.recording import NothingRecorded, OutcomeUnknown, RecordingStopped

NOT_NOW = (psycopg.Error, NothingRecorded, OutcomeUnknown, RecordingStopped, LedgerHalted)
"""Why readings could not be digested; at the next look they may."""
LOOKS_EVERY = 3600.0
"""Seconds, at most, between two looks: what could not be digested for want of the database is digested at the next."""


@contextmanager
def digesting(service: Service) -> Iterator[None]:
    """In this block the days' readings are digested, of days that ended before it at once; at its end, all readings."""
    stopped = threading.Event()
    thread = threading.Thread(target=_digest_days, args=(service, stopped), name="digesting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
        with suppress(*NOT_NOW):
            digest_readings(service.database, service.recording)


def _digest_days(service: Service, stopped: threading.Event) -> None:
    while True:
        now = datetime.now(UTC)
        with suppress(*NOT_NOW):
            digest_readings(service.database, service.recording, riga_date(now))
        left = (end_of_riga_day(riga_date(now)) - datetime.now(UTC)).total_seconds() + 5
        if stopped.wait(min(LOOKS_EVERY, max(left, 1))):
            return

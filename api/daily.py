"""What the service does by itself soon after each day in Riga ends, as long as it serves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import psycopg

from domain.legal_time import end_of_riga_day, riga_date
from ledger.sealing import LedgerHalted
from projections.recording import NothingRecorded, OutcomeUnknown, RecordingStopped

NOT_NOW = (psycopg.Error, NothingRecorded, OutcomeUnknown, RecordingStopped, LedgerHalted)
"""Why something could not be recorded; at the next look it may."""
LOOKS_EVERY = 3600.0
"""Seconds, at most, between two looks: what could not be done for want of the database is done at the next."""


@contextmanager
def daily(name: str, work: Callable[[datetime], object]) -> Iterator[None]:
    """In this block ``work`` is done at once, after each day's end, and every hour; it is given the present instant."""
    stopped = threading.Event()
    thread = threading.Thread(target=_work, args=(work, stopped), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _work(work: Callable[[datetime], object], stopped: threading.Event) -> None:
    while True:
        now = datetime.now(UTC)
        with suppress(*NOT_NOW):
            work(now)
        left = (end_of_riga_day(riga_date(now)) - datetime.now(UTC)).total_seconds() + 5
        if stopped.wait(min(LOOKS_EVERY, max(left, 1))):
            return

"""While the service serves, the readings of each day are digested soon after it ends, and the rest when it stops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from api.daily import NOT_NOW, daily
from api.service import Service
from domain.legal_time import riga_date
from projections.reading_digests import digest_readings


@contextmanager
def digesting(service: Service) -> Iterator[None]:
    """In this block the days' readings are digested, of days that ended before it at once; at its end, all readings."""
    try:
        with daily("digesting", lambda now: digest_readings(service.database, service.recording, riga_date(now))):
            yield
    finally:
        with suppress(*NOT_NOW):
            digest_readings(service.database, service.recording)

"""While the service serves, it commits to the maps of the registers: as they are known at the end of each day."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from api.daily import daily
from api.service import Service
from domain.legal_time import riga_date
from projections.map_commitments import Committed
from projections.moment import resolve_known_at


def committing(service: Service) -> AbstractContextManager[None]:
    """In this block each day's end is committed to, soon after it, if a register has changed."""
    return daily("committing", lambda now: commit_day_before(service, now))


def commit_day_before(service: Service, now: datetime) -> Committed | None:
    """Commit to the maps as known at the end of the day (in Riga) before ``now``; None if nothing changed since."""
    with service.database.pool.connection() as connection:
        known = resolve_known_at(connection, (riga_date(now) - timedelta(days=1)).isoformat())
    if known.position < 0 or service.committing.found(known.position) is not None:
        return None
    return service.committing.commit(known)

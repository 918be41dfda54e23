"""Ledgers of many events, made quickly: rows as the recorder would write them, copied past the triggers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from ledger.leaf import envelope, leaf_hash

RECORDED_AT = datetime(2020, 1, 1, tzinfo=UTC)
TOPIC, ACTOR, STATE = "institution.amended:1", "officer-1", b"{}"
COLUMNS = "notification_id, originator_id, originator_version, topic, state, recorded_at, actor, previous, leaf_hash"


def fill(url: str, begin: int, end: int) -> None:
    """Add events at positions ``begin`` to ``end``, each of an aggregate of its own. Wants the owner's login."""
    with psycopg.connect(url) as owner:
        owner.execute("SET session_replication_role = replica")
        with owner.cursor().copy(f"COPY ledger.events ({COLUMNS}) FROM STDIN") as copy:
            for row in _rows(begin, end):
                copy.write_row(row)


def _rows(begin: int, end: int) -> Iterator[tuple[Any, ...]]:
    for position in range(begin, end):
        aggregate = UUID(int=position + 1)
        leaf = envelope(
            aggregate_id=aggregate, aggregate_version=1, event_type=TOPIC, recorded_at=RECORDED_AT, actor=ACTOR,
            payload=STATE, previous=None,
        )  # fmt: skip
        yield position + 1, aggregate, 1, TOPIC, STATE, RECORDED_AT, ACTOR, None, leaf_hash(leaf)

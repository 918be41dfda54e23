"""The leaf of an event: SHA-256 over its canonical envelope, as RFC 6962 hashes leaves.

The envelope is canonical JSON (RFC 8785). It holds no personal value: only pseudonyms, times and hashes.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from uuid import UUID

import rfc8785

FORMAT = 1
LARGEST = 65_535
"""Bytes of the largest envelope an entry bundle of a transparency log can hold."""


def instant(moment: datetime) -> str:
    """An aware instant in UTC to the microsecond, e.g. ``2020-03-02T08:15:00.000000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def envelope(
    *,
    aggregate_id: UUID | str,
    aggregate_version: int,
    event_type: str,
    recorded_at: datetime,
    actor: str,
    payload: bytes,
    previous: int | None,
) -> bytes:
    """The canonical bytes that stand for one event. ``previous`` is the position of the aggregate's event before."""
    return rfc8785.dumps(
        {
            "actor": actor,
            "aggregate": str(aggregate_id),
            "event": event_type,
            "format": FORMAT,
            "payload_sha256": hashlib.sha256(payload).hexdigest(),
            "previous": previous,
            "recorded_at": instant(recorded_at),
            "version": aggregate_version,
        }
    )


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962 section 2.1: SHA-256 of a zero byte and the leaf."""
    if len(leaf) > LARGEST:
        raise ValueError(f"leaf: expected at most {LARGEST} bytes, met {len(leaf)}")
    return hashlib.sha256(b"\x00" + leaf).digest()

"""The envelope that verifying makes anew, in its own fast way, is the canonical one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.leaf import envelope, leaf_hash
from replay.verify.events import envelope_of, leaf_of

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
instants = st.integers(-31_000_000_000, 252_000_000_000).map(lambda second: EPOCH + timedelta(seconds=second))
instants = st.builds(lambda instant, micro: instant.replace(microsecond=micro), instants, st.integers(0, 999_999))
"""From the year 1017 to the year 9985."""
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
"""Every text that PostgreSQL can hold."""


@given(
    st.uuids(), st.integers(0, 2**53 - 1), texts, st.binary(max_size=100),
    instants, texts,
    st.none() | st.integers(0, 2**53 - 1),
)  # fmt: skip
def test_the_fast_envelope_is_the_canonical_one(
    aggregate: UUID, version: int, topic: str, state: bytes, recorded_at: datetime, actor: str, previous: int | None
) -> None:
    canonical = envelope(
        aggregate_id=aggregate,
        aggregate_version=version,
        event_type=topic,
        recorded_at=recorded_at,
        actor=actor,
        payload=state,
        previous=previous,
    )

    def int8(number: int) -> bytes:
        return number.to_bytes(8, "big", signed=True)

    microseconds = (recorded_at - EPOCH) // timedelta(microseconds=1)
    row = (
        int8(1), aggregate.bytes, int8(version), topic.encode(), state, int8(microseconds), actor.encode(),
        None if previous is None else int8(previous), b"",
    )  # fmt: skip
    assert envelope_of(row) == b"\0" + canonical
    assert leaf_of(row) == leaf_hash(canonical)

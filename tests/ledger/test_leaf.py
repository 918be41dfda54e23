from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.act import Actor
from domain.catalogue import Catalogue
from ledger.database import Database
from ledger.leaf import LARGEST, envelope, leaf_hash
from ledger.recorder import LedgerRecorder, StoredAct
from projections.recording import Recording
from projections.submission import Submission
from tests.ledger.appends import act
from tests.ledger.one_act import ONE_ACT
from tests.projections.registry import Asked, Registry

GOLDEN: dict[str, Any] = {
    "aggregate_id": UUID("018e0000-0000-7000-8000-0000000000ee"),
    "aggregate_version": 3,
    "event_type": "institution.amended:1",
    "recorded_at": datetime(2020, 3, 2, 8, 15, 0, 70, tzinfo=UTC),
    "actor": "ierēdnis-1",
    "payload": b'{"note":"\xc4\x81"}',
    "previous": 17,
}

# For every event: what stands in its row, the text of its instant as PostgreSQL writes it, and the position of the
# same aggregate's event before, found another way than the recorder finds it.
ROWS = """
SELECT notification_id - 1 AS position, originator_id, originator_version, topic, state, actor, previous, leaf_hash,
       to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS instant,
       lag(notification_id - 1) OVER (PARTITION BY originator_id ORDER BY originator_version) AS before
  FROM ledger.events ORDER BY notification_id
"""


def leaf_by_hand(row: dict[str, Any]) -> bytes:
    """The leaf of a stored event as a stranger would make it from the row; its text is plain ASCII."""
    content = {
        "format": 1,
        "aggregate": str(row["originator_id"]),
        "version": row["originator_version"],
        "event": row["topic"],
        "recorded_at": row["instant"],
        "actor": row["actor"],
        "payload_sha256": hashlib.sha256(row["state"]).hexdigest(),
        "previous": row["before"],
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


@pytest.fixture
def registry(database: Database, catalogue: Catalogue, recording: Recording) -> Registry:
    return Registry(database, catalogue, recording)


def stored(database: Database) -> list[dict[str, Any]]:
    """Every event of the ledger."""
    with database.pool.connection() as connection:
        return list(connection.execute(ROWS).fetchall())


def test_an_envelope_is_these_bytes() -> None:
    assert (
        envelope(**GOLDEN)
        == (
            '{"actor":"ierēdnis-1","aggregate":"018e0000-0000-7000-8000-0000000000ee","event":"institution.amended:1",'
            '"format":1,"payload_sha256":"1054e477cc1aceeaca541396293fe3c57168459c640e44fb099b932d89e4a6c9","previous":17,'
            '"recorded_at":"2020-03-02T08:15:00.000070Z","version":3}'
        ).encode()
    )


def test_the_first_event_of_an_aggregate_has_none_before_it() -> None:
    assert b'"previous":null,' in envelope(**{**GOLDEN, "previous": None})


def test_a_leaf_is_hashed_as_rfc_6962_says() -> None:
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(envelope(**GOLDEN)).hex() == "2cb36d08b5515c3f4d5131c5b049e6a40017ffee7f3aed3afe0b1f5d95aa6f8f"


@pytest.mark.parametrize(
    ("part", "another"),
    [
        ("aggregate_id", UUID("018e0000-0000-7000-8000-0000000000ef")),
        ("aggregate_version", 4),
        ("event_type", "institution.amended:2"),
        ("recorded_at", datetime(2020, 3, 2, 8, 15, 0, 71, tzinfo=UTC)),
        ("actor", "ierēdnis-2"),
        ("payload", b'{"note":"a"}'),
        ("previous", 16),
        ("previous", None),
    ],
)
def test_no_part_of_an_event_can_change_without_its_leaf(part: str, another: Any) -> None:
    assert envelope(**{**GOLDEN, part: another}) != envelope(**GOLDEN)


@given(st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_the_same_wherever_its_clock_hangs(minutes: int) -> None:
    elsewhere = GOLDEN["recorded_at"].astimezone(timezone(timedelta(minutes=minutes)))
    assert envelope(**{**GOLDEN, "recorded_at": elsewhere}) == envelope(**GOLDEN)


def test_a_leaf_is_at_most_what_an_entry_bundle_can_hold() -> None:
    leaf_hash(bytes(LARGEST))
    with pytest.raises(ValueError, match="expected at most 65535 bytes, met 65536"):
        leaf_hash(bytes(LARGEST + 1))


def test_an_event_with_too_large_a_leaf_is_refused_with_all_that_came_with_it(database: Database) -> None:
    recorder = LedgerRecorder(database)
    first = act()
    large = StoredAct(first.originator_id, 2, first.topic, first.state, "a" * LARGEST)
    with pytest.raises(ValueError, match="expected at most 65535 bytes"):
        recorder.insert_events([first, large])
    assert stored(database) == []
    assert recorder.insert_events([first]) == [1]


def test_the_leaf_of_every_recorded_act_can_be_made_again_from_its_row(registry: Registry) -> None:
    first, second, third = registry.register(3)
    registry.decide(Asked("amend", second, {"name": "Ezera skola"}), Asked("amend", first, {"head": "ANNA KALNIŅA"}))
    registry.strike_off(third, second)
    rows = stored(registry.database)
    assert [row["position"] for row in rows] == list(range(7))
    assert [row["previous"] for row in rows] == [None, None, None, 1, 0, 2, 3]
    assert [row["before"] for row in rows] == [row["previous"] for row in rows]
    assert [row["leaf_hash"].hex() for row in rows] == [
        hashlib.sha256(b"\0" + leaf_by_hand(row)).hexdigest() for row in rows
    ]


def test_within_one_append_an_event_names_the_one_that_stands_before_it(database: Database) -> None:
    mine, other = act(), act()
    recorder = LedgerRecorder(database)
    recorder.insert_events([mine, other, act(mine.originator_id, 2), act(other.originator_id, 2)])
    recorder.insert_events([act(mine.originator_id, 3), act(mine.originator_id, 4)])
    assert [row["previous"] for row in stored(database)] == [None, None, 0, 1, 2, 4]


def test_an_actor_is_stored_in_the_composed_form_as_the_payload_is(database: Database, recording: Recording) -> None:
    decomposed = Actor("iere\u0304dnis-1", "registrar")
    recording.record(Submission(ONE_ACT.drafts, decomposed, ONE_ACT.correlation_id))
    (row,) = stored(database)
    assert row["actor"] == json.loads(row["state"])["actor"] == "ier\u0113dnis-1"

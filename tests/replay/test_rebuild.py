"""Rebuilding: what is folded from the ledger equals what is live, and what does not is named."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from uuid import uuid4

import pytest

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.recording import Recording
from replay.comparison import Difference
from replay.rebuild import TABLES, Rebuilt
from replay.shares import RebuildFailed
from tests.projections.asking import SERIES, act, column, registration, submission
from tests.projections.registry import Asked, Registry
from tests.replay.rebuilding import rebuilt, record_histories, rows, schemas, superuser

MARCH, MAY = date(2020, 3, 2), date(2020, 5, 4)


@pytest.fixture
def registry(database: Database, catalogue: Catalogue, recording: Recording) -> Registry:
    return Registry(database, catalogue, recording)


@pytest.fixture
def few_acts(registry: Registry) -> Registry:
    """Three institutions, one renamed, one renamed with effect before that, one struck off."""
    first, second, _ = registry.register(3)
    registry.decide(Asked("amend", first, {"name": "Jaunā skola", "head": "ANNA KALNIŅA"}), on=MAY)
    registry.decide(Asked("amend", first, {"name": "Vidējā skola"}, effective_on=date(2020, 4, 1)), on=MAY)
    registry.strike_off(second, on=MAY)
    return registry


def test_an_empty_ledger_is_rebuilt_to_empty_projections(database_url: str, database: Database) -> None:
    assert rebuilt(database_url) == Rebuilt(0, -1, None)
    assert rows(database_url) == {table: [] for table in TABLES}


def test_after_a_mixed_history_the_rebuilt_register_equals_the_live_one_row_by_row(
    database_url: str, registry: Registry, recording: Recording
) -> None:
    acts = record_histories(recording)
    for register, verb in (("scientific-institutions", "exclude"), ("higher-education", "strike_off")):
        content = {"kind": "higher", "type": "college"} if register == "higher-education" else {}
        (recorded,) = registry.decide(Asked("register", None, content, register))
        registry.decide(Asked("amend", recorded.entry, {"head": "a\\b \"c\" {d},'e'"}, register))
        registry.decide(Asked(verb, recorded.entry, {"basis": "own_request"}, register))
        acts += 5
    verbs = set(column(registry.database, "SELECT DISTINCT verb FROM acts"))
    assert {"register", "amend", "strike_off", "correct", "annul", "reorganise", "receive", "exclude"} <= verbs
    before = rows(database_url)
    assert rebuilt(database_url, processes=2) == Rebuilt(acts, acts - 1, None)
    assert rows(database_url) == before
    assert schemas(database_url) == {"projections"}


def test_a_rebuilt_register_is_worked_with_like_the_one_before(database_url: str, few_acts: Registry) -> None:
    definitions = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'projections' ORDER BY 1"
    columns = (
        "SELECT row(table_name, row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position), column_name,"
        " data_type, is_nullable)::text FROM information_schema.columns WHERE table_schema = 'projections' ORDER BY 1"
    )
    before = column(few_acts.database, definitions), column(few_acts.database, columns)
    assert len(before[0]) == 9
    rebuilt(database_url, compare=False)
    assert (column(few_acts.database, definitions), column(few_acts.database, columns)) == before
    (entry,) = few_acts.register()
    (amended,) = few_acts.decide(Asked("amend", entry, {"head": None}))
    assert amended.registration_number == f"{SERIES}00004"
    assert rebuilt(database_url) == Rebuilt(8, 7, None)


TAMPERED = {
    "acts": (
        "UPDATE projections.acts SET decided_on = '2021-01-01' WHERE position = 3",
        Difference("acts", {"position": "3"}, "decided_on", "2021-01-01", "2020-05-04"),
    ),
    "entry_states": (
        "UPDATE projections.entry_states SET status = 'struck_off' WHERE entry_id = '{first}' AND known_from = 3"
        " AND valid_from = '2020-05-04'",
        Difference(
            "entry_states",
            {"entry_id": "{first}", "known_from": "3", "valid_from": "2020-05-04"},
            "status",
            "struck_off",
            "registered",
        ),
    ),
    "entry_names": (
        "DELETE FROM projections.entry_names WHERE entry_id = '{first}' AND sort_key ="
        " (SELECT min(sort_key) FROM projections.entry_names)",
        Difference(
            "entry_names",
            {"register": "institutions", "sort_key": "{key}", "entry_id": "{first}"},
            None,
            "no such row",
            "row present",
        ),
    ),
    "registration_numbers": (
        "INSERT INTO projections.registration_numbers VALUES ('viis', '3112900009', 'institutions', '{first}')",
        Difference(
            "registration_numbers",
            {"space": "viis", "number": "3112900009", "entry_id": "{first}"},
            None,
            "row present",
            "no such row",
        ),
    ),
    "links": (
        "INSERT INTO projections.links VALUES ('{first}', '{first}')",
        Difference("links", {"target": "{first}", "entry_id": "{first}"}, None, "row present", "no such row"),
    ),
    "number_series": (
        "UPDATE projections.number_series SET last_serial = 2",
        Difference("number_series", {"space": "viis", "series": SERIES}, "last_serial", "2", "3"),
    ),
}


def tamper(url: str, registry: Registry, table: str) -> Difference:
    """Change ``table`` behind the service's back; returns the difference that makes."""
    named = {
        "first": str(column(registry.database, "SELECT entry_id FROM acts WHERE position = 0")[0]),
        "key": column(registry.database, "SELECT min(sort_key)::text FROM entry_names")[0],
    }
    statement, expected = TAMPERED[table]
    with superuser(url) as connection:
        assert connection.execute(statement.format(**named).encode()).rowcount == 1
    return expected._replace(key={name: value.format(**named) for name, value in expected.key.items()})


@pytest.mark.parametrize("table", TABLES)
def test_a_live_row_that_the_ledger_does_not_give_is_named_and_the_live_tables_stay(
    database_url: str, few_acts: Registry, table: str
) -> None:
    untouched = rows(database_url)
    difference = tamper(database_url, few_acts, table)
    tampered = rows(database_url)
    assert tampered != untouched
    assert rebuilt(database_url) == Rebuilt(6, 5, difference)
    assert rows(database_url) == tampered
    assert schemas(database_url) == {"projections"}


def test_a_rebuild_without_comparison_repairs_whatever_was_changed(database_url: str, few_acts: Registry) -> None:
    untouched = rows(database_url)
    for table in TABLES:
        tamper(database_url, few_acts, table)
    assert rebuilt(database_url, compare=False) == Rebuilt(6, 5, None)
    assert rows(database_url) == untouched


UNKNOWN = """
    INSERT INTO ledger.events (notification_id, originator_id, originator_version, topic, state, recorded_at, actor,
        leaf_hash)
    SELECT max(notification_id) + 1, %s, 1, %s, %s, max(recorded_at), 'x', %s FROM ledger.events
"""


@pytest.mark.parametrize(
    ("topic", "processes", "reason"),
    [
        ("institution.teleported:1", 2, r"event 'institution\.teleported:1' is not in the catalogue"),
        ("institution.amended:1", 1, r"position 6, institution\.amended:1: .*Field required"),
    ],
)
def test_an_event_that_cannot_be_read_stops_the_rebuild_and_the_live_tables_stay(
    database_url: str, few_acts: Registry, topic: str, processes: int, reason: str
) -> None:
    before = rows(database_url)
    with superuser(database_url) as connection:
        connection.execute(UNKNOWN, (uuid4(), topic, b"{}", sha256(b"{}").digest()))
    with pytest.raises(RebuildFailed, match=f"(?s){reason}"):
        rebuilt(database_url, compare=False, processes=processes)
    assert rows(database_url) == before
    assert schemas(database_url) == {"projections"}
    few_acts.recording.record(submission(registration()))


def test_supplied_numbers_move_their_series_in_the_rebuilt_register_too(
    database_url: str, recording: Recording, database: Database
) -> None:
    entry = uuid4()
    recording.record(submission(registration(entry, registration_number=f"{SERIES}00041")))
    (registered,) = recording.record(submission(registration()))
    recording.record(submission(act("strike_off", entry, MAY, basis="liquidation")))
    recording.record(submission(act("annul", registered.entry, MAY, target=registered.position, mode="ex_tunc")))
    assert rebuilt(database_url).difference is None
    (given,) = recording.record(submission(registration()))
    assert given.registration_number == f"{SERIES}00043"

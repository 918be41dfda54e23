"""The environment a process happens to run in never changes what is stored, nor what is read of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ledger.database import Database
from ledger.leaf import envelope, leaf_hash
from ledger.recorder import LedgerRecorder
from tests.ledger.appends import acts
from tests.ledger.one_act import ENTRY

STATE = (
    '{"act_id":"018e0000-0000-7000-8000-0000000000aa","actor":"officer-1","answers":null,'
    '"content":{"address":"ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601","basis":"new","branches":0,"contact_person":null,'
    '"emails":[],"founder_class":"9",'
    '"founders":{"actual":["Rēzeknes pilsētas dome"],"declared":["Rēzeknes pilsētas dome"]},"head":null,'
    '"kind":"general","legal_status":"municipality","name":"Rēzeknes “Ķekaru” pamatskola","phones":[],'
    '"predecessors":[],"programme_sites":[],"registration_number":"3112900001","successors":[],"territory":"31",'
    '"type":"basic_school","units":0},"correlation_id":"018e0000-0000-7000-8000-0000000000bb",'
    '"decision":{"body":null,"decided_on":"2020-03-02","document":null,"form":"entry","legal_ground":null,'
    '"number":"1-7/123"},"effective_on":"2020-03-29","note":"1. rinda\\n2. rinda","received_on":null,'
    '"register_name":"institutions","role":"registrar","source":null}'
).encode()
"""The stored bytes of the one act, whatever the environment."""

ENVIRONMENTS: dict[str, dict[str, str]] = {
    "the far east, without a language": {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "PYTHONHASHSEED": "1",
    },
    "Turkish, on a clock that is half an hour off": {
        "TZ": "America/St_Johns",
        "PGTZ": "America/St_Johns",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "4242",
    },
    "the library told to compress, encrypt and keep elsewhere": {
        "COMPRESSOR_TOPIC": "zlib",
        "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
        "CIPHER_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "APPLICATION_RECORDER_TOPIC": "eventsourcing.postgres:PostgresApplicationRecorder",
        "IS_SNAPSHOTTING_ENABLED": "y",
        "CREATE_TABLE": "y",
        "POSTGRES_DBNAME": "elsewhere",
        "POSTGRES_SCHEMA": "public",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "y",
        "POSTGRES_ORIGINATOR_ID_TYPE": "text",
    },
    "PostgreSQL asked for other dates and letters": {
        "PGDATESTYLE": "German, DMY",
        "PGTZ": "Asia/Kathmandu",
        "PGCLIENTENCODING": "LATIN1",
    },
    "PostgreSQL asked for other habits": {
        "PGOPTIONS": "-c search_path=public -c datestyle=SQL,MDY -c timezone=Asia/Tokyo -c bytea_output=escape"
        " -c default_transaction_isolation=serializable -c extra_float_digits=-15 -c intervalstyle=sql_standard",
    },
}


def recorded_in(environment: dict[str, str], url: str) -> dict[str, Any]:
    """What a process in ``environment`` says of the act it recorded."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.ledger.one_act", url],
        env={**ours, **environment},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def clock(connection: psycopg.Connection[dict[str, Any]]) -> datetime:
    """What the database's clock shows."""
    (row,) = connection.execute("SELECT clock_timestamp() AS now").fetchall()
    now: datetime = row["now"]
    return now


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_the_same_act_is_stored_and_read_alike_in(environment: dict[str, str], database_url: str) -> None:
    with psycopg.connect(database_url, row_factory=dict_row, autocommit=True) as connection:
        before = clock(connection)
        answer = recorded_in(environment, database_url)
        (row,) = connection.execute("SELECT * FROM ledger.events").fetchall()
        assert before <= row["recorded_at"] <= clock(connection)
    instant = row["recorded_at"].astimezone(UTC)
    assert row["state"] == STATE
    assert answer == {
        "encoded": STATE.hex(),
        "recorded_at": [instant.isoformat()] * 2,
        "registration_number": "3112900001",
    }
    leaf = envelope(
        aggregate_id=ENTRY,
        aggregate_version=1,
        event_type="institution.registered:1",
        recorded_at=instant,
        actor="officer-1",
        payload=STATE,
        previous=None,
    )
    assert row["leaf_hash"] == leaf_hash(leaf)
    assert {name: row[name] for name in ("notification_id", "originator_id", "originator_version", "topic")} == {
        "notification_id": 1,
        "originator_id": ENTRY,
        "originator_version": 1,
        "topic": "institution.registered:1",
    }


def test_appending_does_not_depend_on_the_isolation_that_the_environment_asks_for(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c default_transaction_isolation=repeatable\\ read")
    database = Database(database_url)
    try:
        recorder = LedgerRecorder(database)
        with ThreadPoolExecutor(4) as threads:
            numbers = list(threads.map(lambda _: recorder.insert_events(acts(2)), range(20)))
    finally:
        database.close()
    assert sorted(number for pair in numbers if pair for number in pair) == list(range(1, 41))

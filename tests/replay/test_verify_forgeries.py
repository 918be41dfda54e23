"""Rows that come, go and trade places, forgeries that fit themselves, and older copies: each is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from ledger.checkpoint import Checkpoint
from ledger.database import Database
from ledger.leaf import envelope, leaf_hash
from ledger.note import Note
from ledger.recorder import LedgerRecorder, StoredAct
from ledger.signing import FileSigner
from ledger.tiles import HASH, hashes_in, tile_root
from replay.verify.finding import Finding
from replay.verify.sealed import Kept
from tests.conftest import fresh_database
from tests.replay.test_verify_tampering import KEYS, columns, named, places, where
from tests.replay.verifying import Whole, record_acts

TABLES = ("events", "tiles", "checkpoints", "idempotency_keys", "cosignatures", "timestamps", "readings")

ALSO_UNIQUE = {"cosignatures": "size", "timestamps": "size"}
"""A further column of which no two rows have the same value."""


@pytest.fixture(scope="module")
def whole(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with fresh_database(server_url) as url:
        keys = tmp_path_factory.mktemp("forging") / "keys"
        database = Database(url)
        record_acts(database, keys, 560)
        database.close()
        yield Whole(url, keys)


def found_in(whole: Whole, outside: list[Kept] | None = None) -> Finding:
    """What verifying finds, and it must find something."""
    found = whole.verified(outside).finding
    assert found is not None, "nothing was noticed"
    return found


def test_every_table_is_tried() -> None:
    assert set(TABLES) == set(KEYS)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_taken_away_is_missed(whole: Whole, table: str) -> None:
    with whole.superuser() as connection:
        rows = places(connection, table)
    for row in rows:
        with whole.restored_after(table) as connection:
            connection.execute(SQL("DELETE FROM ledger.{} WHERE {}").format(Identifier(table), where(row)))
            found = found_in(whole)
        # What follows the last event is missed as what was signed; a checkpoint's follower says what is missing.
        assert found.table == f"ledger.{table}", (row, found)
        if table in ("events", "tiles"):
            assert named(table, row) in found.row, (row, found)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_put_in_is_noticed(whole: Whole, table: str) -> None:
    with whole.superuser() as connection:
        every = [column for column in columns(connection) if column.table == table]
        first, *_, last = places(connection, table)
    key = KEYS[table][-1]
    names = SQL(", ").join(Identifier(column.name) for column in every)
    values = SQL(", ").join(
        SQL("gen_random_uuid()")
        if column.kind == "uuid"
        else SQL("{} || 'x'" if key == "key" else "{} + 1000").format(Identifier(column.name))
        if column.name in (key, ALSO_UNIQUE.get(table))
        else Identifier(column.name)
        for column in every
    )
    for row in (first, last):
        with whole.restored_after(table) as connection:
            added = SQL("INSERT INTO ledger.{0} ({1}) SELECT {2} FROM ledger.{0} WHERE {3}")
            connection.execute(added.format(Identifier(table), names, values, where(row)))
            assert found_in(whole).table == f"ledger.{table}"


@pytest.mark.parametrize("table", TABLES)
def test_rows_that_trade_places_are_noticed(whole: Whole, table: str) -> None:
    with whole.superuser() as connection:
        one, *_, other = places(connection, table)
    key = KEYS[table][-1]
    aside = "aside" if key == "key" else 1_000_000
    moved = SQL("UPDATE ledger.{0} SET {1} = {2} WHERE {3}")
    with whole.restored_after(table) as connection:
        for taken, given in ((one, aside), (other, one[key]), ({**one, key: aside}, other[key])):
            connection.execute(moved.format(Identifier(table), Identifier(key), given, where(taken)))
        assert found_in(whole).table == f"ledger.{table}"


def test_events_of_one_moment_put_in_another_order_are_noticed(whole: Whole) -> None:
    with whole.restored_after("events") as connection:
        pair = connection.execute(
            "SELECT a.notification_id FROM ledger.events a JOIN ledger.events b"
            " ON b.notification_id = a.notification_id + 1 AND b.recorded_at = a.recorded_at"
            " WHERE a.previous IS NULL AND b.previous IS NULL AND NOT EXISTS (SELECT FROM ledger.events c"
            " WHERE c.previous IN (a.notification_id - 1, b.notification_id - 1)) ORDER BY 1 LIMIT 1"
        ).fetchone()
        assert pair is not None
        for taken, given in ((pair[0], 1_000_000), (pair[0] + 1, pair[0]), (1_000_000, pair[0] + 1)):
            connection.execute(
                "UPDATE ledger.events SET notification_id = %s WHERE notification_id = %s", (given, taken)
            )
        found = found_in(whole)
    assert (found.table, found.row, found.column) == ("ledger.events", f"position {pair[0] - 1}", "leaf_hash")


def forge(connection: Connection[Any], position: int) -> bytes:
    """Change what an act says, and its leaf hash with it; returns the new hash."""
    row = connection.execute(
        "SELECT originator_id, originator_version, topic, recorded_at, actor, state, previous FROM ledger.events"
        " WHERE notification_id = %s", (position + 1,)
    ).fetchone()  # fmt: skip
    assert row is not None
    state = bytes(row[5]).replace(b'"note":null', b'"note":"pielikts"')
    assert state != row[5]
    names = ("aggregate_id", "aggregate_version", "event_type", "recorded_at", "actor", "payload", "previous")
    leaf = leaf_hash(envelope(**dict(zip(names, (*row[:5], state, row[6]), strict=True))))
    connection.execute(
        "UPDATE ledger.events SET state = %s, leaf_hash = %s WHERE notification_id = %s", (state, leaf, position + 1)
    )
    return leaf


@pytest.mark.parametrize("position", [0, 200, 300])
def test_an_act_rewritten_with_its_leaf_hash_is_noticed_by_its_tile(whole: Whole, position: int) -> None:
    with whole.restored_after("events") as connection:
        forge(connection, position)
        found = found_in(whole)
    assert (found.table, found.row, found.column) == ("ledger.events", f"position {position}", "leaf_hash")


@pytest.mark.parametrize("position", [3, 559])
def test_an_act_rewritten_with_leaf_hash_and_tile_is_noticed_by_the_next_checkpoint(
    whole: Whole, position: int
) -> None:
    with whole.restored_after("events", "tiles") as connection:
        leaf = forge(connection, position)
        (kept,) = connection.execute(
            "UPDATE ledger.tiles SET hashes = overlay(hashes PLACING %s FROM %s) WHERE level = 0 AND tile = %s"
            " RETURNING hashes",
            (leaf, HASH * (position % 256) + 1, position // 256),
        ).fetchall() or [None]
        if kept is not None:
            over = tile_root(hashes_in(kept[0]))
            connection.execute("UPDATE ledger.tiles SET root = %s WHERE tile = %s", (over, position // 256))
        found = found_in(whole)
        before, after = (
            connection.execute(f"SELECT {which} FROM ledger.checkpoints WHERE size {sign} %s", (position,)).fetchone()
            for which, sign in (("coalesce(max(size), 0)", "<="), ("min(size)", ">"))
        )
    assert before is not None
    assert after is not None
    assert (found.table, found.row) == ("ledger.events", f"positions {before[0]} to {after[0] - 1}")


def test_a_checkpoint_signed_by_another_key_of_the_same_name_is_refused(whole: Whole, tmp_path: Path) -> None:
    forger = FileSigner.opened(tmp_path / "keys", whole.key.name)
    with whole.restored_after("checkpoints") as connection:
        size = places(connection, "checkpoints")[-1]["size"]
        text = Checkpoint(whole.key.name, size, hashlib.sha256(b"another").digest()).text()
        note = Note(text, (forger.sign(text),)).to_bytes()
        connection.execute("UPDATE ledger.checkpoints SET note = %s WHERE size = %s", (note, size))
        found = found_in(whole)
    assert (found.table, found.row, found.column) == ("ledger.checkpoints", f"size {size}", "note")


def test_a_checkpoint_put_back_in_the_past_by_the_log_itself_is_refused(whole: Whole) -> None:
    """Someone who has the key signs another past: the tree of the events is not that one."""
    with whole.restored_after("checkpoints") as connection:
        size = places(connection, "checkpoints")[1]["size"]
        text = Checkpoint(whole.key.name, size, hashlib.sha256(b"another").digest()).text()
        note = Note(text, (whole.signer.signer.sign(text),)).to_bytes()
        connection.execute("UPDATE ledger.checkpoints SET note = %s WHERE size = %s", (note, size))
        found = found_in(whole)
    assert found.table == "ledger.events"
    assert found.row.endswith(f" to {size - 1}")


def test_an_older_copy_is_noticed_by_what_was_signed_since(whole: Whole) -> None:
    with whole.restored_after(*TABLES) as connection:
        size = places(connection, "checkpoints")[1]["size"]
        connection.execute("DELETE FROM ledger.events WHERE notification_id > %s", (size,))
        connection.execute("DELETE FROM ledger.checkpoints WHERE size > %s", (size,))
        connection.execute("DELETE FROM ledger.tiles WHERE (tile + 1) * 256 > %s", (size,))
        connection.execute("DELETE FROM ledger.idempotency_keys WHERE committed_by >= %s", (size,))
        connection.execute("DELETE FROM ledger.cosignatures WHERE size > %s", (size,))
        connection.execute("DELETE FROM ledger.timestamps WHERE size > %s", (size,))
        found = found_in(whole)
        assert (found.table, found.row, found.column) == ("ledger.events", f"position {size}", None)
        assert whole.verified(outside=[]).finding is None, "by itself, an older copy is a whole ledger"


def test_a_checkpoint_kept_outside_that_the_ledger_does_not_have_is_noticed(whole: Whole) -> None:
    with whole.superuser() as connection:
        size = places(connection, "checkpoints")[1]["size"]
    another = Kept("a file", Checkpoint(whole.key.name, size, bytes(32)))
    found = found_in(whole, [another])
    assert found.table == "ledger.events"
    assert "a file" in found.expected


def test_a_table_or_column_that_no_check_covers_is_noticed(whole: Whole) -> None:
    with whole.superuser() as connection:
        connection.execute("CREATE TABLE ledger.slips (number bigint)")
        try:
            assert (found_in(whole).table, found_in(whole).column) == ("ledger.slips", None)
        finally:
            connection.execute("DROP TABLE ledger.slips")
        connection.execute("ALTER TABLE ledger.tiles ADD note text")
        try:
            assert (found_in(whole).table, found_in(whole).column) == ("ledger.tiles", "note")
        finally:
            connection.execute("ALTER TABLE ledger.tiles DROP note")
    assert whole.verified().finding is None


@pytest.mark.parametrize(
    ("state", "column"), [(b"{}", "state"), (b'{"act_id":"' + b"0" * 36 + b'","actor":"another"}', "state")]
)
def test_an_event_that_says_nothing_is_noticed(database: Database, tmp_path: Path, state: bytes, column: str) -> None:
    event = StoredAct(UUID(int=1), 1, "institution.amended:1", state, "officer-1")
    LedgerRecorder(database).insert_events([event])
    found = Whole(database.url, tmp_path / "keys").verified(outside=[]).finding
    assert found is not None
    assert (found.table, found.row, found.column) == ("ledger.events", "position 0", column)

"""Sealing what is appended, and refusing to seal what does not follow from what was signed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ledger.checkpoint import Checkpoint
from ledger.database import Database, connect
from ledger.growing import TreeRefused, check_tiles
from ledger.leaf import leaf_hash
from ledger.merkle import check_consistency, check_inclusion, consistency_proof, inclusion_proof, nodes_of, root
from ledger.note import Note, check_note
from ledger.recorder import LedgerRecorder
from ledger.sealing import LedgerHalted, NotSealed, Sealer
from ledger.signing import HEAD_FILE, FileSigner, LogHead, LogSigner
from ledger.tiles import TilePath, Tiles, entries_in, hashes_in, tile_of
from tests.conftest import fresh_database, url_of
from tests.ledger.appends import acts

ORIGIN = "register.example/log"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def signer_in(keys: Path) -> LogSigner:
    return LogSigner(FileSigner.opened(keys, ORIGIN), LogHead(keys / HEAD_FILE))


@contextmanager
def sealing(database: Database, keys: Path) -> Iterator[Sealer]:
    sealer = Sealer(database, signer_in(keys))
    try:
        yield sealer
    finally:
        sealer.close()


def append(database: Database, how_many: int) -> None:
    LedgerRecorder(database).insert_events(acts(how_many))


def checkpoints(connection: Connection[Any]) -> list[tuple[int, Note]]:
    rows = connection.execute("SELECT size, note FROM ledger.checkpoints ORDER BY size").fetchall()
    return [(row["size"], Note.parse(row["note"])) for row in rows]


def altered(url: str, *statements: str) -> None:
    """Change the ledger as someone can who owns the database: past the triggers."""
    with psycopg.connect(url) as owner:
        owner.execute("SET session_replication_role = replica")
        for statement in statements:
            owner.execute(statement)


def test_what_is_appended_is_sealed_within_a_second_without_being_asked_for(database: Database, keys: Path) -> None:
    with sealing(database, keys), database.pool.connection() as connection:
        append(database, 3)
        while not checkpoints(connection):
            pass
        assert [size for size, _ in checkpoints(connection)] == [3]


def test_every_checkpoint_is_signed_and_follows_from_the_one_before(database: Database, keys: Path) -> None:
    with sealing(database, keys) as sealer:
        for how_many in (1, 1, 254, 1, 300):
            append(database, how_many)
            sealer.seal()
        with database.pool.connection() as connection:
            found = checkpoints(connection)
            tiles = Tiles(connection)
            leaves = [row["leaf_hash"] for row in connection.execute(
                "SELECT leaf_hash FROM ledger.events ORDER BY notification_id")]  # fmt: skip
            key = FileSigner.opened(keys, ORIGIN).verifier_key
            assert [size for size, _ in found] == [1, 2, 256, 257, 557]
            for size, note in found:
                check_note(note, key)
                assert Checkpoint.parse(note.text) == Checkpoint(ORIGIN, size, root(nodes_of(leaves), size))
            for (before, _), (after, _) in pairwise(found):
                proof = consistency_proof(tiles, before, after)
                check_consistency(before, root(nodes_of(leaves), before), after, root(nodes_of(leaves), after), proof)
            assert tiles.size == 557


def test_tiles_bundles_and_proofs_read_from_the_tables_are_those_of_the_leaves(database: Database, keys: Path) -> None:
    with sealing(database, keys) as sealer:
        append(database, 600)
        sealer.seal()
        with database.pool.connection() as connection:
            tiles = Tiles(connection)
            entries = entries_in(tiles.entries(0, 256) + tiles.entries(1, 256) + tiles.entries(2, 88))
            nodes = nodes_of([leaf_hash(entry) for entry in entries])
            for path in (TilePath(0, 0, 256), TilePath(0, 1, 256), TilePath(0, 2, 88), TilePath(0, 1, 7),
                         TilePath(1, 0, 2), TilePath(1, 0, 1)):  # fmt: skip
                assert tiles.tile(path.level or 0, path.number, path.width) == tile_of(nodes, path)
            for size in (1, 255, 256, 257, 512, 513, 600):
                proof = inclusion_proof(tiles, size - 1, size)
                check_inclusion(leaf_hash(entries[size - 1]), size - 1, size, proof, root(nodes, size))
            kept = connection.execute("SELECT level, tile, hashes FROM ledger.tiles ORDER BY level, tile").fetchall()
            assert [(row["level"], row["tile"], hashes_in(row["hashes"])) for row in kept] == [
                (0, 0, [leaf_hash(entry) for entry in entries[:256]]),
                (0, 1, [leaf_hash(entry) for entry in entries[256:512]]),
            ]


def test_whoever_waits_for_a_receipt_gets_a_checkpoint_with_the_act(database: Database, keys: Path) -> None:
    with sealing(database, keys) as sealer, ThreadPoolExecutor(8) as callers:

        def ask(_: int) -> None:
            (number,) = LedgerRecorder(database).insert_events(acts(1)) or ()
            assert Checkpoint.parse(Note.parse(sealer.wait_for(number - 1)).text).size >= number

        list(callers.map(ask, range(40)))


def test_what_is_there_at_the_end_is_sealed(database: Database, keys: Path) -> None:
    with sealing(database, keys):
        append(database, 5)
    with database.pool.connection() as connection:
        assert [size for size, _ in checkpoints(connection)][-1] == 5


def test_several_sealers_share_a_ledger_and_do_nothing_twice(database: Database, keys: Path) -> None:
    with sealing(database, keys) as one, sealing(database, keys) as other, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: append(database, number % 3 + 1), range(60)))
        list(threads.map(lambda number: (one, other)[number % 2].wait_for(119), range(10)))
        assert (one.refusal, other.refusal, one.trouble, other.trouble) == (None, None, None, None)
        with database.pool.connection() as connection:
            assert [size for size, _ in checkpoints(connection)][-1] == 120


def test_a_ledger_older_than_its_log_is_sealed_whole(database: Database, keys: Path) -> None:
    append(database, 700)
    with sealing(database, keys) as sealer:
        sealer.wait_for(699)
        assert LogHead(keys / HEAD_FILE).read() is not None


def test_another_key_signs_on_after_it_has_looked_at_everything(database: Database, keys: Path, tmp_path: Path) -> None:
    with sealing(database, keys):
        append(database, 300)
    with sealing(database, tmp_path / "other keys") as sealer:
        append(database, 1)
        note = Note.parse(sealer.wait_for(300))
        check_note(note, FileSigner.opened(tmp_path / "other keys", ORIGIN).verifier_key)


@pytest.mark.parametrize(("leaf", "at_once"), [(5, False), (290, True)])
def test_another_key_does_not_sign_a_ledger_that_was_changed(
    database: Database, database_url: str, keys: Path, tmp_path: Path, leaf: int, at_once: bool
) -> None:
    with sealing(database, keys):
        append(database, 300)
    altered(database_url, f"UPDATE ledger.events SET leaf_hash = sha256('x') WHERE notification_id = {leaf + 1}")
    with sealing(database, tmp_path / "other keys") as sealer:
        assert (sealer.refusal is not None) == at_once  # what is in no full tile yet is held against the root
        append(database, 1)
        with pytest.raises(LedgerHalted):
            sealer.wait_for(300)


def test_a_database_put_back_to_an_earlier_day_is_not_signed(server_url: str, keys: Path) -> None:
    with fresh_database(server_url) as url:
        first = Database(url)
        with sealing(first, keys):
            append(first, 4)
        first.close()
        backup = url_of(server_url, f"{psycopg.conninfo.conninfo_to_dict(url)['dbname']}_backup")
        with psycopg.connect(server_url, autocommit=True) as owner:
            names = [psycopg.conninfo.conninfo_to_dict(each)["dbname"] for each in (url, backup)]
            owner.execute(f'CREATE DATABASE "{names[1]}" TEMPLATE "{names[0]}"')
        first = Database(url)
        with sealing(first, keys):
            append(first, 2)
        first.close()
        restored = Database(backup)
        with sealing(restored, keys) as sealer:
            assert sealer.refusal == "ledger.events: expected at least 6 acts, as were signed, met 4"
        append(restored, 5)  # past the recording that would refuse it: another future of the same past
        with sealing(restored, keys) as sealer, pytest.raises(LedgerHalted, match="another past than what was signed"):
            sealer.wait_for(8)
        restored.close()
        with psycopg.connect(server_url, autocommit=True) as owner:
            owner.execute(f'DROP DATABASE "{names[1]}"')


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE ledger.events SET leaf_hash = sha256('x') WHERE notification_id = 291", "expected root"),
        ("DELETE FROM ledger.events WHERE notification_id = 300", "expected at least 300 acts"),
        ("UPDATE ledger.tiles SET root = sha256('x')", "expected root"),
        ("UPDATE ledger.tiles SET hashes = repeat('x', 8192)::bytea WHERE tile = 0", "column hashes: expected hash 0"),
        ("DELETE FROM ledger.tiles", "expected the tiles of a tree of 300 acts"),
        ("UPDATE ledger.checkpoints SET note = 'forged'", "ledger.checkpoints, size 300, column note"),
        ("UPDATE ledger.checkpoints SET size = 299", "expected the size in its note"),
        ("UPDATE ledger.events SET leaf_hash = sha256('x') WHERE notification_id = 6", "that of position 5"),
    ],
)
def test_a_ledger_that_was_changed_is_noticed_when_the_service_starts(
    database: Database, database_url: str, keys: Path, change: str, said: str
) -> None:
    with sealing(database, keys):
        append(database, 300)
    altered(database_url, change)
    with sealing(database, keys) as sealer:
        sealer.check_whole()
        while sealer.refusal is None:
            pass
        assert said in sealer.refusal


def test_what_is_wrong_with_a_tile_is_named(database: Database, database_url: str, keys: Path) -> None:
    with sealing(database, keys):
        append(database, 300)
    altered(database_url, "UPDATE ledger.tiles SET root = sha256('x')")
    with database.pool.connection() as connection, connection.transaction(), pytest.raises(TreeRefused) as refused:
        check_tiles(connection)
    assert str(refused.value) == "ledger.tiles, level 0, tile 0, column root: expected the hash over the tile"


def test_a_leaf_changed_beside_the_running_service_is_noticed_at_the_next_checkpoint(
    database: Database, database_url: str, keys: Path
) -> None:
    with sealing(database, keys) as sealer:
        append(database, 300)
        sealer.seal()
        altered(database_url, "UPDATE ledger.events SET leaf_hash = sha256('x') WHERE notification_id = 299")
        append(database, 1)
        with pytest.raises(LedgerHalted, match="expected root"):
            sealer.wait_for(300)


def test_a_leaf_changed_before_another_keys_first_signature_is_noticed(
    database: Database, database_url: str, keys: Path, tmp_path: Path
) -> None:
    with sealing(database, keys):
        append(database, 300)
    with sealing(database, tmp_path / "other keys") as sealer:
        altered(database_url, "UPDATE ledger.events SET leaf_hash = sha256('x') WHERE notification_id = 299")
        append(database, 1)
        with pytest.raises(LedgerHalted, match="expected root"):
            sealer.wait_for(300)


def test_a_halted_ledger_is_sealed_no_more(database: Database, database_url: str, keys: Path) -> None:
    with sealing(database, keys):
        append(database, 3)
    altered(database_url, "DELETE FROM ledger.events WHERE notification_id = 3")
    with sealing(database, keys) as sealer:
        append(database, 4)
        sealer.seal()
        with pytest.raises(LedgerHalted):
            sealer.wait_for(5)
    with database.pool.connection() as connection:
        assert [size for size, _ in checkpoints(connection)] == [3]


@pytest.mark.parametrize("table", ["tiles", "checkpoints"])
def test_tiles_and_checkpoints_are_only_added(database: Database, database_url: str, keys: Path, table: str) -> None:
    with sealing(database, keys):
        append(database, 256)
    for change in (f"UPDATE ledger.{table} SET {{}} = {{}}", f"DELETE FROM ledger.{table}", f"TRUNCATE ledger.{table}"):
        statement = change.format(*[{"tiles": "root", "checkpoints": "note"}[table]] * 2)
        with connect(database_url) as service, pytest.raises(psycopg.errors.InsufficientPrivilege):
            service.execute(statement)
        with psycopg.connect(database_url) as owner, pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            owner.execute(statement)


def test_checkpoints_grow_and_tiles_leave_no_gap(database: Database, database_url: str, keys: Path) -> None:
    with sealing(database, keys):
        append(database, 256)
    for wrong in ("checkpoints VALUES (255, 'x')", "tiles VALUES (0, 2, repeat('x', 8192)::bytea, sha256('x'))"):
        with (
            connect(database_url) as service,
            pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="expected"),
        ):
            service.execute(f"INSERT INTO ledger.{wrong}")


def test_a_ledger_that_grows_and_is_sealed_while_another_begins_to_seal_is_whole(
    database: Database, keys: Path
) -> None:
    append(database, 3)
    with sealing(database, keys) as first:
        first.seal()

        class GrownMeanwhile(LogHead):
            def read(self) -> Checkpoint | None:
                if threading.current_thread() is threading.main_thread():
                    append(database, 2)
                    first.seal()
                return super().read()

        beside = Sealer(database, LogSigner(FileSigner.opened(keys, ORIGIN), GrownMeanwhile(keys / HEAD_FILE)))
        try:
            assert (first.refusal, beside.refusal) == (None, None)
        finally:
            beside.close()


def test_who_waits_longer_than_sealing_may_take_is_told_that_nothing_is_sealed(database: Database, keys: Path) -> None:
    append(database, 1)
    with sealing(database, keys) as sealer, pytest.raises(NotSealed, match="position 99 is not yet in a signed tree"):
        sealer.wait_for(99, seconds=0.05)


def test_who_asks_when_sealing_has_ended_is_told_at_once(database: Database, keys: Path) -> None:
    with sealing(database, keys) as sealer:
        pass
    with pytest.raises(LedgerHalted, match="shutting down"):
        sealer.wait_for(0, seconds=60)

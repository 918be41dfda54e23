"""``regesta verify`` as an auditor uses it: on the ledger, on a backup, on an archive, with a report to file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ledger.database import Database
from tests.cli.running import Answer, regesta
from tests.conftest import fresh_database, keys_of
from tests.replay.verifying import Whole, record_acts


@pytest.fixture(scope="module")
def whole(server_url: str) -> Iterator[Whole]:
    with fresh_database(server_url) as url:
        database = Database(url)
        record_acts(database, keys_of(url), 300)
        database.close()
        yield Whole(url, keys_of(url))


def verify(whole: Whole, *arguments: str) -> Answer:
    return regesta(whole.url, "verify", *arguments)


def newest_note(whole: Whole) -> bytes:
    with whole.superuser() as connection:
        row = connection.execute("SELECT note FROM ledger.checkpoints ORDER BY size DESC LIMIT 1").fetchone()
    assert row is not None
    return bytes(row[0])


def test_a_whole_ledger_is_told_to_be_whole_in_a_report_to_file(whole: Whole, tmp_path: Path) -> None:
    for name in ("report.html", "report.md", "report.json"):
        answer = verify(whole, "--no-projections", "--report", str(tmp_path / name))
        assert answer.code == 0, answer.err
    with whole.superuser() as connection:
        acts = connection.execute("SELECT count(*) FROM ledger.events").fetchone()
    assert acts is not None
    told = json.loads((tmp_path / "report.json").read_text())
    assert (told["result"], told["acts"], told["rows"]["events"]) == ("whole", acts[0], acts[0])
    assert told["keys_given"] == [str(whole.key)]
    assert told["newest_checkpoint"]["size"] == acts[0]
    for name in ("report.html", "report.md"):
        page = (tmp_path / name).read_text()
        assert f"The ledger is whole: {acts[0]} acts" in page
        assert str(whole.key) in page
        assert "log-head in the keys folder" in page


def test_what_is_wrong_is_named_by_table_row_and_column(whole: Whole, tmp_path: Path) -> None:
    with whole.restored_after("events") as connection:
        connection.execute("UPDATE ledger.events SET actor = 'somebody' WHERE notification_id = 8")
        answer = verify(whole, "--no-projections", "--format", "json", "--report", str(tmp_path / "report.html"))
    assert answer.code == 1
    found = json.loads(answer.out)
    assert found["result"] == "not whole"
    assert [found["finding"][name] for name in ("table", "row", "column", "met")] == [
        "ledger.events", "position 7", "actor", "somebody"
    ]  # fmt: skip
    assert "The ledger is NOT whole" in (tmp_path / "report.html").read_text()


def test_a_register_that_is_not_what_its_acts_make_it_is_named(whole: Whole) -> None:
    change = "UPDATE projections.entry_states SET status = %s WHERE known_from = 5 RETURNING status"
    with whole.superuser() as connection:
        connection.execute(change, ("struck_off",))
        answer = verify(whole)
        connection.execute(change, ("registered",))
    assert answer.code == 1
    assert "projections.entry_states" in answer.err
    assert "column status: expected registered, met struck_off" in answer.err


def test_a_copy_is_verified_by_someone_who_may_only_read_it(whole: Whole, tmp_path: Path) -> None:
    """As a backup restored elsewhere: the login has no part in the service's role."""
    kept = tmp_path / "checkpoint"
    kept.write_bytes(newest_note(whole))
    with whole.superuser() as connection:
        connection.execute("CREATE ROLE auditor LOGIN")
        connection.execute("GRANT pg_read_all_data TO auditor")
        try:
            url = make_conninfo(whole.url, user="auditor")
            arguments = ("--database", url, "--key", str(whole.key), "--checkpoint", str(kept))
            answer = regesta(whole.url, "verify", *arguments)
            assert answer.code == 0, answer.err
            assert "The registers equal a fresh replay." in answer.out
            with whole.restored_after("events", "checkpoints"):
                connection.execute("DELETE FROM ledger.checkpoints WHERE size > 200")
                connection.execute("DELETE FROM ledger.events WHERE notification_id > 200")
                older = regesta(whole.url, "verify", *arguments, "--no-projections")
            assert older.code == 1
            assert "the checkpoint in checkpoint" in older.err
        finally:
            connection.execute("DROP OWNED BY auditor")
            connection.execute("DROP ROLE auditor")


def test_an_archive_is_verified_without_the_database(whole: Whole, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    assert regesta(whole.url, "archive", str(folder)).code == 0
    assert (folder / "checkpoint").read_bytes() == newest_note(whole)
    nowhere = "postgresql://nobody@localhost:1/nothing"
    answer = regesta(nowhere, "verify", "--archive", str(folder), "--key", str(whole.key))
    assert answer.code == 0, answer.err
    with whole.restored_after("checkpoints") as connection:
        earlier = connection.execute("SELECT note FROM ledger.checkpoints ORDER BY size LIMIT 1").fetchone()
    assert earlier is not None
    another = Whole(whole.url, tmp_path / "another")
    refused = regesta(nowhere, "verify", "--archive", str(folder), "--key", str(another.key))
    assert refused.code == 1
    assert "expected a signature by" in refused.err


def test_a_checkpoint_that_no_key_signed_is_refused(whole: Whole, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_bytes(newest_note(whole).replace(b"\n", b"\nx", 1))
    answer = verify(whole, "--checkpoint", str(kept), "--no-projections")
    assert answer.code == 2
    assert "is not over this text" in answer.err or "expected" in answer.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--report", "report.doc"), "expected a file ending in"),
        (("--database", "postgresql://x@/y", "--archive", "z"), "met both"),
        (("--key", "nonsense"), "verifier key: expected"),
    ],
)
def test_what_cannot_be_done_is_refused(whole: Whole, arguments: tuple[str, ...], told: str) -> None:
    answer = verify(whole, *arguments)
    assert answer.code == 2
    assert told in answer.err


def test_nothing_is_written_to_the_database(whole: Whole) -> None:
    with psycopg.connect(whole.url) as connection:
        before = connection.execute("SELECT xact_commit > 0, tup_inserted, tup_updated FROM pg_stat_database"
                                    " WHERE datname = current_database()").fetchone()  # fmt: skip
    assert verify(whole, "--no-projections").code == 0
    with psycopg.connect(whole.url) as connection:
        after = connection.execute("SELECT xact_commit > 0, tup_inserted, tup_updated FROM pg_stat_database"
                                   " WHERE datname = current_database()").fetchone()  # fmt: skip
    assert before == after

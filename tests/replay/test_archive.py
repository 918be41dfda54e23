"""Archives of the acts: what is in them and what never is, that they are whole or not there, and what a check finds."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.attribute import of_act, of_entry
from domain.catalogue import Catalogue
from domain.institutions import REGISTER
from ledger.database import Database
from projections.engines.manifest import MANIFEST, ArchiveRefused, read_manifest
from projections.recording import Recording
from replay.archive import archive, write_archive
from replay.archive_check import check
from replay.archive_rows import IDENTIFYING
from replay.snapshot import snapshot
from tests.cli.running import regesta
from tests.conftest import fresh_database
from tests.projections.registry import Asked, Registry
from tests.replay.rebuilding import record_histories, superuser

MARKED = "zqxv"
CODE, PHONE, MAIL = "010190-12344", "26543219", f"{MARKED}@example.lv"
NANNY = {
    "name": f"Zane {MARKED}", "provider_kind": "natural", "personal_code": "390000-00018", "service": "full_time",
    "private_contacts": {"address": f"{MARKED} IELA 3", "phones": [PHONE], "emails": [MAIL]},
}  # fmt: skip


class Kept(NamedTuple):
    """A database of random histories and of acts full of marked values, and its archive."""

    url: str
    folder: Path


@pytest.fixture(scope="module")
def kept(server_url: str, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    with fresh_database(server_url) as url:
        database = Database(url)
        recording = Recording(database, catalogue)
        record_histories(recording, 15)
        registry = Registry(database, catalogue, recording)
        (school,) = registry.register(
            name=f"Skola {MARKED}", head=f"Vadītāja {MARKED}", contact_person=f"Zane {MARKED}", phones=[f"+371{PHONE}"],
            emails=[MAIL], number="1-7/1",
        )  # fmt: skip
        registry.decide(Asked("refuse_amendment", school, {"reason": f"Iemesls {MARKED}"}))
        registry.decide(Asked("register", content=NANNY, register="childcare-providers"))
        recording.close()
        database.close()
        folder = tmp_path_factory.mktemp("kept") / "archive"
        archive(url, folder, lambda *_: None)
        yield Kept(url, folder)


def tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of an archive, by table."""
    return {
        table: [
            row for file in read_manifest(folder).of(table) for row in pq.read_table(folder / file.name).to_pylist()
        ]
        for table in ("acts", "states")
    }


def test_an_archive_holds_each_act_once_with_its_leaf(kept: Kept) -> None:
    acts = sorted(tables(kept.folder)["acts"], key=lambda row: row["position"])
    with superuser(kept.url) as connection:
        rows = connection.execute("SELECT notification_id - 1, leaf_hash FROM ledger.events ORDER BY 1").fetchall()
    assert [(row["position"], row["leaf_hash"]) for row in acts] == [tuple(row) for row in rows]


def test_it_is_partitioned_by_register_and_year_of_decision(kept: Kept) -> None:
    for file in read_manifest(kept.folder).of("acts"):
        years = {row["decided_on"].year for row in pq.read_table(kept.folder / file.name).to_pylist()}
        assert {str(year) for year in years} == {file.partition["year"]}
        assert file.name.startswith(f"acts/register={file.partition['register']}/year=")


def test_no_personal_value_is_in_it(kept: Kept) -> None:
    for path in [path for path in kept.folder.rglob("*") if path.is_file()]:
        read = [path.read_bytes()]
        if path.suffix == ".parquet":
            read.append(repr(pq.read_table(path).to_pylist()).encode())
        for marked in (MARKED, "Zane", "390000", PHONE, "OFFICER", "officer", "registration_number"):
            assert not any(marked.encode() in text for text in read), (path, marked)
    assert any(MARKED in str(row) for row in _rows_of_database(kept.url)), "nothing marked was recorded at all"


def _rows_of_database(url: str) -> list[Any]:
    with superuser(url) as connection:
        return connection.execute("SELECT content, confidential FROM projections.entry_states").fetchall()


def test_only_the_columns_named_are_in_it(kept: Kept) -> None:
    columns = {table: set(rows[0]) for table, rows in tables(kept.folder).items()}
    attributes = {"by_basis", "by_founder_class", "by_kind", "by_territory", "by_type"}
    assert {name for name in columns["acts"] if name.startswith("by_")} >= attributes
    assert {name for name in columns["acts"] if not name.startswith("by_")} == {
        "position", "recorded_at", "leaf_hash", "entry_id", "version", "verb", "event", "decision_number", "decided_on",
        "form", "body", "role", "effective_on", "received_on", "answers", "target", "mode",
    }  # fmt: skip
    assert {name for name in columns["states"] if not name.startswith("by_")} == {
        "known_from", "entry_id", "valid_from", "valid_to", "act", "status",
    }  # fmt: skip


def test_a_person_is_a_number_by_the_position_that_first_named_them(kept: Kept, tmp_path: Path) -> None:
    assert "holder" in IDENTIFYING
    counted = dataclasses.replace(REGISTER, attributes={"holder": of_entry("name"), "branches": of_entry("branches")})
    with snapshot(kept.url) as connection:
        connection.rollback()
        connection.read_only = False
        for table in ("acts", "entry_states"):
            connection.execute(
                f"UPDATE {table} SET attributes = json_build_object('holder', 'P' || ({table}.{_KEY[table]} %% 3),"
                " 'branches', 5)".replace("%%", "%")
            )
        folder = tmp_path / "archive"
        manifest = write_archive(connection, folder, [counted])
        connection.rollback()
    assert manifest.attributes == {"holder": "surrogate", "branches": "whole number"}
    found = tables(folder)
    for file in manifest.of("acts"):
        assert pq.read_schema(folder / file.name).field("by_holder").type == pa.int64()
    by_register: dict[str, list[tuple[int, int]]] = {}
    for file in manifest.of("acts"):
        for row in pq.read_table(folder / file.name).to_pylist():
            by_register.setdefault(file.partition["register"], []).append((row["position"], row["by_holder"]))
    for rows in by_register.values():
        met: dict[int, int] = {}
        for position, number in sorted(rows):
            assert number == met.setdefault(position % 3, len(met) + 1)
    assert {row["by_branches"] for row in found["acts"]} == {5}


_KEY = {"acts": "position", "entry_states": "known_from"}


def test_a_register_may_name_further_attributes_that_identify(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import domain.institutions

    monkeypatch.setattr(domain.institutions, "IDENTIFYING_ATTRIBUTES", {"basis"}, raising=False)
    counted = dataclasses.replace(REGISTER, attributes={"basis": of_act("basis")})
    with snapshot(kept.url) as connection:
        manifest = write_archive(connection, tmp_path / "archive", [counted])
    assert manifest.attributes == {"basis": "surrogate"}
    assert {type(row["by_basis"]) for row in tables(tmp_path / "archive")["acts"]} == {int, type(None)}


def test_an_archive_of_an_empty_ledger_counts_nothing(database_url: str, tmp_path: Path) -> None:
    archive(database_url, tmp_path / "archive", lambda *_: None)
    answer = regesta("postgresql://nowhere.invalid", "figures", "2020", "--archive", str(tmp_path / "archive"),
                     "--format", "json")  # fmt: skip
    assert answer.code == 0
    assert {row["value"] for row in json.loads(answer.out)} == {0}


def test_figures_are_shown_without_a_database_as_the_report_shows_them(kept: Kept) -> None:
    answer = regesta(
        "postgresql://nowhere.invalid", "figures", "2020", "--archive", str(kept.folder), "--format", "csv"
    )
    report = regesta(kept.url, "report", "2020", "--format", "csv")
    of_the_year = [line for line in report.out.splitlines() if ",2020," in line or line.startswith("figure,")]
    of_the_year += [line for line in report.out.splitlines() if ",2019/2020," in line]
    assert sorted(answer.out.splitlines()) == sorted(of_the_year)
    assert ",0," not in report.out.splitlines()[1]
    shown = regesta("postgresql://nowhere.invalid", "figures", "2020", "--archive", str(kept.folder), "--known-at", "3")
    assert "known at position 3" in shown.out


def test_figures_ask_for_no_more_than_the_archive_has(kept: Kept, tmp_path: Path) -> None:
    beyond = regesta(kept.url, "figures", "2020", "--archive", str(kept.folder), "--known-at", "100000")
    assert (beyond.code, beyond.out) == (2, "")
    assert "known_at: expected a position up to" in beyond.err
    nothing = regesta(kept.url, "figures", "2020", "--archive", str(tmp_path))
    assert (nothing.code, "expected an archive" in nothing.err) == (2, True)


def test_an_archive_that_lacks_an_attribute_says_so(kept: Kept, tmp_path: Path) -> None:
    with snapshot(kept.url) as connection:
        write_archive(connection, tmp_path / "archive", [dataclasses.replace(REGISTER, attributes={})])
    answer = regesta(kept.url, "figures", "2020", "--archive", str(tmp_path / "archive"))
    assert answer.code == 2
    assert "which the archive does not hold" in " ".join(answer.err.split())


def test_a_folder_that_holds_files_is_refused_and_left_as_it_is(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    answer = regesta(kept.url, "archive", str(tmp_path))
    assert (answer.code, "expected an empty folder" in answer.err) == (2, True)
    assert [path.name for path in tmp_path.rglob("*")] == ["mine.txt"]


def test_an_empty_folder_is_filled(kept: Kept, tmp_path: Path) -> None:
    assert regesta(kept.url, "archive", str(tmp_path)).code == 0
    assert (tmp_path / MANIFEST).exists()
    assert regesta(kept.url, "archive", str(tmp_path), "--check").code == 0


def test_a_failing_run_leaves_nothing(kept: Kept, tmp_path: Path) -> None:
    def interrupted(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive(kept.url, tmp_path / "archive", interrupted)
    assert list(tmp_path.iterdir()) == []


WAITING = """
import sys, time
from pathlib import Path
from replay.archive import archive
def wait(done, of):
    print("writing", flush=True)
    time.sleep(600)
archive(sys.argv[1], Path(sys.argv[2]), wait)
"""


def test_a_killed_run_leaves_no_archive_and_the_next_one_clears_up(kept: Kept, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, kept.url, str(folder)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        with pytest.raises(ArchiveRefused, match="another run is writing"):
            archive(kept.url, folder, lambda *_: None)
        process.send_signal(signal.SIGKILL)
    assert not folder.exists()
    archive(kept.url, folder, lambda *_: None)
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]
    assert check(kept.url, folder).difference is None


def test_a_rebuild_does_not_change_the_tables_under_an_archive(kept: Kept) -> None:
    rebuild_lock = "SELECT pg_try_advisory_lock(7234017283807667302)"
    with snapshot(kept.url), superuser(kept.url) as other:
        assert other.execute(rebuild_lock).fetchall() == [(False,)]


@pytest.fixture
def copy(kept: Kept, tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    archive(kept.url, folder, lambda *_: None)
    return folder


def difference(kept: Kept, folder: Path) -> str:
    found = check(kept.url, folder).difference
    assert found is not None
    answer = regesta(kept.url, "archive", str(folder), "--check")
    assert (answer.code, answer.out) == (1, "")
    assert " ".join(answer.err.split()) == found
    return found


def test_a_whole_archive_is_found_whole(kept: Kept) -> None:
    checked = check(kept.url, kept.folder)
    assert checked.difference is None
    assert checked.manifest.position == len(tables(kept.folder)["acts"]) - 1


@pytest.mark.parametrize("table", ["acts", "states"])
def test_a_byte_changed_is_found(kept: Kept, copy: Path, table: str) -> None:
    name = read_manifest(copy).of(table)[-1].name  # type: ignore[arg-type]
    changed = bytearray((copy / name).read_bytes())
    changed[len(changed) // 2] ^= 1
    (copy / name).write_bytes(changed)
    assert difference(kept, copy).startswith(f"{name}: expected SHA-256")


def test_a_file_too_many_or_too_few_is_found(kept: Kept, copy: Path) -> None:
    (copy / "acts" / "more.parquet").write_bytes(b"")
    assert difference(kept, copy) == "acts/more.parquet: a file that the manifest does not list"
    (copy / "acts" / "more.parquet").unlink()
    name = read_manifest(copy).of("states")[0].name
    (copy / name).unlink()
    assert difference(kept, copy) == f"{name}: expected the file, met none"


def rewritten(folder: Path, name: str, change: Any) -> None:
    """Change a file's rows, and the manifest with it, as who tampers with care would."""
    table = pq.read_table(folder / name)
    rows = change(table.to_pylist())
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), folder / name)
    said = json.loads((folder / MANIFEST).read_text())
    (file,) = [file for file in said["files"] if file["name"] == name]
    said["rows"][name.split("/")[0]] += len(rows) - file["rows"]
    file["rows"] = len(rows)
    file["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(said))


@pytest.mark.parametrize(("column", "value"), [("leaf_hash", b"\x00" * 32), ("verb", "demolish"), ("by_kind", "other")])
def test_a_value_changed_with_care_is_found_by_act_and_column(kept: Kept, copy: Path, column: str, value: Any) -> None:
    name = read_manifest(copy).of("acts")[-1].name
    last = pq.read_table(copy / name).to_pylist()[-1]["position"]
    rewritten(copy, name, lambda rows: [*rows[:-1], {**rows[-1], column: value}])
    assert difference(kept, copy).startswith(f"{name}: position {last}, {column}: expected ")


def test_a_row_left_out_or_added_with_care_is_found(kept: Kept, copy: Path) -> None:
    name = read_manifest(copy).of("states")[-1].name
    rewritten(copy, name, lambda rows: rows[:-1])
    assert difference(kept, copy).endswith("no row in the archive, one in the database")
    rewritten(copy, name, lambda rows: [*rows, rows[-1], rows[-1]])
    assert "known_from" in difference(kept, copy)


def test_an_archive_that_goes_further_than_the_ledger_is_found(kept: Kept, copy: Path) -> None:
    said = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps({**said, "position": said["position"] + 1}))
    assert "the ledger to" in difference(kept, copy)


def test_what_is_recorded_later_makes_no_difference(
    database_url: str, database: Database, catalogue: Catalogue, recording: Recording, tmp_path: Path
) -> None:
    registry = Registry(database, catalogue, recording)
    (school,) = registry.register()
    archive(database_url, tmp_path / "archive", lambda *_: None)
    registry.strike_off(school)
    assert check(database_url, tmp_path / "archive").difference is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "position": "x"}'])
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(ArchiveRefused, match=r"manifest\.json: expected"):
        read_manifest(tmp_path)

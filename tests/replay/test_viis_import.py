"""Importing a VIIS export: what it records, what it leaves out, and that it can be stopped at any moment."""

from __future__ import annotations

import csv
import io
import json
import time
from datetime import date
from pathlib import Path
from random import Random
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.act import Act, Actor
from domain.catalogue import Catalogue
from ledger.database import Database
from ledger.ledger import Ledger
from ledger.vault import Vault
from projections.moment import Moment, resolve_known_at
from projections.recording import Recording
from projections.submission import Submission
from replay.viis import UnreadableFile, write_line
from replay.viis_export import export_viis
from replay.viis_import import Importer, ImportResult, entry_id_of
from tests.cli.running import regesta, started
from tests.projections.asking import act, column, positions
from tests.projections.registry import Asked, Registry
from tests.replay.test_viis import SCHOOL, SCHOOL_LINE, export_of

DAY = date(2020, 12, 31)
COLLEGE_LINE = write_line(
    {**SCHOOL, "name": "Rēzeknes koledža", "kind": "higher", "type": "college", "registration_number": "3147000015"}
)
OTHER_LINE = write_line({**SCHOOL, "name": "Zvaigžņu pamatskola", "registration_number": "3112900013"})
BROKEN_LINE = SCHOOL_LINE.replace("|2|", "|two|")
ODD_LINE = write_line({**SCHOOL, "name": "Ēnu pamatskola", "registration_number": "3147900016"})
ODD = "digits 3-4 of 3147900016: expected 12 for type basic_school, met 47"
REFUSED_LINE = write_line({**SCHOOL, "emails": ["no address"], "registration_number": "3112900014"})


class Office:
    """Imports files into one database, and exports what is registered there."""

    def __init__(self, database: Database, catalogue: Catalogue, recording: Recording, vault: Vault) -> None:
        self.database, self.catalogue, self.recording, self.vault = database, catalogue, recording, vault

    def imports(self, *lines: str, on: date = DAY, strict: bool = False) -> ImportResult:
        """Import a file of these lines."""
        return self.takes_over(export_of(*lines), on=on, strict=strict)

    def takes_over(self, data: bytes, *, on: date = DAY, strict: bool = False) -> ImportResult:
        """Import a file."""
        importer = Importer(self.recording, self.database, self.catalogue, Actor("import", "import"))
        return importer.import_viis(data, effective_on=on, strict=strict, progress=lambda done, of: None)

    def export(self, as_of: date = DAY, known_at: str | None = None) -> bytes:
        """What is registered, in the form of an export."""
        registers = [self.catalogue.registers[name] for name in ("institutions", "higher-education")]
        with self.database.pool.connection() as connection:
            return export_viis(connection, registers, Moment(as_of, resolve_known_at(connection, known_at)), self.vault)

    def acts(self) -> list[Act]:
        """Every act."""
        with self.database.pool.connection() as connection:
            return Ledger(self.catalogue).acts_between(connection, -1, 10_000, limit=10_000)


@pytest.fixture
def office(database: Database, sealing_catalogue: Catalogue, sealing: Recording, vault: Vault) -> Office:
    return Office(database, sealing_catalogue, sealing, vault)


def told(result: ImportResult) -> tuple[int, int, list[tuple[int, str]]]:
    """How many were recorded, how many were there, and the lines left out with what the reason is about."""
    return result.recorded, result.already_there, [(line.number, line.reason.split(":")[0]) for line in result.left_out]


def test_what_was_imported_is_exported_as_it_came_and_only_from_its_day_on(office: Office) -> None:
    assert told(office.imports(SCHOOL_LINE, COLLEGE_LINE, OTHER_LINE)) == (3, 0, [])
    assert office.export() == office.export(date(2099, 1, 1))
    assert office.export().decode().splitlines()[1:] == [SCHOOL_LINE, COLLEGE_LINE, OTHER_LINE]
    assert office.export(date(2020, 12, 30)) == export_of()


def test_the_kind_of_an_institution_decides_its_register(office: Office) -> None:
    office.imports(SCHOOL_LINE, COLLEGE_LINE)
    assert [(act.payload.register_name, act.fields["kind"]) for act in office.acts()] == [
        ("institutions", "general"),
        ("higher-education", "higher"),
    ]


def test_each_act_names_its_line_its_day_and_who_imported_it(office: Office) -> None:
    office.imports(BROKEN_LINE, SCHOOL_LINE, on=date(2020, 6, 1))
    (imported,) = office.acts()
    payload = imported.payload
    assert payload.source == f"VIIS line 3: {SCHOOL_LINE}"
    assert (payload.decision.decided_on, payload.effective_on) == (date(2020, 6, 1), date(2020, 6, 1))
    assert (payload.decision.number, payload.decision.form) == (None, "entry")
    assert (payload.actor, payload.role, imported.kind.verb) == ("import", "import", "import")
    assert (imported.entry_id, imported.version) == (entry_id_of("3112900012"), 1)
    assert {name: imported.fields[name] for name in SCHOOL} == json.loads(json.dumps(SCHOOL))


def test_a_file_imported_again_records_nothing_and_a_longer_one_what_is_new(office: Office) -> None:
    office.imports(SCHOOL_LINE)
    assert told(office.imports(SCHOOL_LINE)) == (0, 1, [])
    assert told(office.imports(SCHOOL_LINE, OTHER_LINE)) == (1, 1, [])
    assert [act.version for act in office.acts()] == [1, 1]


def test_an_institution_that_changed_since_its_import_stays_as_it_is(office: Office) -> None:
    office.imports(SCHOOL_LINE)
    amended = act("amend", entry_id_of("3112900012"), DAY, head="BRUNO LĀCIS")
    office.recording.record(Submission((amended,), Actor("clerk", "clerk"), uuid4()))
    assert told(office.imports(SCHOOL_LINE)) == (0, 1, [])
    assert "BRUNO LĀCIS" in office.export().decode()
    assert office.export(known_at="0").decode().splitlines()[1:] == [SCHOOL_LINE]
    assert office.export(known_at="-1") == export_of()


def test_lines_that_cannot_be_imported_are_listed_and_the_others_are_imported(office: Office) -> None:
    result = office.imports(SCHOOL_LINE, BROKEN_LINE, SCHOOL_LINE, REFUSED_LINE, OTHER_LINE)
    assert told(result) == (
        2, 0, [(3, "Strukturvienību skaits"), (4, "Reģistrācijas numurs"), (5, "content")],
    )  # fmt: skip
    assert [line.text for line in result.left_out] == [BROKEN_LINE, SCHOOL_LINE, REFUSED_LINE]
    assert result.left_out[1].reason.endswith("met that of line 2")
    assert office.export() == export_of(SCHOOL_LINE, OTHER_LINE)


def test_a_number_whose_digits_do_not_fit_is_a_warning_told_at_every_import_of_its_line(office: Office) -> None:
    result = office.imports(OTHER_LINE, BROKEN_LINE, ODD_LINE)
    assert told(result) == (2, 0, [(3, "Strukturvienību skaits")])
    assert result.warnings == [(4, ODD)]
    again = office.imports(ODD_LINE, SCHOOL_LINE)
    assert (told(again), again.warnings) == ((1, 1, []), [(2, ODD)])


def test_of_a_line_that_is_left_out_no_warning_is_told(
    office: Office, database: Database, sealing_catalogue: Catalogue, sealing: Recording
) -> None:
    Registry(database, sealing_catalogue, sealing).decide(
        Asked("register", content={"registration_number": "3147900016"})
    )
    result = office.imports(OTHER_LINE, ODD_LINE)
    assert (told(result)[:2], [line.number for line in result.left_out], result.warnings) == ((1, 0), [3], [])


def test_a_line_longer_than_a_source_may_be_is_left_out_as_others_are(office: Office) -> None:
    founders = {"declared": [f'SIA "{n}{"x" * 900}"' for n in range(10)], "actual": ["Valsts"]}
    result = office.imports(write_line({**SCHOOL, "founders": founders}), OTHER_LINE)
    assert told(result) == (1, 0, [(2, "content")])
    assert "source: expected at most 8000 characters, met" in result.left_out[0].reason


def test_a_number_that_another_entry_has_is_refused_with_its_line(
    office: Office, database: Database, sealing_catalogue: Catalogue, sealing: Recording
) -> None:
    registry = Registry(database, sealing_catalogue, sealing)
    registry.decide(Asked("register", content={"registration_number": "3112900012"}))
    result = office.imports(COLLEGE_LINE, SCHOOL_LINE, OTHER_LINE)
    assert told(result)[:2] == (2, 0)
    (left_out,) = result.left_out
    assert (left_out.number, left_out.text) == (3, SCHOOL_LINE)
    assert "3112900012" in left_out.reason


def test_a_strict_import_records_all_or_nothing(
    office: Office, database: Database, sealing_catalogue: Catalogue, sealing: Recording
) -> None:
    assert told(office.imports(SCHOOL_LINE, BROKEN_LINE, strict=True)) == (0, 0, [(3, "Strukturvienību skaits")])
    Registry(database, sealing_catalogue, sealing).decide(
        Asked("register", content={"registration_number": "3112900013"})
    )
    assert told(office.imports(SCHOOL_LINE, OTHER_LINE, strict=True))[0] == 0
    assert positions(database) == [0]
    assert told(office.imports(SCHOOL_LINE, COLLEGE_LINE, strict=True)) == (2, 0, [])


def test_a_file_that_is_no_export_is_refused_before_anything_is_recorded(office: Office, database: Database) -> None:
    with pytest.raises(UnreadableFile):
        office.takes_over(export_of(SCHOOL_LINE) + b"\xff\n")
    assert positions(database) == []


def test_the_command_imports_what_it_can_lists_the_rest_and_exports_it(database_url: str, tmp_path: Path) -> None:
    file, exported = tmp_path / "export.txt", tmp_path / "exported.txt"
    file.write_bytes(export_of(SCHOOL_LINE, BROKEN_LINE, OTHER_LINE))
    command = ("import", "viis", str(file), "--effective-on", "2020-12-31")
    strict = regesta(database_url, *command, "--strict")
    assert strict.code == 1
    assert "Recorded 0, already there 0, left out 1." in strict.out
    done = regesta(database_url, *command)
    assert done.code == 1
    assert f"line 3: Strukturvienību skaits: expected a number, met 'two'\n  {BROKEN_LINE}" in done.err
    assert "Recorded 2, already there 0, left out 1." in done.out
    assert regesta(database_url, "export", "viis", "--output", str(exported)).code == 0
    assert exported.read_bytes() == export_of(SCHOOL_LINE, OTHER_LINE)
    assert regesta(database_url, "export", "viis", "--as-of", "2020-12-30").out.encode() == export_of()
    assert regesta(database_url, "export", "viis", "--known-at", "0").out.encode() == export_of(SCHOOL_LINE)


def test_the_command_lists_and_counts_warnings_in_each_form_and_its_exit_code_stays_0(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "export.txt"
    file.write_bytes(export_of(SCHOOL_LINE, ODD_LINE))
    command = ("import", "viis", str(file), "--effective-on", "2020-12-31")
    table = regesta(database_url, *command)
    assert table.code == 0, table.err
    assert f"line 3: warning: {ODD}\n" in table.err
    assert "Recorded 2, already there 0, left out 0. Warnings: 1." in table.out
    file.write_bytes(export_of(SCHOOL_LINE, ODD_LINE, BROKEN_LINE))
    spoken = regesta(database_url, *command, "--format", "json")
    assert (spoken.code, ODD in spoken.err) == (1, False)
    reason = "Strukturvienību skaits: expected a number, met 'two'"
    assert json.loads(spoken.out) == {
        "recorded": 0,
        "already_there": 2,
        "left_out": [{"line": 4, "reason": reason, "text": BROKEN_LINE}],
        "warnings": [{"line": 3, "warning": ODD}],
    }
    rows = csv.DictReader(io.StringIO(regesta(database_url, *command, "--format", "csv").out, newline=""))
    assert list(rows) == [
        {"line": "4", "outcome": "left out", "reason": reason, "text": BROKEN_LINE},
        {"line": "3", "outcome": "warning", "reason": ODD, "text": ""},
    ]


def test_the_command_refuses_a_file_that_it_cannot_read(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "export.txt"
    file.write_bytes(b"\xff")
    refused = regesta(database_url, "import", "viis", str(file), "--effective-on", "2020-12-31")
    assert refused.code == 2
    assert "expected UTF-8, met byte 0xff at offset 0" in refused.err
    missing = regesta(database_url, "import", "viis", str(tmp_path / "none.txt"), "--effective-on", "2020-12-31")
    assert missing.code == 2


def kill_in_the_middle(url: str, file: Path, more: int, delay: float) -> None:
    """Start the import, and kill it some time after it has recorded ``more`` institutions."""
    arguments = ("import", "viis", str(file), "--effective-on", "2020-12-31")
    with psycopg.connect(make_conninfo(url), autocommit=True) as connection:

        def recorded() -> int:
            return int(connection.execute("SELECT count(*) FROM ledger.events").fetchall()[0][0])

        wanted = recorded() + more
        with started(*arguments, cwd=file.parent, DATABASE_URL=url) as process:
            while recorded() < wanted:
                assert process.poll() is None
                time.sleep(0.002)
            time.sleep(delay)
            process.kill()


def test_an_import_killed_at_random_moments_and_run_again_records_each_institution_once(
    office: Office, database_url: str, database: Database, register_export: Path, tmp_path: Path
) -> None:
    random, file = Random(2020), tmp_path / "export.txt"
    file.write_bytes(register_export.read_bytes())
    for _ in range(2):
        kill_in_the_middle(database_url, file, random.randint(1, 900), random.uniform(0, 0.2))
    before = len(positions(database))
    assert told(office.takes_over(file.read_bytes())) == (2713 - before, before, [])
    assert positions(database) == list(range(2713))
    assert len(set(column(database, "SELECT originator_id FROM ledger.events"))) == 2713
    assert office.export() == register_export.read_bytes()

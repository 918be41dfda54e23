"""Asking, reporting and replaying by commands: what is printed, in what form, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.recording import Recording
from replay.published import COLUMNS
from tests.cli.running import REGESTA, WAIT, Answer, environment, installed, regesta
from tests.conftest import fresh_database
from tests.projections.registry import Asked, Registry

MARCH, APRIL = date(2020, 3, 2), date(2020, 4, 1)


class Kept(NamedTuple):
    """A database that holds a school: registered in March, renamed in April by a decision, and a second school."""

    url: str
    school: UUID
    other: UUID


@pytest.fixture(scope="module")
def kept(server_url: str, catalogue: Catalogue) -> Iterator[Kept]:
    with fresh_database(server_url) as url:
        database = Database(url)
        recording = Recording(database, catalogue)
        registry = Registry(database, catalogue, recording)
        school, other = registry.register(2, number="1-7/1", on=MARCH)
        registry.decide(Asked("amend", school, {"name": "Ežu skola"}), number="1-7/2", on=APRIL, written=True)
        yield Kept(url, school, other)
        recording.close()
        database.close()


def refused(answer: Answer, *words: str) -> None:
    """The command was refused, in a line or two that say these words."""
    assert (answer.code, answer.out) == (2, "")
    said = " ".join(answer.err.replace("│", " ").split())
    assert "Traceback" not in said
    for word in words:
        assert word in said


HELP = {
    "": [
        "entry",
        "acts",
        "import",
        "export",
        "replay",
        "report",
        "reconcile",
        "serve",
        "demo",
        "Exit codes",
        "3 nothing",
    ],
    "entry": ["{register} {number}", "--as-of", "--known-at", "YYYY-MM-DD", "--format"],
    "explain": ["{register} {number}", "dotted path", "--as-of", "--known-at", "--language", "--format"],
    "absence": ["{number}", "--as-of", "--known-at", "--output", "Exit code 1"],
    "completeness": ["REGISTER", "--as-of", "--known-at", "--output"],
    "check-register": ["{file}", "--key", "No database is needed"],
    "late": ["--from", "--to", "--known-at", "--format"],
    "diff": ["--from", "--to", "--proofs", "AS_OF/KNOWN_AT"],
    "acts": ["--register", "--kind", "--decision", "--decided-from", "--effective-to", "--late", "--limit"],
    "replay": ["--compare", "exit code 1"],
    "archive": ["DIR", "--check", "exit code 1"],
    "figures": ["{year}", "--archive", "--engine", "--known-at", "--master"],
    "report": ["{year}", "--known-at", "--language", "--output", "--published", "--base-url", "pdf"],
    "reconcile": ["--published", "--published-at", "--figure", "--limit", "not replayed", "Exit code 1"],
    "import viis": ["{file}", "--effective-on", "--strict", "goes on where it stopped"],
    "export viis": ["--as-of", "--known-at", "--output"],
    "serve": ["--host", "--port", "REGESTA_PORT", "DATABASE_URL"],
    "demo": ["--no-serve", "reconstruction"],
    "user create": ["{name}", "--role", "REGISTER:ROLE", "--password-stdin"],
    "token create": ["{name}", "--purpose", "--days", "shown this once"],
}


@pytest.mark.parametrize("command", HELP)
def test_each_command_says_what_it_takes(kept: Kept, command: str) -> None:
    answer = regesta(kept.url, *command.split(), "--help")
    assert answer.code == 0
    said = " ".join(answer.out.replace("│", " ").split())
    assert [words for words in HELP[command] if words not in said] == []


def entry(kept: Kept, *options: str) -> dict[str, Any]:
    """The school, as JSON tells it."""
    answer = regesta(kept.url, "entry", "institutions", str(kept.school), "--format", "json", *options)
    assert answer.code == 0, answer.err
    (shown,) = json.loads(answer.out)
    return dict(shown)


def test_an_entry_is_shown_as_it_is_as_it_was_and_as_it_was_known(kept: Kept) -> None:
    assert (entry(kept)["name"], entry(kept)["made by act"]) == ("Ežu skola", 2)
    assert entry(kept, "--as-of", "2020-03-31")["name"] == "Rēzeknes pamatskola"
    assert entry(kept, "--as-of", "2020-04-01")["name"] == "Ežu skola"
    before = entry(kept, "--as-of", "2020-04-01", "--known-at", "1")
    assert (before["name"], before["version"]) == ("Rēzeknes pamatskola", 1)
    assert before["known at"].startswith("position 1, recorded ")


def test_an_entry_is_found_by_its_registration_number_and_shown_as_table_or_csv(kept: Kept) -> None:
    number = entry(kept)["registration_number"]
    table = regesta(kept.url, "entry", "institutions", number)
    assert table.code == 0
    for words in ("Ežu skola", number, "registered", "valid from", "2020-04-01"):
        assert words in table.out
    rows = list(csv.DictReader(io.StringIO(regesta(kept.url, "entry", "institutions", number, "--format", "csv").out)))
    assert [row["name"] for row in rows] == ["Ežu skola"]
    assert json.loads(rows[0]["founders"])["actual"] == ["Rēzeknes pilsētas dome"]


def test_a_value_is_explained_in_sentences_and_as_json(kept: Kept) -> None:
    answer = regesta(kept.url, "explain", "institutions", str(kept.school), "name")
    assert answer.code == 0, answer.err
    assert 'name ir "Ežu skola": tā nosaka akts 2 (Izmaiņas, 2020-04-01 lēmums 1-7/2, spēkā no' in answer.out
    english = regesta(kept.url, "explain", "institutions", str(kept.school), "name", "--language", "en").out
    assert "Said otherwise by act 0 (Registered, decision 1-7/1 of 2020-03-02" in english
    (found,) = json.loads(
        regesta(
            kept.url, "explain", "institutions", str(kept.school), "name", "--known-at", "1", "--format", "json"
        ).out
    )
    assert (found["value"], found["made_by"]["act"]) == ("Rēzeknes pamatskola", 0)
    assert [(word["act"], word["fate"]) for word in found["others"]] == [(2, "not_yet_known")]
    everything = regesta(kept.url, "explain", "institutions", str(kept.school)).out
    assert [word for word in ("status ir", "founders ir") if word not in everything] == []
    refused(regesta(kept.url, "explain", "institutions", str(kept.school), "nonsense"), "field", "nonsense")
    assert regesta(kept.url, "explain", "institutions", "9999999999").code == 3


def test_a_number_is_proved_absent_and_a_list_whole_by_files_that_the_log_s_key_checks(
    server_url: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    with fresh_database(server_url) as url:
        database = Database(url)
        recording = Recording(database, catalogue)
        (school,) = Registry(database, catalogue, recording).register(1, on=MARCH)
        recording.close()
        database.close()
        file = str(tmp_path / "file.json")
        number = json.loads(regesta(url, "entry", "institutions", str(school), "--format", "json").out)[0][
            "registration_number"
        ]
        key = regesta(url, "log", "key").out.strip()
        absent = ["absence", "institutions", number, "--as-of", "2020-03-01", "--output", file]
        assert regesta(url, *absent).code == 0
        assert f"No entry with number {number} was in" in regesta(url, "check-register", file, "--key", key).out
        present = regesta(url, "absence", "institutions", number)
        assert (present.code, present.out) == (1, "")
        assert regesta(url, "completeness", "institutions", "--output", file).code == 0
        assert str(school) in regesta(url, "check-register", file, "--key", key).out
        (tmp_path / "file.json").write_text((tmp_path / "file.json").read_text().replace(str(school), str(MARCH)))
        refused(regesta(url, "check-register", file, "--key", key), "expected")
        refused(regesta(url, "absence", "teaching-permits", "1"), "expected a public one")
        refused(regesta(url, "completeness", "institutions", "--known-at", "x"), "known_at")
        assert regesta(url, "completeness", "institutions", "--known-at", "-1").code == 3


def test_differences_are_shown_as_table_and_with_proofs_as_json(kept: Kept) -> None:
    moments = ["--from", "2020-12-31/1", "--to", "2020-12-31/2"]
    table = regesta(kept.url, "diff", "institutions", *moments).out
    assert [words for words in ("Ežu skola", "Rēzeknes pamatskola", "name", "before") if words not in table] == []
    document = json.loads(regesta(kept.url, "diff", "institutions", *moments, "--proofs", "--format", "json").out)
    assert [act["position"] for act in document["proofs"]["acts"]] == [2]
    assert (document["proofs"]["from"]["size"], document["proofs"]["to"]["size"]) == (2, 3)
    assert json.loads(regesta(kept.url, "diff", "institutions", str(kept.other), *moments, "--format", "json").out)[
        "entries"
    ] == []  # fmt: skip
    refused(regesta(kept.url, "diff", "institutions", "--proofs"), "--format json")
    refused(regesta(kept.url, "diff", "institutions", "--from", "2020"), "AS_OF/KNOWN_AT")
    assert regesta(kept.url, "diff", "institutions", "9999999999").code == 3


def test_late_acts_are_reported_as_table_json_and_csv(kept: Kept) -> None:
    report = json.loads(regesta(kept.url, "late", "--format", "json").out)
    assert [act["position"] for act in report["acts"]] == [0, 1, 2]
    (count,) = report["summary"]
    assert (count["register"], count["acts"], count["unusual"]) == ("institutions", 3, 3)
    table = regesta(kept.url, "late").out
    assert [words for words in ("1-7/2", "2020-04-01") if words not in table] == []
    rows = list(csv.DictReader(io.StringIO(regesta(kept.url, "late", "--format", "csv").out)))
    assert [int(row["recorded_after_effect"]) > 365 for row in rows] == [True] * 3
    before = json.loads(regesta(kept.url, "late", "--to", "2020-12-31", "--format", "json").out)
    assert before == {"summary": [], "acts": []}


@pytest.mark.parametrize("options", [["--as-of", "2020-03-01"], ["--known-at", "-1"]])
def test_an_entry_that_is_not_there_at_that_moment_is_told_so(kept: Kept, options: list[str]) -> None:
    answer = regesta(kept.url, "entry", "institutions", str(kept.school), *options)
    assert (answer.code, answer.out) == (3, "")
    assert f"No entry {kept.school} in register institutions" in answer.err
    assert regesta(kept.url, "entry", "institutions", "9999999999").code == 3
    assert regesta(kept.url, "entry", "higher-education", str(kept.school)).code == 3


def positions(kept: Kept, *options: str) -> list[int]:
    """The positions of the acts that a filter leaves."""
    answer = regesta(kept.url, "acts", "--format", "json", *options)
    assert answer.code in (0, 3)
    return [act["position"] for act in json.loads(answer.out or "[]")]


def test_acts_are_listed_in_the_order_of_the_ledger_and_filtered(kept: Kept) -> None:
    assert positions(kept) == [0, 1, 2]
    assert positions(kept, "--kind", "amend") == positions(kept, "--decision", "1-7/2") == [2]
    assert positions(kept, "--decided-to", "2020-03-31", "--register", "institutions") == [0, 1]
    assert positions(kept, "--effective-from", "2020-04-01") == [2]
    assert positions(kept, "--known-at", "1", "--after", "0") == [1]
    assert positions(kept, "--limit", "2") == [0, 1]
    assert positions(kept, "--late") == [0, 1, 2]
    assert positions(kept, "--register", "higher-education") == []


def test_a_list_of_acts_shows_the_decision_names_the_entry_by_its_number_and_marks_late_ones(kept: Kept) -> None:
    number = entry(kept)["registration_number"]
    table = regesta(kept.url, "acts", "--kind", "amend").out
    for words in ("1-7/2", "2020-04-01", "amend", "late", number):
        assert words in table
    (row,) = csv.DictReader(io.StringIO(regesta(kept.url, "acts", "--kind", "amend", "--format", "csv").out))
    assert json.loads(row["decision"])["number"] == "1-7/2"
    assert (row["registration_number"], row["entry"]) == (number, str(kept.school))


def test_a_report_is_printed_in_each_form(kept: Kept) -> None:
    said = json.loads(regesta(kept.url, "report", "2020", "--format", "json").out)
    assert said["known_at"]["position"] == 2
    figures = regesta(kept.url, "report", "2020", "--format", "csv").out.splitlines()
    assert figures[0] == ",".join(COLUMNS)
    assert any(line.startswith("t3.institutions.amended,table 3,2020,1,") for line in figures)
    assert "3. tabula. Iestāžu reģistros pieņemtie lēmumi" in regesta(kept.url, "report", "2020").out
    assert "known at position 1" in regesta(kept.url, "report", "2020", "--language", "en", "--known-at", "1").out


def test_reconciling_says_by_its_exit_code_whether_something_wants_a_look(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    right = "t3.institutions.amended,table 3,2020,1,acts,Grozītas,Amended"
    unknown = "licences,table 4,2020,7,acts,Licences,Licences"
    command = "reconcile", "2020", "--published", str(file), "--language", "en"
    outcomes = []
    for lines in ([right, unknown], [right.replace(",1,", ",2,")], [right, "broken"]):
        file.write_text("\n".join([",".join(COLUMNS), *lines]), encoding="utf-8")
        outcomes.append(regesta(kept.url, *command))
    assert [outcome.code for outcome in outcomes] == [0, 1, 1]
    assert "1 equal, 1 not replayed" in outcomes[0].out
    assert "unexplained (-1)" in outcomes[1].out
    assert "line 3: expected 7 fields, met 1" in outcomes[2].err


def test_a_reconciliation_is_printed_for_programs_with_the_same_columns_in_either_language(
    kept: Kept, tmp_path: Path
) -> None:
    file = tmp_path / "figures.csv"
    file.write_text(f"{','.join(COLUMNS)}\nt3.institutions.registered,table 3,2020,1,acts,Reģ,Reg\n", encoding="utf-8")
    command = "reconcile", "2020", "--published", str(file), "--published-at", "-1"
    (row,) = json.loads(regesta(kept.url, *command, "--format", "json", "--language", "en").out)
    assert (row["published"], row["replayed_then"], row["replayed_now"]) == (1, 0, 1)
    assert row["explanation"] == "recorded later (+1); unexplained (-1)"
    (line,) = csv.DictReader(io.StringIO(regesta(kept.url, *command, "--format", "csv").out))
    assert line.keys() == row.keys()
    assert line["explanation"] == "ierakstīts vēlāk (+1); neizskaidrots (-1)"


def test_a_replay_finds_a_row_that_was_tampered_with_and_replaces_nothing_unless_told(
    server_url: str, catalogue: Catalogue
) -> None:
    with fresh_database(server_url) as url:
        database = Database(url)
        recording = Recording(database, catalogue)
        Registry(database, catalogue, recording).register(2)
        recording.close()
        database.close()
        with psycopg.connect(make_conninfo(url), autocommit=True) as tampering:
            tampering.execute("UPDATE projections.acts SET form = 'other' WHERE position = 1")
        found = regesta(url, "replay", "--compare")
        assert (found.code, found.out) == (1, "")
        assert "acts (position=1), column form: live other, rebuilt entry. Nothing was replaced." in found.err
        assert "Replayed 2 acts up to position 1." in regesta(url, "replay").out
        equal = regesta(url, "replay", "--compare")
        assert equal.code == 0
        assert "Replayed 2 acts up to position 1; every row equals the live one." in equal.out


BAD = {
    "acts --decided-from 2020-13-01": ["2020-13-01", "%Y-%m-%d"],
    "acts --limit 0": ["'--limit': Input should be greater than or equal to 1"],
    "acts --register schools": ["register: expected one of", "institutions", "met schools"],
    "acts --known-at yesterday": ["known_at: expected a position, an instant", "met 'yesterday'"],
    "entry schools 1": ["register: expected one of", "institutions", "met schools"],
    "entry institutions 1 --as-of 2020-02-30": ["as_of: expected a date YYYY-MM-DD", "met '2020-02-30'"],
    "entry institutions 1 --known-at 2020-02-30": ["known_at: expected", "met '2020-02-30'"],
    "entry institutions 1 --format xml": ["'xml' is not one of"],
    "entry institutions": ["Missing argument 'number'"],
    "report 1799": ["'year': Input should be greater than or equal to 1800"],
    "report 3000": ["'year': Input should be less than or equal to 2999"],
    "report twenty": ["'year': Input should be a valid integer"],
    "report 2020 --known-at 2020-1-1": ["known_at: expected", "met '2020-1-1'"],
    "reconcile 2020": ["Missing option '--published'"],
    "reconcile 2020 --published nowhere.csv": ["nowhere.csv", "does not exist"],
    "export viis --as-of 31.12.2020": ["as_of: expected a date", "met '31.12.2020'"],
    "import viis nowhere.txt --effective-on 2020-12-31": ["nowhere.txt", "does not exist"],
    "demolish": ["No such command 'demolish'"],
}


@pytest.mark.parametrize("command", BAD)
def test_what_cannot_be_asked_is_refused_with_what_was_expected_and_met(kept: Kept, command: str) -> None:
    refused(regesta(kept.url, *command.split()), *BAD[command])


def test_published_figures_that_are_not_utf_8_are_refused(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    file.write_bytes(b"figure,\xff")
    refused(
        regesta(kept.url, "reconcile", "2020", "--published", str(file)), "expected UTF-8, met byte 0xff at offset 7"
    )


def test_a_setting_or_a_database_that_cannot_be_used_is_told_in_a_line(kept: Kept, tmp_path: Path) -> None:
    nowhere = "postgresql://nobody:secret-word@127.0.0.1:1/none"
    answer = regesta(nowhere, "acts")
    refused(answer, "database: ")
    assert "secret-word" not in answer.err
    refused(regesta("no address", "acts"), "settings: DATABASE_URL: ")


def test_output_is_utf_8_whatever_the_language_of_the_system(kept: Kept, tmp_path: Path) -> None:
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "DATABASE_URL": kept.url}
    command = "entry", "institutions", str(kept.school)
    assert "Ežu skola" in installed(*command, cwd=tmp_path, **plain).out
    form = installed(*command, "--format", "csv", cwd=tmp_path, **plain)
    assert (form.code, "Ežu skola" in form.out) == (0, True), form.err


@pytest.mark.parametrize("form", ["html", "xlsx", "docx", "pdf", "csv", "table"])
def test_a_report_is_written_to_a_file_in_each_form(kept: Kept, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"report.{form}"
    answer = regesta(kept.url, "report", "2020", "--format", form, "--output", str(file))
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    beginning = {
        "html": b"<!doctype",
        "xlsx": b"PK",
        "docx": b"PK",
        "pdf": b"%PDF-",
        "csv": b"figure,",
        "table": b"2020",
    }
    assert file.read_bytes().startswith(beginning[form])


def test_a_report_that_cannot_be_written_is_refused(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "no" / "report.html"
    answer = regesta(kept.url, "report", "2020", "--format", "html", "--output", str(file))
    refused(answer, "expected a file to write to, met No such file or directory")


def test_a_report_has_the_published_figures_in_an_annex_and_names_malformed_lines(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    line = "t3.institutions.struck_off,table 3,2020,86,acts,Svītrotas,Struck off"
    file.write_text(f"figure,source,year,value,unit,label_lv,label_en\n{line}\nnonsense\n")
    written = regesta(kept.url, "report", "2020", "--format", "html", "--language", "en", "--published", str(file))
    assert "Annex. Reconciliation of published figures" in written.out
    assert "line 3: expected 7 fields, met 1" in written.err


@pytest.mark.parametrize("command", ["acts --format csv", "export viis", "acts"])
def test_a_reader_that_goes_away_gets_no_traceback(kept: Kept, tmp_path: Path, command: str) -> None:
    with subprocess.Popen(
        [REGESTA, *command.split()],
        cwd=tmp_path, env=environment(DATABASE_URL=kept.url), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read().decode()
        process.wait(WAIT)
    assert said == ""

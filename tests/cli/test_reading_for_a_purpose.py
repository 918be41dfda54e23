"""Reading what is not public on the command line: for a purpose, which is kept; and who read what, when and why."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from tests.api.office import Office, opened
from tests.api.read_secrets import Log, Secret, tell
from tests.cli.running import Answer, regesta


class Kept(NamedTuple):
    """A database in which entries hold something that is not public."""

    office: Office
    secrets: dict[str, Secret]

    def asked(self, *arguments: str) -> Answer:
        """What a command answers."""
        return regesta(self.office.service.url, *arguments)

    def readings(self, *arguments: str) -> list[dict[str, Any]]:
        """The readings kept, as JSON tells them."""
        answer = self.asked("readings", "--limit", "1000", "--format", "json", *arguments)
        assert answer.code in (0, 3), answer.err
        return list(json.loads(answer.out or "[]"))


@pytest.fixture(scope="module")
def kept(server_url: str) -> Iterator[Kept]:
    with opened(server_url) as office:
        yield Kept(office, tell(office))


PURPOSES = "application, supervision, complaint, upkeep, person, authority, statistics, audit"
FOR_A_CASE = ("--purpose", "complaint", "--case", "2-3/7")


def commands(kept: Kept) -> dict[str, tuple[tuple[str, ...], Secret]]:
    """Commands that read what is not public, each with an entry of which it shows something."""
    school, case = kept.secrets["school"], kept.secrets["case"]
    of_school = ("institutions", school.entry, "--format", "json")
    return {
        "entry": (("entry", *of_school), school),
        "acts": (("acts", "--format", "json"), case),
        "late": (("late", "--format", "json"), case),
        "explain": (("explain", *of_school), school),
        "diff": (("diff", *of_school, "--from", "2020-01-01/0"), school),
    }


COMMANDS = ("entry", "acts", "late", "explain", "diff")


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_with_a_purpose_everything_is_shown_and_the_reading_kept_with_its_case(kept: Kept, command: str) -> None:
    arguments, secret = commands(kept)[command]
    log = Log(kept.office)
    answer = kept.asked(*arguments, *FOR_A_CASE)
    assert (answer.code, answer.err) == (0, "")
    assert any(mark in answer.out for mark in secret.marks)
    new = [each.reading for each in log.new()]
    assert {(each.purpose, each.case_number, each.way) for each in new} == {
        ("complaint", "2-3/7", f"regesta {command}")
    }
    assert UUID(secret.entry) in {entry for each in new for entry in each.entries}


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_purpose_what_is_public_is_shown_and_it_says_that_there_is_more(kept: Kept, command: str) -> None:
    arguments, secret = commands(kept)[command]
    log = Log(kept.office)
    answer = kept.asked(*arguments)
    assert (answer.code, [mark for mark in secret.marks if mark in answer.out]) == (0, [])
    assert "not public and left out" in words(answer.err)
    assert f"--purpose ({PURPOSES})" in words(answer.err)
    assert log.new() == []


def test_nothing_is_said_to_be_left_out_where_all_is_public(kept: Kept) -> None:
    licence = kept.secrets["licence"]
    for arguments in (("entry", licence.register, licence.entry), ("acts", "--register", licence.register)):
        answer = kept.asked(*arguments)
        assert (answer.code, answer.err) == (0, "")
    assert "left out" in kept.asked("acts", "--kind", "open").err


@pytest.mark.parametrize("command", ["entry", "explain", "diff"])
def test_a_register_that_is_not_public_asks_for_a_purpose(kept: Kept, command: str) -> None:
    case = kept.secrets["case"]
    for arguments in ((command, case.register, case.entry), ("acts", "--register", case.register)):
        answer = kept.asked(*arguments)
        assert (answer.code, answer.out) == (2, "")
        assert "--purpose: expected the purpose of reading what is not public" in words(answer.err)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--purpose", "curiosity"), f"purpose: expected one of {PURPOSES}"),
        (("--purpose", "audit", "--case", "Anna Ozola"), "expected a case number"),
        (("--purpose", "audit", "--case", "390000-00018"), "no personal code"),
        (("--case", "2-3/7"), "--case: expected --purpose with it, met none"),
    ],
)
@pytest.mark.parametrize("command", ["entry", "acts"])
def test_a_purpose_that_is_none_is_refused_and_nothing_is_shown_or_kept(
    kept: Kept, command: str, options: tuple[str, ...], said: str
) -> None:
    arguments, _ = commands(kept)[command]
    log = Log(kept.office)
    answer = kept.asked(*arguments, *options)
    assert (answer.code, answer.out) == (2, "")
    assert said in words(answer.err)
    assert log.new() == []


def test_readings_are_listed_by_register_entry_reader_and_day_in_each_form(kept: Kept) -> None:
    school, nanny = kept.secrets["school"], kept.secrets["nanny"]
    for secret in (school, nanny):
        assert kept.asked("entry", secret.register, secret.entry, *FOR_A_CASE).code == 0
    of_school = kept.readings("--register", "institutions", "--entry", school.entry)
    assert {each["register"] for each in of_school} == {"institutions"}
    assert all(school.entry in each["entries"] for each in of_school)
    assert [each["number"] for each in of_school] == sorted(each["number"] for each in of_school)
    reader = of_school[0]["reader"]
    everything = kept.readings()
    assert kept.readings("--reader", reader) == everything
    assert kept.readings("--read-from", "2020-01-01", "--read-to", "2020-01-02") == []
    assert kept.readings("--after", str(of_school[-1]["number"]), "--register", "institutions") == []
    table = kept.asked("readings", "--register", nanny.register).out
    for word in ("complaint", "2-3/7", nanny.entry, reader):
        assert word in table
    rows = list(csv.DictReader(io.StringIO(kept.asked("readings", "--format", "csv", "--limit", "1000").out)))
    assert [int(row["number"]) for row in rows] == [each["number"] for each in everything]


def test_the_person_concerned_is_told_why_and_not_by_whom(kept: Kept) -> None:
    school = kept.secrets["school"]
    assert kept.asked("entry", school.register, school.entry, "--purpose", "person").code == 0
    arguments = ("readings", "--register", school.register, "--entry", school.entry, "--for-the-person")
    reader = kept.readings()[0]["reader"]
    for language, said in (("lv", "personas pieprasījums par saviem datiem"), ("en", "request about their own data")):
        told = kept.asked(*arguments, "--limit", "1000", "--language", language, "--format", "csv").out
        assert said in told
        assert reader not in told


def test_readings_that_can_not_be_asked_for_are_refused_or_not_there(kept: Kept) -> None:
    assert kept.asked("readings", "--entry", kept.secrets["school"].entry)[:2] == (2, "")
    assert kept.asked("readings", "--register", "schools")[:2] == (2, "")
    for arguments in (("--register", "institutions", "--entry", "9999999999"), ("--reader", "nobody")):
        answer = kept.asked("readings", *arguments)
        assert (answer.code, answer.out) == (3, "")
        assert answer.err

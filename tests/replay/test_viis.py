"""The form of the VIIS export: the real file, any line it can hold, and lines it can't."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.institution_types import KINDS, LEGAL_STATUSES, TYPES
from replay.viis import (
    HEADER,
    MARK,
    Line,
    UnreadableFile,
    UnreadableLine,
    read_line,
    read_lines,
    split_names,
    write_line,
)

SCHOOL: dict[str, Any] = {
    "name": '"Saules" pamatskola',
    "registration_number": "3112900012",
    "kind": "general",
    "type": "basic_school",
    "legal_status": "indirect_administration",
    "founders": {"declared": ["Rēzeknes pilsētas dome"], "actual": ["Rēzeknes pilsētas dome"]},
    "address": "ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601",
    "head": "ANNA KALNIŅA",
    "phones": ["64622222"],
    "emails": ["skola@example.lv"],
    "branches": 0,
    "units": 2,
    "territory": "31",
    "founder_class": "9",
}
SCHOOL_LINE = (
    '"""Saules"" pamatskola"|"3112900012"|"Pastarpinātās pārvaldes iestāde"|"ANNA KALNIŅA"|0|2|'
    '"Vispārējās izglītības iestāde"|"Vispārizglītojošā pamatskola"|"Rēzeknes pilsētas dome"|"Rēzeknes pilsētas dome"|'
    'Nē|"ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601"|"64622222"|"skola@example.lv"|'
)

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
WORDS = TEXT.filter(str.strip)
LISTED = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=","), min_size=1, max_size=20)
PLAIN_NAMES = LISTED.map(lambda name: name.replace('"', "")).filter(str.strip)
QUOTED_NAMES = st.builds('{} "{}, {}"'.format, PLAIN_NAMES, PLAIN_NAMES, PLAIN_NAMES)
NAMES = st.lists(PLAIN_NAMES | QUOTED_NAMES, min_size=1, max_size=4)
NUMBERS = st.from_regex(r"[0-9]{10}", fullmatch=True)


def located(content: dict[str, Any]) -> dict[str, Any]:
    """A content with the territory and the founder's class that its number says."""
    number = content["registration_number"]
    return {**content, "territory": number[:2], "founder_class": number[4]}


CONTENTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "name": TEXT,
        "registration_number": NUMBERS,
        "kind": st.sampled_from(sorted(KINDS)),
        "type": st.sampled_from(sorted(TYPES)),
        "legal_status": st.sampled_from(sorted(LEGAL_STATUSES)),
        "founders": st.fixed_dictionaries({"declared": NAMES, "actual": NAMES}),
        "address": TEXT,
        "head": st.none() | WORDS,
        "phones": st.lists(LISTED, max_size=4),
        "emails": st.lists(LISTED, max_size=3),
        "branches": st.integers(0, 9999),
        "units": st.integers(0, 9999),
    }
).map(located)
"""Any content that a line can hold."""


def export_of(*lines: str, header: str = HEADER) -> bytes:
    """A file of these lines."""
    return "".join([MARK, header, "\n", *(f"{line}\n" for line in lines)]).encode()


def lines_of(*lines: str) -> list[Line]:
    """What is read of a file of these lines."""
    return list(read_lines(export_of(*lines)))


def test_every_line_of_the_real_export_is_read_and_written_back_byte_for_byte(register_export: Path) -> None:
    data = register_export.read_bytes()
    lines = list(read_lines(data))
    assert len(lines) == 2713
    assert [line.problem for line in lines if line.problem is not None] == []
    assert [line.number for line in lines] == list(range(2, 2715))
    assert export_of(*(write_line(line.content) for line in lines if line.content is not None)) == data


def test_a_line_says_everything_about_an_institution() -> None:
    assert read_line(SCHOOL_LINE) == SCHOOL
    assert write_line(SCHOOL) == SCHOOL_LINE


@settings(deadline=None)
@given(CONTENTS)
def test_any_content_is_read_from_its_line_as_it_was_written(content: dict[str, Any]) -> None:
    assert read_line(write_line(content)) == content


@settings(deadline=None)
@given(st.data())
def test_a_line_with_anything_put_into_it_is_written_back_as_it_was_or_refused(data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(SCHOOL_LINE)))
    last = data.draw(st.integers(first, min(first + 5, len(SCHOOL_LINE))))
    put = data.draw(st.text(st.sampled_from('"|, \r\tā0Nē\ufeff'), max_size=5))
    line = SCHOOL_LINE[:first] + put + SCHOOL_LINE[last:]
    try:
        content = read_line(line)
    except UnreadableLine:
        return
    assert write_line(content) == line


@settings(deadline=None)
@given(st.lists(CONTENTS, max_size=4))
def test_a_file_of_any_contents_is_read_line_by_line(contents: list[dict[str, Any]]) -> None:
    assert [line.content for line in lines_of(*map(write_line, contents))] == contents


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Rīgas dome", ["Rīgas dome"]),
        ("Rīgas dome, Valsts", ["Rīgas dome", "Valsts"]),
        ('SIA "Rīts, diena un nakts"', ['SIA "Rīts, diena un nakts"']),
        ('SIA "A, B", SIA "C"', ['SIA "A, B"', 'SIA "C"']),
        ("Rīgas dome, ", ["Rīgas dome, "]),
        ("A,B", ["A,B"]),
    ],
)
def test_a_comma_within_quotes_belongs_to_a_founders_name(written: str, names: list[str]) -> None:
    assert split_names(written) == names
    assert ", ".join(names) == written


@pytest.mark.parametrize(
    ("changes", "head", "end"),
    [
        ({"head": None}, '"Pastarpinātās pārvaldes iestāde"||0|', '"skola@example.lv"|'),
        ({"emails": []}, '"ANNA KALNIŅA"', '"64622222"||'),
        ({"phones": []}, '"ANNA KALNIŅA"', '|""|"skola@example.lv"|'),
        ({"phones": ["64622222", "29111111"]}, '"ANNA KALNIŅA"', '"64622222, 29111111"|"skola@example.lv"|'),
    ],
)
def test_an_empty_head_or_e_mail_stands_without_quotes_and_telephones_stand_together(
    changes: dict[str, Any], head: str, end: str
) -> None:
    line = write_line({**SCHOOL, **changes})
    assert head in line
    assert line.endswith(end)
    assert read_line(line) == {**SCHOOL, **changes}


BROKEN = {
    "one field less": (SCHOOL_LINE.removesuffix('"skola@example.lv"|'), "expected 14 fields with a | after each"),
    "one field more": (f'{SCHOOL_LINE}"more"|', "expected 14 fields with a | after each, met 15"),
    "nothing but text": ("Rezumē", "expected 14 fields with a | after each, met 0"),
    "an unknown kind": (SCHOOL_LINE.replace("Vispārējās", "Viduslaiku"), "Veids: .* met 'Viduslaiku izglītības iestād"),
    "an unknown type": (SCHOOL_LINE.replace('pamatskola"|"R', 'skola"|"R'), "Tips: .* met 'Vispārizglītojošā skola'"),
    "an unknown status": (SCHOOL_LINE.replace("Pastarpinātās", "Tiešās"), "Juridiskais status: .* met 'Tiešās pārvald"),
    "a short number": (SCHOOL_LINE.replace("3112900012", "311290001"), "numurs: expected ten digits, met '311290001'"),
    "other digits": (SCHOOL_LINE.replace("3112900012", "311290001٢"), "numurs: expected ten digits"),
    "a bad count": (SCHOOL_LINE.replace("|2|", "|two|"), "Strukturvienību skaits: expected a number, met 'two'"),
    "a negative count": (SCHOOL_LINE.replace("|0|", "|-1|"), "Filiāļu skaits: expected a number, met '-1'"),
    "a count with zeros": (SCHOOL_LINE.replace("|2|", "|02|"), "expected a line of the export's form"),
    "one liquidated": (SCHOOL_LINE.replace("|Nē|", "|Jā|"), "Likvidēta: expected Nē, met 'Jā'"),
    "an open quote": (SCHOOL_LINE[:40], "expected fields in quotes"),
    "a quote within": (SCHOOL_LINE.replace('""Saules""', '"Saules"'), "expected fields in quotes"),
    "a text without quotes": (SCHOOL_LINE.replace('"64622222"', "64622222"), "expected a line of the export's form"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_line_is_named_with_its_number_reason_and_content_and_the_others_are_read(broken: str) -> None:
    text, reason = BROKEN[broken]
    before, line, after = lines_of(SCHOOL_LINE, text, SCHOOL_LINE)
    assert (before.content, after.content) == (SCHOOL, SCHOOL)
    assert (line.number, line.text, line.content) == (3, text, None)
    with pytest.raises(UnreadableLine, match=reason) as refused:
        read_line(text)
    assert line.problem == str(refused.value)


def test_a_cut_file_loses_only_its_last_line(register_export: Path) -> None:
    *lines, last = read_lines(register_export.read_bytes()[:-100])
    assert len(lines) == 2712
    assert all(line.problem is None for line in lines)
    assert last.problem is not None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (export_of(SCHOOL_LINE).replace("Ē".encode(), b"\xc2"), "expected UTF-8, met byte 0xc2 at offset"),
        ("Nosaukums".encode("utf-16"), "expected UTF-8, met byte 0xff at offset 0"),
        (export_of(SCHOOL_LINE, header=HEADER.replace("Tips|", "")), "expected the header"),
        (SCHOOL_LINE.encode(), "expected the header"),
        (b"", "expected the header"),
    ],
)
def test_a_file_that_is_no_export_of_institutions_is_refused_as_a_whole(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        list(read_lines(data))


def test_a_file_saved_again_without_marks_or_with_other_line_ends_is_read_all_the_same() -> None:
    text = export_of(SCHOOL_LINE).decode()
    for saved in (text.removeprefix(MARK), text.removeprefix("\ufeff"), text.replace("\n", "\r\n"), text.rstrip()):
        assert [line.content for line in read_lines(saved.encode())] == [SCHOOL]

from __future__ import annotations

from datetime import date

import pytest

from domain.programme_classification import CODES, VERSIONS, last_day_of, mismatches, told_by
from domain.programme_licence import ProgrammeLicence


@pytest.mark.parametrize("code", ["01015", "21011111", "31016014", "10V21200", "35b21302", "30T541031"])
def test_a_code_of_the_usual_form_is_not_pointed_out(code: str) -> None:
    assert mismatches(code) == []


@pytest.mark.parametrize("code", ["2101", "210111", "210111111", "35bb21302", "2A011111", "21 011111"])
def test_a_code_of_another_form_is_pointed_out(code: str) -> None:
    assert mismatches(code) == [f"programme code: expected one such as 21011111 or 35b21302, met {code!r}"]


@pytest.mark.parametrize(
    ("code", "last_day"),
    [
        ("00011", date(2022, 2, 28)),
        ("26011113", date(2022, 2, 28)),
        ("26011111", None),
        ("35b22401", date(2022, 12, 31)),
        ("35b54303", date(2022, 12, 31)),
        ("35b54301", None),
        ("35b85001", date(2023, 6, 30)),
        ("00222", date(2022, 2, 28)),
        ("21011111", None),
        ("nav koda", None),
    ],
)
def test_licences_end_with_their_codes_on_the_days_that_the_regulation_says(code: str, last_day: date | None) -> None:
    assert last_day_of(code) == last_day


def test_the_code_of_a_general_programme_tells_its_level_special_kind_language_and_form() -> None:
    assert told_by("21015514") == {
        "level": "basic", "special_kind": "language", "language": "latvian", "study_form": "distance",
    }  # fmt: skip
    assert told_by("31016021") == {"level": "secondary", "language": "minority", "study_form": "on_site"}


@pytest.mark.parametrize("code", ["01015", "35b21302", "nav koda"])
def test_a_code_without_these_parts_tells_nothing(code: str) -> None:
    assert told_by(code) == {}


def test_what_a_part_is_called_in_the_register_is_one_of_the_register_s_values() -> None:
    schema = ProgrammeLicence.model_json_schema()["properties"]
    for each in CODES:
        if each.value is not None:
            choices = schema[each.part].get("enum") or schema[each.part]["anyOf"][0]["enum"]
            assert each.value in choices, each


def test_each_part_has_a_source_and_is_there_once() -> None:
    assert len({(each.part, each.code) for each in CODES}) == len(CODES)
    assert all(each.source for each in CODES)
    assert [version.adopted_on for version in VERSIONS] == sorted(version.adopted_on for version in VERSIONS)

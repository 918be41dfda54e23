"""The territories of both versions of the classifier, and in which of them an address lies."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.territories import named_in, territories, territories_on
from replay.viis import read_lines


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2020, 12, 31), 119), (date(2021, 6, 30), 119), (date(2021, 7, 1), 43), (date(2025, 7, 1), 42)],
)
def test_on_every_day_the_territories_of_one_version_hold(day: date, number: int) -> None:
    held = territories_on(day)
    assert len(held) == number
    assert len({each.code for each in held.values()}) == number


def test_a_territory_that_ends_is_continued_by_one_that_begins_the_day_after_or_was_divided() -> None:
    by_code = {each.code: each for each in territories()}
    assert len(by_code) == len(territories())
    divided = []
    for each in territories():
        if each.last_day is not None and each.continued_by is not None:
            following = by_code[each.continued_by]
            assert following.holds_on(each.last_day + timedelta(days=1))
        elif each.last_day is not None:
            divided.append(each.name)
        else:
            assert each.continued_by is None
    assert divided == ["Inčukalna novads"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("RIČU IELA 6, SIGUĻI, CARNIKAVAS NOVADS, LV-2163", "Carnikavas novads"),
        ("Ezera iela 1, Rīga, LV-1034", "Rīga"),
        ("RĪGAS IELA 1, JELGAVA, LV-3001", "Jelgava"),
        ("RĪGA", "Rīga"),
        ("RĪGAS RAJONS, LV-2166", None),
        ("", None),
    ],
)
def test_an_address_lies_in_the_largest_of_its_parts_that_is_a_territory(address: str, name: str | None) -> None:
    assert named_in(address) == name


def test_all_but_four_addresses_of_the_real_register_tell_their_territory_of_2020(register_export: Path) -> None:
    addresses = [line.content["address"] for line in read_lines(register_export.read_bytes()) if line.content]
    found = [named_in(address) for address in addresses]
    assert (len(found), found.count(None)) == (2713, 4)
    assert set(found) - {None} <= set(territories_on(date(2020, 12, 31)))

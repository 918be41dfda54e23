"""What of a stated legal ground is pointed out."""

from __future__ import annotations

from datetime import date

import pytest

from domain.act import Decision
from domain.legal_grounds import legal_grounds, mismatches, rules_named_in
from domain.registers import all_registers


@pytest.mark.parametrize(
    ("ground", "register", "day", "warning"),
    [
        ("MK 397/2015 17.p.", "institutions", date(2020, 3, 2), None),
        ("Ministru kabineta 14.07.2015. noteikumi Nr. 397, 17. punkts", "institutions", date(2020, 3, 2), None),
        ("MK 397/2015", "institutions", date(2023, 1, 1), "in force to 2022-12-31, the decision is of 2023-01-01"),
        ("MK 397/2015", "institutions", date(2015, 7, 31), "there since 2015-08-01, the decision is of 2015-07-31"),
        ("MK 618/2020", "accreditations", date(2020, 3, 2), "there since 2020-10-09"),
        ("MK 404/2013", "institutions", date(2020, 3, 2), "MK 404/2013 is not among the rules known for register"),
        ("MK 1/1999", "institutions", date(2020, 3, 2), "MK 1/1999 is not among the rules known for register"),
        ("Izglītības likuma 24. pants", "institutions", date(2020, 3, 2), None),
        (None, "institutions", date(2020, 3, 2), None),
    ],
)
def test_a_ground_that_does_not_fit_the_register_or_the_day_of_the_decision_is_pointed_out(
    ground: str | None, register: str, day: date, warning: str | None
) -> None:
    found = mismatches(register, Decision(decided_on=day, legal_ground=ground))
    assert [warning is not None and warning in each for each in found] == ([] if warning is None else [True])


def test_rules_are_known_in_both_forms_in_which_decisions_name_them() -> None:
    text = "MK noteikumi Nr. 218/2019 13. p. un Ministru kabineta 6.10.2020. noteikumu Nr. 618 5. punkts"
    assert rules_named_in(text) == ["MK 218/2019", "MK 618/2020"]


def test_every_ground_is_of_registers_that_are_kept_and_its_days_follow_each_other() -> None:
    names = {register.name for register in all_registers()}
    for ground in legal_grounds().values():
        assert ground.registers <= names | {"*"}
        days = [day for day in (ground.adopted, ground.in_force_from, ground.last_day) if day is not None]
        assert days == sorted(days)

from __future__ import annotations

from datetime import date

from domain.registers import all_registers
from domain.retention import Retention, retention_rules


def test_every_register_that_seals_values_of_entries_says_how_long_they_are_kept() -> None:
    by_name = {register.name: register for register in all_registers()}
    sealing = {name for name, each in by_name.items() if each.sealed_fields.keys() & each.content.model_fields.keys()}
    # A qualification once awarded is proved for life; what the service records of itself holds no names.
    assert sealing - {"qualifications"} - {n for n, r in by_name.items() if r.recorded_by == "service"} == {
        rule.register for rule in retention_rules()
    }
    for rule in retention_rules():
        assert set(rule.statuses) <= by_name[rule.register].statuses.keys()
        assert rule.ground


def test_values_are_due_on_the_day_after_so_many_years() -> None:
    rule = Retention("psychologists", ("excluded",), 10, "GDPR 5(1)(e)")
    assert rule.ended_by(date(2030, 6, 1)) == date(2020, 6, 1)
    assert rule.ended_by(date(2032, 2, 29)) == date(2022, 2, 28)

"""Which acts need two people: the rules as data, by the day of recording."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.four_eyes import FourEyes, Rule, RulesOverlap, rules_of_the_service
from domain.registers import all_registers
from tests.domain.examples import example

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
(PSYCHOLOGISTS,) = (register for register in all_registers() if register.name == "psychologists")
EXCLUDED = example(PSYCHOLOGISTS, "exclude")


def rule(first: date, end: date) -> Rule:
    return Rule("psychologists", "exclude", first, end, 30, "-")


def test_every_rule_names_a_kind_of_act_that_its_register_has_and_a_term_and_a_ground() -> None:
    kinds = {(register.name, verb) for register in all_registers() for verb in register.by_verb}
    for each in rules_of_the_service().all:
        assert (each.register, each.verb) in kinds
        assert (each.first < each.end, each.days > 0, bool(each.ground)) == (True, True, True)


@pytest.mark.parametrize(
    ("day", "holds"), [(MAY - timedelta(days=1), False), (MAY, True), (JUNE - timedelta(days=1), True), (JUNE, False)]
)
def test_a_rule_holds_by_the_day_of_recording_whatever_dates_the_act_states(day: date, holds: bool) -> None:
    rules = FourEyes([rule(MAY, JUNE)])
    assert EXCLUDED.effective_on < MAY
    assert (rules.of("psychologists", EXCLUDED, {}, day) is not None) is holds
    assert rules.of("psychologists", example(PSYCHOLOGISTS, "suspend"), {}, day) is None


@pytest.mark.parametrize("verb", ["annul", "correct"])
def test_what_annuls_or_corrects_an_act_is_under_the_rule_of_that_act(verb: str) -> None:
    rules, about = FourEyes([rule(MAY, JUNE)]), example(PSYCHOLOGISTS, verb)
    target = about.fields["target"]
    assert rules.of("psychologists", about, {target: EXCLUDED}, MAY) == rule(MAY, JUNE)
    assert rules.of("psychologists", about, {target: example(PSYCHOLOGISTS, "suspend")}, MAY) is None


def test_two_rules_for_one_kind_of_act_may_follow_each_other_and_not_overlap() -> None:
    assert len(FourEyes([rule(MAY, JUNE), rule(JUNE, JULY)]).all) == 2
    with pytest.raises(RulesOverlap):
        FourEyes([rule(MAY, JULY), rule(JUNE, JULY)])

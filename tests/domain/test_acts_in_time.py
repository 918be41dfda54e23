from __future__ import annotations

from datetime import date

import pytest

from domain.refusals import (
    ActsInTheWay,
    ContentRefused,
    EffectiveDateOfCorrection,
    TargetAlreadyAnnulled,
    TargetNotCorrectable,
    TargetNotFound,
)
from domain.register import ANNULLED
from tests.domain.story import Story, corrected, registered

JANUARY, MARCH, MAY = date(2020, 1, 1), date(2020, 3, 1), date(2020, 5, 1)
JULY, SEPTEMBER = date(2020, 7, 1), date(2020, 9, 1)


def test_a_late_act_changes_the_days_from_its_effective_date_on_and_not_what_was_known_before() -> None:
    school = registered(JANUARY, name="Vecā skola")
    school.tell("amend", MAY, head="ANNA KALNIŅA")
    late = school.tell("amend", MARCH, name="Jaunā skola")
    assert [school.name(day) for day in (JANUARY, MARCH, MAY)] == ["Vecā skola", "Jaunā skola", "Jaunā skola"]
    assert school.name(MAY, known_at=late.position - 1) == "Vecā skola"


def test_a_late_act_does_not_undo_what_a_later_act_states() -> None:
    school = registered(JANUARY, name="Pirmā")
    school.tell("amend", MAY, name="Trešā")
    school.tell("amend", MARCH, name="Otrā")
    assert [school.name(day) for day in (JANUARY, MARCH, MAY)] == ["Pirmā", "Otrā", "Trešā"]


def test_a_future_act_takes_effect_on_its_day() -> None:
    school = registered(JANUARY)
    school.tell("strike_off", date(2090, 6, 1), basis="liquidation")
    assert school.status(date(2090, 5, 31)) == "registered"
    assert school.status(date(2090, 6, 1)) == "struck_off"


def test_a_correction_applies_from_the_corrected_acts_own_date_and_keeps_the_original_readable() -> None:
    school = registered(JANUARY, name="Skloa")
    correction = school.tell("correct", JANUARY, **corrected(school.acts[0], name="Skola"))
    assert school.name(JANUARY) == "Skola"
    assert school.name(JANUARY, known_at=correction.position - 1) == "Skloa"
    assert school.acts[0].fields["name"] == "Skloa"


def test_a_corrected_amendment_no_longer_changes_what_it_should_not_have_changed() -> None:
    school = registered(JANUARY, name="Pareizā", head="ANNA KALNIŅA")
    amended = school.tell("amend", MARCH, name="Kļūda")
    school.tell("correct", MARCH, target=amended.position, content={"head": "JĀNIS BĒRZIŅŠ"})
    assert school.name(MARCH) == "Pareizā"
    assert school.timeline.state_on(MARCH).content["head"] == "JĀNIS BĒRZIŅŠ"


def test_of_two_corrections_the_newer_counts_and_when_it_is_annulled_the_older() -> None:
    school = registered(JANUARY, name="Skloa")
    school.tell("correct", JANUARY, **corrected(school.acts[0], name="Skola 1"))
    newer = school.tell("correct", JANUARY, **corrected(school.acts[0], name="Skola 2"))
    assert school.name(MAY) == "Skola 2"
    school.tell("annul", MARCH, target=newer.position, mode="ex_nunc")
    assert [school.name(JANUARY), school.name(MARCH)] == ["Skola 2", "Skola 1"]


def test_a_correction_effective_on_another_day_than_the_corrected_act_is_refused() -> None:
    school = registered(JANUARY)
    with pytest.raises(EffectiveDateOfCorrection, match=r"expected 2020-01-01, .* met 2020-03-01"):
        school.tell("correct", MARCH, **corrected(school.acts[0], name="Skola"))


def test_a_correction_that_is_no_content_of_the_corrected_act_is_refused_field_by_field() -> None:
    school = registered(JANUARY)
    with pytest.raises(ContentRefused) as refused:
        school.tell("correct", JANUARY, target=0, content={"name": "Skola", "colour": "blue"})
    assert {"colour", "address", "kind"} <= {field for field, _ in refused.value.problems}


def test_corrections_and_annulments_are_annulled_not_corrected() -> None:
    school = registered(JANUARY)
    correction = school.tell("correct", JANUARY, **corrected(school.acts[0], name="Skola"))
    with pytest.raises(TargetNotCorrectable, match="met the correct at position 1"):
        school.tell("correct", JANUARY, target=correction.position, content={})


def test_an_act_of_another_entry_can_be_neither_corrected_nor_annulled() -> None:
    school = registered(JANUARY)
    with pytest.raises(TargetNotFound, match="met 7"):
        school.tell("annul", MARCH, target=7, mode="ex_tunc")
    with pytest.raises(TargetNotFound, match="met 7"):
        school.tell("correct", JANUARY, target=7, content={})


def test_annulled_ex_tunc_an_act_is_as_if_never_taken() -> None:
    school = registered(JANUARY, name="Vecā")
    amended = school.tell("amend", MARCH, name="Jaunā")
    school.tell("annul", JULY, target=amended.position, mode="ex_tunc")
    assert [school.name(day) for day in (MARCH, MAY, JULY)] == ["Vecā"] * 3


def test_annulled_ex_nunc_an_act_holds_until_the_annulment_takes_effect() -> None:
    school = registered(JANUARY, name="Vecā")
    amended = school.tell("amend", MARCH, name="Jaunā")
    school.tell("annul", JULY, target=amended.position, mode="ex_nunc")
    assert [school.name(day) for day in (MARCH, date(2020, 6, 30), JULY)] == ["Jaunā", "Jaunā", "Vecā"]


def test_an_annulled_annulment_gives_the_act_back() -> None:
    school = registered(JANUARY, name="Vecā")
    amended = school.tell("amend", MARCH, name="Jaunā")
    annulment = school.tell("annul", MAY, target=amended.position, mode="ex_tunc")
    school.tell("annul", SEPTEMBER, target=annulment.position, mode="ex_tunc")
    assert [school.name(day) for day in (MARCH, MAY, SEPTEMBER)] == ["Jaunā"] * 3
    assert school.name(MAY, known_at=annulment.position) == "Vecā"


def test_an_annulment_annulled_ex_nunc_gives_the_act_back_from_that_day_on() -> None:
    school = registered(JANUARY, name="Vecā")
    amended = school.tell("amend", MARCH, name="Jaunā")
    annulment = school.tell("annul", MAY, target=amended.position, mode="ex_tunc")
    school.tell("annul", SEPTEMBER, target=annulment.position, mode="ex_nunc")
    assert [school.name(day) for day in (MARCH, JULY, SEPTEMBER)] == ["Vecā", "Vecā", "Jaunā"]


def test_an_act_is_annulled_once() -> None:
    school = registered(JANUARY)
    school.tell("amend", MARCH, name="Jaunā")
    school.tell("annul", MAY, target=1, mode="ex_nunc")
    with pytest.raises(TargetAlreadyAnnulled, match="position 1"):
        school.tell("annul", JULY, target=1, mode="ex_tunc")


def test_the_acts_that_rest_on_an_annulled_registration_rest_with_it() -> None:
    school = registered(JANUARY, name="Vecā")
    school.tell("amend", MARCH, name="Jaunā")
    annulment = school.tell("annul", MAY, target=0, mode="ex_tunc")
    assert [school.status(day) for day in (JANUARY, MARCH, MAY)] == [ANNULLED] * 3
    assert school.name(MARCH) == "Vecā"
    school.tell("annul", JULY, target=annulment.position, mode="ex_tunc")
    assert [school.status(day) for day in (JANUARY, MARCH, JULY)] == ["registered"] * 3
    assert school.name(MARCH) == "Jaunā"


def test_an_act_that_would_rest_on_an_annulled_registration_is_refused() -> None:
    school = registered(JANUARY)
    school.tell("annul", MAY, target=0, mode="ex_nunc")
    with pytest.raises(ActsInTheWay, match="the act that opened the entry is annulled on that day"):
        school.tell("amend", JULY, name="Jaunā")


def test_a_late_act_may_rest_from_the_day_on_which_the_registration_is_annulled() -> None:
    school = registered(JANUARY, name="Vecā")
    school.tell("annul", MAY, target=0, mode="ex_nunc")
    school.tell("amend", MARCH, name="Jaunā")
    assert [school.name(day) for day in (JANUARY, MARCH)] == ["Vecā", "Jaunā"]
    assert [school.status(day) for day in (MARCH, MAY)] == ["registered", ANNULLED]


def test_an_entry_whose_registration_was_annulled_can_be_registered_again() -> None:
    school = registered(JANUARY)
    school.tell("annul", MAY, target=0, mode="ex_nunc")
    school.tell("register", JULY, **{k: v for k, v in school.acts[0].fields.items() if k != "registration_number"})
    assert [school.status(day) for day in (JANUARY, MAY, JULY)] == ["registered", ANNULLED, "registered"]


def test_an_application_is_overdue_the_day_after_its_time_limit_by_itself() -> None:
    school = Story()
    school.tell("receive", date(2020, 1, 31), name="Ezera skola")
    assert school.status(date(2020, 2, 29)) == "applied"
    assert school.status(MARCH) == "overdue"


def test_a_deferral_moves_the_time_limit() -> None:
    school = Story()
    school.tell("receive", JANUARY, name="Ezera skola")
    school.tell("defer", date(2020, 1, 20), until=MAY)
    assert school.status(MAY) == "applied"
    assert school.status(date(2020, 5, 2)) == "overdue"


def test_an_overdue_application_can_still_be_decided() -> None:
    school = registered(MAY)
    school.tell("receive", JANUARY, name="Ezera skola")
    assert [school.status(day) for day in (JANUARY, MARCH, MAY)] == ["applied", "overdue", "registered"]


def test_a_backdated_act_is_refused_with_the_list_of_acts_in_its_way() -> None:
    school = registered(JANUARY)
    school.tell("amend", MAY, name="Jaunā")
    school.tell("strike_off", SEPTEMBER, basis="liquidation")
    with pytest.raises(ActsInTheWay) as refused:
        school.tell("strike_off", MARCH, basis="liquidation")
    assert [(o.position, o.verb, o.effective_on, str(o.reason)) for o in refused.value.obstacles] == [
        (1, "amend", MAY, "expected status registered, met struck_off"),
        (2, "strike_off", SEPTEMBER, "expected status registered, met struck_off"),
    ]
    assert len(school.acts) == 3
    assert school.status(MARCH) == "registered"


def test_an_annulment_is_refused_if_an_act_in_force_would_lose_its_ground() -> None:
    school = registered(JANUARY)
    school.tell("strike_off", MARCH, basis="liquidation")
    school.tell("annul", MAY, target=1, mode="ex_nunc")
    school.tell("amend", JULY, name="Jaunā")
    with pytest.raises(ActsInTheWay, match="amend at position 3 effective 2020-07-01"):
        school.tell("annul", SEPTEMBER, target=2, mode="ex_tunc")


def test_a_correction_is_refused_if_a_later_act_no_longer_fits() -> None:
    school = registered(JANUARY)
    school.tell("amend", MARCH, type="secondary_school")
    with pytest.raises(ActsInTheWay, match="expected general for type secondary_school, met special"):
        school.tell("correct", JANUARY, **corrected(school.acts[0], kind="special", type="special_basic_school"))


@pytest.mark.parametrize(
    ("verb", "content"),
    [("strike_off", {"basis": "other"}), ("reorganise", {"form": "merge"}), ("amend", {"head": "X"})],
)
def test_an_act_effective_before_the_registration_is_refused_not_stumbled_over(
    verb: str, content: dict[str, str]
) -> None:
    school = registered(MARCH)
    with pytest.raises(ActsInTheWay, match="expected status registered, met absent"):
        school.tell(verb, JANUARY, **content)

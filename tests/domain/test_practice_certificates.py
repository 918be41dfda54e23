from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.practice_certificates import REGISTER, three_years_after
from domain.refusals import ActsInTheWay, ContentRefused, NotAFirstAct
from tests.domain.story import Story, corrected

START, LATER, LAST_DAY = date(2020, 3, 2), date(2020, 4, 6), date(2023, 3, 2)
SITTING = {"held_on": "2020-03-02", "minutes": "3"}
PERSON = {"name": "Ilze Ezeriņa", "personal_code": "161175-19997"}
CERTIFICATE: dict[str, Any] = {
    **PERSON,
    "sitting": SITTING,
    "programme_kind": "interest",
    "programme": "Klavierspēle iesācējiem",
    "target_groups": ["compulsory"],
    "theme": "music",
    "territories": ["Cēsu novads"],
}
REASON = {"sitting": SITTING, "reason": "Nav profesionālās pilnveides apliecinājuma."}


def issued(on: date = START, **content: Any) -> Story:
    """A certificate issued without an application on record."""
    story = Story(REGISTER)
    story.tell("issue", on, **{**CERTIFICATE, **content})
    return story


def applied(on: date = START) -> Story:
    """An application."""
    story = Story(REGISTER)
    story.tell("receive", on, **PERSON)
    return story


def counted(story: Story, on: date, **stated: Any) -> dict[str, Any]:
    """What the entry is counted by on a day."""
    return REGISTER.counted_by(story.timeline.state_on(on).content, stated)


def test_a_certificate_is_in_force_for_three_years_and_expired_the_day_after_with_no_act() -> None:
    certificate = issued()
    days = (START, LAST_DAY, date(2023, 3, 3))
    assert [certificate.status(day) for day in days] == ["in_force", "in_force", "expired"]
    assert certificate.timeline.state_on(START).content["valid_until"] == LAST_DAY.isoformat()


@pytest.mark.parametrize(
    ("day", "last"), [(date(2020, 2, 29), date(2023, 2, 28)), (date(2021, 2, 28), date(2024, 2, 28))]
)
def test_three_years_end_on_the_same_day_or_the_last_of_its_month(day: date, last: date) -> None:
    assert three_years_after(day) == last


def test_three_years_run_from_the_day_the_issue_takes_effect_and_not_from_the_decision() -> None:
    certificate = Story(REGISTER)
    certificate.take(replace(certificate.draft("issue", date(2020, 2, 3), **CERTIFICATE), effective_on=START))
    assert certificate.timeline.state_on(START).content["valid_until"] == LAST_DAY.isoformat()


def test_a_correction_of_the_issue_leaves_its_last_day() -> None:
    certificate = issued()
    certificate.tell("correct", START, **corrected(certificate.acts[0], theme="dance"))
    content = certificate.timeline.state_on(LATER).content
    assert (content["theme"], content["valid_until"]) == ("dance", LAST_DAY.isoformat())


def test_an_extension_is_for_three_years_from_the_last_day_and_not_from_the_decision() -> None:
    certificate = issued()
    certificate.tell("extend", date(2023, 1, 30), sitting=SITTING)
    assert certificate.status(date(2026, 3, 2)) == "in_force"
    assert certificate.status(date(2026, 3, 3)) == "expired"


@pytest.mark.parametrize("verb", ["extend", "refuse_extension", "reissue", "cancel"])
def test_the_commission_decides_on_a_certificate_up_to_its_last_day(verb: str) -> None:
    issued().tell(verb, LAST_DAY, **REGISTER.examples[verb])
    with pytest.raises(ActsInTheWay, match="expected status in_force, met expired"):
        issued().tell(verb, date(2023, 3, 3), **REGISTER.examples[verb])


def test_a_refused_extension_leaves_the_certificate_as_it_is() -> None:
    certificate = issued()
    certificate.tell("refuse_extension", LATER, **REASON)
    assert [certificate.status(day) for day in (LATER, LAST_DAY)] == ["in_force", "in_force"]
    assert certificate.status(date(2023, 3, 3)) == "expired"


def test_a_certificate_that_was_cancelled_is_not_extended() -> None:
    certificate = issued()
    certificate.tell("cancel", LATER, sitting=SITTING, basis="own_request")
    assert (certificate.status(START), certificate.status(LATER)) == ("in_force", "cancelled")
    with pytest.raises(ActsInTheWay, match="expected status in_force, met cancelled"):
        certificate.tell("extend", LATER, sitting=SITTING)


def test_a_reissue_for_a_new_personal_code_keeps_the_former_one_and_the_last_day() -> None:
    certificate = issued()
    certificate.tell("reissue", LATER, sitting=SITTING, personal_code="390000-00018")
    content = certificate.timeline.state_on(LATER).content
    assert (content["personal_code"], content["former_personal_code"]) == ("390000-00018", "161175-19997")
    assert (content["name"], content["valid_until"]) == (PERSON["name"], LAST_DAY.isoformat())


def test_a_person_counts_as_the_same_before_and_after_a_change_of_code() -> None:
    certificate = issued()
    certificate.tell("reissue", LATER, sitting=SITTING, personal_code="390000-00018")
    assert {counted(certificate, day)["holder"] for day in (START, LATER)} == {"161175-19997"}
    certificate.tell("reissue", date(2020, 5, 4), sitting=SITTING, personal_code="390000-00025")
    assert counted(certificate, date(2020, 5, 4))["holder"] == "161175-19997"


def test_a_reissue_for_a_new_surname_keeps_the_code() -> None:
    certificate = issued()
    certificate.tell("reissue", LATER, sitting=SITTING, name="Ilze Kalniņa")
    content = certificate.timeline.state_on(LATER).content
    assert (content["name"], content["personal_code"]) == ("Ilze Kalniņa", PERSON["personal_code"])
    assert content["former_personal_code"] is None


@pytest.mark.parametrize("stated", [{}, {"name": PERSON["name"]}, {"personal_code": PERSON["personal_code"]}])
def test_a_reissue_that_says_nothing_new_of_the_teacher_is_refused(stated: dict[str, str]) -> None:
    with pytest.raises(ActsInTheWay, match="expected another name or personal code in a reissue, met none"):
        issued().tell("reissue", LATER, sitting=SITTING, **stated)


def test_what_the_commission_decided_states_its_sitting_and_the_certificate_does_not() -> None:
    for verb in ("issue", "refuse", "extend", "refuse_extension", "reissue", "cancel"):
        assert REGISTER.by_verb[verb].content.model_fields["sitting"].is_required(), verb
    certificate = issued()
    assert "sitting" not in certificate.timeline.state_on(START).content
    assert REGISTER.counted_by({}, {"sitting": SITTING})["sitting"] == "2020-03-02 3"


def test_a_certificate_is_for_one_programme_of_at_least_one_group_in_at_least_one_territory() -> None:
    for field in ("target_groups", "territories"):
        with pytest.raises(ContentRefused) as refused:
            Story(REGISTER).tell("issue", START, **{**CERTIFICATE, field: []})
        assert [name for name, _ in refused.value.problems] == [field]


def test_an_application_names_the_person_and_falls_due_after_a_month_unless_the_term_is_extended() -> None:
    with pytest.raises(ContentRefused) as refused:
        Story(REGISTER).tell("receive", START, name="Ilze Ezeriņa")
    assert [name for name, _ in refused.value.problems] == ["personal_code"]
    application = applied()
    assert [application.status(date(2020, 4, day)) for day in (2, 3)] == ["applied", "overdue"]
    application.tell("defer", date(2020, 4, 3), until="2020-05-10")
    assert [application.status(date(2020, 5, day)) for day in (10, 11)] == ["applied", "overdue"]


@pytest.mark.parametrize("verb", ["refuse", "defer", "withdraw", "extend", "reissue", "cancel"])
def test_the_commission_decides_on_nothing_that_nobody_applied_for(verb: str) -> None:
    with pytest.raises(NotAFirstAct, match=r"\(receive, issue, import\)"):
        Story(REGISTER).tell(verb, START, **REGISTER.examples[verb])


def test_a_certificate_issued_after_a_refusal_remembers_when_it_was_first_refused() -> None:
    application = applied()
    for day in (LATER, date(2020, 4, 20)):
        application.tell("refuse", day, **REASON)
        assert application.status(day) == "refused"
        application.tell("receive", day, **PERSON)
    application.tell("issue", date(2020, 5, 4), **CERTIFICATE)
    assert application.timeline.state_on(date(2020, 5, 4)).content["refused_on"] == LATER.isoformat()
    assert counted(application, date(2020, 5, 4))["refused_before"] == "yes"
    assert counted(issued(), START)["refused_before"] == "no"


def test_a_refusal_that_the_applicant_leaves_at_that_ends_in_a_withdrawal() -> None:
    application = applied()
    application.tell("refuse", LATER, **REASON)
    application.tell("withdraw", date(2020, 5, 4), reason=None)
    assert application.status(date(2020, 5, 4)) == "withdrawn"
    with pytest.raises(ActsInTheWay, match="met withdrawn"):
        application.tell("issue", date(2020, 5, 5), **CERTIFICATE)


@pytest.mark.parametrize(
    ("groups", "age"),
    [
        (["preschool"], "preschool"),
        (["compulsory", "special_needs"], "compulsory"),
        (["compulsory", "youth", "adults"], "mixed"),
        (["special_needs"], "mixed"),
    ],
)
def test_a_programme_counts_by_the_one_age_it_is_for_or_as_mixed(groups: list[str], age: str) -> None:
    assert counted(issued(target_groups=groups), START)["target"] == age


def test_an_application_that_says_nothing_of_the_programme_counts_by_nothing_of_it() -> None:
    assert counted(applied(), START) == {"holder": "161175-19997", "refused_before": "no"}


def test_codes_and_addresses_are_confidential_and_not_searched() -> None:
    assert REGISTER.confidential_fields == {"personal_code", "former_personal_code", "addresses", "refused_on"}
    assert REGISTER.confidential_fields & (REGISTER.search_fields | REGISTER.filter_fields) == set()


def test_applications_and_refusals_are_not_public_and_certificates_are() -> None:
    public = {kind.verb for kind in REGISTER.kinds if kind.public}
    assert public == {"issue", "import", "extend", "reissue", "cancel", "correct", "annul"}
    assert set(REGISTER.statuses) - REGISTER.not_public == {"in_force", "expired", "cancelled", "annulled"}


def test_codes_whose_last_digit_does_not_fit_are_warned_of() -> None:
    expected = "personal code: expected the last digit that the ten before it give, met another"
    assert REGISTER.warnings_about({"personal_code": "161175-19990"}) == [expected]
    assert REGISTER.warnings_about({"personal_code": None, "former_personal_code": "161175-19990"}) == [expected]

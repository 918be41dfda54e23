from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.programme_licence import one_year_after
from domain.programme_licences import REGISTER
from domain.refusals import ActsInTheWay, ContentRefused
from tests.domain.story import Story

SCHOOL, OTHER_SCHOOL = "018e0000-0000-7000-8000-00000000000a", "018e0000-0000-7000-8000-00000000000b"
START, LATER = date(2020, 3, 2), date(2020, 5, 4)
LAST_DAY, DAY_AFTER = date(2021, 3, 2), date(2021, 3, 3)

GENERAL: dict[str, Any] = {
    "name": "Pamatizglītības programma",
    "institution": SCHOOL,
    "founder": "municipal",
    "branch": "general",
    "level": "basic",
    "code": "21011111",
}
VOCATIONAL: dict[str, Any] = {
    **GENERAL,
    "branch": "vocational",
    "track": "initial",
    "qualification": "Pavārs",
    "code": "35b00000",
}
INTERNATIONAL: dict[str, Any] = {
    **GENERAL,
    "branch": "international",
    "permit": "full",
    "recognised_by": "IB Organisation",
    "valid_until": "2022-08-31",
}


def licensed(on: date = START, whole: dict[str, Any] = GENERAL, **content: Any) -> Story:
    """A programme licensed on that day."""
    story = Story(REGISTER)
    story.tell("license", on, **{**whole, **content})
    return story


def test_a_programme_that_has_not_begun_within_a_year_of_licensing_loses_its_licence_on_the_day_after() -> None:
    licence = licensed()
    assert [licence.status(day) for day in (START, LAST_DAY, DAY_AFTER)] == ["in_force", "in_force", "lapsed"]


def test_a_year_from_the_last_day_of_february_ends_on_one() -> None:
    assert one_year_after(date(2020, 2, 29)) == date(2021, 2, 28)


def test_updates_do_not_stand_for_the_beginning() -> None:
    licence = licensed()
    licence.tell("amend", LATER, update="plan_approved", plan="2020. gada plāns")
    assert licence.status(DAY_AFTER) == "lapsed"


def test_a_programme_that_has_begun_keeps_its_licence() -> None:
    licence = licensed()
    licence.tell("begin", LAST_DAY)
    assert licence.status(date(2026, 1, 1)) == "in_force"
    assert licence.timeline.state_on(LAST_DAY).content["begun_on"] == "2021-03-02"


def test_a_beginning_after_the_year_comes_too_late_but_may_be_recorded_late() -> None:
    licence = licensed()
    with pytest.raises(ActsInTheWay):
        licence.tell("begin", DAY_AFTER)
    licence.tell("begin", date(2020, 9, 1))
    assert licence.status(DAY_AFTER) == "in_force"


def test_a_programme_begins_once() -> None:
    licence = licensed(begun_on="2020-09-01")
    with pytest.raises(ActsInTheWay, match="begun_on: expected none before the programme begins, met 2020-09-01"):
        licence.tell("begin", LATER)


@pytest.mark.parametrize(("begun_on", "status"), [("2021-03-02", "in_force"), ("2021-03-03", "lapsed")])
def test_the_beginning_may_be_told_with_the_licence_and_counts_if_it_is_in_time(begun_on: str, status: str) -> None:
    assert licensed(begun_on=begun_on).status(DAY_AFTER) == status


def test_the_licensing_date_is_the_day_of_effect_unless_another_is_told() -> None:
    assert licensed().timeline.state_on(START).content["licensed_on"] == "2020-03-02"
    earlier = licensed(licensed_on="2019-06-03")
    assert [earlier.status(date(2020, 6, day)) for day in (3, 4)] == ["in_force", "lapsed"]


def test_a_licence_ends_with_its_programme_code_whatever_is_decided_of_it_unless_the_code_is_replaced() -> None:
    ended, replaced = (licensed(whole=VOCATIONAL, code="35b22200", begun_on="2020-09-01") for _ in range(2))
    replaced.tell("amend", LATER, update="code", code="35b00000")
    days = (date(2023, 6, 30), date(2023, 7, 1))
    assert [ended.status(day) for day in days] == ["in_force", "lapsed"]
    assert [replaced.status(day) for day in days] == ["in_force", "in_force"]


def test_what_an_update_says_is_kept_but_not_what_kind_of_update_it_is() -> None:
    licence = licensed()
    licence.tell("amend", LATER, update="address", sites=["RĪGA"])
    content = licence.timeline.state_on(LATER).content
    assert (content["sites"], "update" in content) == (["RĪGA"], False)


def test_a_taken_over_programme_is_the_other_institutions() -> None:
    licence = licensed()
    licence.tell("amend", LATER, update="takeover", institution=OTHER_SCHOOL)
    on = {day: REGISTER.rests_on(licence.timeline.state_on(day).content) for day in (START, LATER)}
    assert on == {START: [("institution", UUID(SCHOOL))], LATER: [("institution", UUID(OTHER_SCHOOL))]}


def test_a_college_takes_a_programme_over_in_the_place_of_the_school() -> None:
    licence = licensed(whole=VOCATIONAL)
    with pytest.raises(ActsInTheWay, match="expected one of them, met institution and college"):
        licence.tell("amend", LATER, update="takeover", college=OTHER_SCHOOL)
    licence.tell("amend", LATER, update="takeover", college=OTHER_SCHOOL, institution=None)
    assert REGISTER.rests_on(licence.timeline.state_on(LATER).content) == [("college", UUID(OTHER_SCHOOL))]


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ({"update": "takeover"}, "institution: expected the institution that takes the programme over, met none"),
        ({"update": "takeover", "institution": SCHOOL}, "expected the institution that takes the programme over"),
        ({"update": "standard", "institution": OTHER_SCHOOL}, "unchanged in an update of kind standard, met another"),
        ({"update": "content", "enhanced_results": True}, "enhanced_results: expected an institution's own programme"),
        ({"update": "content", "level": None}, "level: expected a value for a programme of branch general, met none"),
    ],
)
def test_an_update_that_does_not_do_what_its_kind_says_is_refused(update: dict[str, Any], message: str) -> None:
    licence = licensed()
    with pytest.raises(ActsInTheWay, match=message):
        licence.tell("amend", LATER, **update)
    assert licence.timeline.version == 1


def test_an_update_states_its_kind() -> None:
    with pytest.raises(ContentRefused) as refused:
        licensed().tell("amend", LATER, sites=["RĪGA"])
    assert [field for field, _ in refused.value.problems] == ["update"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({**GENERAL, "level": None}, "level: expected a value for a programme of branch general, met none"),
        ({**GENERAL, "track": "arts"}, "track: expected none for a programme of branch general, met one"),
        ({**GENERAL, "valid_until": "2022-08-31"}, "valid_until: expected none for a programme of branch general"),
        ({**VOCATIONAL, "track": None}, "track: expected a value for a programme of branch vocational, met none"),
        ({**VOCATIONAL, "permit": "initial"}, "permit: expected none for a programme of branch vocational"),
        ({**INTERNATIONAL, "recognised_by": None}, "recognised_by: expected a value for a programme of branch int"),
        ({**INTERNATIONAL, "qualification": "Pavārs"}, "qualification: expected none for a programme of branch int"),
        ({**GENERAL, "institution": None}, "institution, college: expected one of them, met none"),
        ({**GENERAL, "college": OTHER_SCHOOL}, "institution, college: expected one of them, met institution and"),
        ({**GENERAL, "enhanced_results": True}, "enhanced_results: expected an institution's own programme"),
    ],
)
def test_a_content_that_does_not_fit_its_branch_is_refused(content: dict[str, Any], message: str) -> None:
    with pytest.raises(ContentRefused, match=message):
        licensed(whole=content)


def test_an_application_is_answered_by_a_licence_or_a_refusal_and_falls_due_after_a_month() -> None:
    for verb, content, status in (
        ("license", GENERAL, "in_force"),
        ("refuse", {"reason": "Nav saskaņota."}, "refused"),
    ):
        programme = Story(REGISTER)
        programme.tell("receive", START, name="Pamatizglītības programma", branch="general")
        assert [programme.status(date(2020, 4, day)) for day in (2, 3)] == ["applied", "overdue"]
        programme.tell("defer", date(2020, 3, 20), until="2020-05-02", reason="Nepieciešama papildu informācija.")
        assert programme.status(date(2020, 5, 2)) == "applied"
        programme.tell(verb, LATER, **content)
        assert programme.status(LATER) == status


def test_the_permit_of_an_international_programme_is_suspended_restored_and_expires() -> None:
    permit = licensed(whole=INTERNATIONAL, begun_on="2020-09-01")
    permit.tell("suspend", LATER, reason="Netiek īstenota Latvijas mācība.")
    permit.tell("restore", date(2020, 6, 1))
    days = (START, LATER, date(2020, 6, 1), date(2022, 8, 31), date(2022, 9, 1))
    assert [permit.status(day) for day in days] == ["in_force", "suspended", "in_force", "in_force", "expired"]


def test_the_licence_of_another_programme_is_not_suspended() -> None:
    with pytest.raises(ActsInTheWay, match="branch: expected international, met general"):
        licensed().tell("suspend", LATER, reason="Nav iemesla.")


def test_a_licence_lapses_by_an_entry_and_is_annulled_by_annulling_the_licensing() -> None:
    lapsed, annulled = licensed(), licensed()
    lapsed.tell("lapse", LATER, basis="own_request")
    annulled.tell("annul", LATER, target=0, mode="ex_nunc")
    assert [lapsed.status(LATER), annulled.status(START), annulled.status(LATER)] == ["lapsed", "in_force", "annulled"]
    for licence in (lapsed, annulled):
        with pytest.raises(ActsInTheWay):
            licence.tell("amend", LATER, update="standard")


def test_a_licence_ends_with_its_institution_by_a_lapse() -> None:
    licence = licensed()
    assert REGISTER.ends_with is not None
    verb, content = REGISTER.ends_with
    licence.tell(verb, LATER, **content)
    assert licence.status(LATER) == "lapsed"


def test_acts_are_counted_by_what_the_programme_is_and_the_kind_of_update() -> None:
    licence = licensed(whole=VOCATIONAL, work_based=True, founder="state")
    update = licence.tell("amend", LATER, update="plan_approved")
    assert REGISTER.counted_by(licence.timeline.state_on(LATER).content, update.fields) == {
        "branch": "vocational",
        "track": "initial",
        "level": "basic",
        "study_form": "on_site",
        "language": "latvian",
        "origin": "model",
        "enhanced_results": "no",
        "modular": "no",
        "work_based": "yes",
        "qualification": "Pavārs",
        "founder": "state",
        "institution": SCHOOL,
        "update": "plan_approved",
    }
    assert REGISTER.counted_by({**GENERAL, "special_kind": "mixed"}, {})["special"] == "yes"


def test_what_a_code_does_not_have_as_the_licence_has_it_is_pointed_out_and_not_refused() -> None:
    special = {**GENERAL, "code": "21015613", "study_form": "extramural"}
    assert REGISTER.warnings_about({**special, "special_kind": "learning"}) == []
    assert REGISTER.warnings_about({**special, "special_kind": None, "study_form": "distance"}) == [
        "study_form: expected extramural, as the programme code has it, met distance",
        "special_kind: expected learning, as the programme code has it, met none",
    ]
    assert REGISTER.warnings_about({"update": "code", "code": "21", "added_codes": ["35b22200"]}) == [
        "programme code: expected one such as 21011111 or 35b21302, met '21'",
        "programme code: 35b22200 is valid no longer than 2023-06-30",
    ]
    assert licensed(code="nav zināms").status(START) == "in_force"

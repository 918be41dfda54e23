from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.psychologists import REGISTER
from domain.refusals import ActsInTheWay, ContentRefused
from tests.domain.story import Story

START, LATER, LATEST = date(2020, 1, 10), date(2020, 1, 20), date(2020, 2, 3)
EDUCATION: list[dict[str, Any]] = [{"institution": "Latvijas Universitāte", "degree": "maģistrs"}]
PERSON: dict[str, Any] = {"name": "Ilze Ezeriņa", "personal_code": "161175-19997", "education": EDUCATION}
SITTING: dict[str, Any] = {"sitting": {"held_on": "2020-01-08", "minutes": "1/2020"}}


def psychologist() -> Story:
    """A psychologist who is registered."""
    story = Story(REGISTER)
    story.tell("register", START, **PERSON, **SITTING)
    return story


@pytest.mark.parametrize(
    ("verb", "content"),
    [
        ("register", PERSON),
        ("refuse", {"name": PERSON["name"], "reason": "Izglītība neatbilst."}),
        *((verb, {}) for verb in ("suspend", "restore", "terminate", "exclude")),
    ],
)
def test_what_the_board_decides_states_its_sitting(verb: str, content: dict[str, Any]) -> None:
    with pytest.raises(ContentRefused) as refused:
        psychologist().tell(verb, LATER, **content)
    assert [field for field, _ in refused.value.problems] == ["sitting"]


def test_the_sitting_is_the_acts_and_no_part_of_the_entry() -> None:
    person = psychologist()
    person.tell("reregister", LATER, name="Ilze Ozola", education=EDUCATION, **SITTING)
    assert [act.fields["sitting"] for act in person.acts] == [SITTING["sitting"]] * 2
    assert [set(person.timeline.state_on(day).content) for day in (START, LATER)] == [
        set(REGISTER.content.model_fields)
    ] * 2


def test_practice_is_suspended_restored_terminated_and_the_psychologist_excluded() -> None:
    person, days = psychologist(), [date(2020, 3, day) for day in range(1, 6)]
    for day, verb in zip(days, ("suspend", "restore", "terminate", "restore", "exclude"), strict=True):
        person.tell(verb, day, **SITTING)
    assert [person.status(day) for day in days] == ["suspended", "registered", "terminated", "registered", "excluded"]
    assert {"suspended", "terminated"} <= REGISTER.alive


@pytest.mark.parametrize("verb", ["suspend", "restore", "terminate", "amend", "recognise_qualification"])
def test_an_excluded_psychologist_is_reregistered_before_anything_else(verb: str) -> None:
    person = psychologist()
    person.tell("exclude", LATER, **SITTING)
    content = {"amend": {"name": "A"}, "recognise_qualification": {"qualification": "A", "country": "B", **SITTING}}
    with pytest.raises(ActsInTheWay, match="met excluded"):
        person.tell(verb, LATEST, **content.get(verb, SITTING))
    person.tell("reregister", LATEST, name="Ilze Ozola", education=EDUCATION, **SITTING)
    assert (person.status(LATEST), person.name(LATEST)) == ("registered", "Ilze Ozola")


def test_who_is_registered_anew_keeps_number_and_code() -> None:
    person = Story(REGISTER)
    person.tell("register", START, **PERSON, registration_number="000007", **SITTING)
    person.tell("exclude", LATER, **SITTING)
    person.tell("reregister", LATEST, name="Ilze Ozola", education=EDUCATION, **SITTING)
    kept = person.timeline.state_on(LATEST).content
    assert (kept["registration_number"], kept["personal_code"]) == ("000007", PERSON["personal_code"])


def test_a_foreign_qualification_is_recognised_of_an_applicant_who_is_then_registered() -> None:
    person = Story(REGISTER)
    person.tell("receive", START, name=PERSON["name"])
    person.tell("recognise_qualification", LATER, qualification="psihologs", country="Igaunija", **SITTING)
    assert person.status(LATER) == "applied"
    person.tell("register", LATEST, **PERSON, **SITTING)
    assert person.status(LATEST) == "registered"
    with pytest.raises(ActsInTheWay, match="expected status applied / overdue, met registered"):
        person.tell("recognise_qualification", LATEST, qualification="psihologs", country="Igaunija", **SITTING)


def test_an_overdue_application_stays_overdue_when_a_qualification_is_recognised() -> None:
    person = Story(REGISTER)
    person.tell("receive", START, name=PERSON["name"])
    person.tell("recognise_qualification", date(2020, 2, 20), qualification="p", country="Igaunija", **SITTING)
    assert [person.status(date(2020, 2, day)) for day in (10, 11, 20)] == ["applied", "overdue", "overdue"]


def test_name_code_and_supervision_are_amended_also_while_practice_is_suspended() -> None:
    person = psychologist()
    person.tell("suspend", LATER, **SITTING)
    changes = {"supervised_practice": True, "personal_code": "328673-00679", "former_personal_code": "161175-19997"}
    person.tell("amend", LATEST, **changes)
    state = person.timeline.state_on(LATEST)
    assert state.status == "suspended"
    assert {name: state.content[name] for name in changes} == changes
    assert person.timeline.state_on(LATER).content["supervised_practice"] is False


def test_personal_codes_are_confidential_and_not_searched() -> None:
    assert REGISTER.confidential_fields == {"personal_code", "former_personal_code"}
    assert REGISTER.confidential_fields & (REGISTER.search_fields | REGISTER.filter_fields) == set()


def test_codes_whose_last_digit_does_not_fit_are_warned_of() -> None:
    assert REGISTER.warnings_about({**PERSON, "registration_number": "000001"}) == []
    assert REGISTER.warnings_about({"personal_code": "161175-19990", "former_personal_code": "161175-19991"}) == [
        "personal code: expected the last digit that the ten before it give, met another",
        "personal code: expected the last digit that the ten before it give, met another",
    ]


def test_applications_refusals_and_recognitions_are_not_public() -> None:
    hidden = {kind.verb for kind in REGISTER.kinds if not kind.public}
    assert hidden == {"receive", "refuse", "defer", "recognise_qualification"}


def test_a_psychologist_has_an_education() -> None:
    with pytest.raises(ContentRefused) as refused:
        Story(REGISTER).tell("register", START, **{**PERSON, "education": []}, **SITTING)
    assert [field for field, _ in refused.value.problems] == ["education"]

from __future__ import annotations

from datetime import date

import pytest

from domain.other_institutions import REGISTER
from domain.refusals import ActsInTheWay, ContentRefused
from tests.domain.story import Story, registered

START, LATER = date(2020, 1, 10), date(2020, 1, 20)


def test_an_institution_is_struck_off_and_amended_no_more() -> None:
    studio = registered(START, REGISTER)
    studio.tell("strike_off", LATER, basis="activity_ended")
    assert (studio.status(START), studio.status(LATER)) == ("registered", "struck_off")
    with pytest.raises(ActsInTheWay, match="expected status registered, met struck_off"):
        studio.tell("amend", LATER, head="Zane Ozola")


def test_an_educational_institution_has_no_place_in_it() -> None:
    with pytest.raises(ContentRefused) as refused:
        registered(START, REGISTER, kind="general")
    assert [field for field, _ in refused.value.problems] == ["kind"]


def test_an_application_falls_due_after_a_month() -> None:
    studio = Story(REGISTER)
    studio.tell("receive", START, name="Ezera keramikas studija")
    assert [studio.status(date(2020, 2, day)) for day in (10, 11)] == ["applied", "overdue"]


def test_a_number_of_a_legal_person_that_does_not_fit_is_warned_of() -> None:
    assert REGISTER.warnings_about({"legal_registration_number": "90001259030"}) == [
        "number of the legal person: expected 2 at the end, met 0"
    ]
    assert REGISTER.warnings_about({"legal_registration_number": None}) == []
    assert REGISTER.confidential_fields == {"contact_person"}

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.childcare_providers import REGISTER
from domain.refusals import ActsInTheWay, ContentRefused, UnknownKindOfAct
from tests.domain.story import CENTRE, NANNY, Story, registered

START, LATER = date(2020, 1, 10), date(2020, 1, 20)


def centre(**content: Any) -> Story:
    """A legal person that is registered."""
    story = Story(REGISTER)
    story.tell("register", START, **{**CENTRE, **content})
    return story


def test_a_provider_is_excluded_from_the_register_and_may_not_be_reorganised_or_struck_off() -> None:
    provider = registered(START, REGISTER)
    provider.tell("exclude", LATER, basis="own_request")
    assert (provider.status(START), provider.status(LATER)) == ("registered", "excluded")
    for verb in ("reorganise", "strike_off"):
        with pytest.raises(UnknownKindOfAct):
            provider.tell(verb, LATER)


def test_an_exclusion_names_its_ground() -> None:
    with pytest.raises(ContentRefused) as refused:
        registered(START, REGISTER).tell("exclude", LATER, basis="liquidation")
    assert [field for field, _ in refused.value.problems] == ["basis"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({**NANNY, "personal_code": None}, "personal_code: expected a value for a natural person, met none"),
        (
            {**NANNY, "legal_registration_number": "90001259032"},
            "legal_registration_number: expected none for a natural",
        ),
        ({**NANNY, "address": "RĪGA"}, "address: expected none for a natural person, met one"),
        ({**NANNY, "phones": ["20000001"]}, "phones: expected none for a natural person, met one"),
        ({**NANNY, "emails": ["i@example.lv"]}, "emails: expected none for a natural person, met one"),
        ({**NANNY, "manager": "A"}, "manager: expected none for a natural person, met one"),
        ({**CENTRE, "legal_registration_number": None}, "legal_registration_number: expected a value for a legal"),
        ({**CENTRE, "address": None}, "address: expected a value for a legal person, met none"),
        ({**CENTRE, "nannies": []}, "nannies: expected a value for a legal person, met none"),
        ({**CENTRE, "personal_code": "390000-00018"}, "personal_code: expected none for a legal person, met one"),
        ({**CENTRE, "private_contacts": {"address": "RĪGA"}}, "private_contacts: expected none for a legal person"),
    ],
)
def test_a_content_that_does_not_fit_the_kind_of_person_is_refused(content: dict[str, Any], message: str) -> None:
    with pytest.raises(ContentRefused, match=message):
        Story(REGISTER).tell("register", START, **content)


def test_an_amendment_that_would_not_fit_the_kind_of_person_is_refused() -> None:
    for provider, change in ((registered(START, REGISTER), {"phones": ["20000001"]}), (centre(), {"nannies": []})):
        with pytest.raises(ActsInTheWay, match=rf"{next(iter(change))}: expected .* person"):
            provider.tell("amend", LATER, **change)
        assert provider.timeline.version == 1


def test_a_natural_person_does_not_become_a_legal_one_by_amendment() -> None:
    with pytest.raises(ContentRefused) as refused:
        registered(START, REGISTER).tell("amend", LATER, provider_kind="legal")
    assert [field for field, _ in refused.value.problems] == ["provider_kind"]


def test_a_person_who_was_given_a_new_code_has_it_from_the_day_of_the_amendment() -> None:
    provider = registered(START, REGISTER, personal_code="161175-19997")
    provider.tell("amend", LATER, personal_code="32867300679")
    codes = [provider.timeline.state_on(day).content["personal_code"] for day in (START, LATER)]
    assert codes == ["161175-19997", "328673-00679"]


def test_an_application_falls_due_after_a_month() -> None:
    provider = Story(REGISTER)
    provider.tell("receive", START, name="Ilze Ezeriņa", provider_kind="natural")
    assert [provider.status(date(2020, 2, day)) for day in (10, 11)] == ["applied", "overdue"]


def test_personal_codes_private_contacts_and_nannies_are_confidential_and_not_searched() -> None:
    assert REGISTER.confidential_fields == {"personal_code", "private_contacts", "nannies"}
    assert REGISTER.confidential_fields & (REGISTER.search_fields | REGISTER.filter_fields) == set()


def test_codes_whose_last_digit_does_not_fit_are_warned_of_wherever_they_are_stated() -> None:
    assert REGISTER.warnings_about({**NANNY, "registration_number": "000001"}) == []
    assert REGISTER.warnings_about({"personal_code": "161175-19990"}) == [
        "personal code: expected the last digit that the ten before it give, met another"
    ]
    assert REGISTER.warnings_about({"registration_number": "1", "legal_registration_number": "90001259030"}) == [
        "registration number: expected six digits, met '1'",
        "number of the legal person: expected 2 at the end, met 0",
    ]
    assert REGISTER.warnings_about({"personal_code": None}) == []


def test_acts_are_counted_by_kind_of_person_service_and_basis() -> None:
    counted = REGISTER.counted_by({"provider_kind": "legal", "service": "both"}, {"basis": "other"})
    assert counted == {"kind": "legal", "type": "both", "basis": "other"}
    assert REGISTER.counted_by({}, {}) == {}


def test_its_numbers_meet_those_of_no_other_register() -> None:
    assert REGISTER.numbers.space == "childcare"

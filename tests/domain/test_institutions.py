from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.institution_types import KINDS, TYPES
from domain.institutions import REGISTER
from domain.refusals import ActsInTheWay, ContentRefused
from domain.registration_number import NUMBERS
from tests.domain.story import BASIC_SCHOOL, COLLEGE, Story, registered

START, LATER = date(2020, 1, 10), date(2020, 1, 20)


@pytest.mark.parametrize("type_code", sorted(code for code, about in TYPES.items() if about.kind != "higher"))
def test_an_institution_of_every_type_but_higher_education_can_be_registered(type_code: str) -> None:
    school = registered(START, type=type_code, kind=TYPES[type_code].kind)
    assert school.timeline.state_on(START).content["type"] == type_code


def test_an_institution_whose_type_is_not_of_its_kind_is_not_registered() -> None:
    with pytest.raises(ContentRefused, match="kind: expected general for type basic_school, met preschool"):
        registered(START, kind="preschool")


def test_an_amendment_of_the_type_alone_must_keep_to_the_kind() -> None:
    school = registered(START)
    with pytest.raises(ActsInTheWay, match="kind: expected special for type special_basic_school, met general"):
        school.tell("amend", LATER, type="special_basic_school")
    school.tell("amend", LATER, type="special_basic_school", kind="special")
    assert school.timeline.state_on(LATER).content["kind"] == "special"


def test_a_reorganisation_must_keep_type_and_kind_together() -> None:
    with pytest.raises(ActsInTheWay, match="kind: expected preschool for type preschool, met general"):
        registered(START).tell("reorganise", LATER, form="change_of_type", changes={"type": "preschool"})


@pytest.mark.parametrize("verb", ["register", "import"])
def test_a_higher_education_institution_belongs_to_its_own_register(verb: str) -> None:
    with pytest.raises(ActsInTheWay, match="register higher-education"):
        Story().tell(verb, START, **COLLEGE)


def test_an_institution_cannot_become_one_of_higher_education_by_amendment() -> None:
    with pytest.raises(ActsInTheWay, match="register higher-education"):
        registered(START).tell("amend", LATER, kind="higher", type="college")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "two\nlines"),
        ("name", "x" * 1001),
        ("registration_number", "31-1290"),
        ("kind", "university"),
        ("type", "school"),
        ("legal_status", "kingdom"),
        ("founders", {"declared": [], "actual": ["x"]}),
        ("emails", ["no address"]),
        ("phones", ["call me"]),
        ("units", -1),
        ("territory", "7"),
        ("founder_class", "10"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_the_name_of_its_field(field: str, value: Any) -> None:
    with pytest.raises(ContentRefused) as refused:
        registered(START, **{field: value})
    assert {name.partition(".")[0] for name, _ in refused.value.problems} == {field}


def test_spaces_at_the_ends_of_a_name_are_kept_as_written() -> None:
    assert registered(START, name=" Ezera skola ").name(START) == " Ezera skola "


def test_every_type_is_of_a_known_kind_and_has_a_code_for_its_numbers_but_for_international_schools() -> None:
    assert {about.kind for about in TYPES.values()} == KINDS.keys()
    assert [name for name, about in TYPES.items() if not about.number_codes] == ["international_school"]


def test_an_international_school_is_registered_under_the_number_it_brings() -> None:
    school = {**BASIC_SCHOOL, "kind": "international", "type": "international_school"}
    assert NUMBERS.series(school) is None
    assert NUMBERS.warnings("3312903501", {**school, "founder_class": "9"}) == []
    entry = Story(REGISTER)
    entry.tell("register", START, **school, registration_number="3312903501")
    assert entry.status(START) == "registered"


@pytest.mark.parametrize(
    ("digit", "founder_class"), [("9", "municipal"), ("8", "private"), ("0", "state"), ("7", "state"), (None, None)]
)
def test_statistics_know_the_founder_class_by_its_digit(digit: str | None, founder_class: str | None) -> None:
    counted = REGISTER.counted_by({**BASIC_SCHOOL, "founder_class": digit}, {"basis": "new"})
    assert counted.pop("founder_class", None) == founder_class
    assert counted == {
        "kind": "general", "type": "basic_school", "territory": "31", "municipality": "Rēzekne", "basis": "new",
    }  # fmt: skip


def test_the_contact_person_is_confidential_and_nothing_else_is() -> None:
    assert REGISTER.confidential_fields == {"contact_person"}


def test_lists_are_filtered_by_what_the_law_sorts_institutions_by() -> None:
    assert REGISTER.filter_fields == {"kind", "type", "legal_status", "territory", "founder_class"}


def test_the_search_never_looks_into_what_is_confidential() -> None:
    assert REGISTER.search_fields.isdisjoint(REGISTER.confidential_fields)
    assert REGISTER.search_fields >= {"name", "registration_number", "address", "head", "founders"}


def test_applications_that_led_to_no_entry_are_not_public() -> None:
    assert REGISTER.not_public == {"applied", "overdue", "refused", "application_annulled"}
    assert {kind.verb for kind in REGISTER.kinds if not kind.public} == {
        "receive",
        "refuse",
        "defer",
        "refuse_amendment",
        "defer_amendment",
    }

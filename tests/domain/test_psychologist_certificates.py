from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain import psychologists
from domain.links import gaps
from domain.practice_areas import PRACTICE_AREAS, holds_on
from domain.psychologist_certificates import REGISTER
from domain.refusals import ActsInTheWay, ContentRefused
from domain.timeline import Timeline
from tests.domain.story import Story
from tests.domain.test_psychologists import SITTING, psychologist

START, LATER = date(2020, 1, 10), date(2020, 6, 1)
CERTIFICATE: dict[str, Any] = {
    "name": "Ilze Ezeriņa",
    "kind": "certificate",
    "psychologist": str(uuid4()),
    "area": "clinical",
    "issued_on": "2020-01-10",
    "valid_until": "2027-01-10",
}
LICENCE: dict[str, Any] = {**CERTIFICATE, "kind": "supervisor_licence", "certificate": str(uuid4())}


def issued(**content: Any) -> Story:
    """A certificate, or what ``content`` makes of it."""
    story = Story(REGISTER)
    story.tell("issue", START, **{**CERTIFICATE, **content}, **SITTING)
    return story


def test_there_are_six_areas_of_practice_since_the_law_is_in_force() -> None:
    assert len(PRACTICE_AREAS) == 6
    assert {holds_on(code, date(2018, 1, 1)) for code in PRACTICE_AREAS} == {True}
    assert {holds_on(code, date(2017, 12, 31)) for code in PRACTICE_AREAS} == {False}


def test_a_certificate_expires_by_itself_after_its_last_day_suspended_or_not() -> None:
    plain, suspended = issued(), issued()
    suspended.tell("suspend", LATER, **SITTING)
    assert [plain.status(date(2027, 1, day)) for day in (10, 11)] == ["in_force", "expired"]
    assert [suspended.status(date(2027, 1, day)) for day in (10, 11)] == ["suspended", "expired"]


def test_an_application_for_a_certificate_falls_due_after_a_month() -> None:
    asked = Story(REGISTER)
    asked.tell("receive", START, name="Ilze Ezeriņa", kind="certificate")
    assert [asked.status(date(2020, 2, day)) for day in (10, 11)] == ["applied", "overdue"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"valid_until": "2027-01-11"}, "expected a day from 2020-01-10 to 2027-01-10, met 2027-01-11"),
        ({"valid_until": "2020-01-09"}, "expected a day from 2020-01-10 to 2027-01-10, met 2020-01-09"),
        ({"issued_on": "2020-02-29", "valid_until": "2027-03-01"}, "to 2027-02-28, met 2027-03-01"),
        ({"issued_on": "2017-12-31", "valid_until": "2020-12-31"}, "expected an area of practice of 2017-12-31"),
        ({"certificate": str(uuid4())}, "expected none for a certificate, met one"),
        ({"kind": "supervisor_licence"}, "expected the certificate that a supervisor's licence rests on"),
        ({"area": "sport"}, "area"),
    ],
)
def test_a_certificate_that_the_law_does_not_know_is_not_issued(content: dict[str, Any], message: str) -> None:
    with pytest.raises(ContentRefused, match=message):
        issued(**content)


def test_recertification_makes_a_certificate_last_seven_years_more() -> None:
    certificate = issued()
    certificate.tell("recertify", date(2026, 12, 1), issued_on="2026-12-01", valid_until="2034-01-10", **SITTING)
    assert [certificate.status(date(2034, 1, day)) for day in (10, 11)] == ["in_force", "expired"]


def test_an_expired_certificate_is_in_force_again_from_its_recertification_on() -> None:
    certificate = issued()
    certificate.tell("recertify", date(2027, 2, 1), issued_on="2027-02-01", valid_until="2034-02-01", **SITTING)
    days = (date(2027, 1, 10), date(2027, 1, 31), date(2027, 2, 1), date(2034, 2, 2))
    assert [certificate.status(day) for day in days] == ["in_force", "expired", "in_force", "expired"]


@pytest.mark.parametrize("until", ["2034-01-11", "2027-01-10"])
def test_recertification_is_for_seven_years_at_most_and_not_for_less_than_there_was(until: str) -> None:
    with pytest.raises(ActsInTheWay, match=f"expected a day from 2027-01-11 to 2034-01-10, met {until}"):
        issued().tell("recertify", date(2026, 12, 1), issued_on="2026-12-01", valid_until=until, **SITTING)


@pytest.mark.parametrize(
    ("verb", "kind", "content"),
    [
        ("recertify", "certificate", {"issued_on": "2020-06-01", "valid_until": "2027-06-01"}),
        ("cancel", "certificate", {}),
        ("extend", "supervisor_licence", {"valid_until": "2027-06-01"}),
        ("withdraw", "supervisor_licence", {}),
    ],
)
def test_certificates_and_licences_have_acts_of_their_own(verb: str, kind: str, content: dict[str, Any]) -> None:
    stories = {"certificate": issued(), "supervisor_licence": issued(**LICENCE)}
    stories.pop(kind).tell(verb, LATER, **content, **SITTING)
    for other in stories.values():
        with pytest.raises(ActsInTheWay, match=f"kind: expected {kind}, met"):
            other.tell(verb, LATER, **content, **SITTING)


@pytest.mark.parametrize(
    ("verb", "before", "status"),
    [("suspend", "in_force", "suspended"), ("restore", "suspended", "in_force"), ("cancel", "suspended", "cancelled")],
)
def test_a_certificate_is_suspended_restored_and_annulled(verb: str, before: str, status: str) -> None:
    certificate = issued()
    if before == "suspended":
        certificate.tell("suspend", LATER, **SITTING)
    certificate.tell(verb, LATER, **SITTING)
    assert certificate.status(LATER) == status


def resting_on(*timelines: Story) -> Mapping[UUID, Timeline]:
    """The timelines of these entries by their ids."""
    return {story.entry_id: story.timeline for story in timelines}


@pytest.mark.parametrize(
    ("verb", "first"), [("suspend", None), ("terminate", date(2020, 6, 1)), ("exclude", date(2020, 6, 1))]
)
def test_a_certificate_rests_on_a_psychologist_whose_practice_may_be_suspended_but_no_more(
    verb: str, first: date | None
) -> None:
    person = psychologist()
    person.tell(verb, LATER, **SITTING)
    certificate = issued(psychologist=str(person.entry_id))
    found = gaps(certificate.timeline, resting_on(person).get)
    assert [(gap.field, gap.first) for gap in found] == ([] if first is None else [("psychologist", first)])


def test_a_licence_lasts_no_longer_than_its_certificate() -> None:
    person = psychologist()
    certificate = issued(psychologist=str(person.entry_id))
    on = {"psychologist": str(person.entry_id), "certificate": str(certificate.entry_id)}
    known = resting_on(person, certificate)
    fitting, longer = issued(**{**LICENCE, **on}), issued(**{**LICENCE, **on, "valid_until": "2027-01-11"})
    assert gaps(fitting.timeline, known.get) == []
    assert [(gap.field, gap.first, gap.status) for gap in gaps(longer.timeline, known.get)] == [
        ("certificate", date(2027, 1, 11), "expired")
    ]


def test_a_licence_rests_on_a_certificate_of_the_same_psychologist() -> None:
    person, certificate = psychologist(), issued()
    on = {"psychologist": str(person.entry_id), "certificate": str(certificate.entry_id)}
    (gap,) = gaps(issued(**{**LICENCE, **on}).timeline, resting_on(person, certificate).get)
    assert (gap.field, gap.first, gap.status) == ("certificate", START, f"psychologist {CERTIFICATE['psychologist']}")


def test_what_ends_with_what_it_rests_on_lapses() -> None:
    assert REGISTER.ends_with == ("lapse", {"basis": "support_ended"})
    for story in (issued(), issued(**LICENCE)):
        story.tell("lapse", LATER, basis="support_ended")
        assert story.status(LATER) == "lapsed"
        assert "lapsed" not in REGISTER.alive


def test_certificates_are_counted_by_kind_area_and_holder() -> None:
    holder = CERTIFICATE["psychologist"]
    assert REGISTER.counted_by(CERTIFICATE, {}) == {"kind": "certificate", "area": "clinical", "holder": holder}


def test_its_numbers_are_not_those_of_psychologists() -> None:
    assert REGISTER.numbers.space != psychologists.REGISTER.numbers.space

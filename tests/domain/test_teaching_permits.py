from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.refusals import ActsInTheWay, ContentRefused
from domain.teaching_permits import REGISTER
from tests.domain.story import Story

START, LATER = date(2020, 3, 2), date(2020, 3, 30)
SITTING = {"held_on": "2020-03-30", "minutes": "3"}
PERSON = {"name": "Jānis Ezeriņš", "personal_code": "161175-19997"}
CONVICTION = {"ground": "Krimināllikuma 262. pants", "cleared_on": "2015-06-30"}
PERMIT: dict[str, Any] = {**PERSON, "sitting": SITTING, "convictions": [CONVICTION]}
REASON = {"sitting": SITTING, "reason": "Komisijas balsojums."}


def applied() -> Story:
    """An application."""
    story = Story(REGISTER)
    story.tell("receive", START, **PERSON)
    return story


def granted(**content: Any) -> Story:
    """A permit granted on an application."""
    story = applied()
    story.tell("grant", LATER, **{**PERMIT, **content})
    return story


def test_a_permit_is_in_force_until_the_commission_cancels_it() -> None:
    permit = granted()
    assert [permit.status(day) for day in (START, LATER, date(2999, 1, 1))] == ["applied", "in_force", "in_force"]
    permit.tell("cancel", date(2021, 1, 4), **REASON)
    assert permit.status(date(2021, 1, 4)) == "cancelled"


def test_a_permit_says_whom_the_person_may_not_teach() -> None:
    counted = [REGISTER.counted_by(granted(restrictions=groups).timeline.state_on(LATER).content, PERMIT)
               for groups in ([], ["minors"])]  # fmt: skip
    assert [found["restricted"] for found in counted] == ["no", "yes"]
    assert {found["sitting"] for found in counted} == {"2020-03-30 3"}
    assert {found["holder"] for found in counted} == {"161175-19997"}


@pytest.mark.parametrize(("cleared_on", "met"), [("2020-03-31", "2020-03-31"), (None, "-")])
def test_no_permit_is_granted_before_the_conviction_is_expunged_or_removed(cleared_on: str | None, met: str) -> None:
    application = applied()
    convictions = [CONVICTION, {**CONVICTION, "cleared_on": cleared_on}]
    with pytest.raises(ActsInTheWay, match=f"expected a day not after the sitting, met {met}"):
        application.tell("grant", LATER, **{**PERMIT, "convictions": convictions})
    application.tell("grant", LATER, **{**PERMIT, "convictions": [{**CONVICTION, "cleared_on": "2020-03-30"}]})


def test_a_permit_without_a_conviction_is_none() -> None:
    with pytest.raises(ContentRefused) as refused:
        granted(convictions=[])
    assert [name for name, _ in refused.value.problems] == ["convictions"]


@pytest.mark.parametrize(
    ("verb", "status"), [("refuse", "refused"), ("dismiss", "not_evaluated"), ("withdraw", "withdrawn")]
)
def test_an_application_that_led_to_no_permit_may_be_followed_by_another(verb: str, status: str) -> None:
    application = applied()
    application.tell(verb, LATER, **({"reason": None} if verb == "withdraw" else REASON))
    assert application.status(LATER) == status
    with pytest.raises(ActsInTheWay, match=f"met {status}"):
        application.tell("grant", LATER, **PERMIT)
    application.tell("receive", date(2021, 1, 4), **PERSON)
    assert application.status(date(2021, 1, 4)) == "applied"


def test_a_deferral_is_decided_at_a_sitting_and_moves_the_time_limit() -> None:
    application = applied()
    with pytest.raises(ContentRefused) as refused:
        application.tell("defer", LATER, until="2020-06-01")
    assert [name for name, _ in refused.value.problems] == ["sitting"]
    application.tell("defer", LATER, sitting=SITTING, until="2020-06-01")
    assert [application.status(date(2020, 6, day)) for day in (1, 2)] == ["applied", "overdue"]


def test_no_part_of_it_is_public() -> None:
    assert not REGISTER.public
    assert [kind.verb for kind in REGISTER.kinds if kind.public and kind.effect == "state"] == []
    assert REGISTER.not_public == set(REGISTER.statuses)
    assert REGISTER.confidential_fields >= {"personal_code", "former_personal_code", "convictions"}


def test_a_grant_annulled_from_the_beginning_leaves_a_status_that_is_not_public() -> None:
    permit = granted()
    permit.tell("annul", LATER, target=1, mode="ex_tunc")
    assert permit.status(LATER) in REGISTER.not_public

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.refusals import ActsInTheWay, ContentRefused
from domain.supervision_cases import REGISTER
from tests.domain.story import Story

START, LATER = date(2020, 1, 10), date(2020, 2, 10)
CASE: dict[str, Any] = {"kind": "submission", "subject": "Par pedagoģisko procesu", "submitter": "Anna Kalniņa"}


def begun(verb: str = "open", **content: Any) -> Story:
    """A case that is opened, or recorded when done."""
    story = Story(REGISTER)
    story.tell(verb, START, **{**CASE, **content})
    return story


def test_a_case_is_open_until_it_is_closed_with_its_outcome() -> None:
    case = begun()
    case.tell("close", LATER, outcome="not_justified")
    assert (case.status(START), case.status(LATER)) == ("open", "closed")
    assert case.timeline.state_on(LATER).content["outcome"] == "not_justified"
    with pytest.raises(ActsInTheWay, match="expected status open, met closed"):
        case.tell("close", LATER, outcome="justified")


def test_a_case_that_is_entered_when_it_is_done_is_closed_at_once() -> None:
    assert begun("record", outcome="explained").status(START) == "closed"
    with pytest.raises(ContentRefused) as refused:
        begun("record")
    assert [field for field, _ in refused.value.problems] == ["outcome"]


def test_an_open_case_has_no_outcome() -> None:
    with pytest.raises(ContentRefused) as refused:
        begun(outcome="justified")
    assert [field for field, _ in refused.value.problems] == ["outcome"]


def test_a_case_that_is_reopened_has_its_outcome_no_more() -> None:
    case = begun("record", outcome="explained", findings="Viss kārtībā.")
    case.tell("reopen", LATER, reason="Saņemtas jaunas ziņas.")
    content = case.timeline.state_on(LATER).content
    assert (case.status(LATER), content["outcome"], content["findings"]) == ("open", None, None)


def test_what_a_case_is_does_not_change_by_amendment() -> None:
    with pytest.raises(ContentRefused) as refused:
        begun().tell("amend", LATER, kind="violation")
    assert [field for field, _ in refused.value.problems] == ["kind"]


def test_the_register_is_not_public_and_who_submitted_is_confidential_in_it() -> None:
    assert not REGISTER.public
    assert REGISTER.not_public == REGISTER.statuses.keys()
    assert [kind.verb for kind in REGISTER.kinds if kind.public and kind.effect == "state"] == []
    assert REGISTER.confidential_fields == {"submitter", "findings"}


def test_acts_are_counted_by_kind_of_case_and_outcome() -> None:
    assert REGISTER.counted_by({**CASE, "outcome": "explained"}, {}) == {"kind": "submission", "outcome": "explained"}

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.head_evaluations import REGISTER
from domain.institutions import STRUCK_OFF
from domain.refusals import ContentRefused, UnknownKindOfAct
from tests.domain.story import Story, corrected

START, LATER = date(2020, 3, 2), date(2026, 3, 2)
GOOD = {"criterion": "Plānošana", "level": "good"}
WEAK = {"criterion": "Personāls", "level": "needs_improvement"}
EVALUATION: dict[str, Any] = {
    "name": "Ilze Ezeriņa",
    "personal_code": "390000-00018",
    "institution": "018e0000-0000-7000-8000-000000000002",
    "sector": "general",
    "results": [GOOD, WEAK],
}


def recorded(**content: Any) -> Story:
    """An evaluation that is recorded."""
    story = Story(REGISTER)
    story.tell("record", START, **{**EVALUATION, **content})
    return story


def counted(**content: Any) -> dict[str, Any]:
    """What the act that records the evaluation is counted by."""
    fields = recorded(**content).timeline.state_on(START).content
    return REGISTER.counted_by(fields, fields)


def test_an_evaluation_stays_recorded_from_its_day_on() -> None:
    evaluation = recorded()
    assert evaluation.status(date(2020, 3, 1)) == "absent"
    assert evaluation.status(START) == evaluation.status(LATER) == "recorded"


def test_an_evaluation_is_neither_amended_nor_withdrawn() -> None:
    for verb in ("amend", "withdraw"):
        with pytest.raises(UnknownKindOfAct):
            recorded().tell(verb, LATER)


def test_an_evaluation_of_the_wrong_person_is_annulled_and_may_be_recorded_rightly() -> None:
    evaluation = recorded()
    evaluation.tell("annul", START, target=0, mode="ex_tunc")
    assert evaluation.status(START) == "application_annulled"
    evaluation.tell("record", START, **{**EVALUATION, "name": "Anna Kalniņa"})
    assert (evaluation.status(START), evaluation.name(START)) == ("recorded", "Anna Kalniņa")


def test_a_clerical_error_in_a_name_is_corrected() -> None:
    evaluation = recorded(name="Ilze Ezerina")
    evaluation.tell("correct", START, **corrected(evaluation.acts[0], name="Ilze Ezeriņa"))
    assert evaluation.name(START) == "Ilze Ezeriņa"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"preschool": True, "sector": "vocational"}, "preschool: expected it of sector general only, met sector"),
        ({"results": [GOOD, {**WEAK, "criterion": "Plānošana"}]}, "results: expected each criterion once"),
        ({"results": []}, "at least 1 item"),
        ({"results": [{**GOOD, "level": "superb"}]}, "insufficient"),
    ],
)
def test_what_no_evaluation_can_be_is_refused(content: dict[str, Any], message: str) -> None:
    with pytest.raises(ContentRefused, match=message):
        recorded(**content)


def test_one_criterion_is_enough_for_a_head_to_count_as_needing_improvement() -> None:
    assert [counted(results=results)["needs_improvement"] for results in ([GOOD, WEAK], [GOOD])] == ["yes", "no"]
    assert counted(results=[{**GOOD, "level": "insufficient"}])["needs_improvement"] == "no"


def test_a_head_whose_code_has_changed_is_counted_as_the_same_person() -> None:
    before, after = counted(), counted(personal_code="328673-00679", former_personal_code="390000-00018")
    assert before["holder"] == after["holder"] == "390000-00018"


def test_evaluations_are_counted_by_sector_and_preschool() -> None:
    found = counted(preschool=True)
    assert (found["sector"], found["preschool"]) == ("general", "yes")


def test_an_evaluation_rests_on_an_institution_that_was_there_and_does_not_stand_in_the_way_of_its_end() -> None:
    assert REGISTER.links["institution"].register == "institutions"
    assert REGISTER.links["institution"].statuses == frozenset({"registered", STRUCK_OFF, "annulled"})


def test_nothing_of_an_evaluation_is_public_and_codes_and_results_are_confidential_besides() -> None:
    assert not REGISTER.public
    assert [kind.verb for kind in REGISTER.kinds if kind.public and kind.effect == "state"] == []
    assert set(REGISTER.statuses) == REGISTER.not_public
    assert REGISTER.confidential_fields == {"personal_code", "former_personal_code", "results"}


def test_codes_whose_last_digit_does_not_fit_are_warned_of() -> None:
    assert REGISTER.warnings_about({"personal_code": "161175-19997", "former_personal_code": "161175-19990"}) == [
        "personal code: expected the last digit that the ten before it give, met another"
    ]

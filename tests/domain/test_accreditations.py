from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.accreditations import REGISTER
from domain.refusals import ActsInTheWay, ContentRefused
from tests.domain.story import Story, corrected

START, LATER = date(2020, 3, 2), date(2021, 3, 2)
INSTITUTION, OTHER = "018e0000-0000-7000-8000-000000000002", "018e0000-0000-7000-8000-000000000004"
LICENCE = "018e0000-0000-7000-8000-000000000003"
PROGRAMME: dict[str, Any] = {
    "name": "Pamatizglītības programma",
    "subject": "programme",
    "institution": INSTITUTION,
    "licence": LICENCE,
    "sector": "general",
    "track": "basic",
    "panel": True,
    "term_years": 2,
}
SCHOOL: dict[str, Any] = {
    "name": "Rēzeknes pamatskola",
    "subject": "institution",
    "institution": INSTITUTION,
    "sector": "general",
    "panel": False,
    "term_years": 6,
}
IN_SERVICE: dict[str, Any] = {**SCHOOL, "subject": "implementation", "sector": "vocational", "track": "inservice"}


def accredited(usual: dict[str, Any] = PROGRAMME, **content: Any) -> Story:
    """An accreditation that is in force from ``START`` on."""
    story = Story(REGISTER)
    story.tell("accredit", START, **{**usual, **content})
    return story


def valid_until(accreditation: Story, day: date = START) -> Any:
    """The last day of the term, as it is on ``day``."""
    return accreditation.timeline.state_on(day).content["valid_until"]


@pytest.mark.parametrize("years", [2, 6])
def test_an_accreditation_is_in_force_to_the_last_day_of_its_term_and_then_expires_by_itself(years: int) -> None:
    accreditation = accredited(term_years=years)
    assert accreditation.status(date(2020 + years, 3, 2)) == "in_force"
    assert accreditation.status(date(2020 + years, 3, 3)) == "expired"


def test_no_programme_is_accredited_without_a_licence() -> None:
    with pytest.raises(ContentRefused, match="licence: expected the licence of the programme, met none"):
        accredited(licence=None)


def test_an_institution_is_accredited_in_implementing_programmes_with_or_without_naming_a_licence() -> None:
    assert [accredited(IN_SERVICE, licence=licence).status(START) for licence in (None, LICENCE)] == ["in_force"] * 2


def test_a_programme_accredited_does_not_lose_its_licence_by_amendment() -> None:
    accreditation = accredited()
    with pytest.raises(ActsInTheWay, match="licence: expected the licence of the programme"):
        accreditation.tell("amend", LATER, licence=None)
    accreditation.tell("amend", LATER, licence=OTHER)
    assert REGISTER.rests_on(accreditation.timeline.state_on(LATER).content)[1][0] == "licence"


@pytest.mark.parametrize(
    ("usual", "content", "message"),
    [
        (SCHOOL, {"licence": LICENCE}, "licence: expected none for subject institution, met one"),
        (SCHOOL, {"track": "basic"}, "track: expected none for subject institution of sector general, met basic"),
        (SCHOOL, {"subject": "examination_centre", "track": "craft"}, "track: expected none for subject examination"),
        (SCHOOL, {"institution": None}, "institution, college: expected one of them, met none"),
        (SCHOOL, {"college": OTHER}, "institution, college: expected one of them, met institution and college"),
        (PROGRAMME, {"track": "arts"}, "track: expected none / basic / secondary for subject programme of sector"),
        (PROGRAMME, {"sector": "vocational", "track": None}, "track: expected basic / .* met none"),
        (
            PROGRAMME,
            {"sector": "vocational", "track": "arts"},
            "track: expected basic / secondary / craft / further for",
        ),
        (IN_SERVICE, {"track": "craft"}, "track: expected inservice / arts / sport for subject implementation"),
        (IN_SERVICE, {"sector": "general"}, "sector: expected vocational for subject implementation, met general"),
        (SCHOOL, {"term_years": 4}, "2 or 6"),
    ],
)
def test_what_does_not_fit_the_subject_is_refused(usual: dict[str, Any], content: dict[str, Any], message: str) -> None:
    accredited(usual)
    with pytest.raises(ContentRefused, match=message):
        accredited(usual, **content)


@pytest.mark.parametrize("basis", ["reorganisation", "liquidation", "building"])
def test_a_term_is_extended_by_two_years_in_all(basis: str) -> None:
    accreditation = accredited()
    accreditation.tell("extend", LATER, until="2023-03-02", basis=basis)
    assert accreditation.status(date(2023, 3, 2)) == "in_force"
    assert accreditation.status(date(2023, 3, 3)) == "expired"
    with pytest.raises(ActsInTheWay, match=f"until: expected 2024-03-02 at the latest for basis {basis}"):
        accreditation.tell("extend", LATER, until="2024-03-03", basis=basis)
    accreditation.tell("extend", LATER, until="2024-03-02", basis=basis)
    assert valid_until(accreditation, LATER) == "2024-03-02"


def test_on_account_of_covid_a_term_is_extended_to_the_last_day_of_may_2022_at_the_latest() -> None:
    accreditation = accredited()
    with pytest.raises(ActsInTheWay, match="until: expected 2022-05-31 at the latest for basis covid"):
        accreditation.tell("extend", LATER, until="2022-06-01", basis="covid")
    accreditation.tell("extend", LATER, until="2022-05-31", basis="covid")
    assert [accreditation.status(date(2022, *day)) for day in ((5, 31), (6, 1))] == ["in_force", "expired"]


def test_an_extension_does_not_shorten_the_term_and_comes_before_its_end() -> None:
    with pytest.raises(ActsInTheWay, match="until: expected a day after 2022-03-02, met 2022-03-02"):
        accredited().tell("extend", LATER, until="2022-03-02", basis="building")
    with pytest.raises(ActsInTheWay, match="expected status in_force, met expired"):
        accredited().tell("extend", date(2022, 3, 3), until="2023-03-02", basis="building")


def test_an_extraordinary_accreditation_begins_a_new_term() -> None:
    accreditation = accredited(term_years=6)
    accreditation.tell(
        "accredit_extraordinarily", LATER, proposed_by="founder", reason="Būtiski pārkāpumi.", term_years=2
    )
    assert (valid_until(accreditation), valid_until(accreditation, LATER)) == ("2026-03-02", "2023-03-02")
    accreditation.tell("extend", LATER, until="2025-03-02", basis="building")
    assert valid_until(accreditation, LATER) == "2025-03-02"


def test_a_withdrawn_accreditation_is_neither_amended_nor_extended() -> None:
    accreditation = accredited()
    accreditation.tell("withdraw", LATER, basis="breaches")
    assert accreditation.status(LATER) == "withdrawn"
    with pytest.raises(ActsInTheWay):
        accreditation.tell("amend", LATER, sites=["RĪGA, LV-1024"])
    with pytest.raises(ActsInTheWay):
        accreditation.tell("extend", LATER, until="2023-03-02", basis="building")


def test_a_withdrawal_annulled_leaves_the_term_as_it_was() -> None:
    accreditation = accredited()
    withdrawal = accreditation.tell("withdraw", LATER, basis="breaches")
    accreditation.tell("annul", LATER, target=withdrawal.position, mode="ex_tunc")
    assert [accreditation.status(day) for day in (LATER, date(2022, 3, 3))] == ["in_force", "expired"]


def test_the_term_follows_the_correction_of_an_accreditation() -> None:
    accreditation = accredited()
    accreditation.tell("correct", START, **corrected(accreditation.acts[0], term_years=6))
    assert valid_until(accreditation) == "2026-03-02"


def test_a_correction_that_would_leave_an_extension_too_long_is_refused() -> None:
    accreditation = accredited(term_years=6)
    accreditation.tell("extend", LATER, until="2028-03-02", basis="building")
    with pytest.raises(ActsInTheWay, match="until: expected 2024-03-02 at the latest"):
        accreditation.tell("correct", START, **corrected(accreditation.acts[0], term_years=2))


def test_an_accreditation_taken_over_ends_on_the_day_stated() -> None:
    accreditation = Story(REGISTER)
    accreditation.tell("import", START, **SCHOOL, valid_until="2021-06-30")
    assert [accreditation.status(date(2021, *day)) for day in ((6, 30), (7, 1))] == ["in_force", "expired"]


def test_an_application_is_overdue_after_four_months_and_may_be_deferred_or_refused() -> None:
    accreditation = Story(REGISTER)
    accreditation.tell("receive", START, name="Vijoļspēle", subject="implementation", sector="vocational")
    assert [accreditation.status(date(2020, 7, day)) for day in (2, 3)] == ["applied", "overdue"]
    accreditation.tell("defer", date(2020, 7, 2), until="2020-09-02", reason="Nav pašnovērtējuma ziņojuma.")
    assert accreditation.status(date(2020, 9, 2)) == "applied"
    accreditation.tell("refuse", date(2020, 9, 2), reason="Neatbilst.")
    assert accreditation.status(date(2020, 9, 2)) == "refused"


def test_it_rests_on_the_institution_and_the_licence_and_is_withdrawn_with_them() -> None:
    assert {name: link.register for name, link in REGISTER.links.items()} == {
        "institution": "institutions",
        "college": "higher-education",
        "licence": "programme-licences",
    }
    assert REGISTER.ends_with is not None
    verb, content = REGISTER.ends_with
    accreditation = accredited()
    accreditation.tell(verb, LATER, **content)
    assert accreditation.status(LATER) == "withdrawn"


def test_accreditations_are_counted_by_subject_sector_track_panel_and_term() -> None:
    content = accredited().timeline.state_on(START).content
    assert REGISTER.counted_by(content, {}) == {
        "subject": "programme", "sector": "general", "track": "basic", "panel": "yes", "term": "2y",
    }  # fmt: skip
    assert REGISTER.counted_by({}, {"basis": "covid"}) == {"basis": "covid"}

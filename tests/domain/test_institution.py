"""The acts that registers share, in each of them: those of applications in all, others in those of institutions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain import childcare_providers, higher_education, institutions, scientific_institutions
from domain.refusals import (
    ActRefused,
    ActsInTheWay,
    AnswersNoApplication,
    ContentRefused,
    EntryExists,
    EntryNotFound,
    NotAFirstAct,
    StaleVersion,
    UnknownKindOfAct,
)
from domain.register import ABSENT, ANNULLED, APPLICATION_ANNULLED, AT_REST, Register
from domain.time_limit import months_after
from tests.domain.examples import example_contents
from tests.domain.story import Story, registered

REGISTERS = [
    institutions.REGISTER,
    higher_education.REGISTER,
    scientific_institutions.REGISTER,
    childcare_providers.REGISTER,
]
REMOVAL = {
    "institutions": ("strike_off", "struck_off"),
    "higher-education": ("strike_off", "struck_off"),
    "scientific-institutions": ("exclude", "excluded"),
    "childcare-providers": ("exclude", "excluded"),
}

START, LATER = date(2020, 1, 10), date(2020, 1, 20)

APPLIES = {
    "receive": {ABSENT, "refused"},
    "register": {ABSENT, "applied", "overdue", ANNULLED, APPLICATION_ANNULLED},
    "import": {ABSENT},
    "refuse": {ABSENT, "applied", "overdue"},
    "defer": {ABSENT, "applied", "overdue"},
    "amend": {"registered"},
    "refuse_amendment": {"registered"},
    "defer_amendment": {"registered"},
    "reorganise": {"registered"},
    "remove": {"registered"},
}
LEAVES = {
    "receive": "applied",
    "register": "registered",
    "import": "registered",
    "refuse": "refused",
    "defer": "applied",
    "amend": "registered",
    "refuse_amendment": "registered",
    "defer_amendment": "registered",
    "reorganise": "registered",
}
STATUSES = [ABSENT, "applied", "overdue", "refused", "registered", "removed", ANNULLED, APPLICATION_ANNULLED]


def in_each_register(*cases: tuple[str, str]) -> pytest.MarkDecorator:
    """(verb, status) in each register that has the act."""
    found = [
        pytest.param(register, verb, status, id=f"{register.name}-{verb}-{status}")
        for register in REGISTERS
        for verb, status in cases
        if verb == "remove" or verb in register.by_verb
    ]
    return pytest.mark.parametrize(("register", "verb", "status"), found)


every_register = pytest.mark.parametrize("register", REGISTERS, ids=lambda register: str(register.name))


def entry_that_is(status: str, register: Register) -> Story:
    """An entry that has ``status`` on the day LATER."""
    story = Story(register)
    match status:
        case "applied" | "application_annulled":
            story.tell("receive", START, name="Ezera skola")
        case "overdue":
            story.tell("receive", date(2019, 12, 1), name="Ezera skola")
        case "refused":
            story.tell("refuse", START, name="Ezera skola", reason="Nav nolikuma.")
        case "registered" | "removed" | "annulled":
            story = registered(START, register)
    if status == "removed":
        story.tell(REMOVAL[register.name][0], START, basis="own_request")
    if status in AT_REST:
        story.tell("annul", START, target=0, mode="ex_tunc")
    return story


def asked(verb: str, register: Register) -> tuple[str, str]:
    """The register's own verb, and the status the act leaves."""
    return REMOVAL[register.name] if verb == "remove" else (verb, LEAVES[verb])


@in_each_register(*((verb, status) for verb in APPLIES for status in sorted(APPLIES[verb])))
def test_an_act_applies_in_the_states_the_law_has_it_for(register: Register, verb: str, status: str) -> None:
    entry = entry_that_is(status, register)
    own_verb, left = asked(verb, register)
    named = {"name": "Ezera skola", "reason": "Nav nolikuma."} if verb in ("refuse", "defer") else {}
    entry.tell(own_verb, LATER, **{**example_contents(register)[own_verb], **named})
    assert entry.status(LATER) == left


@in_each_register(
    *((verb, status) for verb in APPLIES for status in STATUSES if status not in APPLIES[verb] and status != ABSENT)
)
def test_an_act_is_refused_in_every_other_state_and_nothing_changes(register: Register, verb: str, status: str) -> None:
    entry = entry_that_is(status, register)
    own_verb, _ = asked(verb, register)
    before = entry.timeline.intervals()
    with pytest.raises(ActsInTheWay) as refused:
        entry.tell(own_verb, LATER, **example_contents(register)[own_verb])
    [obstacle] = refused.value.obstacles
    met = REMOVAL[register.name][1] if status == "removed" else status
    if status in AT_REST and verb not in ("receive", "register", "import"):
        assert str(obstacle.reason) == "the act that opened the entry is annulled on that day"
    else:
        assert str(obstacle.reason) == f"expected status {' / '.join(sorted(APPLIES[verb]))}, met {met}"
    assert entry.timeline.intervals() == before


@in_each_register(
    *((verb, ABSENT) for verb, met in APPLIES.items() if ABSENT not in met), ("correct", ABSENT), ("annul", ABSENT)
)
def test_an_entry_cannot_begin_with_an_act_that_needs_one_before_it(register: Register, verb: str, status: str) -> None:
    own_verb = REMOVAL[register.name][0] if verb == "remove" else verb
    with pytest.raises(NotAFirstAct, match=rf"\(receive, register, import, refuse, defer\), met {own_verb}"):
        entry_that_is(status, register).tell(own_verb, START, **example_contents(register)[own_verb])


@every_register
@pytest.mark.parametrize(
    ("verb", "content"),
    [("refuse", {"reason": "Nav."}), ("defer", {"until": "2020-03-01"}), ("receive", {"address": "RĪGA"})],
)
def test_an_act_that_begins_an_entry_names_it(register: Register, verb: str, content: dict[str, str]) -> None:
    with pytest.raises(ActsInTheWay, match="name: expected a name in an act that begins"):
        Story(register).tell(verb, START, **content)


def test_a_refusal_or_deferral_of_a_received_application_need_not_repeat_the_name() -> None:
    entry = entry_that_is("applied", institutions.REGISTER)
    entry.tell("defer", LATER, until=date(2020, 3, 1))
    entry.tell("refuse", date(2020, 2, 20), reason="Nav nolikuma.")
    assert entry.name(date(2020, 2, 20)) == "Ezera skola"
    assert "due_on" not in entry.timeline.state_on(date(2020, 2, 20)).content


def test_a_kind_of_act_the_register_does_not_know_is_refused_with_those_it_knows() -> None:
    with pytest.raises(UnknownKindOfAct, match=r"expected one of amend, annul, .*, met rename"):
        Story().tell("rename", START, name="Ezera skola")


def test_the_scientific_register_excludes_and_does_not_strike_off() -> None:
    entry = registered(START, scientific_institutions.REGISTER)
    with pytest.raises(UnknownKindOfAct, match="met strike_off"):
        entry.tell("strike_off", LATER, basis="liquidation")


def test_an_unknown_field_is_refused_by_its_name() -> None:
    with pytest.raises(ContentRefused) as refused:
        registered(START, colour="blue")
    assert [field for field, _ in refused.value.problems] == ["colour"]


def test_an_amendment_that_states_nothing_is_refused() -> None:
    with pytest.raises(ContentRefused, match="expected at least one field, met none"):
        registered(START).tell("amend", LATER)


@pytest.mark.parametrize("field", ["registration_number", "predecessors", "successors"])
def test_an_amendment_changes_neither_number_nor_links(field: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        registered(START).tell("amend", LATER, **{field: None})
    assert [name for name, _ in refused.value.problems] == [field]


def test_an_amendment_to_nothing_takes_the_value_away() -> None:
    school = registered(START, head="ANNA KALNIŅA")
    school.tell("amend", LATER, head=None)
    assert school.timeline.state_on(LATER).content["head"] is None


def test_what_brought_a_registration_about_is_said_by_the_act_and_not_kept_as_content() -> None:
    school = registered(START, basis="reorganised")
    assert school.acts[0].fields["basis"] == "reorganised"
    assert "basis" not in school.timeline.state_on(START).content


def test_reorganisation_and_removal_add_to_the_links_of_the_entry() -> None:
    first, second = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
    school = registered(START)
    school.tell("reorganise", LATER, form="split", successors=[first], changes={"name": "Jaunā"})
    school.tell("strike_off", LATER, basis="reorganised", successors=[second])
    content = school.timeline.state_on(LATER).content
    assert (content["successors"], content["predecessors"], content["name"]) == ([first, second], [], "Jaunā")


def test_an_act_answers_an_application_received_for_the_same_entry() -> None:
    entry = entry_that_is("applied", institutions.REGISTER)
    refusal = {"reason": "Nav nolikuma."}
    answer = entry.draft("refuse", LATER, **refusal)
    with pytest.raises(AnswersNoApplication, match="met 5"):
        entry.take(replace(answer, answers=5))
    entry.take(replace(answer, answers=0))
    assert entry.acts[1].payload.answers == 0


def test_an_act_that_is_no_application_cannot_be_answered() -> None:
    school = registered(START)
    amendment = school.draft("amend", LATER, name="Jaunā")
    with pytest.raises(AnswersNoApplication, match="met 0"):
        school.take(replace(amendment, answers=0))


def test_an_act_that_expects_another_version_of_the_entry_is_refused() -> None:
    school = registered(START)
    amendment = school.draft("amend", LATER, name="Jaunā")
    with pytest.raises(StaleVersion, match="has version 1, expected 2"):
        school.take(replace(amendment, expected_version=2))
    school.take(replace(amendment, expected_version=1))
    assert school.timeline.version == 2


def test_a_first_act_of_an_entry_that_exists_is_refused_and_so_is_a_further_act_of_one_that_does_not() -> None:
    school = registered(START)
    amendment = school.draft("amend", LATER, name="Jaunā")
    with pytest.raises(EntryExists):
        school.take(replace(amendment, opens_entry=True))
    unknown = Story()
    with pytest.raises(EntryNotFound):
        unknown.take(replace(amendment, entry_id=unknown.entry_id))


@every_register
def test_every_refusal_says_what_was_expected_and_what_was_met(register: Register) -> None:
    with pytest.raises(ActRefused) as refused:
        registered(START, register).tell("register", LATER, **example_contents(register)["register"])
    assert "expected" in str(refused.value)
    assert "met registered" in str(refused.value)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2020, 1, 10), date(2020, 2, 10)),
        (date(2020, 1, 31), date(2020, 2, 29)),
        (date(2021, 1, 30), date(2021, 2, 28)),
        (date(2020, 12, 31), date(2021, 1, 31)),
    ],
)
def test_a_time_limit_of_a_month_ends_on_the_same_day_of_the_next_month_or_its_last(day: date, last: date) -> None:
    assert months_after(day, 1) == last


def test_the_time_limit_runs_from_the_day_the_application_was_received() -> None:
    entry = Story()
    application = entry.draft("receive", START, name="Ezera skola")
    entry.take(replace(application, received_on=date(2020, 1, 5)))
    assert entry.status(date(2020, 2, 5)) == "applied"
    assert entry.status(date(2020, 2, 6)) == "overdue"


@every_register
@pytest.mark.parametrize(
    ("until", "reason", "refused"),
    [
        (date(2020, 5, 5), None, None),
        (date(2020, 5, 6), None, "reason: expected one for an extension beyond 2020-05-05, four months from receipt"),
        (date(2020, 5, 6), "Gaida tiesas spriedumu.", None),
        (date(2021, 1, 5), "Gaida tiesas spriedumu.", None),
        (
            date(2021, 1, 6),
            "Gaida tiesas spriedumu.",
            "until: expected no later than 2021-01-05, one year from receipt",
        ),
    ],
)
def test_a_time_limit_is_extended_to_four_months_from_receipt_and_with_reasons_to_a_year(
    register: Register, until: date, reason: str | None, refused: str | None
) -> None:
    entry = Story(register)
    application = entry.draft("receive", START, name="Ezera skola")
    entry.take(replace(application, received_on=date(2020, 1, 5)))
    entry.tell("defer", date(2020, 2, 20), until="2020-03-20")
    if refused is None:
        entry.tell("defer", date(2020, 3, 10), until=until, reason=reason)
        assert [entry.status(day) for day in (until, until + timedelta(days=1))] == ["applied", "overdue"]
    else:
        with pytest.raises(ActsInTheWay, match=refused):
            entry.tell("defer", date(2020, 3, 10), until=until, reason=reason)

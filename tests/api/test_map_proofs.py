from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.committing import commit_day_before
from domain.register_maps import mapped
from ledger.map_proofs import Proved, check_file
from tests.api.office import INSTITUTIONS, MARCH, Office, opened, problem, told

APRIL = "2020-04-01"
SCIENTIFIC = "/registers/scientific-institutions"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as open_office:
        yield open_office


def proved(office: Office, answer: httpx.Response) -> Proved:
    """What the file in ``answer`` proves under the log's key."""
    told(answer)
    return check_file(answer.content, office.service.sealer.verifier_key)


def test_whoever_is_signed_in_gets_a_proof_of_now_that_a_number_is_not_in_the_register(office: Office) -> None:
    school = office.register(APRIL)
    number, head = school["registration_number"], office.head()
    before = proved(office, office.clerk.get(f"{INSTITUTIONS}/absence?number={number}&as_of={MARCH}"))
    assert (before.number, before.as_of.isoformat(), before.position) == (number, MARCH, head)
    answer = office.clerk.get(f"{INSTITUTIONS}/absence?number={number}&as_of={APRIL}")
    assert school["entry"] in problem(answer, 409, "number-in-register")["detail"]
    office.act(school["entry"], "strike_off", "2020-06-01", basis="liquidation")
    after = proved(office, office.clerk.get(f"{INSTITUTIONS}/absence?number={number}&as_of=2020-06-01"))
    assert after.position > head
    other = proved(office, office.clerk.get(f"{INSTITUTIONS}/absence?number=3112900777"))
    assert other.number == "3112900777"


def test_a_list_is_proved_to_be_whole_as_of_a_day(office: Office) -> None:
    first, second = office.register(MARCH), office.register(APRIL)
    office.act(first["entry"], "strike_off", "2020-06-01", basis="liquidation")
    for day, there in ((MARCH, {0}), (APRIL, {0, 1}), ("2020-06-01", {1}), ("2020-03-01", set())):
        found = proved(office, office.clerk.get(f"{INSTITUTIONS}/completeness?as_of={day}"))
        entries = {entry for _, entry in found.entries}
        assert {at for at, school in enumerate((first, second)) if school["entry"] in entries} == there
        listed = told(office.anyone.get(f"{INSTITUTIONS}?as_of={day}&status=registered&limit=100"))["items"]
        assert {(each["registration_number"], each["entry"]) for each in listed} == set(found.entries)


def test_what_changed_nothing_is_not_committed_to_anew(office: Office) -> None:
    office.register()
    first = told(office.clerk.get(f"{INSTITUTIONS}/completeness"))
    head = office.head()
    again = told(office.clerk.get(f"{INSTITUTIONS}/completeness"))
    other = told(office.clerk.get(f"{SCIENTIFIC}/completeness"))
    assert (again["known_at"], other["known_at"], office.head()) == (first["known_at"], first["known_at"], head)
    (commitment, *_) = told(office.anyone.get("/registers/register-maps"))["items"]
    registers = [each["register_name"] for each in commitment["content"]["maps"]]
    assert registers == [register.name for register in mapped(office.service.catalogue.registers.values())]
    assert "teaching-permits" not in registers


def test_an_anonymous_caller_makes_no_commitment_and_is_told_of_which_moment_the_last_one_is(office: Office) -> None:
    school = office.register()
    problem(office.anyone.get(f"{INSTITUTIONS}/completeness?known_at=-1"), 404, "not-found")
    committed = told(office.clerk.get(f"{INSTITUTIONS}/completeness"))
    office.act(school["entry"], "amend", APRIL, name="Cita")
    head = office.head()
    found = proved(office, office.anyone.get(f"{INSTITUTIONS}/completeness"))
    assert (found.position, office.head()) == (committed["known_at"], head)


def test_a_moment_gone_by_is_committed_to_and_proved_as_it_was_known(office: Office) -> None:
    first, second = office.register(MARCH), office.register(MARCH)
    proved(office, office.clerk.get(f"{INSTITUTIONS}/completeness"))
    then = proved(office, office.clerk.get(f"{INSTITUTIONS}/completeness?known_at={first['position']}"))
    now = proved(office, office.clerk.get(f"{INSTITUTIONS}/completeness"))
    assert then.position == first["position"]
    assert set(now.entries) - set(then.entries) == {(second["registration_number"], second["entry"])}
    number = second["registration_number"]
    absent = proved(office, office.clerk.get(f"{INSTITUTIONS}/absence?number={number}&known_at={first['position']}"))
    assert absent.position == first["position"]


def test_what_an_application_asks_for_is_in_no_map(office: Office) -> None:
    application = office.first("receive", MARCH, name="Pieteikta")
    answer = office.clerk.get(f"{INSTITUTIONS}/completeness?as_of={MARCH}")
    assert proved(office, answer).position == application["position"]
    assert application["entry"] not in answer.text


def test_no_value_of_what_an_entry_says_is_in_a_file(office: Office) -> None:
    school = office.register(name="Neviena vārda skola")
    content = office.clerk.get(f"{INSTITUTIONS}/completeness").content
    assert school["registration_number"].encode() in content
    assert b"Neviena" not in content


def test_each_day_is_committed_to_once_and_only_if_something_changed(office: Office) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    commit_day_before(office.service, tomorrow)
    assert commit_day_before(office.service, tomorrow) is None
    school = office.register()
    assert commit_day_before(office.service, tomorrow - timedelta(days=1)) is None
    committed = commit_day_before(office.service, tomorrow)
    assert committed is not None
    assert committed.position == school["position"]
    assert commit_day_before(office.service, tomorrow) is None
    assert told(office.anyone.get(f"{INSTITUTIONS}/completeness"))["known_at"] == school["position"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("", "malformed"),
        ("?number=", "malformed"),
        ("?number=%00", "malformed"),
        ("?number=1&as_of=nonsense", "malformed-moment"),
        ("?number=1&known_at=x", "malformed-moment"),
    ],
)
def test_a_question_that_can_not_be_read_is_told_so(office: Office, query: str, kind: str) -> None:
    problem(office.clerk.get(f"{INSTITUTIONS}/absence{query}"), 400, kind)


def test_registers_that_are_not_public_have_no_such_paths(office: Office) -> None:
    assert office.clerk.get("/registers/teaching-permits/completeness").status_code == 404

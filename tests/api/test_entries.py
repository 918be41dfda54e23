from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.legal_time import riga_date
from tests.api.office import INSTITUTIONS, MARCH, Json, Office, body, opened, problem, recorded, told

APRIL, MAY, JUNE = "2020-04-01", "2020-05-04", "2020-06-01"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as open_office:
        yield open_office


@pytest.fixture(scope="module")
def acts(office: Office) -> list[Json]:
    """What was told of the acts of one entry: named A in March, B in May, and, learnt last, C in April."""
    begun = office.register(name="A", contact_person="Anna Bērziņa")
    entry = begun["entry"]
    return [begun, office.act(entry, "amend", MAY, name="B"), office.act(entry, "amend", APRIL, name="C")]


@pytest.fixture(scope="module")
def entry(acts: list[Json]) -> str:
    return str(acts[0]["entry"])


def name_of(office: Office, entry: str, **moment: Any) -> Any:
    return office.entry(entry, **moment)["content"]["name"]


@pytest.mark.parametrize(
    ("day", "known", "name"),
    [
        (MARCH, 0, "A"), (APRIL, 0, "A"), (MAY, 0, "A"), (JUNE, 0, "A"),
        (MARCH, 1, "A"), (APRIL, 1, "A"), (MAY, 1, "B"), (JUNE, 1, "B"),
        (MARCH, 2, "A"), (APRIL, 2, "C"), ("2020-05-03", 2, "C"), (MAY, 2, "B"), (JUNE, 2, "B"),
    ],
)  # fmt: skip
def test_an_entry_is_told_as_of_a_day_as_known_at_a_point(
    office: Office, acts: list[Json], entry: str, day: str, known: int, name: str
) -> None:
    position, instant = acts[known]["position"], acts[known]["recorded_at"]
    by_position = office.entry(entry, as_of=day, known_at=position)
    assert (by_position["content"]["name"], by_position["version"]) == (name, known + 1)
    assert by_position["known_at"] == {"position": position, "recorded_at": instant}
    assert by_position["as_of"] == day
    assert office.entry(entry, as_of=day, known_at=instant) == by_position


def test_a_date_means_what_was_known_at_its_end_in_riga(office: Office, entry: str) -> None:
    today = office.entry(entry)["as_of"]
    assert office.entry(entry, known_at=today) == office.entry(entry)
    problem(office.anyone.get(f"{INSTITUTIONS}/{entry}", params={"known_at": "2020-06-01"}), 404, "not-found")


def test_an_instant_with_an_offset_is_the_same_instant(office: Office, acts: list[Json], entry: str) -> None:
    instant = str(acts[1]["recorded_at"]).replace("Z", "+00:00")
    assert office.entry(entry, known_at=instant) == office.entry(entry, known_at=acts[1]["position"])
    unescaped = office.anyone.get(f"{INSTITUTIONS}/{entry}?known_at={instant}")
    assert told(unescaped) == office.entry(entry, known_at=acts[1]["position"])


@pytest.mark.parametrize("moment", [{"as_of": "2020-03-01"}, {"known_at": -1}, {"as_of": "0001-01-01"}])
def test_before_it_existed_an_entry_is_not_found(office: Office, entry: str, moment: Json) -> None:
    problem(office.anyone.get(f"{INSTITUTIONS}/{entry}", params=moment), 404, "not-found")


def test_beyond_the_end_of_the_ledger_the_newest_position_answers(office: Office, entry: str) -> None:
    for known_at in ("999999999999999999", "2999-01-01", "2999-01-01T00:00:00Z"):
        assert office.entry(entry, known_at=known_at) == office.entry(entry)
    assert name_of(office, entry, as_of="9999-12-30") == "B"


def test_the_same_question_is_answered_with_the_same_bytes_whatever_was_recorded_since(
    office: Office, acts: list[Json], entry: str
) -> None:
    def asked() -> bytes:
        moment = {"as_of": JUNE, "known_at": acts[2]["position"]}
        return office.anyone.get(f"{INSTITUTIONS}/{entry}", params=moment).content

    before = asked()
    office.act(entry, "amend", MAY, name="D")
    assert name_of(office, entry, as_of=JUNE) == "D"
    assert asked() == before


def test_an_entry_answers_to_its_id_and_to_its_number(office: Office, acts: list[Json], entry: str) -> None:
    number = acts[0]["registration_number"]
    for path in ("", "/acts", "/timeline", "/diff"):
        by_id = told(office.anyone.get(f"{INSTITUTIONS}/{entry}{path}"))
        assert told(office.anyone.get(f"{INSTITUTIONS}/{number}{path}")) == by_id
    assert office.entry(entry.upper())["entry"] == entry


def test_acts_are_told_with_their_four_dates(office: Office) -> None:
    begun = office.register("2020-01-02")
    asked = {
        "kind": "amend", "content": {"name": "Jauna"}, "effective_on": "2020-01-03", "received_on": "2020-01-01",
        "decision": {"decided_on": "2020-01-02", "number": "7", "form": "written", "legal_ground": "MK 397/2015 17.p.",
                     "body": "IKVD", "document": {"uri": "file:7", "sha256": "0" * 64}},
    }  # fmt: skip
    receipt = recorded(office.clerk.post(f"{INSTITUTIONS}/{begun['entry']}/acts", json=asked))
    document = told(office.anyone.get(f"{INSTITUTIONS}/{begun['entry']}/acts"))
    first, second = document["acts"]
    assert (second["received_on"], second["effective_on"], second["late"]) == ("2020-01-01", "2020-01-03", True)
    assert second["decision"] == asked["decision"]
    assert (second["position"], second["recorded_at"]) == (receipt["position"], receipt["recorded_at"])
    assert (second["kind"], second["event"], second["content"]) == ("amend", "institution.amended:1", {"name": "Jauna"})
    assert (first["version"], second["version"]) == (1, 2)
    assert document["known_at"]["position"] == receipt["position"]
    assert (
        len(told(office.anyone.get(f"{INSTITUTIONS}/{begun['entry']}/acts?known_at={first['position']}"))["acts"]) == 1
    )


def test_an_act_that_takes_effect_on_the_day_it_is_recorded_is_not_late(office: Office) -> None:
    today = riga_date(datetime.now(UTC))
    begun = office.register(today.isoformat())
    (act,) = told(office.anyone.get(f"{INSTITUTIONS}/{begun['entry']}/acts"))["acts"]
    # Recorded today, unless midnight in Riga has just passed.
    assert act["late"] is (riga_date(datetime.fromisoformat(act["recorded_at"])) > today)


def test_a_timeline_is_the_intervals_of_constant_state(office: Office, acts: list[Json], entry: str) -> None:
    def intervals(known: int) -> list[tuple[str, str | None, str]]:
        path = f"{INSTITUTIONS}/{entry}/timeline?known_at={acts[known]['position']}"
        found = told(office.anyone.get(path))["intervals"]
        return [(i["valid_from"], i["valid_to"], i["content"]["name"]) for i in found]

    assert intervals(0) == [(MARCH, None, "A")]
    assert intervals(1) == [(MARCH, MAY, "A"), (MAY, None, "B")]
    assert intervals(2) == [(MARCH, APRIL, "A"), (APRIL, MAY, "C"), (MAY, None, "B")]


def test_an_entry_and_a_list_tell_the_same_days_as_the_timeline_where_an_annulment_changes_nothing(
    office: Office,
) -> None:
    entry = office.register("2021-01-01")["entry"]
    amended = office.act(entry, "amend", "2021-05-01", head="ANNA KALNIŅA")
    office.act(entry, "annul", "2021-03-01", target=amended["position"], mode="ex_nunc")
    (interval,) = told(office.anyone.get(f"{INSTITUTIONS}/{entry}/timeline"))["intervals"]
    for day in ("2021-02-15", "2021-04-15", "2021-06-15"):
        listed = told(office.anyone.get(INSTITUTIONS, params={"as_of": day, "limit": 1000}))["items"]
        (in_list,) = [each for each in listed if each["entry"] == entry]
        for shown in (office.entry(entry, as_of=day), in_list):
            assert (shown["valid_from"], shown["valid_to"]) == (interval["valid_from"], interval["valid_to"])


def differences(caller: httpx.Client, path: str, before: str, after: str) -> list[Json]:
    found = told(caller.get(f"{INSTITUTIONS}{path}/diff", params={"from": before, "to": after}))["entries"]
    assert isinstance(found, list)
    return found


def test_a_difference_names_the_field_and_the_acts_that_made_it(office: Office, acts: list[Json], entry: str) -> None:
    first, second, third = (act["position"] for act in acts)
    (known,) = differences(office.anyone, f"/{entry}", f"{JUNE}/{first}", f"{JUNE}/{second}")
    assert known["fields"] == [{"field": "name", "before": "A", "after": "B", "acts": [second]}]
    (days,) = differences(office.anyone, f"/{entry}", f"{MARCH}/{third}", f"{JUNE}/{third}")
    assert days["fields"] == [{"field": "name", "before": "A", "after": "B", "acts": [second, third]}]
    assert (days["before"]["valid_to"], days["after"]["valid_from"]) == (APRIL, MAY)
    assert differences(office.anyone, f"/{entry}", f"{MARCH}/{first}", f"{JUNE}/{first}") == []


def test_an_entry_that_begins_between_two_moments_differs_in_all_it_has(
    office: Office, acts: list[Json], entry: str
) -> None:
    (difference,) = differences(office.anyone, f"/{entry}", "/-1", f"{MARCH}/{acts[0]['position']}")
    assert (difference["before"], difference["after"]["status"]) == (None, "registered")
    fields = {field["field"]: field for field in difference["fields"]}
    assert fields["status"]["after"] == "registered"
    assert all(field["acts"] == [acts[0]["position"]] for field in fields.values())


def test_the_difference_of_a_register_is_that_of_its_entries_page_by_page(server_url: str) -> None:
    with opened(server_url) as office:
        entries = sorted(office.register(name=name)["entry"] for name in "ABC")
        before = office.head()
        for entry in entries[:2]:
            office.act(entry, "strike_off", APRIL, basis="liquidation")
        moments = {"from": f"{JUNE}/{before}", "to": f"{JUNE}/", "limit": "1"}
        first = told(office.anyone.get(f"{INSTITUTIONS}/diff", params=moments))
        second = told(office.anyone.get(f"{INSTITUTIONS}/diff", params={**moments, "cursor": first["next_cursor"]}))
        assert [found["entry"] for page in (first, second) for found in page["entries"]] == entries[:2]
        assert second["next_cursor"] is None
        whole = differences(office.anyone, "", f"{JUNE}/{before}", f"{JUNE}/")
        assert whole == [differences(office.anyone, f"/{e}", f"{JUNE}/{before}", f"{JUNE}/")[0] for e in entries[:2]]


def test_a_number_names_who_bore_it_on_the_day_asked_about(office: Office) -> None:
    number = "5512900077"
    old = office.register("2010-01-01", name="Vecā", registration_number=number)["entry"]
    office.act(old, "strike_off", "2012-01-01", basis="liquidation")
    new = office.register("2015-01-01", name="Jaunā", registration_number=number)["entry"]
    assert name_of(office, number, as_of="2011-01-01") == "Vecā"
    assert office.entry(number, as_of="2013-01-01")["status"] == "struck_off"
    assert office.entry(number, as_of="2016-01-01")["entry"] == new
    acts = told(office.anyone.get(f"{INSTITUTIONS}/{number}/acts"))["acts"]
    assert [act["entry"] for act in acts] == [old, old, new]
    taken = {**body("register", "2011-01-01", **acts[0]["content"]), "entry": str(uuid4())}
    problem(office.clerk.post(f"{INSTITUTIONS}/acts", json=taken), 409, "number-taken")


def test_a_number_names_who_was_known_to_bear_it_in_timelines_and_differences_too(office: Office) -> None:
    number, beginning = "5512900078", office.head()
    old = office.register("2010-01-01", name="Vecā", registration_number=number)["entry"]
    known = office.head()
    office.act(old, "strike_off", "2012-01-01", basis="liquidation")
    new = office.register("2015-01-01", name="Jaunā", registration_number=number)["entry"]

    def bearer(known_at: int) -> Json:
        return told(office.anyone.get(f"{INSTITUTIONS}/{number}/timeline", params={"known_at": known_at}))

    assert [bearer(position)["entry"] for position in (known, office.head())] == [old, new]
    assert [i["valid_to"] for i in bearer(known)["intervals"]] == [None]
    problem(office.anyone.get(f"{INSTITUTIONS}/{number}/timeline?known_at={beginning}"), 404, "not-found")
    (then,) = differences(office.anyone, f"/{number}", f"/{beginning}", f"/{known}")
    (now,) = differences(office.anyone, f"/{number}", f"/{known}", "/")
    (earlier,) = differences(office.anyone, f"/{number}", f"2011-01-01/{beginning}", "2011-01-01/")
    assert [then["entry"], now["entry"], earlier["entry"]] == [old, new, old]


def test_an_entry_whose_only_act_is_annulled_is_no_more_but_was_known_before(office: Office) -> None:
    refused = office.first("refuse", MARCH, name="Iecere", reason="Nav dibinātāja lēmuma")
    entry, position = refused["entry"], refused["position"]
    office.act(entry, "annul", APRIL, target=position, mode="ex_nunc")
    path = f"{INSTITUTIONS}/{entry}"

    def listed(**moment: Any) -> list[str]:
        asked = {"status": "refused", **moment}
        return [item["entry"] for item in told(office.clerk.get(INSTITUTIONS, params=asked))["items"]]

    problem(office.clerk.get(path, params={"as_of": APRIL}), 404, "not-found")
    before = told(office.clerk.get(path, params={"as_of": MARCH}))
    assert (before["status"], before["valid_from"], before["valid_to"]) == ("refused", MARCH, APRIL)
    then = told(office.clerk.get(path, params={"as_of": APRIL, "known_at": position}))
    assert (then["status"], then["valid_to"]) == ("refused", None)
    assert [i["valid_to"] for i in told(office.clerk.get(f"{path}/timeline"))["intervals"]] == [APRIL]
    assert (entry in listed(as_of=APRIL), entry in listed(as_of=APRIL, known_at=position)) == (False, True)


def test_what_is_confidential_is_absent_for_anyone_and_told_to_a_clerk(office: Office, entry: str) -> None:
    path = f"{INSTITUTIONS}/{entry}"
    assert "confidential" not in told(office.anyone.get(path))
    assert "Anna" not in office.anyone.get(f"{path}/acts").text + office.anyone.get(f"{path}/timeline").text
    assert told(office.clerk.get(path))["confidential"] == {"contact_person": "Anna Bērziņa"}
    assert "note" in told(office.clerk.get(f"{path}/acts"))["acts"][0]


def test_an_application_is_not_found_by_anyone(office: Office) -> None:
    applied = office.first("receive", MARCH, name="Iecere")["entry"]
    for path in ("", "/acts", "/timeline", "/diff"):
        problem(office.anyone.get(f"{INSTITUTIONS}/{applied}{path}"), 404, "not-found")
        told(office.clerk.get(f"{INSTITUTIONS}/{applied}{path}"))
    assert told(office.clerk.get(f"{INSTITUTIONS}/{applied}", params={"as_of": "2020-04-02"}))["status"] == "applied"
    assert told(office.clerk.get(f"{INSTITUTIONS}/{applied}", params={"as_of": "2020-04-03"}))["status"] == "overdue"

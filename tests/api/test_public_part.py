"""What is not public is absent from every answer to an anonymous caller: neither shown nor masked."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from api.service import Service
from tests.api.secrets_told import APPLICATIONS, SCHOOLS, WORD, Told, tell
from tests.api.serving import account, caller

DAYS = ("2020-03-01", "2020-03-05", "2020-03-12", "2020-03-31", "2020-12-31")
NAMES_OF_SECRETS = ("contact_person", "confidential", "note", "actor", "role", "source", "correlation_id", "due_on")

OF_THE_REGISTER = [
    "/registers",
    *(f"{SCHOOLS}?as_of={day}{more}" for day in DAYS for more in ("", "&format=csv", "&format=ndjson", f"&q={WORD}")),
    *(f"{SCHOOLS}?as_of=2020-03-31&known_at={position}" for position in range(19)),
    *(f"{SCHOOLS}?as_of=2020-03-05&status={status}" for status in ("applied", "refused", "overdue", "annulled")),
    f"{SCHOOLS}?as_of=2020-03-05&sort=-registration_number",
    *(f"{SCHOOLS}/diff?from={day}/&to=2020-12-31/" for day in DAYS),
    f"{SCHOOLS}/diff?from=2020-03-31/-1&to=2020-03-31/",
    "/acts",
    "/acts?register=institutions",
    *(f"/acts?kind={kind}" for kind in ("receive", "refuse", "defer", "refuse_amendment", "annul", "correct")),
    "/acts?decision=1-7/1",
    "/changes",
    *(f"/statistics/2020/figures/t3.institutions.{figure}/acts" for figure in (
        "registered", "amended", "amendment_refused", "struck_off")),
]  # fmt: skip
"""Every way to ask about the register as a whole."""


def of_an_entry(entry: str) -> list[str]:
    """Every way to ask about an entry."""
    return [
        *(f"{SCHOOLS}/{entry}?as_of={day}" for day in DAYS),
        f"{SCHOOLS}/{entry}/acts",
        f"{SCHOOLS}/{entry}/timeline",
        *(f"{SCHOOLS}/{entry}/explain?as_of={day}" for day in DAYS),
        f"{SCHOOLS}/{entry}/diff?from=2020-03-01/&to=2020-12-31/",
        f"{SCHOOLS}/{entry}/diff?from=2020-03-05/&to=2020-03-31/",
    ]


@pytest.fixture(scope="module")
def told(shared_service: Service, shared_server: str) -> Iterator[Told]:
    with caller(shared_server, account(shared_service, "clerk", "*:clerk")) as clerk:
        yield tell(clerk)


@pytest.fixture(scope="module")
def reader(shared_service: Service, shared_server: str) -> Iterator[httpx.Client]:
    with caller(shared_server, account(shared_service, "reader", "institutions:reader")) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def reader_of_another(shared_service: Service, shared_server: str) -> Iterator[httpx.Client]:
    with caller(shared_server, account(shared_service, "other", "scientific-institutions:reader")) as signed_in:
        yield signed_in


def test_nothing_that_is_not_public_is_in_any_answer_about_the_register(
    told: Told, anyone: httpx.Client, reader_of_another: httpx.Client
) -> None:
    for path in OF_THE_REGISTER:
        for client in (anyone, reader_of_another):
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            assert WORD not in answer.text.replace(f"q={WORD}", ""), path
            assert not [name for name in NAMES_OF_SECRETS if f'"{name}"' in answer.text], path


@pytest.mark.parametrize("entry", APPLICATIONS)
def test_an_application_that_led_to_no_entry_is_not_found_whatever_is_asked(
    told: Told, anyone: httpx.Client, reader: httpx.Client, entry: str
) -> None:
    for path in of_an_entry(told.entries[entry]):
        assert anyone.get(path).status_code == 404, path
    assert WORD in reader.get(f"{SCHOOLS}/{told.entries[entry]}/acts").text
    assert WORD in reader.get(f"{SCHOOLS}/{told.entries[entry]}/timeline").text


@pytest.mark.parametrize("entry", ["school", "school after an application"])
def test_of_an_entry_that_is_public_the_public_part_is_shown_and_nothing_else(
    told: Told, anyone: httpx.Client, entry: str
) -> None:
    shown = [anyone.get(path) for path in of_an_entry(told.entries[entry])]
    assert {answer.status_code for answer in shown} == {200, 404}
    for answer in shown:
        assert WORD not in answer.text, answer.url
        assert not [name for name in NAMES_OF_SECRETS if f'"{name}"' in answer.text], answer.url
    assert "pamatskola" in anyone.get(f"{SCHOOLS}/{told.entries[entry]}").text


def test_an_entry_begins_for_the_public_with_its_registration(told: Told, anyone: httpx.Client) -> None:
    entry = f"{SCHOOLS}/{told.entries['school after an application']}"
    assert anyone.get(entry, params={"as_of": "2020-03-14"}).status_code == 404
    (interval,) = anyone.get(f"{entry}/timeline").json()["intervals"]
    assert interval["valid_from"] == "2020-03-15"
    (difference,) = anyone.get(f"{entry}/diff", params={"from": "2020-03-14/", "to": "2020-03-15/"}).json()["entries"]
    assert difference["before"] is None
    assert {position for change in difference["fields"] for position in change["acts"]} <= set(told.public_acts)


def test_whoever_may_read_everything_sees_every_act_and_the_public_only_the_public_ones(
    told: Told, anyone: httpx.Client, reader: httpx.Client
) -> None:
    everything = sorted(told.public_acts + told.hidden_acts)
    for path in ("/acts", "/changes"):
        assert [act["position"] for act in reader.get(path).json()["acts"]] == everything
        assert [act["position"] for act in anyone.get(path).json()["acts"]] == sorted(told.public_acts)
    assert anyone.get("/changes").json()["last"] == everything[-1]


def test_a_reader_gets_what_is_confidential_in_every_form(told: Told, reader: httpx.Client) -> None:
    entry = f"{SCHOOLS}/{told.entries['school']}"
    as_of = {"as_of": "2020-03-31"}
    assert reader.get(entry, params=as_of).json()["confidential"] == {"contact_person": f"{WORD} Pavisam"}
    for form in ("json", "csv", "ndjson"):
        answer = reader.get(SCHOOLS, params={**as_of, "format": form})
        assert f"{WORD} Pavisam" in answer.text
        assert f"{WORD} skola" in answer.text
    assert f"{WORD} note" in reader.get(f"{entry}/acts").text
    assert f"{WORD} Kontakts" in reader.get(f"{entry}/timeline").text
    assert f"{WORD} Pavisam" in reader.get(f"{SCHOOLS}/diff", params={"from": "2020-03-12/", "to": "2020-03-31/"}).text


def test_acts_that_are_not_public_are_counted_in_the_statistics_but_shown_only_with_the_permission(
    told: Told, anyone: httpx.Client, reader: httpx.Client
) -> None:
    path = "/statistics/2020/figures/t3.institutions.amendment_refused/acts"
    assert anyone.get(path).json()["acts"] == []
    assert [act["kind"] for act in reader.get(path).json()["acts"]] == ["refuse_amendment"]


def test_the_stream_of_changes_holds_the_public_acts_only(told: Told, anyone: httpx.Client) -> None:
    with anyone.stream("GET", "/changes", headers={"Accept": "text/event-stream"}) as stream:
        lines = []
        for line in stream.iter_lines():
            lines.append(line)
            if line.startswith(":"):
                break
    assert [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")] == sorted(told.public_acts)
    assert WORD not in "\n".join(lines)

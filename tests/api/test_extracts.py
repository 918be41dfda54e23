"""Extracts of entries: what they state, what proves it, and that it is the same whenever it is asked for."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from ledger.merkle import ProofRefused
from ledger.note import VerifierKey
from replay.extract.statement import hash_of
from tests.api.extracts_read import attached, check, everything_in, payloads, text_of
from tests.api.office import INSTITUTIONS, Json, Office, opened, problem, told
from tests.api.serving import account, caller

THEN = "2020-12-31"
SECRET = "Slepenā Persona"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as started:
        started.anyone.timeout = started.clerk.timeout = 120  # the first document loads what lays it out
        yield started


@pytest.fixture
def school(office: Office) -> str:
    """A school that was registered, then renamed, then renamed again from 2021 on."""
    entry = str(office.register("2020-03-02", contact_person=SECRET)["entry"])
    office.act(entry, "amend", "2020-06-01", name="Ezeru pamatskola")
    office.act(entry, "amend", "2021-09-01", name="Ezeru sākumskola")
    return entry


@pytest.fixture
def key(office: Office) -> VerifierKey:
    return office.service.sealer.verifier_key


def asked(client: httpx.Client, entry: str, form: str = "json", register: str = INSTITUTIONS, /, **more: Any) -> bytes:
    answer = client.get(f"{register}/{entry}/extract", params={"format": form, "as_of": THEN, **more})
    assert answer.status_code == 200, answer.text
    return answer.content


def file_of(client: httpx.Client, entry: str, register: str = INSTITUTIONS, /, **more: Any) -> Json:
    answer = client.get(f"{register}/{entry}/extract", params={"format": "json", "as_of": THEN, **more})
    return told(answer)


def test_an_extract_states_the_entry_on_the_day_and_proves_the_acts_behind_it(
    office: Office, school: str, key: VerifierKey
) -> None:
    file = file_of(office.anyone, school)
    check(file, key)
    entry = office.entry(school, as_of=THEN)
    assert file["state"] == {name: entry[name] for name in ("status", "valid_from", "valid_to", "content")}
    assert file["state"]["content"]["name"] == "Ezeru pamatskola"
    assert (file["number"], file["issue"], file["nonce"]) == (None, None, None)
    acts = told(office.anyone.get(f"{INSTITUTIONS}/{school}/acts"))["acts"]
    assert [act["position"] for act in file["acts"]] == [act["position"] for act in acts[:2]]


def test_an_extract_of_what_was_known_earlier_states_and_proves_only_that(
    office: Office, school: str, key: VerifierKey
) -> None:
    first = file_of(office.anyone, school)["acts"][0]["position"]
    file = file_of(office.anyone, school, known_at=first)
    check(file, key)
    assert file["state"]["content"]["name"] == "Rēzeknes pamatskola"
    assert [act["position"] for act in file["acts"]] == [first]
    assert file["known_at"]["position"] == first


def test_an_act_annulled_and_what_annuls_it_are_both_behind_the_state(
    office: Office, school: str, key: VerifierKey
) -> None:
    amended = file_of(office.anyone, school)["acts"][1]["position"]
    annulled = office.act(school, "annul", "2022-01-01", target=amended, mode="ex_tunc")
    later = office.act(school, "annul", "2022-01-01", target=annulled["position"], mode="ex_nunc")
    file = file_of(office.anyone, school)
    check(file, key)
    assert file["state"]["content"]["name"] == "Rēzeknes pamatskola"
    positions = [act["position"] for act in file["acts"]]
    assert {amended, annulled["position"]} <= set(positions)
    assert later["position"] not in positions


@pytest.mark.parametrize("change", ["name", "payload", "leaf", "position", "proof"])
def test_a_changed_extract_does_not_check(office: Office, school: str, key: VerifierKey, change: str) -> None:
    file = file_of(office.anyone, school, known_at=office.head())
    forged = copy.deepcopy(file)
    first, second = forged["acts"]
    if change == "name":
        forged["state"]["content"]["name"] = "Cita pamatskola"
    elif change == "proof":
        first["proof"] = second["proof"]
    else:
        first[change] = second[change]
    if change != "proof":
        with pytest.raises(AssertionError):
            check(forged, key)
    forged["sha256"] = hash_of(forged)
    if change == "name":  # nothing but the act that issues an extract binds what is shown
        assert forged["issue"] is None
    else:
        with pytest.raises((AssertionError, ProofRefused)):
            check(forged, key)


def test_an_extract_for_information_has_the_same_bytes_whatever_is_recorded_later(office: Office, school: str) -> None:
    head = office.head()
    before = {form: asked(office.anyone, school, form, known_at=head) for form in ("json", "pdf")}
    office.act(school, "amend", "2020-07-01", name="Pavisam cita skola")
    assert {form: asked(office.anyone, school, form, known_at=head) for form in ("json", "pdf")} == before
    assert asked(office.anyone, school) != before["json"]


def test_the_pdf_says_what_its_attached_machine_file_states(office: Office, school: str, key: VerifierKey) -> None:
    head = office.head()
    pdf = asked(office.anyone, school, "pdf", known_at=head)
    file = attached(pdf)
    check(file, key)
    assert file == file_of(office.anyone, school, known_at=head)
    printed = text_of(pdf)
    for said in ("Izraksts", "Izglītības iestāžu reģistrs", "2020. gada 31. decembrī", "Ezeru pamatskola",
                 file["registration_number"], file["sha256"], "Vispārizglītojošā pamatskola", f"pozīcija {head}",
                 "Reģistrēšana", "02.03.2020.", "Bez numura, informācijai", "regesta"):  # fmt: skip
        assert said.lower() in printed.lower(), said


def test_the_pdf_claims_what_the_typesetter_checked(office: Office, school: str) -> None:
    reader = PdfReader(io.BytesIO(asked(office.anyone, school, "pdf")))
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert (metadata.pdfaid_part, metadata.pdfaid_conformance) == ("3", "A")
    root: Any = reader.root_object
    assert root["/Lang"] == "lv"
    assert root["/MarkInfo"]["/Marked"]
    (file,) = root["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Data"
    assert reader.metadata is not None
    assert reader.metadata.title == "Izraksts no reģistra: Izglītības iestāžu reģistrs"


def test_who_asks_in_english_is_given_english(office: Office, school: str) -> None:
    answer = office.anyone.get(
        f"{INSTITUTIONS}/{school}/extract",
        params={"as_of": THEN},
        headers={"Accept": "application/pdf", "Accept-Language": "en"},
    )
    assert (answer.headers["content-type"], answer.headers["content-language"]) == ("application/pdf", "en")
    assert "State Education Quality Service".lower() in text_of(answer.content).lower()
    assert "as of 31 december 2020" in text_of(answer.content).lower()


def test_names_of_the_entries_rested_on_are_stated_as_they_were_then(office: Office, school: str) -> None:
    licence = office.first(
        "license", "2020-08-01", "/registers/programme-licences", name="Pamatizglītības programma",
        institution=school, founder="municipal", branch="general", level="basic", code="21011111",
    )  # fmt: skip
    file = file_of(office.anyone, licence["entry"], "/registers/programme-licences")
    number = office.entry(school)["registration_number"]
    assert file["named"] == {
        school: {"register": "institutions", "registration_number": number, "name": "Ezeru pamatskola"}
    }
    pdf = asked(office.anyone, licence["entry"], "pdf", "/registers/programme-licences")
    assert f"Ezeru pamatskola, {number}" in text_of(pdf)


def test_the_confidential_part_is_given_to_those_who_may_read_it_and_ask_for_it(
    office: Office, school: str, key: VerifierKey
) -> None:
    public = file_of(office.clerk, school)
    assert (public["part"], "confidential" in public["state"]) == ("public", False)
    assert SECRET not in everything_in(public)
    assert None not in payloads(public)  # what is confidential in them is a person's, and sealed
    whole = file_of(office.clerk, school, part="whole")
    check(whole, key)
    assert whole["state"]["confidential"]["contact_person"] == SECRET
    assert None not in payloads(whole)
    assert SECRET in text_of(asked(office.clerk, school, "pdf", part="whole"))
    address = f"{INSTITUTIONS}/{school}/extract"
    problem(office.anyone.get(address, params={"part": "whole"}), 401, "not-authenticated")
    with caller(office.server, account(office.service, "elsewhere", "psychologists:reader")) as other:
        problem(other.get(address, params={"part": "whole"}), 403, "not-permitted")


def test_there_is_no_extract_of_what_is_not_there_or_not_public(office: Office, school: str) -> None:
    address = f"{INSTITUTIONS}/{school}/extract"
    problem(office.anyone.get(address, params={"as_of": "2019-12-31"}), 404, "not-found")
    problem(office.anyone.get(f"{INSTITUTIONS}/0000000000/extract"), 404, "not-found")
    problem(office.anyone.get(address, params={"as_of": "31.12.2020"}), 400, "malformed-moment")
    problem(office.anyone.get(address, headers={"Accept": "text/csv"}), 406, "not-acceptable")
    applied = office.first("receive", "2020-05-01", name="Vēl nereģistrēta skola")
    problem(office.anyone.get(f"{INSTITUTIONS}/{applied['entry']}/extract"), 404, "not-found")

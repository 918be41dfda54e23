"""Of every register: what is confidential is in no public extract, and every field has a title in both languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin
from uuid import uuid4

import pytest
from pydantic import BaseModel

from domain.register import ABSENT, Fields, Register
from domain.registers import all_registers
from replay.extract.titles import title_of_field, title_of_value
from tests.api.extracts_read import attached, check, everything_in, payloads, text_of
from tests.api.office import Office, opened, recorded, told
from tests.api.test_examples import LASTING, LONG_BEFORE, elsewhere, support

KEPT_BY_CLERKS = [register for register in all_registers() if register.recorded_by == "clerks"]
CODES = {"personal_code": "390000-00018", "former_personal_code": "161175-19997"}
CONTACT = {"contact_person": "Slepena Kontaktpersona"}
SECRETS: dict[str, Fields] = {
    "childcare-providers": {
        "personal_code": CODES["personal_code"],
        "nannies": ["Slepena Aukle"],
        "private_contacts": {"address": "SLEPENA IELA 3, RĪGA", "phones": ["29999991"], "emails": ["slepena@aukle.lv"]},
    },
    "head-evaluations": {**CODES, "results": [{"criterion": "Slepens kritērijs", "level": "very_good"}]},
    "higher-education": CONTACT,
    "institutions": CONTACT,
    "monitoring-returns": {"children": {"family": 7_654, "abroad_emigrated": 8_765}},
    "other-institutions": CONTACT,
    "practice-certificates": {**CODES, "addresses": ["SLEPENA IELA 3, CĒSIS"], "refused_on": "2019-07-13"},
    "psychologists": CODES,
    "qualifications": {**CODES, "holder": "Slepena Ieguvēja"},
    "scientific-institutions": CONTACT,
    "supervision-cases": {"submitter": "Slepena Iesniedzēja", "findings": "Slepeni konstatējumi."},
    "teaching-permits": {
        **CODES,
        "refused_on": "2019-07-13",
        "convictions": [{"ground": "Slepens pants", "decided_by": "Slepena tiesa", "cleared_on": "2015-06-29"}],
    },
}
"""A value for each confidential field."""
FIRST_ACTS = {"qualifications": "award", "supervision-cases": "record"}
"""The first acts that state every confidential field, where another kind of act can begin an entry as well."""

IN_CLEAR = {"head-evaluations", "monitoring-returns", "practice-certificates", "teaching-permits"}
"""Registers with confidential fields that are not a person's, and stored in clear: what an act says is withheld."""


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as started:
        started.anyone.timeout = started.clerk.timeout = 120
        yield started


@pytest.mark.parametrize("register", KEPT_BY_CLERKS, ids=lambda register: register.name)
def test_a_public_extract_holds_nothing_confidential_and_a_whole_one_all_of_it(
    office: Office, register: Register
) -> None:
    address = f"/registers/{register.name}/{_entry_with_secrets(office, register)}/extract"
    client = office.anyone if register.public else office.clerk
    asked = {"as_of": "2027-06-01", "format": "json"}
    whole = told(office.clerk.get(address, params={**asked, "part": "whole"}))
    check(whole, office.service.sealer.verifier_key)
    confidential = whole["state"]["confidential"]
    assert {name for name, value in confidential.items() if value} == register.confidential_fields
    public = told(client.get(address, params=asked))
    check(public, office.service.sealer.verifier_key)
    assert (None in payloads(public)) is (register.name in IN_CLEAR)
    pdf = client.get(address, params={**asked, "format": "pdf"}).content
    shown = everything_in(public) + text_of(pdf) + everything_in(attached(pdf))
    secrets = {"Slepena piezīme", *_texts(SECRETS.get(register.name, {}))}
    assert [secret for secret in secrets if secret in shown] == []
    assert [name for name in register.confidential_fields if f'"{name}"' in str(public["state"])] == []


def _entry_with_secrets(office: Office, register: Register) -> str:
    """A new entry with a value in each confidential field, begun by an act with a note."""
    kinds = [kind for kind in register.kinds if ABSENT in kind.meets and kind.gives in register.alive]
    kind = next(kind for kind in kinds if kind.verb == FIRST_ACTS.get(register.name, kinds[0].verb))
    content = {**register.examples[kind.verb], **SECRETS.get(register.name, {}), **LASTING.get(register.name, {})}
    others = defaultdict[str, str](lambda: str(uuid4()))
    content = elsewhere(register, {**content, "registration_number": None}, others)
    support(office.clerk, register, content, others)
    begun = {"kind": kind.verb, "decision": {"decided_on": LONG_BEFORE}, "content": content, "note": "Slepena piezīme"}
    return str(recorded(office.ask(f"/registers/{register.name}/acts", begun))["entry"])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str | int):
        if value != "very_good":
            yield str(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


@pytest.mark.parametrize("register", KEPT_BY_CLERKS, ids=lambda register: register.name)
def test_every_field_and_coded_value_of_a_register_has_a_title_in_both_languages(register: Register) -> None:
    lacking = [name for name, _ in _fields(register.content) if title_of_field(register.name, name) is None]
    assert lacking == []
    coded = [(name, value) for name, annotation in _fields(register.content) for value in _codes(annotation)]
    assert [each for each in coded if title_of_value(register.name, *each) is None] == []


def _fields(content: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, info in content.model_fields.items():
        yield name, info.annotation
        for inner in _models(info.annotation):
            yield from _fields(inner)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)


def _codes(annotation: Any) -> Iterator[str | int]:
    if get_origin(annotation) is Literal:
        yield from (value for value in get_args(annotation) if not str(value).isdecimal())
    else:
        for each in get_args(annotation):
            yield from _codes(each)

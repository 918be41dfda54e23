"""An office in which each entry that holds something not public bears marks of its own, wherever that is."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID
from zipfile import ZipFile

import httpx

from ledger.readings import Kept, readings_from
from tests.api.office import INSTITUTIONS, Office, body, recorded, school
from tests.domain.story import NANNY

CODE = "390000-00018"


class Secret(NamedTuple):
    """An entry, its register, and the marks by which what is not public of it is known in any answer."""

    register: str
    entry: str
    marks: tuple[str, ...]


def tell(office: Office) -> dict[str, Secret]:
    """Entries by a name for them: one of them holds nothing that is not public."""
    told = {
        "school": _begun(office, INSTITUTIONS, school(contact_person="Slepena Skola")),
        "application": _begun(office, INSTITUTIONS, body("receive", name="Slepens Pieteikums")),
        "nanny": _begun(office, "/registers/childcare-providers", body("register", **NANNY)),
        "case": _begun(
            office,
            "/registers/supervision-cases",
            body("open", kind="submission", subject="Slepena Lieta", body="Iestāde", submitter="Slepens Iesniedzējs"),
        ),
    }
    licence = {
        "name": "Pamatizglītības programma", "institution": told["school"], "founder": "municipal", "branch": "general",
        "level": "basic", "code": "21011111", "sites": ["ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601"],
    }  # fmt: skip
    told["licence"] = _begun(office, "/registers/programme-licences", body("license", **licence))
    noted = {**body("amend", head="ANNA KALNIŅA"), "note": "Slepena Piezīme"}
    recorded(office.clerk.post(f"{INSTITUTIONS}/{told['school']}/acts", json=noted))
    marks = {
        "school": ("Slepena Skola", "Slepena Piezīme"),
        "licence": (),
        "application": (told["application"], "Slepens Pieteikums"),
        "nanny": (CODE,),
        "case": (told["case"], "Slepena Lieta", "Slepens Iesniedzējs"),
    }
    registers = {"licence": "programme-licences", "nanny": "childcare-providers", "case": "supervision-cases"}
    return {name: Secret(registers.get(name, "institutions"), entry, marks[name]) for name, entry in told.items()}


def _begun(office: Office, path: str, act: dict[str, Any]) -> str:
    return str(recorded(office.clerk.post(f"{path}/acts", json=act))["entry"])


def shown_in(secrets: Mapping[str, Secret], answer: httpx.Response) -> set[UUID]:
    """The entries of which something not public stands in an answer; a problem may repeat what was asked."""
    if answer.status_code != 200:
        return set()
    text = _unpacked(answer.content) if answer.content.startswith(b"PK") else answer.text
    return {UUID(each.entry) for each in secrets.values() if any(mark in text for mark in each.marks)}


def _unpacked(workbook: bytes) -> str:
    with ZipFile(io.BytesIO(workbook)) as files:
        return "".join(files.read(name).decode() for name in files.namelist())


class Log:
    """The log of an office, read on from where it was last read."""

    def __init__(self, office: Office) -> None:
        self._office, self._next = office, 0
        self.new()

    def new(self) -> list[Kept]:
        """The readings since this was last asked."""
        with self._office.service.database.pool.connection() as connection:
            found = list(readings_from(connection, self._next))
        self._next += len(found)
        return found

    def entries(self) -> set[UUID]:
        """Of which entries these are."""
        return {entry for kept in self.new() for entry in kept.reading.entries}

"""``regesta extract``: an extract as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from domain.catalogue import Catalogue
from ledger.database import Database
from projections.recording import Recording
from tests.api.extracts_read import attached, text_of
from tests.cli.running import regesta
from tests.conftest import fresh_database
from tests.projections.registry import Registry


class Kept(NamedTuple):
    """A database with one school, and the school's entry."""

    url: str
    school: str


@pytest.fixture(scope="module")
def kept(server_url: str, catalogue: Catalogue) -> Iterator[Kept]:
    with fresh_database(server_url) as url:
        database = Database(url)
        recording = Recording(database, catalogue)
        (school,) = Registry(database, catalogue, recording).register(contact_person="Slepena Persona")
        recording.close()
        database.close()
        yield Kept(url, str(school))


def test_an_extract_is_written_as_a_pdf_or_as_its_machine_file(kept: Kept, tmp_path: Path) -> None:
    machine, paper = tmp_path / "izraksts.json", tmp_path / "izraksts.pdf"
    asked = ("extract", "institutions", kept.school, "--as-of", "2020-12-31", "--known-at", "0")
    answer = regesta(kept.url, *asked, "--to", str(machine))
    assert (answer.code, answer.out) == (0, "")
    file = json.loads(machine.read_bytes())
    assert (file["entry"], file["part"], file["number"]) == (kept.school, "public", None)
    assert file["sha256"] in answer.err
    assert "Slepena Persona" not in machine.read_text()
    assert regesta(kept.url, *asked, "--to", str(paper), "--language", "en", "--whole").code == 0
    assert attached(paper.read_bytes())["state"]["confidential"]["contact_person"] == "Slepena Persona"
    assert "State Education Quality Service".lower() in text_of(paper.read_bytes()).lower()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nothing", "1"), 2, "register: expected one of"),
        (("institutions", "0000000000"), 3, "no entry 0000000000 in register institutions"),
        (("institutions", "1", "--as-of", "31.12.2020"), 2, "as_of: expected a date"),
        (("institutions", "1", "--to", "izraksts.docx"), 2, "--to: expected a file *.pdf or *.json"),
        (("institutions", "{school}", "--to", "nowhere/x.json"), 2, "expected a file to write to"),
    ],
)
def test_what_can_not_be_written_is_said(
    kept: Kept, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    given = [argument.replace("{school}", kept.school) for argument in arguments]
    if "--to" not in given:
        given += ["--to", str(tmp_path / "izraksts.json")]
    answer = regesta(kept.url, "extract", *given)
    assert answer.code == code
    assert said in answer.err
    assert list(tmp_path.iterdir()) == []

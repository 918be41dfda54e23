"""The key that wraps the keys of persons: without it nothing of them is read, and it can be rotated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import Database
from ledger.person_keys import FILE, new_key, replace_ring_in, ring_in
from projections.recording import Recording
from tests.cli.running import regesta
from tests.conftest import fresh_database, keys_of, opened_vault
from tests.projections.registry import Registry

HEAD = "Kunigunda Vēverbriede"


@pytest.fixture
def school(server_url: str) -> Iterator[tuple[str, str]]:
    """The address of a database with an institution in it, and the institution's entry."""
    with fresh_database(server_url) as url:
        database = Database(url)
        with opened_vault(url) as vault:
            catalogue = Catalogue(all_registers(), vault)
            recording = Recording(database, catalogue)
            (entry,) = Registry(database, catalogue, recording).register(head=HEAD)
            recording.close()
        database.close()
        yield url, str(entry)


def wrapped_by(url: str) -> set[str]:
    """The ids of the keys that wrap something in the database."""
    with psycopg.connect(make_conninfo(url)) as connection:
        rows = connection.execute("SELECT kek_id FROM vault.subjects UNION SELECT kek_id FROM vault.hashing_key")
        return {row[0] for row in rows}


def key_file(url: str) -> Path:
    return keys_of(url) / FILE


def test_a_rotated_key_wraps_everything_and_the_one_before_is_needed_no_more(school: tuple[str, str]) -> None:
    url, entry = school
    before = key_file(url).read_text()
    done = regesta(url, "person", "rotate-key")
    assert (done.code, "Wrapped" in done.out) == (0, True), done.err
    after = key_file(url).read_text()
    assert set(after.split()) & set(before.split()) == set()
    assert wrapped_by(url) == {ring_in(keys_of(url)).first}
    assert HEAD in regesta(url, "entry", "institutions", entry).out


def test_a_rotation_that_was_broken_off_is_finished_by_the_next(school: tuple[str, str]) -> None:
    url, entry = school
    begun = [new_key(), *ring_in(keys_of(url)).keys]
    replace_ring_in(keys_of(url), begun)
    assert HEAD in regesta(url, "entry", "institutions", entry).out
    assert regesta(url, "person", "rotate-key").code == 0
    assert ring_in(keys_of(url)).keys == (begun[0],)
    assert HEAD in regesta(url, "entry", "institutions", entry).out


def test_without_the_key_or_with_another_the_service_does_not_start(school: tuple[str, str]) -> None:
    url, entry = school
    kept = key_file(url).read_text()
    key_file(url).unlink()
    missing = regesta(url, "entry", "institutions", entry)
    assert (missing.code, "met no such file" in missing.err) == (2, True), missing.err
    key_file(url).write_text(f"{new_key().hex()}\n")
    key_file(url).chmod(0o600)
    other = regesta(url, "entry", "institutions", entry)
    assert (other.code, "put the right key there" in " ".join(other.err.split())) == (2, True), other.err
    key_file(url).write_text(kept)
    assert HEAD in regesta(url, "entry", "institutions", entry).out


def test_a_person_is_erased_from_the_command_line(school: tuple[str, str]) -> None:
    url, entry = school
    asked = ("person", "erase", "--case", "2-4/17", "--legal-ground", "GDPR 17(1)(a)", "--entry", entry)
    shown = regesta(url, *asked, "--field", "head", "--preview")
    assert (shown.code, entry in shown.out) == (0, True), shown.err
    assert HEAD in regesta(url, "entry", "institutions", entry).out
    assert regesta(url, *asked, "--field", "head").code == 0
    assert HEAD not in regesta(url, "entry", "institutions", entry).out
    assert regesta(url, *asked, "--field", "head").code == 3
    assert regesta(url, *asked).code == 2

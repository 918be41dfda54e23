"""The vault while keys are destroyed: what was sealed for others is opened, whoever lets go of what meanwhile."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from psycopg.rows import dict_row

from domain.personal import Erased
from ledger.database import Database, connect
from ledger.subjects import Subjects, code_label, destroy
from ledger.vault import SubjectKey, Vault, seal

ENTRY = uuid4()


@pytest.fixture
def ilze(database: Database, vault: Vault) -> SubjectKey:
    """A person whose key is kept."""
    with database.pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
        subjects = Subjects(cursor, vault)
        made = subjects.of_value(code_label(vault, "390000-00018"))
        subjects.write()
    return made


def test_a_value_is_not_taken_for_erased_because_keys_of_others_were_destroyed_meanwhile(
    vault: Vault, ilze: SubjectKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = seal(ilze, ENTRY, "p", "Ilze Ezeriņa")
    load = vault._load

    def loaded_and_forgotten(subjects: set[str]) -> object:
        found = load(subjects)
        vault.forget()
        return found

    monkeypatch.setattr(vault, "_load", loaded_and_forgotten)
    assert vault.opened(token, ENTRY) == "Ilze Ezeriņa"
    monkeypatch.undo()
    assert vault.opened(token, ENTRY) == "Ilze Ezeriņa"


def test_a_value_opened_while_its_key_is_destroyed_is_not_kept(
    vault: Vault, ilze: SubjectKey, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = seal(ilze, ENTRY, "p", "Ilze Ezeriņa")
    load = vault._load

    def loaded_and_destroyed(subjects: set[str]) -> object:
        found = load(subjects)
        with connect(database_url) as connection:
            destroy(connection.cursor(row_factory=dict_row), [UUID(ilze.subject)])
            connection.commit()
        vault.forget()
        return found

    monkeypatch.setattr(vault, "_load", loaded_and_destroyed)
    assert vault.opened(token, ENTRY) == "Ilze Ezeriņa"
    monkeypatch.undo()
    assert isinstance(vault.opened(token, ENTRY), Erased)

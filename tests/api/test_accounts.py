from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from psycopg import Connection

from api import accounts as accounts_module
from api.accounts import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    Account,
    AccountRefused,
    Attempt,
    Proven,
    account_named,
    accounts,
    change_grants,
    change_password,
    create_account,
    disable,
    lock_proven,
    sign_in,
)
from api.grants import Grant, GrantRefused, Role, holds, read_grant
from api.tokens import admitted, hash_of, issue_token, revoke_by_id, tokens
from ledger.database import Database
from tests.conftest import fresh_database

PASSWORD, ANOTHER = "correct horse battery", "battery horse correct"
JANIS = "Jānis Bērziņš"
CLERK = read_grant("institutions:clerk")


@pytest.fixture(scope="module")
def shared_database(server_url: str) -> Iterator[Database]:
    with fresh_database(server_url) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def connection(shared_database: Database) -> Iterator[Connection[Any]]:
    """A connection whose doings are undone after the test."""
    with shared_database.pool.connection() as opened, opened.transaction(force_rollback=True):
        yield opened


def proven(connection: Connection[Any], name: str, password: str = PASSWORD) -> Proven | None:
    return sign_in(connection, Attempt(name, password, "192.0.2.1"), str.casefold)


def attempt(connection: Connection[Any], name: str, password: str = PASSWORD) -> Account | None:
    found = proven(connection, name, password)
    return None if found is None else found.account


def token(connection: Connection[Any], account: Account) -> str:
    return issue_token(connection, account, "nightly export", timedelta(days=1)).secret


def stored(connection: Connection[Any]) -> str:
    """Everything that schema ``access`` holds, as text."""
    tables = ("accounts", "tokens", "login_failures")
    return "\n".join(
        str(row) for table in tables for row in connection.execute(f"SELECT t::text FROM access.{table} t")
    )


def password_hash(connection: Connection[Any], account: Account) -> str:
    (row,) = connection.execute(
        "SELECT password_hash FROM access.accounts WHERE account_id = %s", (account.account_id,)
    ).fetchall()
    (found,) = row.values() if isinstance(row, dict) else row
    return str(found)


def test_a_new_account_signs_in_with_its_password_and_no_other(connection: Connection[Any]) -> None:
    created = create_account(connection, JANIS, PASSWORD, [CLERK])
    assert attempt(connection, JANIS) == created
    assert created.grants == {Grant("institutions", Role.CLERK)}
    assert attempt(connection, JANIS, ANOTHER) is None
    assert attempt(connection, JANIS, "") is None
    assert attempt(connection, "nobody") is None


def test_an_accounts_pseudonym_is_random_and_says_nothing_of_its_name(connection: Connection[Any]) -> None:
    created = create_account(connection, JANIS, PASSWORD, [])
    assert UUID(str(created.account_id)).version == 4


def test_a_name_or_password_written_in_another_unicode_form_is_the_same(connection: Connection[Any]) -> None:
    composed, taken_apart = unicodedata.normalize("NFC", JANIS), unicodedata.normalize("NFD", JANIS)
    assert composed != taken_apart
    created = create_account(connection, taken_apart, f"{taken_apart} parole", [])
    assert created.name == composed
    with pytest.raises(AccountRefused, match="name: expected one that is free, met"):
        create_account(connection, f" {composed} ", ANOTHER, [])
    assert attempt(connection, taken_apart, f"{composed} parole") == created
    assert account_named(connection, taken_apart) == account_named(connection, composed) == created


@pytest.mark.parametrize("length", [SHORTEST_PASSWORD - 1, LONGEST_PASSWORD + 1])
def test_a_password_of_the_wrong_length_is_refused_without_being_shown(
    connection: Connection[Any], length: int
) -> None:
    with pytest.raises(AccountRefused, match=rf"^password: expected 12 to 1000 characters, met {length}$"):
        create_account(connection, JANIS, "x" * length, [])
    assert accounts(connection) == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "two\nlines", "a\x00b", "\u202egnp.exe"])
def test_a_name_that_is_empty_too_long_or_not_printable_is_refused(connection: Connection[Any], name: str) -> None:
    with pytest.raises(AccountRefused, match="name: expected 1 to 100 printable characters, met"):
        create_account(connection, name, PASSWORD, [])


def test_another_password_ends_every_token_the_account_had(connection: Connection[Any]) -> None:
    created = create_account(connection, JANIS, PASSWORD, [])
    other = create_account(connection, "Anna", PASSWORD, [])
    before, of_other = [token(connection, created) for _ in range(2)], token(connection, other)
    change_password(connection, JANIS, ANOTHER)
    assert [admitted(connection, secret) for secret in before] == [None, None]
    assert admitted(connection, of_other) is not None
    assert attempt(connection, JANIS) is None
    assert attempt(connection, JANIS, ANOTHER) == created


def test_a_sign_in_with_a_password_that_is_changed_meanwhile_counts_no_more(connection: Connection[Any]) -> None:
    create_account(connection, JANIS, PASSWORD, [])
    found = proven(connection, JANIS)
    assert found is not None
    assert lock_proven(connection, found)
    change_password(connection, JANIS, ANOTHER)
    assert not lock_proven(connection, found)


def test_a_password_changed_while_the_one_before_is_hashed_anew_stays_changed(
    connection: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts_module, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    create_account(connection, JANIS, PASSWORD, [])

    class ChangedMeanwhile(PasswordHasher):
        def check_needs_rehash(self, _: str | bytes) -> bool:
            change_password(connection, JANIS, ANOTHER)
            return True

    monkeypatch.setattr(accounts_module, "_HASHER", ChangedMeanwhile(time_cost=1, memory_cost=8, parallelism=1))
    assert proven(connection, JANIS) is None
    monkeypatch.undo()
    assert attempt(connection, JANIS) is None
    assert attempt(connection, JANIS, ANOTHER) is not None


def test_of_two_that_sign_in_at_once_while_the_password_is_hashed_anew_both_come_in(
    connection: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts_module, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    create_account(connection, JANIS, PASSWORD, [])
    others: list[Proven | None] = []

    class AnotherMeanwhile(PasswordHasher):
        def check_needs_rehash(self, given: str | bytes) -> bool:
            if super().check_needs_rehash(given) and not others:
                others.append(None)
                others[0] = proven(connection, JANIS)
                return True
            return super().check_needs_rehash(given)

    monkeypatch.setattr(accounts_module, "_HASHER", AnotherMeanwhile(time_cost=2, memory_cost=8, parallelism=1))
    for found in (proven(connection, JANIS), *others):
        assert found is not None
        assert lock_proven(connection, found)


def test_a_disabled_account_stays_known_but_lets_nobody_in(connection: Connection[Any]) -> None:
    created = create_account(connection, JANIS, PASSWORD, [CLERK])
    secret = token(connection, created)
    disable(connection, JANIS)
    assert admitted(connection, secret) is None
    assert attempt(connection, JANIS) is None
    assert accounts(connection) == [created._replace(disabled=True)]
    with pytest.raises(AccountRefused, match="account: expected one that is not disabled"):
        issue_token(connection, account_named(connection, JANIS), "again", timedelta(days=1))
    with pytest.raises(AccountRefused, match="expected one that is free"):
        create_account(connection, JANIS, PASSWORD, [])


def test_a_token_of_a_disabled_account_that_was_not_ended_lets_nobody_in(connection: Connection[Any]) -> None:
    created = create_account(connection, JANIS, PASSWORD, [CLERK])
    disable(connection, JANIS)
    # Issued by a program that read the account before it was disabled.
    assert admitted(connection, token(connection, created)) is None


def test_other_roles_hold_for_tokens_already_issued(connection: Connection[Any]) -> None:
    created = create_account(connection, JANIS, PASSWORD, [CLERK])
    secret = token(connection, created)
    change_grants(connection, JANIS, [read_grant("*:auditor")])
    found = admitted(connection, secret)
    assert found is not None
    assert found.account.grants == {Grant("*", Role.AUDITOR)}
    change_grants(connection, JANIS, [])
    assert account_named(connection, JANIS).grants == frozenset()


@pytest.mark.parametrize("change", [lambda c: disable(c, "nobody"), lambda c: change_grants(c, "nobody", [])])
def test_what_is_asked_of_an_account_that_is_not_there_is_refused(connection: Connection[Any], change: Any) -> None:
    with pytest.raises(AccountRefused, match="name: expected an account's name, met 'nobody'"):
        change(connection)


def test_neither_a_password_nor_a_token_is_kept_anywhere(connection: Connection[Any]) -> None:
    created = create_account(connection, JANIS, PASSWORD, [])
    secret = token(connection, created)
    attempt(connection, JANIS, ANOTHER)
    kept = stored(connection)
    assert JANIS in kept
    for never in (PASSWORD, ANOTHER, secret, secret.removeprefix("regesta_")):
        assert never not in kept


def test_passwords_are_hashed_by_argon2id_with_64_mib_and_a_salt_of_their_own(connection: Connection[Any]) -> None:
    hashes = [password_hash(connection, create_account(connection, name, PASSWORD, [])) for name in ("one", "two")]
    assert all(text.startswith("$argon2id$v=19$m=65536,t=3,p=4$") for text in hashes)
    assert hashes[0] != hashes[1]


def test_a_hash_of_weaker_parameters_is_made_anew_on_signing_in(connection: Connection[Any]) -> None:
    created = create_account(connection, JANIS, PASSWORD, [])
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    connection.execute("UPDATE access.accounts SET password_hash = %s", (weak,))
    assert attempt(connection, JANIS, ANOTHER) is None
    assert password_hash(connection, created) == weak
    assert attempt(connection, JANIS) == created
    assert "m=65536,t=3,p=4" in password_hash(connection, created)
    assert attempt(connection, JANIS) == created


def test_a_token_is_listed_by_the_beginning_of_its_hash_and_ended_by_it(connection: Connection[Any]) -> None:
    created = create_account(connection, JANIS, PASSWORD, [])
    first, second = token(connection, created), token(connection, created)
    ids = [hash_of(secret).hex()[:12] for secret in (first, second)]
    listed = {(known.token_id, known.account, known.purpose, known.state) for known in tokens(connection)}
    assert listed == {(token_id, JANIS, "nightly export", "valid") for token_id in ids}
    revoke_by_id(connection, ids[1])
    assert {known.token_id: known.state for known in tokens(connection)} == {ids[0]: "valid", ids[1]: "revoked"}
    assert admitted(connection, second) is None
    assert admitted(connection, first) is not None
    for unknown in ("000000000000", "", "%"):
        with pytest.raises(AccountRefused, match="token: expected an id"):
            revoke_by_id(connection, unknown)


@pytest.mark.parametrize(
    "text", ["clerk", "institutions", "institutions:", ":clerk", "institutions:admin", "*:*", "A:clerk", "a:clerk "]
)
def test_a_grant_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(GrantRefused, match=r"expected REGISTER:ROLE .*, met "):
        read_grant(text)


def test_a_grant_holds_in_its_own_register_for_its_own_role_only() -> None:
    grants = [read_grant("institutions:clerk"), read_grant("*:reader")]
    assert holds(grants, "institutions", Role.CLERK)
    assert not holds(grants, "scientific-institutions", Role.CLERK)
    assert holds(grants, "scientific-institutions", Role.READER)
    assert not holds(grants, "institutions", Role.AUDITOR)
    assert not holds([read_grant("institutions:auditor")], "*", Role.AUDITOR)

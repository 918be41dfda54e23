from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection
from typer.testing import CliRunner, Result

from api.accounts import Attempt, accounts, sign_in
from api.cli import app
from api.oidc import pseudonym_of
from api.tokens import admitted
from domain.registers import all_registers
from ledger.database import Database
from projections.bindings import pseudonyms_of
from tests.conftest import fresh_database

REGESTA = Path(sys.executable).parent / "regesta"
PASSWORD, ANOTHER = "correct horse battery", "battery horse correct"


@pytest.fixture(scope="module")
def database_url(server_url: str) -> Iterator[str]:
    """A database that the tests of this file share; each has its own accounts in it."""
    with fresh_database(server_url) as url:
        yield url


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection[Any]]:
    database = Database(database_url)
    with database.pool.connection() as opened:
        yield opened
    database.close()


def process(url: str, *arguments: str, entered: str = "") -> subprocess.CompletedProcess[str]:
    """The installed command in a process of its own."""
    return subprocess.run(
        [REGESTA, *arguments],
        env={**os.environ, "DATABASE_URL": url},
        input=entered,
        capture_output=True,
        text=True,
        timeout=60,
    )


def regesta(url: str, *arguments: str, entered: str = "") -> Result:
    """The same command in this process, which is quicker."""
    return CliRunner().invoke(app, arguments, input=entered, env={"DATABASE_URL": url, "COLUMNS": "400"})


def created(url: str, name: str, *roles: str) -> str:
    """Create an account by the command; answers with what it printed."""
    options = [option for role in roles for option in ("--role", role)]
    done = regesta(url, "user", "create", name, *options, "--password-stdin", entered=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    return done.stdout


def test_an_account_is_bound_to_whom_it_belongs_to_and_two_bound_alike_are_one_person(
    database_url: str, connection: Connection[Any]
) -> None:
    subject = "https://idp.example#anna"
    made = regesta(
        database_url, "user", "create", "bound at once", "--subject", subject, "--password-stdin",
        entered=f"{PASSWORD}\n",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    created(database_url, "bound later")
    bound = regesta(database_url, "user", "bind", "bound later", "--subject", subject)
    assert "3 names of one person" in bound.stdout
    known = {account.name: str(account.account_id) for account in accounts(connection)}
    one = pseudonyms_of(connection, known["bound at once"])
    assert one == {known["bound at once"], known["bound later"], str(pseudonym_of("https://idp.example", "anna"))}


@pytest.mark.parametrize("subject", ["anna", "#anna", "https://idp.example#", "https://other.example#anna"])
def test_an_account_is_bound_to_nobody_whom_the_identity_provider_would_not_name(
    database_url: str, connection: Connection[Any], subject: str
) -> None:
    name = f"not bound {subject}"
    created(database_url, name)
    told = {"REGESTA_OIDC_ISSUER": "https://idp.example", "REGESTA_OIDC_AUDIENCE": "regesta"}
    done = CliRunner().invoke(
        app, ["user", "bind", name, "--subject", subject], env={"DATABASE_URL": database_url, **told}
    )
    assert (done.exit_code, "subject: expected" in done.output) == (2, True)
    (account,) = [each for each in accounts(connection) if each.name == name]
    assert len(pseudonyms_of(connection, str(account.account_id))) == 1


def issued(url: str, name: str, *options: str) -> str:
    done = regesta(url, "token", "create", name, "--purpose", "export", *options)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def listed(url: str, what: str) -> list[dict[str, str]]:
    done = regesta(url, what, "list", "--format", "json")
    assert done.exit_code == 0, done.output
    rows: list[dict[str, str]] = json.loads(done.stdout)
    return rows


def test_the_installed_command_creates_an_account_and_a_token_that_let_in(
    database_url: str, connection: Connection[Any]
) -> None:
    done = process(
        database_url, "user", "create", "Jānis Bērziņš", "--role", "institutions:clerk", "--role", "*:reader",
        "--password-stdin", entered=f"{PASSWORD}\r\n",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    proven = sign_in(connection, Attempt("Jānis Bērziņš", PASSWORD, "192.0.2.1"), str.casefold)
    assert proven is not None
    account = proven.account
    assert done.stdout == f"Jānis Bērziņš: account {account.account_id}, *:reader, institutions:clerk\n"
    assert PASSWORD not in done.stdout
    done = process(database_url, "token", "create", "Jānis Bērziņš", "--purpose", "nightly export")
    assert (done.returncode, done.stderr) == (0, "")
    found = admitted(connection, done.stdout.strip())
    assert found is not None
    assert found.account == account


def test_a_name_that_has_an_account_is_refused(database_url: str) -> None:
    created(database_url, "Taken")
    refused = regesta(database_url, "user", "create", "Taken", "--password-stdin", entered=f"{PASSWORD}\n")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "name: expected one that is free, met 'Taken', which has an account\n"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("institutions:admin", "expected REGISTER:ROLE"),
        ("clerk", "expected REGISTER:ROLE"),
        ("*=clerk", "expected REGISTER:ROLE"),
        ("schools:clerk", f"expected * or one of {', '.join(register.name for register in all_registers())}"),
        ("institutions:[bold]", "expected REGISTER:ROLE"),
    ],
)
@pytest.mark.parametrize("command", [["user", "create", "Zane", "--password-stdin"], ["user", "roles", "Kept"]])
def test_a_role_or_register_that_is_not_known_is_refused_and_nothing_is_done(
    database_url: str, connection: Connection[Any], role: str, expected: str, command: list[str]
) -> None:
    if not [account for account in accounts(connection) if account.name == "Kept"]:
        created(database_url, "Kept", "*:reader")
    before = accounts(connection)
    refused = regesta(database_url, *command, "--role", "institutions:clerk", "--role", role, entered=f"{PASSWORD}\n")
    assert refused.exit_code == 2
    assert refused.stdout == ""
    met = role.partition(":")[0] if role == "schools:clerk" else role
    assert expected in refused.stderr
    assert refused.stderr.endswith(f"met '{met}'\n")
    assert accounts(connection) == before


@pytest.mark.parametrize("password", ["", "short", "x" * 1_001])
def test_a_password_of_the_wrong_length_is_refused_without_being_shown(
    database_url: str, connection: Connection[Any], password: str
) -> None:
    refused = regesta(database_url, "user", "create", "Zane", "--password-stdin", entered=f"{password}\n")
    assert refused.exit_code == 2
    assert refused.stderr == f"password: expected 12 to 1000 characters, met {len(password)}\n"
    assert "Zane" not in {account.name for account in accounts(connection)}


def test_a_password_that_is_asked_for_must_be_given_twice(database_url: str, connection: Connection[Any]) -> None:
    done = regesta(database_url, "user", "create", "Typed", entered=f"{PASSWORD}\n{ANOTHER}\n{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    assert sign_in(connection, Attempt("Typed", PASSWORD, "192.0.2.1"), str.casefold) is not None


def test_accounts_are_listed_with_their_roles_and_state_and_no_hash(database_url: str) -> None:
    created(database_url, "Listed [red]", "*:auditor", "institutions:reader")
    created(database_url, "Idle")
    assert regesta(database_url, "user", "disable", "Idle").exit_code == 0
    rows = {row["name"]: row for row in listed(database_url, "user")}
    assert rows["Listed [red]"]["roles"] == "*:auditor, institutions:reader"
    assert rows["Listed [red]"]["state"] == "active"
    assert (rows["Idle"]["roles"], rows["Idle"]["state"]) == ("no roles", "disabled")
    assert {tuple(row) for row in rows.values()} == {("name", "account", "roles", "state")}
    shown = regesta(database_url, "user", "list").stdout
    assert "Listed [red]" in shown
    assert "argon2" not in shown + regesta(database_url, "user", "list", "--format", "csv").stdout


def test_roles_are_given_in_place_of_those_before(database_url: str) -> None:
    created(database_url, "Promoted", "*:reader")
    done = regesta(database_url, "user", "roles", "Promoted", "--role", "institutions:auditor")
    assert (done.exit_code, done.stdout) == (0, "Promoted: institutions:auditor\n")
    assert regesta(database_url, "user", "roles", "Promoted").stdout == "Promoted: no roles\n"


def test_another_password_ends_the_tokens(database_url: str, connection: Connection[Any]) -> None:
    created(database_url, "Renewed")
    secret = issued(database_url, "Renewed")
    done = regesta(database_url, "user", "password", "Renewed", "--password-stdin", entered=f"{ANOTHER}\n")
    assert (done.exit_code, done.output) == (0, "")
    assert admitted(connection, secret) is None
    assert sign_in(connection, Attempt("Renewed", ANOTHER, "192.0.2.1"), str.casefold) is not None


def test_a_token_is_listed_without_its_secret_and_revoked_by_its_id(
    database_url: str, connection: Connection[Any]
) -> None:
    created(database_url, "Exporter")
    first, second = issued(database_url, "Exporter"), issued(database_url, "Exporter", "--days", "366")
    newest, other = (row for row in listed(database_url, "token") if row["account"] == "Exporter")
    assert (newest["purpose"], newest["state"]) == ("export", "valid")
    assert newest["expires_at"] > other["expires_at"]
    shown = regesta(database_url, "token", "list").stdout + str([newest, other])
    assert first.removeprefix("regesta_") not in shown
    assert second.removeprefix("regesta_") not in shown
    assert regesta(database_url, "token", "revoke", newest["token_id"]).exit_code == 0
    assert admitted(connection, second) is None
    assert admitted(connection, first) is not None
    states = {row["token_id"]: row["state"] for row in listed(database_url, "token")}
    assert (states[newest["token_id"]], states[other["token_id"]]) == ("revoked", "valid")


def test_a_disabled_account_gets_no_token_and_those_it_had_end(database_url: str, connection: Connection[Any]) -> None:
    created(database_url, "Gone")
    secret = issued(database_url, "Gone")
    assert regesta(database_url, "user", "disable", "Gone").exit_code == 0
    assert admitted(connection, secret) is None
    refused = regesta(database_url, "token", "create", "Gone", "--purpose", "again")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "account: expected one that is not disabled, met 'Gone'\n"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["user", "roles", "nobody[/]"], "name: expected an account's name, met 'nobody[/]'\n"),
        (["user", "disable", "nobody"], "name: expected an account's name, met 'nobody'\n"),
        (["token", "create", "nobody", "--purpose", "x"], "name: expected an account's name, met 'nobody'\n"),
        (["token", "revoke", "nothing"], "token: expected an id as `regesta token list` shows it, met 'nothing'\n"),
    ],
)
def test_what_names_no_account_or_token_is_refused(database_url: str, command: list[str], told: str) -> None:
    refused = regesta(database_url, *command)
    assert (refused.exit_code, refused.stdout, refused.stderr) == (2, "", told)


@pytest.mark.parametrize("days", ["0", "367", "x"])
def test_a_token_lasts_a_day_to_a_year(database_url: str, days: str) -> None:
    refused = regesta(database_url, "token", "create", "Kept", "--purpose", "x", "--days", days)
    assert refused.exit_code == 2
    assert "--days" in refused.stderr

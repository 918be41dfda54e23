"""``regesta user`` and ``regesta token``: who may come in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer
from psycopg import Connection

from api import accounts, tokens
from api.accounts import AccountRefused
from api.cli.output import Form, FormOption, out, refuse, show
from api.grants import Grant, GrantRefused, read_grant
from api.oidc import pseudonym_of
from api.service import running
from api.settings import read_settings

Name = Annotated[str, typer.Argument(help="The account's name.")]
Grants = Annotated[
    list[str] | None,
    typer.Option("--role", help="REGISTER:ROLE, e.g. institutions:clerk or *:auditor. May be given several times."),
]
Subject = Annotated[
    str,
    typer.Option(
        metavar="ISSUER#SUBJECT",
        help="Who the account belongs to, as the identity provider names them: two accounts of one person, or an"
        " account and a session of the provider, are never taken for two people.",
    ),
]
PasswordFromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    users = typer.Typer(
        help="Local accounts. Roles: clerk (records), approver (confirms), reader, auditor.", no_args_is_help=True
    )
    users.command("create")(create)
    users.command("list")(list_users)
    users.command("roles")(change_roles)
    users.command("password")(change_password)
    users.command("bind")(bind)
    users.command("disable")(disable)
    app.add_typer(users, name="user")
    bearer = typer.Typer(help="Bearer tokens, for programs that act for an account.", no_args_is_help=True)
    bearer.command("create")(issue)
    bearer.command("list")(list_tokens)
    bearer.command("revoke")(revoke)
    app.add_typer(bearer, name="token")


def create(name: Name, role: Grants = None, subject: Subject = "", password_stdin: PasswordFromInput = False) -> None:
    """Create an account."""
    with _database() as (connection, registers):
        person = _person(subject, read_settings().oidc_issuer) if subject else None
        account = accounts.create_account(connection, name, _password(password_stdin), _grants(role, registers))
        if person is not None:
            accounts.bind(connection, account.name, person)
        out.print(f"{account.name}: account {account.account_id}, {_listed(account.grants)}", highlight=False)


def list_users(form: FormOption = Form.table) -> None:
    """List the accounts."""
    with _database() as (connection, _):
        rows = [
            {
                "name": account.name,
                "account": str(account.account_id),
                "roles": _listed(account.grants),
                "state": "disabled" if account.disabled else "active",
            }
            for account in accounts.accounts(connection)
        ]
    show(rows, form)


def change_roles(name: Name, role: Grants = None) -> None:
    """Give an account these roles in place of those it has; without --role it keeps none."""
    with _database() as (connection, registers):
        account = accounts.change_grants(connection, name, _grants(role, registers))
        out.print(f"{account.name}: {_listed(account.grants)}", highlight=False)


def change_password(name: Name, password_stdin: PasswordFromInput = False) -> None:
    """Give an account another password. Its tokens end."""
    with _database() as (connection, _):
        accounts.change_password(connection, name, _password(password_stdin))


def bind(name: Name, subject: Subject) -> None:
    """Say who an account belongs to. It can't be taken back: whoever was one person stays one."""
    with _database() as (connection, _):
        known = accounts.bind(connection, name, _person(subject, read_settings().oidc_issuer))
        out.print(f"{name}: one of {len(known)} names of one person", highlight=False)


def disable(name: Name) -> None:
    """Let nobody in under this name any more. What the account recorded stays."""
    with _database() as (connection, _):
        accounts.disable(connection, name)


def issue(
    name: Name,
    purpose: Annotated[str, typer.Option(help="What the token is for; shown in the list.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="For how many days it is valid.")] = 30,
) -> None:
    """Issue a token. Its secret is shown this once."""
    with _database() as (connection, _):
        account = accounts.account_named(connection, name)
        issued = tokens.issue_token(connection, account, purpose, timedelta(days=days))
    sys.stdout.write(f"{issued.secret}\n")


def list_tokens(form: FormOption = Form.table) -> None:
    """List the tokens, the newest first. Secrets are not kept."""
    with _database() as (connection, _):
        rows = [token._asdict() for token in tokens.tokens(connection)]
    show(rows, form)


def revoke(token: Annotated[str, typer.Argument(help="The token's id, as the list shows it.")]) -> None:
    """End a token; it is refused within five seconds."""
    with _database() as (connection, _):
        tokens.revoke_by_id(connection, token)


@contextmanager
def _database() -> Iterator[tuple[Connection[Any], list[str]]]:
    with running(read_settings()) as service, service.database.pool.connection() as connection:
        try:
            yield connection, list(service.catalogue.registers)
        except (AccountRefused, GrantRefused) as refused:
            raise refuse(str(refused)) from None


def _grants(texts: list[str] | None, registers: list[str]) -> list[Grant]:
    grants = [read_grant(text) for text in texts or []]
    for grant in grants:
        if grant.register not in ("*", *registers):
            raise GrantRefused(f"expected * or one of {', '.join(registers)}, met {grant.register!r}")
    return grants


def _person(subject: str, expected: str | None) -> UUID:
    issuer, separator, named = subject.partition("#")
    if not (issuer and separator and named):
        raise AccountRefused(f"subject: expected ISSUER#SUBJECT, met {subject!r}")
    if expected is not None and issuer != expected:
        raise AccountRefused(f"subject: expected the issuer {expected}, as REGESTA_OIDC_ISSUER has it, met {issuer}")
    return pseudonym_of(issuer, named)


def _listed(grants: frozenset[Grant]) -> str:
    return ", ".join(sorted(map(str, grants))) or "no roles"


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password

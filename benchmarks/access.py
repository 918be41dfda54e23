"""A session that may write, for the benchmarks' own client."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from api.accounts import create_account
from api.grants import Grant, Role
from api.tokens import issue_token


def token_of(url: str) -> str:
    """A bearer token of a new account that may record in every register."""
    with psycopg.connect(url) as connection:
        account = create_account(connection, "officer-1", "only for measuring", [Grant("*", Role.CLERK)])
        return issue_token(connection, account, "benchmark", timedelta(hours=2)).secret

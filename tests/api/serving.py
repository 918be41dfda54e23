"""The real service behind a real HTTP server, and callers with tokens of their own."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from unittest.mock import patch

import httpx
import uvicorn
from argon2 import PasswordHasher

from api import accounts
from api.accounts import create_account
from api.app import application
from api.grants import read_grant
from api.service import Service
from api.tokens import issue_token

PASSWORD = "correct horse battery"
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak to 127.0.0.1 without TLS: by itself, each would read all certificates of the world first."""


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """The address of an HTTP server over ``service``, in a thread of this process."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(application(service), log_level="warning", ws="none", timeout_graceful_shutdown=1)
    )
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        host, port = listening.getsockname()
        # Connections queue at the socket from when it listens; until then the server has said nothing.
        while not server.started and thread.is_alive():
            thread.join(0.01)
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def account(service: Service, name: str, *grants: str, lifetime: timedelta = timedelta(hours=1)) -> str:
    """A new account with these grants (``register:role``); answers with a bearer token of it.

    To hash a password is slow on purpose. Here accounts are made by the hundred, and few of them ever sign in.
    """
    with service.database.pool.connection() as connection, patch.object(accounts, "_HASHER", _QUICK):
        created = create_account(connection, name, PASSWORD, [read_grant(grant) for grant in grants])
        return issue_token(connection, created, "test", lifetime).secret


PURPOSE = {"Reading-Purpose": "upkeep"}


def caller(server: str, token: str | None = None, purpose: dict[str, str] = PURPOSE) -> httpx.Client:
    """A client of the server, with a bearer token and a purpose of reading, or anonymous."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}", **purpose}
    return httpx.Client(base_url=server, headers=headers, timeout=30, verify=_NO_TLS)

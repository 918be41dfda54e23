"""The service as a process of its own, and a PostgreSQL server of the system, reached over TCP with a password."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import psycopg
import pytest

from ledger.database import EmbeddedServer
from tests.cli.running import WAIT, started

PASSWORD = "correct horse battery"


class Served(NamedTuple):
    """A service that answers."""

    address: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def served(folder: Path, command: str = "serve", **settings: str) -> Iterator[Served]:
    """The service as a process with its data in ``folder``; killed at the end if it still runs."""
    port = free_port()
    with started(command, "--port", str(port), cwd=folder, **settings) as process:
        address = f"http://127.0.0.1:{port}"
        until_it_answers(address, process)
        try:
            yield Served(address, process)
        except BaseException:
            process.kill()
            sys.stderr.write(process.communicate()[0].decode())
            raise


def until_it_answers(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the service is ready."""
    ends = time.monotonic() + WAIT
    while time.monotonic() < ends:
        if process.poll() is not None:
            assert process.stdout is not None
            raise AssertionError(process.stdout.read().decode())
        try:
            if httpx.get(f"{address}/readyz", timeout=WAIT).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the service does not answer")


def client(address: str, token: str | None = None) -> httpx.Client:
    """A caller with a bearer token, or an anonymous one."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=address, headers=headers, timeout=WAIT)


@contextmanager
def data_folder() -> Iterator[Path]:
    """An empty folder for a service with the embedded server; a server that a killed service left is stopped."""
    # Not in pytest's own temporary folder: another session's clean-up would take it away.
    folder = Path(tempfile.mkdtemp(prefix="regesta-"))
    try:
        yield folder
    finally:
        if (folder / "data" / "postgres").exists():
            EmbeddedServer(folder / "data" / "postgres").stop()
        shutil.rmtree(folder)


class TcpServer(NamedTuple):
    """A PostgreSQL server that takes connections over TCP, with a password only."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, user: str, password: str, database: str) -> str:
        """The address of a database for a login."""
        return f"postgresql://{quote(user)}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"


@contextmanager
def tcp_server(superuser: str, password: str) -> Iterator[TcpServer]:
    """The system's PostgreSQL in a fresh data folder. Skips where none is installed, but not where CI is set."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not programs and "CI" not in os.environ:
        pytest.skip("no PostgreSQL of the system under /usr/lib/postgresql (CI would fail here)")
    assert programs, "no PostgreSQL of the system under /usr/lib/postgresql"
    binaries = programs[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="regesta-tcp-"))
    # The server refuses to run as root.
    owner: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if owner:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    (folder / "password").write_text(password)
    subprocess.run(
        [binaries / "initdb", "-D", folder / "data", "-U", superuser, "--auth=scram-sha-256", "--encoding=UTF8",
         "--pwfile", folder / "password", "--no-sync"],
        **owner, cwd=folder, capture_output=True, timeout=WAIT, check=True,
    )  # fmt: skip
    port = free_port()
    command = [f"{binaries}/postgres", "-D", f"{folder}/data", "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    process: subprocess.Popen[bytes]
    with subprocess.Popen(command, **owner, cwd=folder, stderr=subprocess.DEVNULL) as process:
        server = TcpServer(port, process)
        try:
            _until_it_takes_connections(server.url(superuser, password, "postgres"), process)
            yield server
        finally:
            process.terminate()
            process.wait(WAIT)
            shutil.rmtree(folder)


def _until_it_takes_connections(url: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + WAIT
    while time.monotonic() < ends and process.poll() is None:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server takes no connections")

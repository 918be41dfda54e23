"""Witnesses as processes of their own, reached over HTTP."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from ledger.note import VerifierKey
from tests.cli.running import WAIT, started
from tests.cli.serving import free_port


class AtWork(NamedTuple):
    """A witness that answers at ``address``, and what others know it by."""

    address: str
    key: VerifierKey
    process: subprocess.Popen[bytes]


SMALL = """
import sys, uvicorn
from pathlib import Path
from api.witness import witness_application
from ledger.note import VerifierKey
from ledger.witness import Witness
folder, name, port, *logs = sys.argv[1:]
witness = Witness(Path(folder), name, [VerifierKey.parse(log) for log in logs])
uvicorn.run(witness_application(witness), port=int(port), log_level="warning")
"""
"""What ``regesta witness`` does, without the seconds that the whole command takes to be imported."""


@contextmanager
def witnessing(folder: Path, name: str, *logs: VerifierKey, port: int | None = None) -> Iterator[AtWork]:
    """``regesta witness`` with its memory in ``folder``; killed at the end if it still runs."""
    port = port or free_port()
    watched = [word for log in logs for word in ("--log", str(log))]
    with started(
        "witness", "--name", name, "--folder", str(folder), "--port", str(port), *watched, cwd=folder.parent
    ) as process:
        yield _answering(port, process)


@contextmanager
def small_witness(folder: Path, name: str, *logs: VerifierKey, port: int | None = None) -> Iterator[AtWork]:
    """The same witness in a process that starts sooner."""
    port = port or free_port()
    command = [sys.executable, "-c", SMALL, str(folder), name, str(port), *map(str, logs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            yield _answering(port, process)
        finally:
            process.kill()


def _answering(port: int, process: subprocess.Popen[bytes]) -> AtWork:
    """The witness, as soon as it answers."""
    address = f"http://127.0.0.1:{port}"
    ends = time.monotonic() + WAIT
    while True:
        try:
            key = VerifierKey.parse(httpx.get(f"{address}/key", timeout=WAIT).text.strip())
            break
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > ends:
                assert process.stdout is not None
                sys.stderr.write(process.stdout.read().decode())
                raise
            time.sleep(0.05)
    return AtWork(address, key, process)

"""Servers in processes of their own, stopped when they are no longer measured."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 120
"""Seconds a server may take to fill its database and to listen."""


class NotServing(Exception):
    """A server did not begin to listen; its error is above."""


def run(*arguments: str, **environment: str) -> str:
    """Run a module of ours to its end; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments], env=os.environ | environment, stdout=subprocess.PIPE, check=True, text=True
    )
    return done.stdout.strip()


@contextmanager
def serving(*arguments: str, port: int, stdin: str = "", **environment: str) -> Iterator[int]:
    """A module of ours that serves on ``port``; gives the port once it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], env=os.environ | environment, stdin=subprocess.PIPE, text=True
    )
    try:
        if process.stdin is not None:
            process.stdin.write(stdin)
            process.stdin.close()
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(process: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise NotServing(" ".join(map(str, process.args)))

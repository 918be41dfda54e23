"""The command line as it is used: the installed script as a process, and the same command in this process.

A process takes seconds to start, so only what depends on being one is tried with one.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from api.cli import main
from tests.conftest import keys_of

REGESTA = Path(sys.executable).parent / "regesta"
WAIT = 300


class Answer(NamedTuple):
    """A command's exit code and what it printed."""

    code: int
    out: str
    err: str


def environment(**settings: str) -> dict[str, str]:
    """The environment of a command: this one's and these settings; narrow output is for people only."""
    url = settings.get("DATABASE_URL")
    keys = "" if url is None else str(keys_of(url))  # without a database of its own, those in its data folder
    return {**os.environ, "COLUMNS": "160", "REGESTA_KEYS_FOLDER": keys, **settings}


def installed(*arguments: str, cwd: Path, typed: str = "", **settings: str) -> Answer:
    """Run the installed command as a process in the folder ``cwd`` until it ends; ``typed`` is its standard input."""
    done = subprocess.run(
        [REGESTA, *arguments],
        cwd=cwd, env=environment(**settings), input=typed.encode(), capture_output=True, timeout=WAIT, check=False,
    )  # fmt: skip
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


LONGEST_OUTPUT = 1 << 20
"""Bytes that a command may print before anyone reads them: the demo prints every figure of the report."""


@contextmanager
def started(*arguments: str, cwd: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """The installed command as a process; killed at the end if it still runs."""
    with subprocess.Popen(
        [REGESTA, *arguments],
        cwd=cwd, env=environment(**settings), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pipesize=LONGEST_OUTPUT,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def regesta(url: str, *arguments: str) -> Answer:
    """Run a command in this process, on the database at ``url``."""
    out, err = io.BytesIO(), io.BytesIO()
    code, at_sigterm = 0, signal.getsignal(signal.SIGTERM)
    with (
        io.TextIOWrapper(out, "utf-8", write_through=True, newline="") as stdout,
        io.TextIOWrapper(err, "utf-8", write_through=True, newline="") as stderr,
        redirect_stdout(stdout),
        redirect_stderr(stderr),
        patch.dict(os.environ, environment(DATABASE_URL=url)),
        patch.object(sys, "argv", ["regesta", *arguments]),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1 if ended.code else 0
        finally:
            signal.signal(signal.SIGTERM, at_sigterm)
        return Answer(code, out.getvalue().decode(), err.getvalue().decode())

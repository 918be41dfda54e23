"""The shares of a rebuild, refolded by a process each, all at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from selectors import EVENT_READ, DefaultSelector
from typing import IO, cast

from replay.refold import Refolded, Share, Stopped, read

_COMMAND = (sys.executable, "-m", "replay.refold")


class RebuildFailed(Exception):
    """The rebuild could not be finished; the live projections are as they were."""


class ActUnreadable(RebuildFailed):
    """It could not, because an act can't be read."""


def refold_all(shares: Sequence[Share], progress: Callable[[int], None]) -> list[Refolded]:
    """What the shares give back; ``progress`` is told now and then how many acts more are through.

    Raises RebuildFailed if one of them can't be finished; none goes on then.
    """
    refolded: list[Refolded] = []
    with ExitStack() as processes, DefaultSelector() as told:
        for share in shares:
            reports = processes.enter_context(_refolding(share))
            told.register(reports, EVENT_READ, reports)
        while len(refolded) < len(shares):
            for key, _ in told.select():
                report = _next_report(key.data)
                if isinstance(report, Refolded):
                    refolded.append(report)
                    told.unregister(key.data)
                else:
                    progress(report)
    return refolded


@contextmanager
def _refolding(share: Share) -> Iterator[IO[bytes]]:
    """The reports, line by line, of a process that refolds ``share``."""
    # Unbuffered, lest a line wait here, read already, until the next one comes.
    with subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:  # noqa: S603
        told, reports = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        try:
            with told:
                told.write(json.dumps(share).encode())
            yield reports
        except BaseException:
            process.kill()
            raise


def _next_report(told: IO[bytes]) -> int | Refolded:
    line = told.readline()
    if not line:
        raise RebuildFailed("a process of the rebuild stopped; its error is above")
    report = read(line)
    if isinstance(report, Stopped):
        raise ActUnreadable(report.reason)
    return report

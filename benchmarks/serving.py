"""Writes and reads over HTTP: ours, FastAPI doing nothing, Django with simple-history, the eventsourcing library."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.request import urlopen

from benchmarks import workloads
from benchmarks.access import token_of
from benchmarks.client import Load, Measured, measure
from benchmarks.histories import Entry, real_entries, write_rounds
from benchmarks.processes import free_port, run, serving
from benchmarks.server import RESULTS, fresh
from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.ledger import Ledger
from replay.rebuild import rebuild

OURS, NOOP, DJANGO, LIBRARY = "ours", "FastAPI, nothing done", "Django + simple-history", "eventsourcing library"
UNSEALED = "ours, unsealed"
"""Our service without the thread that seals: what sealing costs is the difference."""
CONTENDERS = (OURS, UNSEALED, NOOP, DJANGO, LIBRARY)
CONNECTIONS = 16
DJANGO_THREADS = 8
FIRST_SERIAL = 9_000_000_000
"""Registration numbers of new institutions begin here, above those of the real ones."""


class Effort(NamedTuple):
    """How long to measure: acts per institution, rounds, and the seconds of each measurement."""

    acts: int
    rounds: int
    seconds: float


class Figure(NamedTuple):
    """The median over the rounds of one contender's work."""

    rate: float
    median_ms: float
    p99_ms: float


Figures = dict[str, dict[str, Figure]]
"""By workload and contender."""

Asked = dict[str, tuple[int, dict[str, list[str]]]]
"""By contender: its port, and its requests by workload."""


def measure_serving(server_url: str, effort: Effort) -> Figures:
    """Serve all contenders from one server, and put the same load on each in turn."""
    entries = real_entries()
    Random(6).shuffle(entries)
    with _contenders(server_url, entries, effort) as asked:
        return interleaved(asked, workloads.WORKLOADS, effort)


def interleaved(asked: Asked, names: tuple[str, ...], effort: Effort) -> Figures:
    """Every workload on every contender, round after round, so that the machine's moods hit all alike."""
    found: dict[str, dict[str, list[Measured]]] = defaultdict(lambda: defaultdict(list))
    serials: dict[str, int] = defaultdict(lambda: FIRST_SERIAL)
    for number in range(effort.rounds):
        for name in names:
            turn = [contender for contender in asked if name in asked[contender][1]]
            for contender in turn[number % len(turn) :] + turn[: number % len(turn)]:
                port, requests = asked[contender]
                load = Load(port, requests[name], CONNECTIONS, effort.seconds, serials[contender])
                measured = measure(load)
                serials[contender] = measured.next_serial
                found[name][contender].append(measured)
    return {
        name: {c: Figure(*(median(column) for column in list(zip(*ms, strict=True))[:3])) for c, ms in each.items()}
        for name, each in found.items()
    }


def rebuilt(url: str) -> str:
    """The database at ``url``, its projections built from its ledger."""
    rebuild(url, Ledger(Catalogue(all_registers())), lambda *_: None)
    return url


@contextmanager
def serving_ours(url: str, *more: str) -> Iterator[int]:
    """Our service over the database at ``url``, with keys of its own; gives its port."""
    port = free_port()
    with (
        TemporaryDirectory(dir=RESULTS, prefix="keys-") as keys,
        serving(
            "benchmarks.contenders.ours", str(port), *more, port=port, DATABASE_URL=url, REGESTA_KEYS_FOLDER=keys
        ) as listening,
    ):
        yield listening


@contextmanager
def _contenders(server_url: str, entries: list[Entry], effort: Effort) -> Iterator[Asked]:
    with ExitStack() as stack:
        url = fresh(server_url, "ours")
        write_rounds(url, entries, effort.acts)
        our_port = stack.enter_context(serving_ours(rebuilt(url)))
        asked: Asked = {OURS: (our_port, workloads.ours(entries, effort.acts, f"Bearer {token_of(url)}"))}

        url = fresh(server_url, "unsealed")
        write_rounds(url, entries, effort.acts)
        port = stack.enter_context(serving_ours(rebuilt(url), "unsealed"))
        whole = workloads.ours(entries, effort.acts, f"Bearer {token_of(url)}")
        asked[UNSEALED] = (port, {name: whole[name] for name in workloads.WRITES})

        answers = _answers(our_port, entries[0])
        port = free_port()
        stack.enter_context(serving("benchmarks.contenders.noop", str(port), port=port, stdin=json.dumps(answers)))
        asked[NOOP] = (port, workloads.noop(entries))

        port = free_port()
        token = stack.enter_context(_django(fresh(server_url, "django", migrated=False), port, effort.acts))
        asked[DJANGO] = (port, workloads.django(entries, effort.acts, f"Token {token}"))

        port, url = free_port(), fresh(server_url, "library", migrated=False)
        arguments = ("benchmarks.contenders.library", str(port), str(effort.acts))
        stack.enter_context(serving(*arguments, port=port, DATABASE_URL=url))
        asked[LIBRARY] = (port, workloads.library(entries, effort.acts))
        yield asked


@contextmanager
def _django(url: str, port: int, acts: int) -> Iterator[str]:
    site = "benchmarks.contenders.django_site"
    token = run(f"{site}.fill", str(acts), DATABASE_URL=url)
    arguments = (
        "gunicorn", f"{site}.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "1",
        "--worker-class", "gthread", "--threads", str(DJANGO_THREADS), "--keep-alive", "75", "--log-level", "error",
    )  # fmt: skip
    with serving(*arguments, port=port, DATABASE_URL=url):
        yield token


def _answers(port: int, entry: Entry) -> dict[str, str]:
    """Our service's answers, for the contender that does nothing to give the same."""
    path = f"http://127.0.0.1:{port}/registers/{entry.register.name}"
    number = entry.content["registration_number"]
    read = {"entry": f"{path}/{number}", "list": f"{path}?limit={workloads.PAGE}"}
    answers = {name: urlopen(address).read().decode() for name, address in read.items()}  # noqa: S310
    return {**answers, "write": json.dumps({"position": 1, "entry": str(entry.entry_id), "warnings": []})}

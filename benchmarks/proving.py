"""The log at a large ledger: how long sealing it whole takes, and how long the proof of one act."""

from __future__ import annotations

import json
from random import Random
from typing import NamedTuple
from urllib.request import urlopen

from benchmarks.client import Load, measure, request
from benchmarks.histories import synthetic_entries, write_rounds
from benchmarks.server import drop, fresh
from benchmarks.serving import serving_ours

ROUNDS = 5
PROOFS = 500
GROUP = 4_000


class Effort(NamedTuple):
    """How many acts the ledger holds, and how many seconds are measured."""

    acts: int
    seconds: float


class Figures(NamedTuple):
    """How many acts, and how many milliseconds an act's proof file takes over HTTP on one connection."""

    acts: int
    median_ms: float
    p99_ms: float


def measure_proving(server_url: str, effort: Effort) -> Figures:
    """Fill a ledger, seal it, and ask for proofs of acts all over it."""
    url, acts, serial = fresh(server_url, "proving"), 0, 0
    while acts < effort.acts:
        acts += write_rounds(url, list(synthetic_entries(GROUP, first_serial=serial, seed=serial + 2)), ROUNDS)
        serial += GROUP
    with serving_ours(url) as port:
        while _sealed(port) < acts:
            pass
        random = Random(9)
        asked = [request("GET", f"/log/proof/{random.randrange(acts)}.tlog-proof") for _ in range(PROOFS)]
        measured = measure(Load(port, asked, 1, effort.seconds))
    drop(server_url, "proving")
    return Figures(acts, measured.median_ms, measured.p99_ms)


def _sealed(port: int) -> int:
    return int(json.loads(urlopen(f"http://127.0.0.1:{port}/readyz").read())["sealed"])

"""The log of a large ledger: how long the proof of one act takes."""

from __future__ import annotations

import json
import time
from random import Random
from typing import NamedTuple
from urllib.request import urlopen

import psycopg

from benchmarks.client import Load, measure, request
from benchmarks.server import drop, fresh
from benchmarks.serving import serving_ours

PROOFS = 500
_FILL = """
    INSERT INTO ledger.events SELECT n, gen_random_uuid(), 1, 'institution.amended:1', '{}', now(), 'nobody', NULL,
        sha256(n::text::bytea) FROM generate_series(1, %s) n
"""
"""Events of which only the hashes count, past the triggers."""


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
    url = fresh(server_url, "proving")
    with psycopg.connect(url) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(_FILL, (effort.acts,))
    with serving_ours(url) as port:
        while _sealed(port) < effort.acts:
            time.sleep(0.1)
        random = Random(9)
        asked = [request("GET", f"/log/proof/{random.randrange(effort.acts)}.tlog-proof") for _ in range(PROOFS)]
        measured = measure(Load(port, asked, 1, effort.seconds))
    drop(server_url, "proving")
    return Figures(effort.acts, measured.median_ms, measured.p99_ms)


def _sealed(port: int) -> int:
    return int(json.loads(urlopen(f"http://127.0.0.1:{port}/readyz").read())["sealed"])

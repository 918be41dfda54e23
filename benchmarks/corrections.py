"""The same reads of entries with few and with many clerical corrections."""

from __future__ import annotations

from contextlib import ExitStack
from random import Random

from benchmarks import workloads
from benchmarks.histories import real_entries, write_corrections
from benchmarks.server import fresh
from benchmarks.serving import Asked, Effort, Figures, interleaved, rebuilt, serving_ours

ENTRIES = 20
FEW, MANY = 10, 1000


def measure_corrections(server_url: str, effort: Effort) -> Figures:
    """Our reads by workload and number of corrections, the two served from one server at the same time."""
    entries = real_entries()
    Random(7).shuffle(entries)
    with ExitStack() as stack:
        asked: Asked = {}
        for corrections in (FEW, MANY):
            url = fresh(server_url, f"corrections_{corrections}")
            written = write_corrections(url, entries[:ENTRIES], corrections)
            port = stack.enter_context(serving_ours(rebuilt(url)))
            asked[str(corrections)] = (port, workloads.corrected(entries[:ENTRIES], written))
        return interleaved(asked, workloads.READS, effort)

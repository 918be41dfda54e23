"""What the figures ought to reach, and what they are measured to be."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks import proving, rebuilding, serving, verifying, workloads
from benchmarks.archives import Counting
from benchmarks.corrections import FEW, MANY
from benchmarks.serving import DJANGO, LIBRARY, NOOP, OURS, UNSEALED

ACTS_PER_SECOND = 30_000
GROWTH = 1.1
"""By how much measured memory may differ between runs that need the same."""


class Target(NamedTuple):
    """A figure measured beside what it ought to be; None where nothing is asked of it."""

    part: str
    name: str
    measured: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def verdict(self) -> str:
        """Whether it is met."""
        if self.at_least is not None:
            return "met" if self.measured >= self.at_least else "missed"
        if self.at_most is not None:
            return "met" if self.measured <= self.at_most else "missed"
        return ""

    @property
    def wanted(self) -> str:
        """What it ought to be."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""


_OF_DJANGO = {
    workloads.REGISTER: 2.0,
    workloads.AMEND: 2.0,
    workloads.ENTRY: 3.0,
    workloads.PAST_ENTRY: 4.0,
    workloads.LIST: None,
    workloads.PAST_LIST: 4.0,
}


def of_serving(figures: serving.Figures) -> list[Target]:
    """Our answers per second as multiples of the others', and of our own."""
    found = []
    for workload, each in figures.items():
        for other in (DJANGO, LIBRARY, NOOP):
            if other in each:
                at_least = _OF_DJANGO[workload] if other == DJANGO else None
                found.append(Target("http", f"{workload}: × {other}", each[OURS].rate / each[other].rate, at_least))
    for workload in workloads.WRITES:
        sealed, unsealed = figures[workload][OURS], figures[workload][UNSEALED]
        found += [
            Target("http", f"{workload}: sealed × unsealed", sealed.rate / unsealed.rate, 0.9),
            Target("http", f"{workload}: time sealed × unsealed", sealed.median_ms / unsealed.median_ms, at_most=1.1),
        ]
    for past, now in ((workloads.PAST_ENTRY, workloads.ENTRY), (workloads.PAST_LIST, workloads.LIST)):
        found.append(Target("http", f"{past}: × ours now", figures[past][OURS].rate / figures[now][OURS].rate, 0.8))
    return found


def of_corrections(figures: serving.Figures) -> list[Target]:
    """How much longer an answer takes with many corrections than with few."""
    few, many = str(FEW), str(MANY)
    return [
        Target("corrections", f"{workload}: time with {many} × {few}", each[few].rate / each[many].rate, at_most=1.5)
        for workload, each in figures.items()
    ]


def of_rebuilding(figures: rebuilding.Figures) -> list[Target]:
    """Acts per second, also as multiples of the library's and of what can't be done without, and how memory grows."""
    found = []
    for each in figures.rebuildings:
        from_acts = f"rebuild from {each.acts} acts"
        library = each.acts_per_second / figures.library_acts_per_second
        found += [
            Target("rebuild", f"{from_acts}: acts/s", each.acts_per_second, ACTS_PER_SECOND),
            Target("rebuild", f"{from_acts}: × ProjectionRunner", library, 15.0),
            Target("rebuild", f"{from_acts}: × bare COPY", each.acts_per_second / each.copied_per_second),
            Target("rebuild", f"{from_acts}: × nothing folded", each.acts_per_second / each.at_most_per_second),
        ]
    first, last = figures.rebuildings[0], figures.rebuildings[-1]
    if last.acts > first.acts:
        name = f"rebuild: peak memory from {last.acts} acts × {first.acts}"
        found.append(Target("rebuild", name, last.peak_memory / first.peak_memory, at_most=GROWTH))
    return found


def of_proving(figures: proving.Figures) -> list[Target]:
    """How long the proof of one act takes."""
    return [Target("log", f"proof of one of {figures.acts} acts, ms", figures.median_ms, at_most=5.0)]


def of_archives(figures: list[Counting]) -> list[Target]:
    """How long all tables of all years take, as a multiple of one grouped distinct count, and in how much memory."""
    found = []
    for each in figures:
        name = f"all tables of {each.acts} acts"
        found += [
            Target("archive", f"{name}: time × one grouped distinct count", each.tables / each.grouped, at_most=3.0),
            Target("archive", f"{name}: peak memory, GiB", each.peak_memory / 2**30, at_most=4.0),
        ]
    return found


VERIFY_TIMES_BARE = 2.0
"""Verifying, as a multiple of the bare time of reading and hashing as many rows."""


def of_verifying(figures: verifying.Figures) -> list[Target]:
    """How much longer verifying takes than the bare loop, and how many honest ledgers gave no alarm."""
    ratio = figures.verified_seconds / figures.bare_seconds
    return [
        Target("verify", f"verify of {figures.acts} acts: × bare", ratio, at_most=VERIFY_TIMES_BARE),
        Target("verify", "honest ledgers without alarm", figures.honest_runs),
    ]

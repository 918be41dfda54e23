"""The figures as tables on the screen, and as a file that the next run overwrites."""

from __future__ import annotations

import json
import platform
import time
from datetime import UTC, datetime
from typing import Any

import psutil

from benchmarks import proving, rebuilding, serving, verifying
from benchmarks.archives import Counting
from benchmarks.server import RESULTS
from benchmarks.targets import Target

LATEST = RESULTS / "latest.json"
MEGABYTE = 1_000_000
_BEGAN = time.monotonic()


def say(text: str) -> None:
    """Tell where the run is, with the seconds since it began."""
    print(f"{time.monotonic() - _BEGAN:6.0f} s  {text}", flush=True)


def print_serving(figures: serving.Figures) -> None:
    """Answers per second and their times, by workload and contender."""
    print(f"\n{'':38}{'answers/s':>12}{'median ms':>12}{'99 % ms':>12}")
    for workload, each in figures.items():
        print(workload)
        for contender, figure in each.items():
            print(f"    {contender:34}{figure.rate:12.0f}{figure.median_ms:12.1f}{figure.p99_ms:12.1f}")
    print(flush=True)


def print_rebuilding(figures: rebuilding.Figures) -> None:
    """Acts per second (rebuilt; read; copied; read and copied with nothing between) and peak memory, by acts."""
    print(f"\n{'':34}{'acts/s':>10}{'read/s':>10}{'COPY/s':>10}{'at most/s':>12}{'peak MB':>10}")
    for each in figures.rebuildings:
        peak = each.peak_memory / MEGABYTE
        name = f"rebuild from {each.acts} acts"
        print(
            f"{name:34}{each.acts_per_second:10.0f}{each.read_per_second:10.0f}{each.copied_per_second:10.0f}"
            f"{each.at_most_per_second:12.0f}{peak:10.0f}"
        )
    name = f"ProjectionRunner, {figures.library_acts} acts"
    print(f"{name:34}{figures.library_acts_per_second:10.0f}\n", flush=True)


def print_proving(figures: proving.Figures) -> None:
    """Milliseconds of one act's proof."""
    print(f"\n{'':38}{'median ms':>12}{'99 % ms':>12}")
    print(f"{f'proof of one of {figures.acts} acts':38}{figures.median_ms:12.2f}{figures.p99_ms:12.2f}\n", flush=True)


def print_verifying(figures: verifying.Figures) -> None:
    """Seconds of verifying, and of the bare loop."""
    print(f"\n{'':38}{'verify s':>12}{'bare s':>12}{'honest':>12}")
    name = f"ledger of {figures.acts} acts"
    print(
        f"{name:38}{figures.verified_seconds:12.1f}{figures.bare_seconds:12.1f}{figures.honest_runs:12}\n", flush=True
    )


def print_archives(figures: list[Counting]) -> None:
    """Seconds of each count and peak memory, by number of acts."""
    print(f"\n{'':38}{'tables s':>12}{'grouped s':>12}{'peak MB':>12}")
    for each in figures:
        name = f"archive of {each.acts} acts"
        print(f"{name:38}{each.tables:12.2f}{each.grouped:12.2f}{each.peak_memory / MEGABYTE:12.0f}")
    print(flush=True)


def print_targets(found: list[Target]) -> None:
    """Each ratio beside what it ought to be."""
    print(f"{'ratios of this run':64}{'measured':>10}  {'target':>9}")
    for target in found:
        measured = f"{target.measured:.2f}" if target.measured < 1000 else f"{target.measured:.0f}"
        print(f"{target.part + ': ' + target.name.removeprefix(target.part + ': '):64}{measured:>10}"
              f"  {target.wanted:>9}  {target.verdict}".rstrip())  # fmt: skip


def keep(figures: dict[str, Any], found: list[Target], *, quick: bool) -> None:
    """Write everything measured to ``results/latest.json``."""
    document = {
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": {
            "cores": psutil.cpu_count(),
            "memory_mb": psutil.virtual_memory().total // MEGABYTE,
            "python": platform.python_version(),
        },
        "targets": [{**target._asdict(), "verdict": target.verdict} for target in found],
        "figures": figures,
    }
    LATEST.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")

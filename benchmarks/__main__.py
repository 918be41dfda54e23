"""``python -m benchmarks [http] [corrections] [rebuild] [archive] [log] [verify] [--quick]``: measure, print, keep."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import Any, NamedTuple

from benchmarks import archives, proving, rebuilding, report, serving, targets, verifying
from benchmarks.archives import measure_archives
from benchmarks.corrections import measure_corrections
from benchmarks.proving import measure_proving
from benchmarks.rebuilding import measure_rebuilding
from benchmarks.server import embedded_server
from benchmarks.serving import measure_serving
from benchmarks.targets import Target
from benchmarks.verifying import measure_verifying

PARTS = ("http", "corrections", "rebuild", "archive", "log", "verify")
Efforts = tuple[serving.Effort, serving.Effort, rebuilding.Effort, archives.Effort, proving.Effort, verifying.Effort]
WHOLE: Efforts = (
    serving.Effort(5, 5, 1.5),
    serving.Effort(0, 3, 1.5),
    rebuilding.Effort((100_000, 1_000_000), 20_000),
    archives.Effort((1_000_000, 3_000_000, 10_000_000)),
    proving.Effort(1_000_000, 5),
    verifying.Effort(1_000_000, 3, 1000),
)
QUICK: Efforts = (
    serving.Effort(3, 1, 0.8),
    serving.Effort(0, 1, 0.5),
    rebuilding.Effort((5_000, 20_000), 2_000),
    archives.Effort((20_000,)),
    proving.Effort(20_000, 1),
    verifying.Effort(40_000, 1, 20),
)


def main() -> None:
    """Run the parts asked for, all if none is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="a small version, for trying")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"expected parts of {', '.join(PARTS)}, met {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that a run that is stopped stops its servers
    measured: dict[str, Part] = {}
    with embedded_server() as url:
        for part in asked.parts or PARTS:
            measured[part] = _run(part, url, QUICK if asked.quick else WHOLE)
    found = [target for part in measured.values() for target in part.targets]
    report.print_targets(found)
    report.keep({name: part.figures for name, part in measured.items()}, found, quick=asked.quick)


class Part(NamedTuple):
    """What a part measured, for keeping, and how that stands beside the targets."""

    figures: dict[str, Any]
    targets: list[Target]


def _run(part: str, url: str, efforts: Efforts) -> Part:
    report.say(f"{part} ...")
    if part == "archive":
        counted = measure_archives(efforts[3], report.say)
        report.print_archives(counted)
        return Part({str(each.acts): each._asdict() for each in counted}, targets.of_archives(counted))
    if part == "log":
        proved = measure_proving(url, efforts[4])
        report.print_proving(proved)
        return Part(proved._asdict(), targets.of_proving(proved))
    if part == "verify":
        verified = measure_verifying(url, efforts[5], report.say)
        report.print_verifying(verified)
        return Part(verified._asdict(), targets.of_verifying(verified))
    if part == "rebuild":
        rebuilt = measure_rebuilding(url, efforts[2], report.say)
        report.print_rebuilding(rebuilt)
        document = {**rebuilt._asdict(), "rebuildings": [each._asdict() for each in rebuilt.rebuildings]}
        return Part(document, targets.of_rebuilding(rebuilt))
    served = measure_serving(url, efforts[0]) if part == "http" else measure_corrections(url, efforts[1])
    report.print_serving(served)
    document = {name: {c: figure._asdict() for c, figure in each.items()} for name, each in served.items()}
    return Part(document, (targets.of_serving if part == "http" else targets.of_corrections)(served))


if __name__ == "__main__":
    main()

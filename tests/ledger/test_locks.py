"""Advisory locks: each stands for one thing only, or those who do different things would wait for each other."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_two_locks_have_the_same_number() -> None:
    names: dict[str, set[str]] = defaultdict(set)
    for folder in ("ledger", "projections", "replay", "api"):
        for file in (ROOT / folder).rglob("*.py"):
            for name, number in re.findall(r"^(\w+) = (72340172838\d+)$", file.read_text(), re.MULTILINE):
                names[number].add(name)
    assert len(names) > 3
    assert {number: found for number, found in names.items() if len(found) > 1} == {}

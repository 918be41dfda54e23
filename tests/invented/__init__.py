"""A register that the service does not keep, added as any other: by its file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import domain
import projections
from projections.figures import all_figures


@contextmanager
def beside_the_others() -> Iterator[None]:
    """In this block the register in ``language_clubs.py`` is one of the service's."""
    folder = str(Path(__file__).parent)
    for package in (domain, projections):
        package.__path__.append(folder)
    all_figures.cache_clear()
    try:
        yield
    finally:
        for package in (domain, projections):
            package.__path__.remove(folder)
            sys.modules.pop(f"{package.__name__}.language_clubs", None)
        all_figures.cache_clear()

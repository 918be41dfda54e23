"""What statistics count by: told by fields that an entry holds, or that an act states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

Told = str | int | bool | None
"""What tells one case from another: a text, or a truth value, told as ``yes`` and ``no``; None where there is nothing.

Whole numbers are quantities that add up, such as the children of a return.
"""


class Attribute(NamedTuple):
    """``told`` is called with what ``fields`` hold, None for those that are not there, and depends on nothing else."""

    told_by: Literal["entry", "act"]
    fields: tuple[str, ...]
    told: Callable[..., Told]


def first(*values: Any) -> Any:
    """The first of ``values`` that is there."""
    for value in values:
        if value is not None:
            return value
    return None


def of_entry(*fields: str, told: Callable[..., Told] = first) -> Attribute:
    """What is told by what an entry holds in ``fields``; of an act, by what the entry holds as the act leaves it."""
    return Attribute("entry", fields, told)


def of_act(*fields: str, told: Callable[..., Told] = first) -> Attribute:
    """What is told by what an act itself states in ``fields``."""
    return Attribute("act", fields, told)

"""What statistics count by: told by fields that an entry holds, or that an act states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

Told = str | int | bool | None
"""What tells one case from another: a text, or a truth value, told as ``yes`` and ``no``; None where there is nothing.

Whole numbers are quantities that add up, such as the children of a return.
"""


class Attribute(NamedTuple):
    """``tell`` is asked of what an entry holds or an act states, and depends on nothing there but ``fields``."""

    told_by: Literal["entry", "act"]
    fields: tuple[str, ...]
    tell: Callable[[Mapping[str, Any]], Told]


def of_entry(*fields: str, told: Callable[..., Told] | None = None) -> Attribute:
    """What is told by what an entry holds in ``fields``; of an act, by what the entry holds as the act leaves it.

    That is the first of them that is there, unless ``told``, called with all of them, says it.
    """
    return Attribute("entry", fields, _telling(fields, told))


def of_act(*fields: str, told: Callable[..., Told] | None = None) -> Attribute:
    """What is told in the same way by what an act itself states in ``fields``."""
    return Attribute("act", fields, _telling(fields, told))


def _telling(fields: tuple[str, ...], told: Callable[..., Told] | None) -> Callable[[Mapping[str, Any]], Told]:
    if len(fields) > 1:
        return lambda said: (told or _first)(*map(said.get, fields))
    (field,) = fields
    return (lambda said: said.get(field)) if told is None else (lambda said: told(said.get(field)))


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)

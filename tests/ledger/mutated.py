"""Files changed in one place, to be refused."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]


def mutations(document: Json) -> Iterator[Json]:
    """The document with each of its values changed, left out, or - in lists - doubled or swapped with the next."""

    def visit(path: tuple[Any, ...], value: Any) -> Iterator[Json]:
        def changed(change: Callable[[Any], None]) -> Json:
            copied = copy.deepcopy(document)
            holder = copied
            for step in path[:-1]:
                holder = holder[step]
            change(holder)
            return copied

        if path:
            last = path[-1]
            yield changed(lambda holder: holder.__delitem__(last))
            for other in others(value):
                yield changed(lambda holder, other=other: holder.__setitem__(last, other))  # type: ignore[misc]
            if isinstance(last, int):
                yield changed(lambda holder: holder.insert(last, value))
        for step, below in (
            value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
        ):
            yield from visit((*path, step), below)

    yield from visit((), document)


def others(value: Any) -> Iterator[Any]:
    """Values that are not ``value``: a character changed at either end and in the middle, a number one off."""
    if isinstance(value, str) and value:
        for at in {0, len(value) // 2, len(value) - 1}:
            other = "1" if value[at] == "0" else "0" if value[at].isdigit() else chr(ord(value[at]) ^ 1)
            yield value[:at] + other + value[at + 1 :]
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
    elif value is None:
        yield "2020-01-01"

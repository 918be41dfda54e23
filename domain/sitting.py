"""The sitting (sēde) of a board or commission at which a decision was taken, as the act itself states it.

The body is named in the decision; the sitting is part of what the act says, and no part of the entry.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, create_model

from domain.act import Payload
from domain.legal_time import LegalDate
from domain.register import ActKind, Fields
from domain.value import Text, Value


class Sitting(Value):
    """A sitting: the day it was held on and the number of its minutes (protokols)."""

    held_on: Annotated[LegalDate, Field(description="Day of the sitting (sēdes datums)")]
    minutes: Annotated[Text, Field(description="Number of the minutes (protokola numurs)")]


class Decided(Value):
    """What every act says that a board or commission decided."""

    sitting: Annotated[Sitting, Field(description="The sitting at which it was decided")]


def without_sitting(stated: Fields) -> Fields:
    """What an act states of its entry."""
    return {name: value for name, value in stated.items() if name != "sitting"}


def decided_at_sitting(kind: ActKind, name: str) -> ActKind:
    """``kind`` as an act of a board: its content, now called ``name``, states the sitting; the entry does not."""

    def evolve(before: Fields, stated: Fields, act: Payload[Any]) -> Fields:
        return kind.evolve(before, without_sitting(stated), act)

    return replace(kind, content=_with_sitting(kind.content, name), evolve=evolve)


def _with_sitting(content: type[Value], name: str) -> type[Value]:
    module = content.__module__
    return create_model(name, __base__=(Decided, content), __module__=module, __doc__=content.__doc__)

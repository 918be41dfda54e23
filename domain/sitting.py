"""The sitting (sēde) of a board or commission at which a decision was taken, as the act itself states it.

The body is named in the decision; the sitting is part of what the act says, and no part of the entry.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from domain.act import Payload
from domain.legal_time import LegalDate
from domain.register import Fields
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


def content_replaced_at_sitting(_: Fields, stated: Fields, __: Payload[Any]) -> Fields:
    """The act states the whole content, and its sitting."""
    return without_sitting(stated)

"""Keys of the transparency log (žurnāla atslēgas): which key signs checkpoints, and how one took another's place.

An entry is a line of keys, each vouched for by the one before. A key that nobody vouched for begins a line of its own,
and so is seen.
"""

from __future__ import annotations

from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Field

from domain.mark import Mark
from domain.register import ABSENT, ActKind, Fields, Register, Titles, content_merged, content_replaced
from domain.six_digit_number import numbers_in
from domain.value import LongText, Number, Text, Value

IN_USE = "in_use"

_Key = Annotated[Text, Mark.SEARCH, Field(description="The key that checks signatures, as name+number+key")]


class IntroducedKey(Value):
    """The first key of a line."""

    registration_number: Annotated[Number | None, Field(description="Number of the line; given by the service")] = None
    origin: Annotated[Text, Field(description="Name of the log")]
    verifier_key: _Key


class RotatedKey(Value):
    """A key that takes the place of the one before."""

    verifier_key: _Key
    endorsement: Annotated[LongText, Field(description="Signed note that names both keys, signed by both")]


class LogKey(IntroducedKey):
    """The key in use, and how it came to be."""

    endorsement: Annotated[LongText | None, Field(description="Signed note of both keys; null for a first key")] = None


def line_id(first_key: str) -> UUID:
    """The entry of the line that begins with this verifier key: whoever introduces it, there is one."""
    return uuid5(NAMESPACE_URL, f"urn:regesta:log-key:{first_key}")


def rotation_text(origin: str, before: str, after: str) -> str:
    """What both keys sign when one takes the other's place. No checkpoint begins like this."""
    return f"regesta: the key of a log is rotated\n{origin}\n{before}\n{after}\n"


_FIRST = "register.example/log+5f1d8be2+ASJk7Sm0bTn+FZ3bQ1kV4hYyqY7T4b1QF2q9mZlD4tB1"
_SECOND = "register.example/log+1465d8be+Ad4h5BrV1MabbRMr0zSTE1U/McxHwSgB+/a2fLzuMdsd"
_EXAMPLES: dict[str, Fields] = {
    "introduce": {"origin": "register.example/log", "verifier_key": _FIRST},
    "rotate": {
        "verifier_key": _SECOND,
        "endorsement": rotation_text("register.example/log", _FIRST, _SECOND)
        + "\n\N{EM DASH} register.example/log Xx2L4g==\n\N{EM DASH} register.example/log FGXYvg==\n",
    },
}

introduce = ActKind(
    "introduce", "log_key.introduced", 1, Titles("Žurnāla atslēgas ieviešana", "Key of the log introduced"),
    IntroducedKey, frozenset({ABSENT}), IN_USE, opens=True, evolve=content_replaced,
)  # fmt: skip
rotate = ActKind(
    "rotate", "log_key.rotated", 1, Titles("Žurnāla atslēgas nomaiņa", "Key of the log rotated"),
    RotatedKey, frozenset({IN_USE}), evolve=content_merged,
)  # fmt: skip

REGISTER = Register(
    name="log-keys",
    titles=Titles("Žurnāla atslēgas", "Keys of the log"),
    content=LogKey,
    kinds=(introduce, rotate),
    statuses={IN_USE: Titles("lietošanā", "in use")},
    alive=frozenset({IN_USE}),
    not_public=frozenset(),
    name_field="origin",
    numbers=numbers_in("log-keys"),
    recorded_by="service",
    examples=_EXAMPLES,
)

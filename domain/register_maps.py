"""Commitments to register maps (reģistru kartes): what each public register holds as known at a position, as one hash.

The service itself tells them, day by day, so that it is bound: whatever it later proves of a register - that a number
was not in it, that a list is complete - it proves from the map that stands here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Field

from domain.register import ABSENT, ActKind, Fields, Register, Titles, content_replaced
from domain.six_digit_number import numbers_in
from domain.value import Number, Sha256, Text, Value

COMMITTED = "committed"

_Whole = Annotated[int, Field(ge=0, le=2**53 - 1)]


class MapRoot(Value):
    """The map of one register: its size and root, and the statuses in which an entry is in the register."""

    register_name: Annotated[Text, Field(description="The register")]
    size: Annotated[_Whole, Field(description="How many leaves its map has")]
    root: Annotated[Sha256, Field(description="Root of the tree over them (RFC 6962)")]
    alive: Annotated[tuple[Text, ...], Field(description="Statuses in which an entry is in the register")]


class MapCommitment(Value):
    """The maps of all public registers as known at one position of the ledger."""

    registration_number: Annotated[
        Number | None, Field(description="Number of the commitment; given by the service")
    ] = None
    position: Annotated[_Whole, Field(description="The position up to which acts are taken into account")]
    maps: Annotated[tuple[MapRoot, ...], Field(description="The map of each register, by its name")]


def commitment_id(position: int) -> UUID:
    """The entry of the commitment that speaks of ``position``: whoever makes it, there is one."""
    return uuid5(NAMESPACE_URL, f"urn:regesta:register-maps:{position}")


def is_mapped(register: Register) -> bool:
    """Whether ``register`` has a map: it is public, and kept by clerks."""
    return register.public and register.recorded_by == "clerks"


def mapped(registers: Iterable[Register]) -> list[Register]:
    """The registers that have maps, by name."""
    return sorted(filter(is_mapped, registers), key=lambda register: register.name)


_EXAMPLE: Fields = {
    "position": 41,
    "maps": [
        {
            "register_name": "institutions",
            "size": 12,
            "root": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
            "alive": ["registered"],
        }
    ],
}

commit = ActKind(
    "commit", "register_maps.committed", 1, Titles("Reģistru karšu apliecināšana", "Register maps committed"),
    MapCommitment, frozenset({ABSENT}), COMMITTED, opens=True, evolve=content_replaced,
)  # fmt: skip

REGISTER = Register(
    name="register-maps",
    titles=Titles("Reģistru karšu apliecinājumi", "Commitments to register maps"),
    content=MapCommitment,
    kinds=(commit,),
    statuses={COMMITTED: Titles("apliecināts", "committed")},
    alive=frozenset({COMMITTED}),
    not_public=frozenset(),
    name_field="registration_number",
    numbers=numbers_in("register-maps"),
    recorded_by="service",
    examples={"commit": _EXAMPLE},
)

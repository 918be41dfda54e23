"""Proofs of both ends of a difference: the trees they are about, and the acts that made it, under one checkpoint."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, Field

from api.service import Service
from ledger.checkpoint import Checkpoint
from ledger.merkle import consistency_proof, inclusion_proof, root
from ledger.note import Note
from ledger.tiles import Tiles, leaves
from projections.moment import Moment


class EndShape(BaseModel):
    """The tree of what was known at one end."""

    size: int = Field(description="known_at.position + 1")
    root: str = Field(description="Root of the tree of so many acts, base64")
    consistency: list[str] = Field(description="That the checkpoint's tree begins with this one; none for size 0")


class ActProofShape(BaseModel):
    """That an act which made the difference is in the checkpoint's tree."""

    position: int
    leaf: str
    hashes: list[str] = Field(description="From the leaf's sibling upwards, base64")


class ProofsShape(BaseModel):
    """Proofs of both ends of a difference (RFC 9162), all under one checkpoint."""

    checkpoint: str = Field(description="The newest checkpoint, as it was signed; it covers both ends")
    from_end: EndShape = Field(alias="from")
    to_end: EndShape = Field(alias="to")
    between: list[str] = Field(description="That the larger of both trees begins with the smaller; base64")
    acts: list[ActProofShape]


def difference_proofs(service: Service, before: Moment, after: Moment, acts: Iterable[int]) -> dict[str, Any] | None:
    """The proofs of a difference that the acts at the given positions made; None if nothing was known at either end.

    Raises NotSealed or LedgerHalted.
    """
    sizes = [moment.known_at.position + 1 for moment in (before, after)]
    if not any(sizes):
        return None
    note = service.sealer.wait_for(max(sizes) - 1)
    sealed = Checkpoint.parse(Note.parse(note).text).size
    smaller, larger = sorted(sizes)
    with service.database.pool.connection() as connection:
        tiles = Tiles(connection)
        ends = [
            {
                "size": size,
                "root": b64encode(root(tiles, size)).decode(),
                "consistency": _base64(consistency_proof(tiles, size, sealed)) if size else [],
            }
            for size in sizes
        ]
        proved = []
        for position in sorted(set(acts)):
            (leaf,) = leaves(connection, position, position + 1)
            hashes = _base64(inclusion_proof(tiles, position, sealed))
            proved.append({"position": position, "leaf": leaf.decode(), "hashes": hashes})
        between = _base64(consistency_proof(tiles, smaller, larger)) if smaller else []
    return {"checkpoint": note.decode(), "from": ends[0], "to": ends[1], "between": between, "acts": proved}


def _base64(hashes: Sequence[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in hashes]

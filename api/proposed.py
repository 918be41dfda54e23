"""What a request is told whose acts were proposed and not recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from api.log import Receipt
from api.service import Service
from ledger.leaf import instant
from projections.answers import RecordedAct
from projections.four_eyes import read_proposals


class ProposedShape(BaseModel):
    """A recorded proposal. Another person confirms it by its hash; nothing else is recorded until then."""

    proposal: UUID
    number: str
    hash: str = Field(description="SHA-256 of the stored proposal, to be named by who confirms it")
    position: int
    recorded_at: datetime
    receipt: Receipt | None = Field(default=None, description="With receipt=true: the proof of it, as of any act")


def proposed_document(service: Service, recorded: RecordedAct) -> dict[str, Any]:
    """The proposal that ``recorded`` opened."""
    with service.database.pool.connection() as connection:
        stored = read_proposals(connection, service.ledger, [recorded.entry])[recorded.entry]
    return {
        "proposal": str(recorded.entry),
        "number": recorded.registration_number,
        "hash": stored.hash,
        "position": recorded.position,
        "recorded_at": instant(recorded.recorded_at),
    }

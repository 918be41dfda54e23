"""What a request is told whose acts were proposed and not recorded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.answers import text_of
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


def proposed_json(service: Service, recorded: RecordedAct) -> str:
    """The proposal that ``recorded`` opened, as JSON text."""
    with service.database.pool.connection() as connection:
        stored = read_proposals(connection, service.ledger, [recorded.entry])[recorded.entry]
    return text_of(
        {
            "proposal": str(recorded.entry),
            "number": recorded.registration_number,
            "hash": stored.hash,
            "position": recorded.position,
            "recorded_at": instant(recorded.recorded_at),
        }
    )

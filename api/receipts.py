"""Receipts: with the answer to a recorded act, the proof that it is in the signed tree."""

from __future__ import annotations

import asyncio
from asyncio import shield, wrap_future
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query
from starlette.concurrency import run_in_threadpool

from api.log import receipt
from api.service import Service
from ledger.sealing import LedgerHalted

SECONDS = 10
"""How long a caller waits for a receipt; the act is recorded whether or not there is one."""

WantsReceipt = Annotated[
    bool,
    Query(alias="receipt", description="Wait until the act is sealed, and answer with the proof that it is in the log"),
]


async def receipts_of(service: Service, positions: Sequence[int]) -> dict[int, dict[str, Any] | None]:
    """The receipts of recorded acts by position; None for each if sealing takes too long or is stopped."""
    try:
        note = await asyncio.wait_for(shield(wrap_future(service.sealer.sealed(max(positions)))), SECONDS)
    except (TimeoutError, LedgerHalted):
        return dict.fromkeys(positions)
    return await run_in_threadpool(_receipts, service, positions, note)


def _receipts(service: Service, positions: Sequence[int], note: bytes) -> dict[int, dict[str, Any] | None]:
    with service.database.pool.connection() as connection:
        return {position: receipt(connection, position, note) for position in positions}

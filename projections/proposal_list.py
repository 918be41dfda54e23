"""Proposals that wait for a second person, and those that no longer do."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from projections.four_eyes import REGISTER
from projections.reading import POINT

_STATEMENT = f"""
    SELECT a.entry_id, s.registration_number, s.status, s.content::text, a.position, a.recorded_at, a.actor,
        encode(sha256(e.state), 'hex')
    FROM acts a JOIN ledger.events e ON e.notification_id = a.position + 1
        CROSS JOIN LATERAL ({POINT.format(entry="a.entry_id", known="%(known)s", day="%(day)s")}) s
    WHERE a.register = '{REGISTER.name}' AND a.version = 1 AND a.position > %(after)s AND a.position <= %(known)s
        AND s.status = ANY(%(statuses)s) AND coalesce((a.actor = ANY(%(own)s)) = %(mine)s, true)
        AND NOT EXISTS (SELECT FROM json_array_elements_text(s.content -> 'registers') r WHERE r <> ALL(%(readable)s))
        AND (%(register)s::text IS NULL OR EXISTS (
            SELECT FROM json_array_elements_text(s.content -> 'registers') r WHERE r = %(register)s))
    ORDER BY a.position LIMIT %(limit)s
"""


class ListedProposal(NamedTuple):
    """A proposal as a list shows it; ``content`` is the part of it that tells nothing of the acts proposed."""

    entry: UUID
    number: str
    status: str
    content: dict[str, Any]
    position: int
    recorded_at: datetime
    actor: str
    hash: str


def list_proposals(
    connection: Connection[Any],
    *,
    known: int,
    day: date,
    statuses: Sequence[str],
    readable: Sequence[str],
    register: str | None,
    own: Collection[str],
    mine: bool | None,
    after: int,
    limit: int,
) -> list[ListedProposal]:
    """The first ``limit`` proposals opened after position ``after``, as known at ``known``, on ``day`` in ``statuses``.

    All of a proposal's registers are among ``readable``, one of them is ``register`` if that is given; ``mine`` asks
    for those proposed by who has the pseudonyms ``own``, or for all others.
    """
    rows = connection.cursor(row_factory=tuple_row).execute(
        _STATEMENT,
        {
            "known": known,
            "day": day,
            "statuses": list(statuses),
            "readable": list(readable),
            "register": register,
            "own": list(own),
            "mine": mine,
            "after": after,
            "limit": limit,
        },
    )
    return [ListedProposal._make((*row[:3], json.loads(row[3]), *row[4:])) for row in rows]

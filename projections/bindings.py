"""Which pseudonyms stand for one person: accounts bound to one subject of an identity provider, and its sessions.

Bindings are added and never taken away, so whoever was found to be one person stays one. They are no part of the
ledger, which knows pseudonyms only.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row


def pseudonyms_of(connection: Connection[Any], pseudonym: str) -> frozenset[str]:
    """Every pseudonym of the person who acts as ``pseudonym``, that one included, by all bindings there are."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "WITH RECURSIVE person(pseudonym) AS ("
        " SELECT %s::text UNION"
        " SELECT CASE WHEN p.pseudonym = b.account_id::text THEN b.subject::text ELSE b.account_id::text END"
        " FROM person p JOIN access.bindings b ON p.pseudonym IN (b.account_id::text, b.subject::text))"
        " SELECT pseudonym FROM person",
        (pseudonym,),
    )
    return frozenset(row[0] for row in rows)

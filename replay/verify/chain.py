"""The chain of each entry's acts, and that there are no more rows than positions."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from replay.verify.events import EVENTS, at
from replay.verify.finding import wrong


def check_chain(connection: Connection[Any]) -> None:
    """Every event is the next version of its aggregate and names the version before it. Raises Wrong."""
    found = connection.cursor(row_factory=tuple_row).execute(
        "WITH chained AS (SELECT notification_id - 1 AS position, originator_version AS version, previous,"
        "   lag(notification_id - 1) OVER versions AS position_before,"
        "   lag(originator_version) OVER versions AS version_before FROM ledger.events"
        "   WINDOW versions AS (PARTITION BY originator_id ORDER BY originator_version, notification_id))"
        " SELECT position, version, previous, position_before, version_before FROM chained"
        " WHERE previous IS DISTINCT FROM position_before"
        "    OR version <> version_before + 1 OR version_before IS NULL AND version NOT IN (0, 1)"
        "    OR position <= position_before"
        " ORDER BY position LIMIT 1"
    )
    for position, version, previous, position_before, version_before in found:
        if version_before is None and version not in (0, 1):
            raise wrong(EVENTS, at(position), "originator_version", "the first of its aggregate", version)
        if version_before is not None and version != version_before + 1:
            raise wrong(EVENTS, at(position), "originator_version", version_before + 1, version)
        raise wrong(EVENTS, at(position), "previous", _said(position_before), _said(previous))


def check_count(connection: Connection[Any], acts: int) -> None:
    """There are as many rows as positions, whatever an index says. Raises Wrong."""
    connection.execute("SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_indexscan = off")
    ((count,),) = connection.cursor(row_factory=tuple_row).execute("SELECT count(*) FROM ledger.events").fetchall()
    connection.execute("SET LOCAL enable_indexonlyscan = on; SET LOCAL enable_indexscan = on")
    if count != acts:
        raise wrong(EVENTS, "all rows", None, f"{acts} rows, one for each position", count)


def _said(position: int | None) -> str:
    return "none" if position is None else str(position)

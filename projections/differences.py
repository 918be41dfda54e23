"""What differs between two moments, entry by entry and field by field, with the acts that made each difference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.act import Act
from domain.register import ABSENT, Fields, Register
from projections.moment import Moment
from projections.reading import FIELDS, POINT, EntryState


class StatePair(NamedTuple):
    """An entry's state at two moments; None where it is not in the register."""

    entry_id: UUID
    before: EntryState | None
    after: EntryState | None


def differing(
    connection: Connection[Any],
    register: Register,
    before: Moment,
    after: Moment,
    *,
    only: UUID | None = None,
    beyond: UUID | None = None,
    limit: int | None = None,
    hidden: Iterable[str] = (),
) -> list[StatePair]:
    """Entries of ``register`` whose status or content differs between two moments, in the order of their ids.

    States with a ``hidden`` status count as absent. ``beyond`` is the entry after which the list goes on.
    """

    def side(moment: str) -> str:
        known, day = f"%({moment}_position)s", f"%({moment}_day)s"
        point = POINT.format(entry="e.entry_id", known=known, day=day)
        return (
            f"LEFT JOIN LATERAL (SELECT {FIELDS.format(row='p', known=known, day=day)} FROM ({point}) p"
            f" WHERE p.status <> ALL(%(hidden)s)) {moment} ON true"
        )

    rows = connection.cursor(row_factory=tuple_row).execute(
        f"""
        SELECT e.entry_id, before.*, after.*
        FROM (SELECT DISTINCT entry_id FROM acts WHERE register = %(register)s
              AND (%(only)s::uuid IS NULL OR entry_id = %(only)s)) e
        {side("before")} {side("after")}
        WHERE (before.status, before.content, before.confidential)
            IS DISTINCT FROM (after.status, after.content, after.confidential)
            AND (%(beyond)s::uuid IS NULL OR e.entry_id > %(beyond)s)
        ORDER BY e.entry_id LIMIT %(limit)s
        """,
        {
            "register": register.name,
            "only": only,
            "beyond": beyond,
            "limit": limit,
            "hidden": [ABSENT, *hidden],
            "before_day": before.as_of,
            "before_position": before.known_at.position,
            "after_day": after.as_of,
            "after_position": after.known_at.position,
        },
    )
    return [
        StatePair(row[0], EntryState(*row[1:9]) if row[1] else None, EntryState(*row[9:17]) if row[9] else None)
        for row in rows
    ]


def acts_between(acts: Iterable[Act], before: Moment, after: Moment) -> list[Act]:
    """The acts that are taken into account at one of the moments and not at the other."""

    def counts(act: Act, moment: Moment) -> bool:
        at_once = act.kind.effect == "corrects" or act.fields.get("mode") == "ex_tunc"
        in_force = at_once or act.effective_on <= moment.as_of
        return act.position <= moment.known_at.position and in_force

    return [act for act in acts if counts(act, before) != counts(act, after)]


def touches(act: Act, field: str, acts: dict[int, Act]) -> bool:
    """Whether ``act`` can have changed ``field`` (or ``status``) of its entry."""
    if act.kind.effect == "annuls":
        return touches(acts[act.fields["target"]], field, acts)
    if act.kind.effect == "corrects":
        return _states(act.fields["content"], field) or touches(acts[act.fields["target"]], field, acts)
    if field == "status":
        return act.kind.gives is not None
    return _states(act.fields, field) or act.kind.opens or (field == "due_on" and "until" in act.fields)


def _states(fields: Fields, field: str) -> bool:
    return field in fields or field in (fields.get("changes") or {})

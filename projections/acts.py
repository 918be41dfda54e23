"""The acts fact table: one row per act, with everything statistics filter by.

What every act has stands in columns of its own, what its register counts by in ``attributes``. They are taken from the
entry as the act left it, as known at the act's own position, so a row never changes.
"""

from __future__ import annotations

from typing import Any

from domain.act import Act
from projections.entry_states import EntryHistory

COLUMNS = {
    "position": "int8", "recorded_at": "timestamptz", "register": "text", "entry_id": "uuid", "version": "int4",
    "verb": "text", "event": "text", "act_id": "uuid", "actor": "text", "role": "text", "decision_number": "text",
    "decided_on": "date", "form": "text", "legal_ground": "text", "body": "text", "effective_on": "date",
    "received_on": "date", "answers": "int8", "target": "int8", "mode": "text", "registration_number": "text",
    "attributes": "text",
}  # fmt: skip
"""The columns in order, and the type in which each is copied in (JSON as its text)."""


def fact_row(history: EntryHistory, act: Act) -> tuple[Any, ...]:
    """The row of ``act``, just added to ``history``, in the order of ``COLUMNS``."""
    payload, decision, fields, kind = act.payload, act.payload.decision, act.fields, act.kind
    number, attributes = history.left_by(act)
    return (
        act.position, act.recorded_at, history.register.name, act.entry_id, act.version, kind.verb, kind.event,
        payload.act_id, payload.actor, payload.role, decision.number, decision.decided_on, decision.form,
        decision.legal_ground, decision.body, payload.effective_on, payload.received_on, payload.answers,
        fields.get("target") if kind.effect != "state" else None,
        fields.get("mode") if kind.effect == "annuls" else None,
        number, attributes,
    )  # fmt: skip

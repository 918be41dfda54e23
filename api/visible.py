"""Which acts a session may see now, and as what, wherever acts of several registers are shown together."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from api.answers import act_document
from api.session import PurposeNeeded, Session
from domain.act import Act, is_public
from domain.catalogue import Catalogue, topic_of
from ledger.ledger import Ledger
from projections.act_list import ActQuery


def visible(catalogue: Catalogue, session: Session, register: str | None) -> ActQuery:
    """The acts a session may see: those of public registers, and of others with the permission and a purpose.

    Raises PurposeNeeded if it asks for a register in which it lacks only that.
    """
    registers = [
        r for r in catalogue.registers.values()
        if (register is None or r.name == register) and (r.public or session.may_read_confidential(r.name))
    ]  # fmt: skip
    if register is not None and not registers and session.may_read_with_purpose(register):
        raise PurposeNeeded(register)
    hidden = [
        kind.event for r in registers for kind in r.kinds
        if not kind.public and not session.may_read_confidential(r.name)
    ]  # fmt: skip
    return ActQuery(tuple(r.name for r in registers), tuple(hidden))


def seen(connection: Connection[Any], ledger: Ledger, session: Session, acts: list[Act]) -> list[Act]:
    """Those of ``acts`` that a session may see."""
    about_others = list({act.entry_id for act in acts if act.kind.effect != "state"})
    of_entries = ledger.acts_of(connection, about_others).values()
    others = {other.position: other for of_entry in of_entries for other in of_entry}
    return [act for act in acts if _may_see(ledger.catalogue, session, act, others)]


def _may_see(catalogue: Catalogue, session: Session, act: Act, others: dict[int, Act]) -> bool:
    register = catalogue.register_of(topic_of(act.kind))
    return (register.public and is_public(act, others)) or session.may_read_confidential(register.name)


def documents(catalogue: Catalogue, session: Session, acts: list[Act], known_at: int) -> list[dict[str, Any]]:
    """The acts as ``session`` may see them."""
    registers = (catalogue.register_of(topic_of(act.kind)) for act in acts)
    return [act_document(register, act, session, known_at) for register, act in zip(registers, acts, strict=True)]

"""One example of what an act of each kind says: ``examples/<register>.py`` holds them by verb."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any
from uuid import UUID

from domain.act import Act, Decision, Document
from domain.catalogue import stated_fields, topic_of
from domain.decide import kind_of, validated
from domain.register import Register
from tests.domain.story import recorded_at

ENTRY = UUID("018e0000-0000-7000-8000-000000000001")
OTHER_ENTRY = UUID("018e0000-0000-7000-8000-000000000002")
_ACT = UUID("018e0000-0000-7000-8000-0000000000aa")
_REQUEST = UUID("018e0000-0000-7000-8000-0000000000bb")

COMMON: dict[str, dict[str, Any]] = {
    "correct": {"target": 3, "content": {"name": "Labotais nosaukums"}},
    "annul": {"target": 3, "mode": "ex_nunc", "reason": "Iesniegtas nepatiesas ziņas.\nSk. pielikumu."},
}
"""Acts every register has."""


def example_contents(register: Register) -> dict[str, dict[str, Any]]:
    """An example of content for each of the register's verbs."""
    module = import_module(f"{__name__}.{register.name.replace('-', '_')}")
    return {**COMMON, **module.CONTENTS}


def example(register: Register, verb: str) -> Act:
    """An act of ``verb``, the same on every day. Whether it would be lawful is not asked."""
    kind = kind_of(register, verb)
    content = validated(kind.content, example_contents(register)[verb])
    payload = kind.payload_type(
        act_id=_ACT,
        register_name=register.name,
        actor="officer-1",
        role="registrar",
        decision=Decision(
            decided_on=date(2020, 3, 2),
            number="1-7/123",
            form="written",
            legal_ground="MK 397/2015 17. p.",
            body="IKVD",
            document=Document(uri="https://example.lv/lemumi/1-7-123.edoc", sha256="0f" * 32),
        ),
        effective_on=date(2020, 3, 10),
        received_on=date(2020, 2, 20),
        answers=2,
        note="Piezīme: “ķekars” — 1. rinda\n2. rinda",
        correlation_id=_REQUEST,
        source=None,
        content=content,
    )
    return Act(4, recorded_at(4), ENTRY, 5, kind, payload, stated_fields(content))


def golden_name(register: Register, verb: str) -> str:
    """The golden file of the newest version of an event, e.g. ``institution.amended.1.json``."""
    return topic_of(kind_of(register, verb)).replace(":", ".") + ".json"

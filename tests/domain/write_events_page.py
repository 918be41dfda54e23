"""Writes docs/events.md from the registers' files: ``python -m tests.domain.write_events_page``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from domain.act import Payload
from domain.catalogue import topic_of
from domain.register import ActKind, Register
from domain.registers import all_registers

PAGE = Path(__file__).parents[2] / "docs" / "events.md"

_HEAD = """# Events

Every event that can stand in the ledger. The name and version of an event never change their meaning; a new shape is a
new version, and older ones stay readable. This page is written from the registers' files
(`python -m tests.domain.write_events_page`), and a test compares the two.

## What every act says

| field | meaning |
|---|---|
"""

_MEANINGS = {
    "act_id": "The act's own id (UUID), chosen by the caller or the service",
    "register_name": "The register it was recorded in",
    "actor": "Pseudonym of who acted; no name stands in the ledger",
    "role": "The role they acted in",
    "decision": "The decision: `decided_on` (the day statistics count by), number, form (`written` or `entry`),"
    " legal ground, body, document with its SHA-256",
    "effective_on": "The day from which it is true, in Riga",
    "received_on": "The day on which the application or document came in",
    "answers": "Position of the application it answers",
    "note": "A note of the clerk",
    "correlation_id": "The request it came with",
    "source": "Where an imported act was read from",
    "content": "What the act says of the entry, by its kind: see below",
}


def events_page() -> str:
    """The page as it should be."""
    fields = "".join(f"| `{name}` | {_MEANINGS[name]} |\n" for name in Payload.model_fields)
    return _HEAD + fields + "".join(_of_register(register) for register in all_registers())


def _of_register(register: Register) -> str:
    lines = "".join(_of_kind(kind) for kind in register.kinds)
    statuses = ", ".join(f"`{name}` ({titles.lv} / {titles.en})" for name, titles in register.statuses.items())
    return (
        f"\n## {register.titles.en} (`{register.name}`, {register.titles.lv})\n\nStatuses: {statuses}\n\n"
        "| event | act | asked for as | content | meets | leaves |\n|---|---|---|---|---|---|\n" + lines
    )


def _of_kind(kind: ActKind) -> str:
    meets = ", ".join(sorted(kind.meets)) or "any act"
    leaves = kind.gives or ("unchanged" if kind.effect == "state" else kind.effect)
    titles = f"{kind.titles.lv} / {kind.titles.en}"
    return f"| `{topic_of(kind)}` | {titles} | `{kind.verb}` | {', '.join(_fields(kind))} | {meets} | {leaves} |\n"


def _fields(kind: ActKind) -> Iterator[str]:
    for name, field in kind.content.model_fields.items():
        yield f"**{name}**" if field.is_required() else name


if __name__ == "__main__":
    PAGE.write_text(events_page(), encoding="utf-8")

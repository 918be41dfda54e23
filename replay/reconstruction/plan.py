"""The terms in which the acts of a reconstruction are planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from domain.act import Decision, Draft
from domain.catalogue import Catalogue
from domain.decide import kind_of, validated

NAMESPACE = UUID("0f6e3f5c-52a7-5c0a-8a8e-2d5c4a1f2020")
NOTE = "Rekonstrukcija: akts nav īsts, tikai to skaits un veidi atbilst 2020. gada publiskajam pārskatam."


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """An act to be recorded. ``answers`` and ``target`` name acts of earlier steps by their ids."""

    register: str
    entry_id: UUID
    verb: str
    content: Mapping[str, Any]
    opens: bool = False
    effective_on: date | None = None
    received_on: date | None = None
    answers: UUID | None = None
    target: UUID | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The acts of one decision, all or none. ``key`` names it for ever; ``number`` makes it a written decision."""

    key: str
    decided_on: date
    acts: tuple[PlannedAct, ...]
    written: bool = False
    legal_ground: str | None = field(default=None, kw_only=True)
    body: str | None = field(default=None, kw_only=True)

    def act_id(self, index: int) -> UUID:
        """The id of the step's act at ``index``."""
        return uuid5(NAMESPACE, f"{self.key}/{index}")

    def drafts(self, catalogue: Catalogue, positions: Mapping[UUID, int]) -> tuple[Draft, ...]:
        """The step's acts as any clerk would ask for them; ``positions`` are those of earlier acts by their ids."""
        decision = Decision(
            decided_on=self.decided_on,
            number=f"Rekonstrukcija {self.key}" if self.written else None,
            form="written" if self.written else "entry",
            legal_ground=self.legal_ground,
            body=self.body,
        )
        return tuple(self._draft(catalogue, positions, decision, n, act) for n, act in enumerate(self.acts))

    def _draft(
        self, catalogue: Catalogue, positions: Mapping[UUID, int], decision: Decision, index: int, act: PlannedAct
    ) -> Draft:
        register = catalogue.registers[act.register]
        content = dict(act.content)
        if act.target is not None:
            content["target"] = positions[act.target]
        return Draft(
            register.name,
            act.entry_id,
            act.verb,
            decision,
            act.effective_on or self.decided_on,
            validated(kind_of(register, act.verb).content, content),
            received_on=act.received_on,
            answers=None if act.answers is None else positions[act.answers],
            note=NOTE,
            source=act.source,
            act_id=self.act_id(index),
            opens_entry=act.opens,
        )


def entry_id_of(name: str) -> UUID:
    """The id of an entry that only the reconstruction has."""
    return uuid5(NAMESPACE, name)


def spread(count: int, first: date, last: date) -> list[date]:
    """``count`` working days from ``first`` to ``last``, evenly."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    working = [day for day in days if day.weekday() < 5]
    return [working[n * len(working) // count] for n in range(count)]

"""What is asked to be recorded at once, and what was decided of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from domain.act import Act, Actor, Draft
from domain.proposals import Confirming
from domain.register import Fields
from domain.timeline import Timeline
from projections.answers import Asked, IdempotencyKey, RecordedAct
from projections.entry_states import EntryHistory
from projections.erasing import Concerned
from projections.numbers import StagedNumbers


@dataclass(frozen=True, slots=True)
class Submission:
    """What one request asks to record: the acts of one decision, all or none.

    With ``end_dependants`` the decision ends the entries as well that would be left without one they rest on. With
    ``proposes`` the acts are proposed for another person to confirm; with ``confirms`` they are those of a proposal.
    ``erases`` is whom the decision erases: nothing else is recorded in the same transaction, and the submission is
    refused if an act of theirs was recorded since it was found out what there is of them.
    """

    drafts: tuple[Draft, ...]
    actor: Actor
    correlation_id: UUID
    idempotency: IdempotencyKey | None = None
    end_dependants: bool = False
    proposes: bool = False
    confirms: Confirming | None = None
    erases: Concerned | None = None

    @property
    def asked(self) -> Asked | None:
        """By what a repeated request is known; None if it brings no key."""
        return None if self.idempotency is None else (self.actor.pseudonym, self.idempotency)


@dataclass(slots=True)
class Staged:
    """What one submission, its acts being ``drafts``, has decided so far; dropped if a later act of it is refused."""

    drafts: tuple[Draft, ...]
    recorded: list[RecordedAct] = field(default_factory=list)
    acts: list[tuple[EntryHistory, Act, Fields]] = field(default_factory=list)
    """Each act with its entry, and with the content that it leaves."""
    timelines: dict[UUID, Timeline] = field(default_factory=dict)
    numbers: StagedNumbers = field(default_factory=StagedNumbers)

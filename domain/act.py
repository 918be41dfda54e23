"""The act (lēmums / ieraksts): one decision or entry that changes one register entry, with its four dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from pydantic import Field, Strict

from domain.legal_time import LegalDate
from domain.value import LongText, Sha256, Text, Value

if TYPE_CHECKING:
    from domain.register import ActKind

ContentT = TypeVar("ContentT", bound=Value)


class Document(Value):
    """Where the decision's document is kept, and the SHA-256 of its bytes."""

    uri: Text
    sha256: Sha256


class Decision(Value):
    """The decision (lēmums) behind an act. Several acts of one decision share its number and date.

    ``form`` is ``written`` (a document was issued) or ``entry`` (a register entry without one);
    ``decided_on`` is the date that statistics count by.
    """

    decided_on: LegalDate
    number: Text | None = None
    form: Literal["written", "entry"] = "entry"
    legal_ground: Text | None = None
    body: Text | None = None
    document: Document | None = None


class Correction(Value):
    """A clerical correction (kļūdas labošana): the whole right content of the act at ``target``."""

    target: Annotated[int, Strict(), Field(ge=0, description="Position of the act corrected")]
    content: dict[str, Any]


class Annulment(Value):
    """An annulment (akta atcelšana): ``ex_tunc`` as if never taken, ``ex_nunc`` from its own effective date on."""

    target: Annotated[int, Strict(), Field(ge=0, description="Position of the act annulled")]
    mode: Literal["ex_tunc", "ex_nunc"]
    reason: LongText | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a pseudonym that stands for the session's subject, and the role they acted in."""

    pseudonym: str
    role: str


SERVICE = Actor("regesta", "service")
"""The service itself, for acts that tell of what it did."""


class Payload(Value, Generic[ContentT]):
    """What an act says: the stored fact. Every field is required on reading; none has a default."""

    act_id: UUID
    register_name: str
    actor: str
    role: str
    decision: Decision
    effective_on: LegalDate
    received_on: LegalDate | None
    answers: int | None
    note: LongText | None
    correlation_id: UUID
    source: LongText | None
    content: ContentT


@dataclass(frozen=True, slots=True)
class Draft:
    """An act as it is asked for, before the register has decided whether it is lawful.

    ``entry_id`` is the entry concerned; a first act names an entry that does not exist yet.
    ``effective_on`` is the day of the decision if none is given, for a correction that of the act corrected.
    ``answers`` is the position of the application (``receive``) the act answers.
    ``source`` is the line an imported act was read from.
    ``expected_version`` refuses the act if the entry has another version (a lost update).
    """

    register: str
    entry_id: UUID
    verb: str
    decision: Decision
    effective_on: date | None
    content: Value
    received_on: date | None = None
    answers: int | None = None
    note: str | None = None
    source: str | None = None
    act_id: UUID | None = None
    opens_entry: bool = False
    expected_version: int | None = None


class Act(NamedTuple):
    """A recorded act: its place in the ledger, its kind, and what it says.

    ``position`` (gapless from 0) alone gives the order; ``recorded_at`` (UTC) is information.
    ``fields`` is the content as plain JSON values, holding only what the act states.
    """

    position: int
    recorded_at: datetime
    entry_id: UUID
    version: int
    kind: ActKind
    payload: Payload[Any]
    fields: dict[str, Any]

    @property
    def stated(self) -> dict[str, Any]:
        """What the act states of its entry; of a correction, the right content of the act corrected."""
        right: dict[str, Any] = self.fields["content"] if self.kind.effect == "corrects" else self.fields
        return right

    @property
    def effective_on(self) -> date:
        """From this day on the register's content is different (valid time)."""
        return self.payload.effective_on


def is_public(act: Act, acts: Mapping[int, Act]) -> bool:
    """Whether anyone may see ``act``, one of ``acts``: what corrects or annuls an act tells what that one says."""
    if act.kind.effect == "state":
        return act.kind.public
    return act.kind.public and is_public(acts[act.fields["target"]], acts)

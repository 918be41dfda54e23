"""Proposals (sagatavoti lēmumi): acts under four eyes, prepared by one person for another to confirm.

A proposal holds the acts exactly as they are asked for. Its hash is the SHA-256 of the stored bytes of the act that
opened it, which the transparency log's leaf commits to: whoever confirms names it, and so says what was seen. Nothing
of this register is public; what a proposal holds of another register is shown to those who may read that register.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, NamedTuple
from uuid import UUID, uuid4

from pydantic import Field

from domain.act import Act, Decision, Draft
from domain.catalogue import Catalogue, stated_fields
from domain.decide import kind_of, validated
from domain.legal_time import LegalDate
from domain.mark import Mark
from domain.refusals import ContentRefused, NotTheProposer, ProposalChanged, ProposalClosed, SamePerson
from domain.register import ABSENT, ActKind, Fields, Register, State, Term, Titles, content_replaced
from domain.six_digit_number import numbers_in
from domain.timeline import Timeline
from domain.value import LongText, Number, Sha256, Text, Value

OPEN, CONFIRMED, REJECTED, WITHDRAWN, LAPSED = "open", "confirmed", "rejected", "withdrawn", "lapsed"


class ProposedAct(Value):
    """An act exactly as it is asked for; ``content`` is that of its register and kind of act."""

    register_name: Text
    entry: UUID
    opens_entry: bool
    verb: Text
    act_id: UUID
    decision: Decision
    effective_on: LegalDate | None
    received_on: LegalDate | None
    answers: int | None
    note: LongText | None
    source: LongText | None
    expected_version: int | None
    content: dict[str, Any]


class Proposal(Value):
    """The acts of one decision, and until when they can be confirmed."""

    registration_number: Annotated[
        Number | None, Mark.SEARCH, Field(description="Number of the proposal; given by the service")
    ] = None
    title: Annotated[Text, Mark.SEARCH, Field(description="Registers and kinds of the acts proposed")]
    registers: Annotated[tuple[Text, ...], Mark.FILTER, Field(description="Registers of the acts proposed")]
    last_day: Annotated[LegalDate, Field(description="Last day on which it can be confirmed")]
    acts: Annotated[
        tuple[ProposedAct, ...], Mark.CONFIDENTIAL, Field(min_length=1, description="The acts as they are asked for")
    ]


class ProposalConfirmed(Value):
    """The confirmation: the hash of the proposal it is about, and the positions of the acts recorded with it."""

    hash: Sha256
    acts: tuple[int, ...]


class Rejection(Value):
    """Why another person does not confirm the proposal."""

    reason: LongText


class Withdrawal(Value):
    """The person who proposed takes the proposal back."""

    reason: LongText | None = None


class Confirming(NamedTuple):
    """What a second person asks for: that the acts of ``proposal`` are recorded, whose ``hash`` they have seen."""

    proposal: UUID
    hash: str


def proposal_of(drafts: Iterable[Draft], last_day: date) -> Proposal:
    """The proposal that holds ``drafts``."""
    acts = tuple(_proposed(draft) for draft in drafts)
    kinds = sorted({(act.register_name, act.verb) for act in acts})
    registers = tuple(sorted({register for register, _ in kinds}))
    title = ", ".join(f"{register} {verb}" for register, verb in kinds)[:1000]
    return Proposal(title=title, registers=registers, last_day=last_day, acts=acts)


def _proposed(draft: Draft) -> ProposedAct:
    return ProposedAct(
        register_name=draft.register,
        entry=draft.entry_id,
        opens_entry=draft.opens_entry,
        verb=draft.verb,
        act_id=draft.act_id or uuid4(),
        decision=draft.decision,
        effective_on=draft.effective_on,
        received_on=draft.received_on,
        answers=draft.answers,
        note=draft.note,
        source=draft.source,
        expected_version=draft.expected_version,
        content=stated_fields(draft.content),
    )


def drafts_of(proposed: Act, catalogue: Catalogue) -> tuple[Draft, ...]:
    """The acts that ``proposed`` (the act that opened a proposal) holds, to be decided anew.

    Raises ContentRefused where the register has learned to ask for other content since.
    """
    proposal = proposed.payload.content
    if not isinstance(proposal, Proposal):  # an act in which a person was erased is read without its content's values
        raise ContentRefused([("acts", ERASED_SINCE)])
    return tuple(_draft(act, catalogue) for act in proposal.acts)


def _draft(act: ProposedAct, catalogue: Catalogue) -> Draft:
    kind = kind_of(catalogue.registers[act.register_name], act.verb)
    return Draft(
        act.register_name,
        act.entry,
        act.verb,
        act.decision,
        act.effective_on,
        validated(kind.content, act.content),
        received_on=act.received_on,
        answers=act.answers,
        note=act.note,
        source=act.source,
        act_id=act.act_id,
        opens_entry=act.opens_entry,
        expected_version=act.expected_version,
    )


ERASED_SINCE = "expected the acts as they were proposed, met a person who was erased since"


def check_closing(proposal: Timeline, verb: str, day: date, *, same_person: bool) -> None:
    """Whether ``proposal`` can be closed on ``day`` by this act of the person who proposed it, or of another.

    It is withdrawn by the same person, and confirmed or rejected by another. Raises ActRefused.
    """
    status = proposal.state_on(day).status
    if status != OPEN:
        raise ProposalClosed(met=status)
    if verb == "withdraw" and not same_person:
        raise NotTheProposer
    if verb != "withdraw" and same_person:
        raise SamePerson


def check_hash(stored: str, named: str) -> None:
    """Whether a confirmation names the hash of the proposal as it is stored; raises ProposalChanged."""
    if stored != named:
        raise ProposalChanged(expected=stored, met=named)


def term(state: State) -> Term | None:
    """An open proposal lapses by itself after its last day."""
    return Term(date.fromisoformat(state.content["last_day"]), LAPSED) if state.status == OPEN else None


_EXAMPLES: dict[str, Fields] = {
    "propose": {
        "title": "psychologists exclude",
        "registers": ["psychologists"],
        "last_day": "2026-12-20",
        "acts": [
            {
                "register_name": "psychologists",
                "entry": "018e0000-0000-7000-8000-000000000001",
                "opens_entry": False,
                "verb": "exclude",
                "act_id": "018e0000-0000-7000-8000-000000000002",
                "decision": {"decided_on": "2026-11-02"},
                "effective_on": "2026-11-02",
                "received_on": None,
                "answers": None,
                "note": None,
                "source": None,
                "expected_version": None,
                "content": {"sitting": {"held_on": "2026-11-02", "minutes": "11"}},
            }
        ],
    },
    "confirm": {"hash": "0f" * 32, "acts": [12]},
    "reject": {"reason": "Sēdes datums neatbilst protokolam."},
    "withdraw": {"reason": None},
}

_N = "proposal"
_OPEN = frozenset({OPEN})
_STATUSES = {
    OPEN: Titles("sagatavots", "open"),
    CONFIRMED: Titles("apstiprināts", "confirmed"),
    REJECTED: Titles("noraidīts", "rejected"),
    WITHDRAWN: Titles("atsaukts", "withdrawn"),
    LAPSED: Titles("nokavēts termiņš", "lapsed"),
}

REGISTER = Register(
    name="proposals",
    titles=Titles("Apstiprināmie lēmumi", "Proposals to be confirmed"),
    content=Proposal,
    kinds=(
        ActKind("propose", f"{_N}.proposed", 1, Titles("Sagatavots apstiprināšanai", "Proposed"),
                Proposal, frozenset({ABSENT}), OPEN, opens=True, evolve=content_replaced, public=False),
        ActKind("confirm", f"{_N}.confirmed", 1, Titles("Apstiprināts", "Confirmed"),
                ProposalConfirmed, _OPEN, CONFIRMED, public=False),
        ActKind("reject", f"{_N}.rejected", 1, Titles("Noraidīts", "Rejected"),
                Rejection, _OPEN, REJECTED, public=False),
        ActKind("withdraw", f"{_N}.withdrawn", 1, Titles("Atsaukts", "Withdrawn"),
                Withdrawal, _OPEN, WITHDRAWN, public=False),
    ),
    statuses=_STATUSES,
    alive=frozenset(_STATUSES),
    not_public=frozenset(_STATUSES),
    name_field="title",
    numbers=numbers_in("proposals"),
    public=False,
    recorded_by="service",
    term=term,
    examples=_EXAMPLES,
)  # fmt: skip

"""Acts under four eyes, in the transaction that records them: proposed by one person, confirmed by another.

Whatever the route, a submission is decided first, with everything that its decision entails. If an act of it needs two
people, it is recorded only together with the confirmation, by another person, of a proposal of exactly these acts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import tuple_row

from domain import proposals
from domain.act import Act, Actor, Decision, Draft
from domain.catalogue import topic_of
from domain.decide import kind_of
from domain.four_eyes import Rule
from domain.proposals import Confirming, ProposalConfirmed, check_closing, check_hash, drafts_of, proposal_of
from domain.refusals import ContentRefused, EntryNotFound, FourEyes, NotUnderFourEyes, UnknownKindOfAct
from domain.timeline import Timeline
from ledger.ledger import ACT_COLUMNS, Ledger
from projections.bindings import pseudonyms_of

REGISTER = proposals.REGISTER
PROPOSED = topic_of(kind_of(REGISTER, "propose"))


class Stored(NamedTuple):
    """The act that opened a proposal, and the SHA-256 of its stored bytes in hexadecimal digits."""

    act: Act
    hash: str


def read_proposals(connection: Connection[Any], ledger: Ledger, wanted: Iterable[UUID]) -> dict[UUID, Stored]:
    """The proposals of these ids, as far as there are any."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"SELECT {ACT_COLUMNS} FROM ledger.events"
        " WHERE originator_id = ANY(%s) AND originator_version = 1 AND topic = %s",
        (list(wanted), PROPOSED),
    )
    found = {}
    for row in rows:
        (act,) = ledger.decoded([row])
        found[act.entry_id] = Stored(act, hashlib.sha256(row[5]).hexdigest())
    return found


class SecondPerson:
    """What needs two people, and whether they are two, in one appending transaction on ``day``."""

    def __init__(
        self, connection: Connection[Any], ledger: Ledger, confirming: Iterable[Confirming], day: date
    ) -> None:
        self._connection, self._catalogue, self._day = connection, ledger.catalogue, day
        self._proposals: dict[UUID, Stored] = {}
        wanted = {asked.proposal for asked in confirming}
        if wanted:
            self._proposals = read_proposals(connection, ledger, wanted)

    def confirmed(self, confirming: Confirming) -> tuple[Draft, ...]:
        """The acts of the proposal that is to be confirmed. Raises EntryNotFound or ContentRefused."""
        return drafts_of(self._stored(confirming).act, self._catalogue)

    def concerned(self, confirming: Confirming) -> tuple[Draft, ...]:
        """The same and the proposal's own entry, to be read at once; that alone where these acts can't be decided."""
        acts: tuple[Draft, ...] = ()
        try:
            acts = self.confirmed(confirming)
        except EntryNotFound:
            return ()
        except ContentRefused:
            pass
        return (*acts, self.confirmation(confirming, ()))

    def rules(self, acts: Iterable[tuple[Timeline, Act]]) -> list[tuple[int, Rule]]:
        """Which of the acts decided, each with its entry's timeline, need two people: its place, and by which rule."""
        found = []
        for index, (timeline, act) in enumerate(acts):
            rule = self._catalogue.four_eyes.of(timeline.register.name, act, timeline.acts, self._day)
            if rule is not None:
                found.append((index, rule))
        return found

    def proposal(self, drafts: Sequence[Draft], rules: Sequence[tuple[int, Rule]]) -> Draft:
        """The act that proposes ``drafts`` under these rules. Raises NotUnderFourEyes if there are none."""
        if not rules:
            raise NotUnderFourEyes(acts=_told((draft.register, draft.verb) for draft in drafts))
        last_day = self._day + timedelta(days=min(rule.days for _, rule in rules))
        ground = "; ".join(sorted({rule.ground for _, rule in rules}))[:1000]
        content = proposal_of(drafts, last_day)
        decision = Decision(decided_on=self._day, legal_ground=ground)
        return Draft(REGISTER.name, uuid4(), "propose", decision, self._day, content, opens_entry=True)

    def check_confirming(self, confirming: Confirming, actor: Actor, proposal: Timeline) -> None:
        """Whether ``actor`` may confirm the proposal, and means this one. Raises ActRefused."""
        stored = self._stored(confirming)
        check_closing(proposal, "confirm", self._day, same_person=self._proposed_by(proposal, actor))
        check_hash(stored.hash, confirming.hash)

    def confirmation(self, confirming: Confirming, acts: Iterable[Act]) -> Draft:
        """The act that confirms the proposal with the acts recorded for it."""
        content = ProposalConfirmed(hash=confirming.hash, acts=tuple(act.position for act in acts))
        decision = Decision(decided_on=self._day)
        return Draft(REGISTER.name, confirming.proposal, "confirm", decision, self._day, content)

    def check_closing(self, draft: Draft, actor: Actor, proposal: Timeline) -> None:
        """Whether ``actor`` may reject or withdraw the proposal as ``draft`` says. Raises ActRefused.

        What records other acts with it, or a proposal itself, is no draft that anyone hands in.
        """
        if draft.verb not in ("reject", "withdraw"):
            raise UnknownKindOfAct(expected="reject, withdraw", met=draft.verb)
        if not proposal.acts:
            raise EntryNotFound(entry=draft.entry_id, register=REGISTER.name)
        check_closing(proposal, draft.verb, self._day, same_person=self._proposed_by(proposal, actor))

    def _stored(self, confirming: Confirming) -> Stored:
        found = self._proposals.get(confirming.proposal)
        if found is None:
            raise EntryNotFound(entry=confirming.proposal, register=REGISTER.name)
        return found

    def _proposed_by(self, proposal: Timeline, actor: Actor) -> bool:
        proposer = next(iter(proposal.acts.values())).payload.actor
        return proposer in pseudonyms_of(self._connection, actor.pseudonym)


def refused_alone(kinds: Sequence[tuple[str, str]], rules: Sequence[tuple[int, Rule]]) -> FourEyes:
    """The refusal of acts (register and kind each) that need two people by ``rules`` and were asked for by one."""
    refusal = FourEyes(acts=_told(kinds[index] for index, _ in rules))
    refusal.act = rules[0][0]
    return refusal


def _told(kinds: Iterable[tuple[str, str]]) -> str:
    return ", ".join(sorted({f"{register} {verb}" for register, verb in kinds}))

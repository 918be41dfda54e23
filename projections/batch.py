"""Several requests decided one after the other and appended in one transaction.

The appending lock is held, so what is read here is the newest there is; decisions are made in memory, and everything
is written at once at the end. A refused request leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.act import Decision, Draft
from domain.catalogue import topic_of
from domain.decide import check_links, decide, kind_of, validated
from domain.erasures import erase
from domain.four_eyes import Rule
from domain.legal_grounds import mismatches
from domain.legal_time import riga_date
from domain.refusals import (
    ActRefused,
    ActsInTheWay,
    DependantsLeft,
    NothingToRecord,
    UnknownRegister,
)
from domain.register import Register
from domain.timeline import Timeline
from ledger.ledger import Ledger
from ledger.recorder import Append, StoredAct
from projections.acts import fact_row
from projections.answers import Answer, Answers, Asked, RecordedAct, answer_to
from projections.entry_states import EntryHistory
from projections.erasing import check_unchanged
from projections.foreseen import linked_by, numbers_in
from projections.four_eyes import REGISTER, SecondPerson, refused_alone
from projections.histories import Histories
from projections.links import Links
from projections.numbers import Numbers, clash_among
from projections.sealing import Persons
from projections.submission import Staged, Submission
from projections.write import write_facts, write_layers, write_rehearsed, write_series, write_states


class Batch:
    """The submissions of one transaction."""

    def __init__(self, append: Append, ledger: Ledger, submissions: Sequence[Submission]) -> None:
        if len(submissions) > 1 and any(submission.erases for submission in submissions):
            raise ValueError("expected an erasure in a transaction of its own, met one beside other submissions")
        self._append, self._ledger = append, ledger
        self._cursor = append.cursor
        self._next_position = append.next_position
        self._acts: list[tuple[StoredAct, tuple[Any, ...]]] = []
        self._touched: dict[UUID, EntryHistory] = {}
        self._erased: list[UUID] = []
        self._numbers = Numbers(append.cursor)
        self._links = Links(append.cursor, ledger.catalogue.registers.values())
        self._answers = Answers(append.cursor, [s.asked for s in submissions if s.asked is not None])
        self._persons = None if ledger.vault is None else Persons(append.cursor, ledger.vault, ledger.catalogue)
        confirming = [s.confirms for s in submissions if s.confirms is not None]
        self._second = SecondPerson(append.cursor.connection, ledger, confirming, riga_date(append.recorded_at))
        drafts = [draft for submission in submissions for draft in submission.drafts]
        drafts += [draft for confirmed in confirming for draft in self._second.concerned(confirmed)]
        self.histories = Histories(append.cursor, ledger)
        self._read(drafts)
        self._look_up_persons(drafts)

    def take(self, submission: Submission) -> list[RecordedAct]:
        """Decide all acts of ``submission``; raises ActRefused, and then nothing of it is recorded."""
        answered = None if submission.asked is None else self._answers.given(submission.asked)
        if answered is not None:
            return answered
        self._check_closing(submission)
        if submission.erases is not None:
            check_unchanged(self._cursor, submission.erases)
        staged = self._by_two(submission, self.settle(submission))
        self.keep(submission, staged)
        return staged.recorded

    def _check_closing(self, submission: Submission) -> None:
        """Check who confirms, rejects or withdraws which proposal. Raises ActRefused."""
        if submission.confirms is not None:
            proposal = self.histories.of(REGISTER, submission.confirms.proposal).timeline
            self._second.check_confirming(submission.confirms, submission.actor, proposal)
        for draft in submission.drafts:
            if draft.register == REGISTER.name:
                proposal = self.histories.of(REGISTER, draft.entry_id).timeline
                self._second.check_closing(draft, submission.actor, proposal)

    def _by_two(self, submission: Submission, staged: Staged) -> Staged:
        """What is recorded of what was decided: a proposal of it, or it with its confirmation. Raises ActRefused."""
        if submission.proposes:
            proposal = self._second.proposal(staged.drafts, self.needs_two(staged))
            return self.settle(replace(submission, drafts=(proposal,), end_dependants=False))
        if submission.confirms is not None:
            confirmation = self._second.confirmation(submission.confirms, [act for _, act, _ in staged.acts])
            staged.recorded.append(self._decide(confirmation, submission, staged))
        else:
            self.check_alone(staged)
        return staged

    def needs_two(self, staged: Staged) -> list[tuple[int, Rule]]:
        """The acts decided that need two people: the place of each, and by which rule."""
        return self._second.rules((staged.timelines[act.entry_id], act) for _, act, _ in staged.acts)

    def check_alone(self, staged: Staged) -> None:
        """Refuse what was decided if an act of it needs two people."""
        rules = self.needs_two(staged)
        if rules:
            raise refused_alone([(draft.register, draft.verb) for draft in staged.drafts], rules)

    def settle(self, submission: Submission) -> Staged:
        """Decide ``submission``, with the ends of dependants if it asks for them, and check it. Raises ActRefused."""
        if submission.confirms is not None:
            submission = replace(submission, drafts=self._second.confirmed(submission.confirms))
        ended = set[UUID]()
        while True:
            staged = self.stage(submission)
            try:
                self.check(submission, staged)
            except DependantsLeft as left:
                ends = self._ends(left, submission.drafts[0].decision) if submission.end_dependants else []
                if not ends or ended & {end.entry_id for end in ends}:
                    raise
                ended |= {end.entry_id for end in ends}
                submission = replace(submission, drafts=(*submission.drafts, *ends))
            else:
                return staged

    def stage(self, submission: Submission) -> Staged:
        """Decide each act of ``submission`` by its own entry alone. Raises ActRefused."""
        if not submission.drafts:
            raise NothingToRecord
        check_links(list(submission.drafts))
        staged = Staged(submission.drafts)
        for index, draft in enumerate(submission.drafts):
            with _telling_which(index):
                staged.recorded.append(self._decide(draft, submission, staged))
        return staged

    def check(self, submission: Submission, staged: Staged) -> None:
        """Check what is decided against other entries: numbers, and what rests on what. Raises ActRefused."""
        last = {draft.entry_id: index for index, draft in enumerate(submission.drafts)}
        self._check_numbers(staged, last)
        self._check_links(staged, last)

    def flush(self) -> None:
        """Write everything that was decided. The caller commits."""
        if not self._acts:
            return
        if self._persons is not None:
            self._persons.write()
            self._persons.destroy(self._erased)
        self._append.insert([stored for stored, _ in self._acts])
        write_facts(self._cursor, [fact for _, fact in self._acts])
        write_layers(self._cursor, self._touched.values())
        write_series(self._cursor, self._numbers.changed)
        self._answers.write()

    def committed(self) -> None:
        """What was flushed is there for all by now."""
        if self._persons is not None:
            self._persons.committed()

    def rehearse(self) -> None:
        """Write what is counted of the acts decided, and of what entries are found by, nothing that others may write.

        Who records the same names, numbers or links would wait until it is known what becomes of these.
        """
        write_facts(self._cursor, [fact for _, fact in self._acts])
        write_states(self._cursor, self._touched.values())
        write_rehearsed(self._cursor, self._touched.values(), self._next_position)

    def _decide(self, draft: Draft, submission: Submission, staged: Staged) -> RecordedAct:
        register = self._register(draft.register)
        history = self.histories.of(register, draft.entry_id)
        draft = self._numbered(register, draft, staged)
        if draft.entry_id in staged.timelines and draft.expected_version == history.timeline.version:
            draft = replace(draft, expected_version=None)  # what the caller saw is without the acts beside this one
        try:
            act, timeline = decide(
                staged.timelines.get(draft.entry_id, history.timeline),
                draft,
                submission.actor,
                position=self._next_position + len(staged.acts),
                recorded_at=self._append.recorded_at,
                correlation_id=submission.correlation_id,
            )
        except ActsInTheWay as refusal:
            raise refusal.without_positions_from(self._next_position) from None
        passed_over = self._numbers.note(register, act, staged.numbers)
        staged.timelines[draft.entry_id] = timeline
        content = timeline.state_made_by(act).content
        staged.acts.append((history, act, content))
        number = content.get(register.number_field)
        warnings = (*register.warnings_about(act.stated), *passed_over, *mismatches(register.name, draft.decision))
        return RecordedAct(act.position, act.recorded_at, register.name, act.entry_id, number, act.version, warnings)

    def keep(self, submission: Submission, staged: Staged) -> None:
        """Take over what was decided and checked. Raises ContentRefused, and then nothing was taken over."""
        answer = None if submission.asked is None else self._committed_to(submission.asked, staged)
        for (history, act, _), state in zip(staged.acts, self._encoded(staged), strict=True):
            kept = self._ledger.catalogue.decode(
                topic_of(act.kind),
                state,
                position=act.position,
                recorded_at=act.recorded_at,
                entry_id=act.entry_id,
                version=act.version,
                vault=self._persons,
            )
            history.add(kept)
            if kept.kind is erase:
                self._erased += map(UUID, kept.fields["subjects"])
            self._touched[history.entry_id] = history
            stored = StoredAct(act.entry_id, act.version, topic_of(act.kind), state, act.payload.actor)
            self._acts.append((stored, fact_row(history, kept)))
        if answer is not None:
            self._answers.keep(answer)
        self._next_position += len(staged.acts)
        self._numbers.keep(staged.numbers, staged.timelines.items())
        self._links.keep(staged.timelines.items())

    def _committed_to(self, asked: Asked, staged: Staged) -> Answer:
        """What is answered; the first act whose id nobody chose is given one that commits to it."""
        free = [nth for nth, draft in enumerate(staged.drafts) if draft.act_id is None]
        free += range(len(staged.drafts), len(staged.acts))
        if not free:
            raise ValueError("submission: expected an act without an id where a key is brought, met ids in all")
        history, act, content = staged.acts[free[0]]
        answer = answer_to(asked, staged.recorded, act.position)
        payload = act.payload.model_copy(update={"act_id": answer.committed_id})
        staged.acts[free[0]] = (history, act._replace(payload=payload), content)
        return answer

    def _encoded(self, staged: Staged) -> list[bytes]:
        """The bytes that are stored of each act, the values of persons sealed."""
        encoded = []
        for index, (history, act, content) in enumerate(staged.acts):
            seal = None if self._persons is None else self._persons.sealing(history.register, act, content)
            with _telling_which(index):
                encoded.append(self._ledger.catalogue.encode(act, seal))
        return encoded

    def _read(self, drafts: Sequence[Draft]) -> None:
        """Read at once the entries that ``drafts`` are about, rest on, or take a number from."""
        catalogue = self._ledger.catalogue
        self.histories.read(draft.entry_id for draft in drafts)
        for space, numbers in numbers_in(catalogue, drafts).items():
            self.histories.read(self._numbers.holders(space, numbers))
        self.histories.read(linked_by(catalogue, drafts) | self.histories.rested_on())

    def _look_up_persons(self, drafts: Iterable[Draft]) -> None:
        if self._persons is not None:
            registers = self._ledger.catalogue.registers
            self._persons.look_up([(registers[d.register], d) for d in drafts if d.register in registers])

    def _ends(self, left: DependantsLeft, decision: Decision) -> list[Draft]:
        """The acts by which the dependants end on the day on which they would be left; none if one can't end so."""
        drafts = []
        for dependant in left.dependants:
            register = self._ledger.catalogue.registers[dependant.register]
            if register.ends_with is None:
                return []
            verb, fields = register.ends_with
            content = validated(kind_of(register, verb).content, fields)
            drafts.append(Draft(register.name, dependant.entry, verb, decision, dependant.first, content))
        return drafts

    def _numbered(self, register: Register, draft: Draft, staged: Staged) -> Draft:
        """``draft`` with a registration number, given if it brings none."""
        field_name = register.number_field
        if field_name not in type(draft.content).model_fields or getattr(draft.content, field_name) is not None:
            return draft
        number = self._numbers.give(register, draft.content.model_dump(mode="json"), staged.numbers)
        return replace(draft, content=draft.content.model_copy(update={field_name: number}))

    def _check_links(self, staged: Staged, last: dict[UUID, int]) -> None:
        def now(entry_id: UUID) -> Timeline | None:
            return staged.timelines.get(entry_id) or self.histories.known(entry_id)

        for entry_id, timeline in staged.timelines.items():
            with _telling_which(last[entry_id]):
                self._links.check_support(timeline, self.histories.timeline(entry_id), now, self.histories.known)
                self._links.check_limits(entry_id, timeline, now)
                self._links.check_dependants(entry_id, timeline, now, self.histories.known)

    def _check_numbers(self, staged: Staged, last: dict[UUID, int]) -> None:
        def other(entry_id: UUID) -> Timeline:
            return staged.timelines.get(entry_id) or self.histories.known(entry_id) or self.histories.timeline(entry_id)

        for entry_id, timeline in staged.timelines.items():
            with _telling_which(last[entry_id]):
                self._numbers.check_free(entry_id, timeline, self.histories.timeline(entry_id), other)
        clash = clash_among(staged.timelines)
        if clash is not None:
            with _telling_which(last[clash.entry]):
                raise clash.refusal

    def _register(self, name: str) -> Register:
        registers = self._ledger.catalogue.registers
        if name not in registers:
            raise UnknownRegister(expected=", ".join(registers), met=name)
        return registers[name]


@contextmanager
def _telling_which(index: int) -> Iterator[None]:
    """A refusal in this block concerns the submission's act at ``index``."""
    try:
        yield
    except ActRefused as refusal:
        refusal.act = index
        raise

"""Why an act is not taken. One exception per refusal; the message says what was expected and what was met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.links import Dependant
from domain.timeline import Obstacle


class ActRefused(Exception):
    """An act that the register does not take. Nothing is recorded.

    ``message`` is a template in English, translated by the interface; ``values`` fill it. ``act`` is the place of the
    act concerned among those asked for together, from 0, where it is known.
    """

    message = "the act was refused"
    act: int | None = None

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.message.format(**values))


class UnknownRegister(ActRefused):
    message = "register: expected one of {expected}, met {met}"


class UnknownKindOfAct(ActRefused):
    message = "kind: expected one of {expected}, met {met}"


class EntryNotFound(ActRefused):
    message = "no entry {entry} in register {register}"


class EntryExists(ActRefused):
    message = "entry {entry} exists already"


class NotAFirstAct(ActRefused):
    message = "kind: expected an act that can begin an entry ({expected}), met {met}"


class TargetNotFound(ActRefused):
    message = "target: expected the position of an act of this entry, met {target}"


class TargetNotCorrectable(ActRefused):
    message = "target: expected an act with content of its own, met the {verb} at position {target}"


class TargetAlreadyAnnulled(ActRefused):
    message = "target: the act at position {target} is annulled already"


class ContentRefused(ActRefused):
    """Content that does not fit its kind of act; ``problems`` are (field, message) pairs."""

    message = "content: {summary}"

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__(summary="; ".join(f"{field}: {problem}" for field, problem in problems))


class EffectiveDateOfCorrection(ActRefused):
    message = "effective_on: expected {expected}, the effective date of the act corrected, met {met}"


class AnswersNoApplication(ActRefused):
    message = "answers: expected the position of an application received for this entry, met {met}"


class ActsInTheWay(ActRefused):
    """The entry's timeline would not stay lawful; ``obstacles`` are the acts in the way, the new one last."""

    message = "the act does not fit the entry's timeline: {summary}"
    OBSTACLE = "{kind} at position {position} effective {effective_on}: {reason}"
    ASKED_FOR = "{kind} as asked for, effective {effective_on}: {reason}"

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__(
            summary="; ".join(self.template_of(o.position).format(kind=o.verb, **o._asdict()) for o in obstacles)
        )

    def without_positions_from(self, first: int) -> ActsInTheWay:
        """The same, where acts from the position ``first`` on are only asked for."""
        return ActsInTheWay([
            obstacle._replace(position=None) if obstacle.position is not None and obstacle.position >= first
            else obstacle for obstacle in self.obstacles
        ])  # fmt: skip

    def template_of(self, position: int | None) -> str:
        """What tells of the act at ``position``, or of the one asked for."""
        return self.ASKED_FOR if position is None else self.OBSTACLE


class NumberTaken(ActRefused):
    message = "registration_number: {number} is taken by entry {entry} from {first} until {end}"


class NumberNotGiven(ActRefused):
    message = "registration_number: expected a number, or territory, type and founder_class to give one; met neither"


class SeriesExhausted(ActRefused):
    message = "registration_number: series {series} has no number left"


class LinksNotMutual(ActRefused):
    message = (
        "successors and predecessors: entry {entry} names {other}, expected {other} to name it in the same decision"
    )


class LinksCorrected(ActRefused):
    message = (
        "content.{field}: expected the entries linked now ({expected}), met {met}: links are changed by a decision"
        " about all entries they name"
    )


class RestsOnNothing(ActRefused):
    """An entry would be alive on a day on which an entry it rests on is not there."""

    message = (
        "content.{field}: expected an entry of register {register} that is {expected} from {first} on,"
        " met {target}: {met}"
    )


class TooManyRest(ActRefused):
    """More entries would rest on one than the law has it."""

    message = "content.{link}: expected at most {most} ({counted}) that rest on {target} on any day, met more on {day}"


class DependantsLeft(ActRefused):
    """Entries that rest on the one concerned would be left without it; ``dependants`` are these."""

    message = "expected the ends of {count} entries that rest on this one, in the same decision: {summary}"
    DEPENDANT = "{register} {entry} from {first} on"
    SHOWN = 10

    def __init__(self, dependants: Sequence[Dependant]) -> None:
        self.dependants = tuple(dependants)
        shown = [self.DEPENDANT.format(**dependant._asdict()) for dependant in self.dependants[: self.SHOWN]]
        super().__init__(count=len(self.dependants), summary="; ".join(shown))


class StaleVersion(ActRefused):
    message = "the entry has version {met}, expected {expected}: it was changed in the meantime"


class KeyUsedForAnotherRequest(ActRefused):
    message = "Idempotency-Key: {key} was used for another request"


class PersonActedOn(ActRefused):
    """Those to be erased are told of in an act that was recorded since it was found out what there is of them."""

    message = "the act at position {position}, recorded meanwhile, may tell of who is to be erased: repeat the request"


class NothingToRecord(ActRefused):
    message = "acts: expected at least one act, met none"


class FourEyes(ActRefused):
    """Acts that one person prepares and another confirms, asked for by one alone; ``act`` is the first of them."""

    message = (
        "expected the confirmation of a second person for {acts}: ask with propose=true, and another person confirms"
        " the proposal"
    )


class NotUnderFourEyes(ActRefused):
    message = "expected an act that a second person has to confirm, met {acts}: ask for it without propose=true"


class ProposalClosed(ActRefused):
    message = "expected an open proposal, met one that is {met}"


class ProposalChanged(ActRefused):
    message = "hash: expected {expected}, that of the proposal, met {met}"


class SamePerson(ActRefused):
    message = "expected another person than the one who proposed the acts, met the same"


class NotTheProposer(ActRefused):
    message = "expected the person who proposed the acts, met another"

"""Why a field of an entry has the value it has on a day: the act that made it, and why competing acts did not.

The order of effect (``domain/timeline.py``) decides: of the acts in force that state the field, the last by (effective
date, position) wins. Acts recorded after the moment asked about are told of as well, so that what is known since shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from domain.act import Act
from domain.register import ABSENT, AT_REST, Register, State
from domain.timeline import Applied, Timeline

STATUS = "status"


class Rule(str, Enum):  # noqa: UP042 - its members are written into answers as they are
    """What gave a field its value."""

    ORDER = "order_of_effect"
    TERM = "term_ended"
    ANNULMENT = "annulled"
    NOTHING = "no_act"


class Fate(str, Enum):  # noqa: UP042
    """What became of an act's word, or of a correction's, about a field on a day."""

    WINS = "wins"
    OVERTAKEN = "overtaken"
    LATER = "takes_effect_later"
    ANNULLED = "annulled"
    RESTS = "rests_with_annulled"
    CORRECTED = "corrected"
    NOT_APPLICABLE = "does_not_apply"
    UNCHANGED = "changes_nothing"
    NOT_KNOWN = "not_yet_known"


class Version(NamedTuple):
    """What an act said of the field when it was recorded, or a correction of it; ``by`` is the act that undid it."""

    act: Act
    said: Any
    fate: Fate
    by: int | None


class Word(NamedTuple):
    """An act that states the field, and what became of that; ``versions`` are its corrections, the oldest first."""

    act: Act
    said: Any
    fate: Fate
    by: int | None
    versions: tuple[Version, ...]


class Explanation(NamedTuple):
    """The value of ``field`` and why: ``winner`` made it by ``rule``; ``others`` state it too, and lost.

    Of ``Rule.TERM``, ``last_day`` is the last day of the term that ended by itself.
    """

    field: str
    value: Any
    rule: Rule
    last_day: date | None
    winner: Word | None
    others: tuple[Word, ...]


class _Missing(Enum):
    MISSING = "missing"


MISSING = _Missing.MISSING
"""The value of a field that an entry does not have."""


def value_in(state: State, path: str) -> Any:
    """The value at ``path`` (``status``, a field, or a dotted path into one) of a state, or MISSING."""
    return state.status if path == STATUS else _at(state.content, path)


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list | tuple) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def states(step: Applied, path: str) -> bool:
    """Whether ``step`` decides what is at ``path``: it leaves another value than it met, or says the one it leaves."""
    if not _applies(step):
        return False
    after = value_in(step.state, path)
    if after != value_in(step.met, path):
        return True
    if path == STATUS:
        return step.act.kind.gives is not None or step.removed
    says_so = any(_at(said, path) == after is not MISSING for said in (step.fields, step.fields.get("changes")))
    return says_so and not _keeps(step, path.partition(".")[0])


def _keeps(step: Applied, field: str) -> bool:
    """Whether the act would leave in ``field`` whatever it met there, though it names the field."""
    content = step.act.kind.evolve({**step.met.content, field: _ANY}, step.fields, step.act.payload)
    return content.get(field) == _ANY


_ANY = [MISSING]
"""Stands for any value met; a list, so that acts that add to what they meet can."""


def _applies(step: Applied) -> bool:
    kind = step.act.kind
    if step.removed:
        return step.met.status in kind.meets | AT_REST
    return step.met.status in kind.meets and (kind.opens or step.met.status not in AT_REST)


class _Said(NamedTuple):
    """What an act, or a correction of it, left at a path when it was recorded, and whether it decided that."""

    act: Act
    value: Any
    decides: bool


class Explaining:
    """Explains fields of one entry on ``day``, as known at ``known_at``; ``acts`` are all its acts there are by now."""

    def __init__(self, register: Register, acts: Sequence[Act], day: date, known_at: int) -> None:
        self._register, self._acts, self._day, self._known_at = register, acts, day, known_at
        self._timeline = Timeline(register, (act for act in acts if act.position <= known_at))
        self._steps = self._timeline.applied_on(day)
        self._recorded = list(_as_recorded(register, acts))

    @property
    def state(self) -> State:
        """The state that is explained."""
        return self._timeline.state_on(self._day)

    def field(self, path: str) -> Explanation:
        """Why ``path`` has its value."""
        deciding = [step for step in self._steps if states(step, path)]
        winner = deciding[-1] if deciding else None
        words = list(self._words(path, deciding))
        won = next((word for word in words if word.fate is Fate.WINS), None)
        others = tuple(word for word in words if word is not won)
        if winner is None:
            return Explanation(path, ABSENT if path == STATUS else MISSING, Rule.NOTHING, None, None, others)
        value = value_in(winner.state, path)
        ended = self._term_ended(winner) if path == STATUS and not winner.removed else None
        if ended is not None:
            last_day, status = ended
            return Explanation(path, status, Rule.TERM, last_day, won, others)
        rule = Rule.ANNULMENT if winner.removed else Rule.ORDER
        return Explanation(path, value, rule, None, won, others)

    def fields(self) -> list[str]:
        """The status, and what the entry holds on the day, in the register's order."""
        return [STATUS, *self._register.field_order(self.state.content)]

    def _term_ended(self, winner: Applied) -> tuple[date, str] | None:
        """The term that has ended since the status was last given."""
        since = [step for step in self._steps if step.act.position == winner.act.position or _after(step, winner)]
        ends = [step.act.effective_on for step in since[1:]] + [self._day]
        for step, end in zip(since, ends, strict=True):
            term = self._register.term(step.state)
            if term is not None and term.last_day < end:
                return term.last_day, term.status
        return None

    def _words(self, path: str, deciding: Sequence[Applied]) -> Iterable[Word]:
        order = [step.act.position for step in deciding]
        said: dict[int, list[_Said]] = {}
        for act, step in self._recorded:
            target = act.position if act.kind.effect == "state" else act.fields["target"]
            said.setdefault(target, []).append(_Said(act, value_in(step.state, path), states(step, path)))
        for position, (original, *corrections) in sorted(said.items()):
            if not (position in order or original.decides or any(each.decides for each in corrections)):
                continue
            versions = tuple(self._version(each, corrections) for each in corrections)
            in_force = next((v for v in reversed(versions) if v.fate is Fate.WINS), None)
            fate, by = self._fate(original.act, order, in_force)
            yield Word(original.act, _shown(original.value), fate, by, versions)

    def _version(self, correction: _Said, all_of_them: Sequence[_Said]) -> Version:
        act = correction.act
        annulment = self._timeline.removed_by(act.position, self._day)
        newer = [
            other.act.position
            for other in all_of_them
            if act.position < other.act.position <= self._known_at
            and not self._timeline.is_annulled(other.act.position, self._day)
        ]
        fate, by = Fate.WINS, None
        if act.position > self._known_at:
            fate = Fate.NOT_KNOWN
        elif annulment is not None:
            fate, by = Fate.ANNULLED, annulment.position
        elif newer:
            fate, by = Fate.CORRECTED, newer[-1]
        return Version(act, _shown(correction.value), fate, by)

    def _fate(self, act: Act, order: Sequence[int], in_force: Version | None) -> tuple[Fate, int | None]:
        if act.position > self._known_at:
            return Fate.NOT_KNOWN, None
        if order and act.position == order[-1]:
            return Fate.WINS, None
        if act.effective_on > self._day:
            return Fate.LATER, None
        annulment = self._timeline.removed_by(act.position, self._day)
        if annulment is not None:
            return Fate.ANNULLED, annulment.position
        if act.position in order:
            return Fate.OVERTAKEN, order[order.index(act.position) + 1]
        step = next(step for step in self._steps if step.act.position == act.position)
        if step.met.status in AT_REST and not act.kind.opens:
            return Fate.RESTS, self._opener_annulled_by(step)
        if not _applies(step):
            return Fate.NOT_APPLICABLE, None
        return (Fate.UNCHANGED, None) if in_force is None else (Fate.CORRECTED, in_force.act.position)

    def _opener_annulled_by(self, resting: Applied) -> int | None:
        openers = [step for step in self._steps if step.removed and _after(resting, step)]
        annulment = self._timeline.removed_by(openers[-1].act.position, self._day) if openers else None
        return None if annulment is None else annulment.position


def _after(step: Applied, other: Applied) -> bool:
    return (step.act.effective_on, step.act.position) > (other.act.effective_on, other.act.position)


def _shown(value: Any) -> Any:
    return None if value is MISSING else value


def _as_recorded(register: Register, acts: Sequence[Act]) -> Iterable[tuple[Act, Applied]]:
    """Each act that states content, and each correction, with its step in the fold as it was when it was recorded."""
    growing = Timeline(register)
    for act in acts:
        growing.add(act)
        if act.kind.effect == "annuls":
            continue
        target = act if act.kind.effect == "state" else growing.acts[act.fields["target"]]
        steps = growing.applied_on(target.effective_on)
        found = next((step for step in steps if step.act.position == target.position), None)
        yield act, found or _alone(act, target)


def _alone(act: Act, target: Act) -> Applied:
    """What a correction says of an act that is annulled and so in no fold: as if that had met nothing."""
    fields, status = act.stated, min(target.kind.meets)
    return Applied(target, fields, False, State(status, {}), State(target.kind.gives or status, fields))

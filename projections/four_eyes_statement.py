"""The statement of a month: how many of the acts that need two people had two, read from the ledger itself.

Nothing that decides takes part in it: which acts there are, what was proposed and who confirmed is told by the stored
events alone, and who is one person by all bindings known now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.act import Act
from domain.four_eyes import Rule
from domain.legal_time import end_of_riga_day, riga_date
from domain.register import Register
from ledger.ledger import ACT_COLUMNS, Ledger
from projections.bindings import pseudonyms_of
from projections.four_eyes import Stored, read_proposals


class ByTwo(NamedTuple):
    """An act that needs two people, and the positions of the proposal and of the confirmation that led to it.

    Both are None where nothing in the ledger shows that another person confirmed just this act.
    """

    position: int
    proposal: int | None
    confirmation: int | None


@dataclass(slots=True)
class Line:
    """A register's kind of act under a rule in the month, and the acts of it recorded in that month."""

    register: str
    verb: str
    acts: list[ByTwo] = field(default_factory=list)

    @property
    def by_two(self) -> int:
        """How many of the acts had two people."""
        return sum(act.confirmation is not None for act in self.acts)


def statement_of(connection: Connection[Any], ledger: Ledger, first: date, last: date, upto: int) -> list[Line]:
    """The lines of the days from ``first`` to ``last`` (Europe/Riga), as far as positions up to ``upto`` go.

    Every rule in force on one of the days has its line; a kind that only annuls or corrects has one where there are
    acts.
    """
    rules = [rule for rule in ledger.catalogue.four_eyes.all if rule.first <= last and first < rule.end]
    lines = {(rule.register, rule.verb): Line(rule.register, rule.verb) for rule in rules}
    acts = list(_acts_under(connection, ledger, rules, first, last, upto))
    told = _Evidence(connection, ledger, {act.payload.correlation_id for _, act in acts})
    for register, act in acts:
        line = lines.setdefault((register, act.kind.verb), Line(register, act.kind.verb))
        line.acts.append(told.of(act))
    return [lines[key] for key in sorted(lines)]


def _acts_under(
    connection: Connection[Any], ledger: Ledger, rules: Sequence[Rule], first: date, last: date, upto: int
) -> Iterator[tuple[str, Act]]:
    """(register, act) of each act recorded on these days that needed two people, in the order of the ledger."""
    registers = [ledger.catalogue.registers[name] for name in sorted({rule.register for rule in rules})]
    verbs = {(rule.register, rule.verb) for rule in rules}
    topics = [topic for register in registers for topic in _topics(register, verbs)]
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"SELECT {ACT_COLUMNS} FROM ledger.events"
        " WHERE topic = ANY(%s) AND recorded_at >= %s AND recorded_at < %s AND notification_id <= %s"
        " ORDER BY notification_id",
        (topics, end_of_riga_day(first - timedelta(days=1)), end_of_riga_day(last), upto + 1),
    )
    acts = list(ledger.decoded(rows))
    histories = ledger.acts_of(connection, [act.entry_id for act in acts if act.kind.effect != "state"])
    for act in acts:
        others = {other.position: other for other in histories.get(act.entry_id, ())}
        register = act.payload.register_name
        if ledger.catalogue.four_eyes.of(register, act, others, riga_date(act.recorded_at)) is not None:
            yield register, act


def _topics(register: Register, verbs: set[tuple[str, str]]) -> list[str]:
    return [
        f"{kind.event}:{version}"
        for kind in register.kinds
        if (register.name, kind.verb) in verbs or kind.effect != "state"
        for version in range(1, kind.version + 1)
    ]


class _Evidence:
    """What the ledger holds of the proposals of these ids."""

    def __init__(self, connection: Connection[Any], ledger: Ledger, proposals: set[UUID]) -> None:
        self._connection = connection
        self._opened = read_proposals(connection, ledger, proposals)
        self._acts = ledger.acts_of(connection, list(self._opened))

    def of(self, act: Act) -> ByTwo:
        """The positions that show that ``act`` had two people."""
        opened = self._opened.get(act.payload.correlation_id)
        confirmation = None if opened is None else self._confirmation(opened, act)
        if opened is None or confirmation is None:
            return ByTwo(act.position, None, None)
        return ByTwo(act.position, opened.act.position, confirmation.position)

    def _confirmation(self, opened: Stored, act: Act) -> Act | None:
        """The confirmation of ``opened`` that ``act`` was recorded with, by whom it names, and who did not propose."""
        proposed = {(each["act_id"], each["entry"], each["verb"]) for each in opened.act.fields["acts"]}
        if (str(act.payload.act_id), str(act.entry_id), act.kind.verb) not in proposed:
            return None
        for closing in self._acts[opened.act.entry_id]:
            if (
                closing.kind.verb == "confirm"
                and act.position in closing.fields["acts"]
                and closing.fields["hash"] == opened.hash
                and closing.payload.actor == act.payload.actor
                and opened.act.payload.actor not in pseudonyms_of(self._connection, closing.payload.actor)
            ):
                return closing
        return None

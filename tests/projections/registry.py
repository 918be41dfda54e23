"""A register's office for tests: recording the acts of decisions, in a word each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from psycopg import Connection

from domain.act import Decision, Draft
from domain.catalogue import Catalogue
from domain.decide import kind_of, validated
from ledger.database import Database
from ledger.ledger import Ledger
from ledger.recorder import head
from projections.answers import RecordedAct
from projections.moment import KnownAt
from projections.recording import Recording
from projections.statistics import yearly_statistics
from projections.submission import Submission
from tests.domain.story import OFFICER, USUAL
from tests.two_people import record_by_two

MARCH = date(2020, 3, 2)


class Asked(NamedTuple):
    """An act of a decision: a new entry is begun where none is named."""

    verb: str
    entry: UUID | None = None
    content: dict[str, Any] = {}  # noqa: RUF012
    register: str = "institutions"
    effective_on: date | None = None


class Registry:
    """Records decisions, and answers what the statistics then say."""

    def __init__(self, database: Database, catalogue: Catalogue, recording: Recording) -> None:
        self.database, self.catalogue, self.recording = database, catalogue, recording

    def decide(
        self, *asked: Asked, number: str | None = None, on: date = MARCH, written: bool = False
    ) -> list[RecordedAct]:
        """One decision of that number and day, and its acts."""
        decision = Decision(decided_on=on, number=number, form="written" if written else "entry")
        drafts = tuple(self._draft(act, decision) for act in asked)
        submission = Submission(drafts, OFFICER, uuid4())
        return record_by_two(self.recording, self.database, Ledger(self.catalogue), submission)

    def register(self, how_many: int = 1, on: date = MARCH, number: str | None = None, **content: Any) -> list[UUID]:
        """Register new institutions by one decision."""
        acts = [Asked("register", content=content) for _ in range(how_many)]
        return [act.entry for act in self.decide(*acts, number=number, on=on)]

    def strike_off(self, *entries: UUID, number: str | None = None, on: date = MARCH) -> list[RecordedAct]:
        """Strike institutions off by one decision."""
        acts = [Asked("strike_off", entry, {"basis": "liquidation"}) for entry in entries]
        return self.decide(*acts, number=number, on=on)

    def values(self, year: int = 2020, position: int | None = None) -> dict[str, int]:
        """Every figure of the year that is not 0, as known at ``position`` or now."""
        with self.connection() as connection:
            known = KnownAt(head(connection).position if position is None else position, None)
            cells = yearly_statistics(connection, year, known).cells()
        return {figure: cell.value for figure, cell in cells.items() if cell.value}

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """One of the service's connections."""
        with self.database.pool.connection() as connection:
            yield connection

    def _draft(self, asked: Asked, decision: Decision) -> Draft:
        register = self.catalogue.registers[asked.register]
        content = dict(asked.content)
        if asked.verb == "register":
            content = {**USUAL[asked.register], **content}
        return Draft(
            register.name,
            asked.entry or uuid4(),
            asked.verb,
            decision,
            asked.effective_on or decision.decided_on,
            validated(kind_of(register, asked.verb).content, content),
            opens_entry=asked.entry is None,
        )

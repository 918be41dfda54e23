"""Recording the reconstruction: through the same door as everyone, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from domain.act import Act, Actor
from domain.catalogue import Catalogue
from domain.latvian_text import sort_key
from domain.legal_time import riga_date
from domain.proposals import Confirming
from domain.refusals import FourEyes
from ledger.database import Database
from ledger.ledger import Ledger
from projections.answers import IdempotencyKey, RecordedAct
from projections.four_eyes import read_proposals
from projections.recording import LARGEST_BATCH, Recording
from projections.submission import Submission
from replay.reconstruction import (
    accreditations,
    childcare_providers,
    head_evaluations,
    institutions,
    monitoring_returns,
    practice_certificates,
    programme_licences,
    psychologists,
    qualifications,
    scientific_institutions,
    supervision_cases,
    teaching_permits,
)
from replay.reconstruction.institutions import institutions_of_2020
from replay.reconstruction.plan import NAMESPACE, Step
from replay.viis import HEADER, MARK, read_lines, write_line
from replay.viis_import import Importer

EXPORT = Path(__file__).parent.parent / "data" / "viis-2020" / "institutions.txt"
OPENING_DAY = date(2019, 12, 31)
ACTOR = Actor("reconstruction", "import")
SECOND = Actor("reconstruction-confirmed", "import")
"""Who confirms what needs two people. Both are invented, as the acts are."""
ORIGIN = "Rekonstrukcija 2019-12-31, VIIS"

_OTHERS = (
    scientific_institutions,
    childcare_providers,
    head_evaluations,
    psychologists,
    programme_licences,
    qualifications,
    supervision_cases,
    monitoring_returns,
    accreditations,
    practice_certificates,
    teaching_permits,
)
"""The other registers, each after those that its entries rest on."""

Progress = Callable[[int, int], None]
"""Called with (acts recorded, acts in all)."""


_TURN = 7234017283807667312
"""The advisory lock of whoever records the reconstruction: a second run at the same time waits, then finds it done."""


class LedgerOfOthers(Exception):
    """The ledger was begun by others: invented acts have no place among theirs."""

    def __init__(self, first: Act) -> None:
        super().__init__(
            "expected an empty ledger or one that the reconstruction began, met one whose first act"
            f" ({first.kind.verb}, {first.payload.register_name}, recorded {first.recorded_at:%Y-%m-%d}) is another's;"
            " nothing was recorded"
        )


def reconstruct_2020(recording: Recording, database: Database, catalogue: Catalogue, progress: Progress) -> int:
    """Record what of the reconstruction is not recorded yet; returns how many acts that were.

    Stopped at any moment and run again, it goes on; each act is recorded once. Raises LedgerOfOthers.
    """
    with _turn(database):
        return _reconstruct(recording, database, catalogue, progress)


@contextmanager
def _turn(database: Database) -> Iterator[None]:
    with database.pool.connection() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_TURN,))
        try:
            yield
        finally:
            if not connection.broken:
                connection.execute("SELECT pg_advisory_unlock(%s)", (_TURN,))


def _reconstruct(recording: Recording, database: Database, catalogue: Catalogue, progress: Progress) -> int:
    _refuse_if_others_began(database, catalogue)
    year = institutions_of_2020([line.content for line in read_lines(EXPORT.read_bytes()) if line.content is not None])
    opening = viis_file(year.opening)
    wanted = [*institutions.steps(year), *(step for module in _OTHERS for step in module.steps(year))]
    total = len(year.opening) + sum(len(step.acts) for step in wanted)
    importer = Importer(recording, database, catalogue, ACTOR, ORIGIN)
    imported = importer.import_viis(
        opening, effective_on=OPENING_DAY, strict=False, progress=lambda done, _: progress(done, total)
    )
    positions = _recorded(database)
    missing = [step for step in wanted if step.act_id(0) not in positions]
    done = total - sum(len(step.acts) for step in missing)
    recorded = imported.recorded
    for together in _groups(missing):
        acts = _Recorder(recording, database, catalogue).record(together, positions)
        recorded, done = recorded + acts, done + acts
        progress(done, total)
    return recorded


def viis_file(contents: list[dict[str, Any]]) -> bytes:
    """An export of these institutions, in the order an export has."""
    ordered = sorted(contents, key=lambda content: (sort_key(content["name"]), content["registration_number"]))
    return "".join([f"{MARK}{HEADER}\n", *(f"{write_line(content)}\n" for content in ordered)]).encode()


def _refuse_if_others_began(database: Database, catalogue: Catalogue) -> None:
    """Nobody else acts under the reconstruction's name, and what is first stays first whoever records on top of it."""
    with database.pool.connection() as connection:
        for first in Ledger(catalogue).acts_at(connection, [0]):
            if first.payload.actor != ACTOR.pseudonym:
                raise LedgerOfOthers(first)


def _recorded(database: Database) -> dict[UUID, int]:
    with database.pool.connection() as connection:
        rows = connection.execute(
            "SELECT act_id, position FROM acts WHERE actor = ANY(%s)", ([ACTOR.pseudonym, SECOND.pseudonym],)
        ).fetchall()
    return {row["act_id"]: row["position"] for row in rows}


def _groups(steps: list[Step]) -> Iterator[list[Step]]:
    """``steps`` in their order, so many together as can be asked for before any of them is answered."""
    together: list[Step] = []
    asked_for = set[UUID]()
    for step in steps:
        if len(together) == LARGEST_BATCH or any({act.answers, act.target} & asked_for for act in step.acts):
            yield together
            together, asked_for = [], set()
        together.append(step)
        asked_for |= {step.act_id(n) for n in range(len(step.acts))}
    if together:
        yield together


@dataclass(frozen=True, slots=True)
class _Recorder:
    recording: Recording
    database: Database
    catalogue: Catalogue

    def record(self, steps: list[Step], positions: dict[UUID, int]) -> int:
        """Record each step by itself, one after the other; returns how many acts these are."""
        asked = [self._submission(step, positions) for step in steps]
        answers = [self.recording.submit(submission) for submission in asked]
        for step, submission, answer in zip(steps, asked, answers, strict=True):
            try:
                acts = answer.result()
            except FourEyes:
                acts = self._by_two(step, submission)
            positions |= {step.act_id(index): act.position for index, act in enumerate(acts)}
        return sum(len(step.acts) for step in steps)

    def _submission(self, step: Step, positions: dict[UUID, int]) -> Submission:
        drafts = step.drafts(self.catalogue, positions)
        return Submission(drafts, ACTOR, uuid5(NAMESPACE, step.key))

    def _by_two(self, step: Step, submission: Submission) -> list[RecordedAct]:
        """The acts of ``step``, proposed and confirmed today: a proposal left behind earlier may have lapsed."""
        today = riga_date(datetime.now(UTC))
        proposing = replace(submission, proposes=True, idempotency=_key(f"{step.key} proposed {today}"))
        (proposed,) = self.recording.record(proposing)
        with self.database.pool.connection() as connection:
            stored = read_proposals(connection, Ledger(self.catalogue), [proposed.entry])[proposed.entry]
        confirming = Confirming(proposed.entry, stored.hash)
        key = _key(f"{step.key} confirmed")
        return self.recording.record(Submission((), SECOND, proposed.entry, key, confirms=confirming))[:-1]


def _key(text: str) -> IdempotencyKey:
    """It keeps a second run at the same time from recording the same again."""
    return IdempotencyKey(text, hashlib.sha256(text.encode()).digest())

"""Importing a VIIS export: one act per institution, its line kept as the act's source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

from domain.act import Actor, Decision, Draft
from domain.catalogue import Catalogue
from domain.decide import kind_of, validated
from domain.refusals import ActRefused, ContentRefused
from ledger.database import Database
from projections.recording import Recording
from projections.submission import Submission
from replay.viis import Line, read_lines

NAMESPACE = UUID("5d1b0f1e-8a76-5c52-9d3a-0b6f1c1d7a43")
"""In which an imported institution's entry id is derived from its number, so that it is imported once."""
AT_ONCE = 100
LONGEST_SOURCE = 8_000
"""Characters; an act keeps no longer source."""
VERB = "import"

Progress = Callable[[int, int], None]
"""Called with (lines done, lines in all)."""


class LeftOut(NamedTuple):
    """A line that was not imported: its number (the header is line 1), its text, and why."""

    number: int
    text: str
    reason: str


class Warned(NamedTuple):
    """A line with something that does not fit the usual form, though it was no reason to leave it out."""

    number: int
    warning: str


@dataclass(slots=True)
class ImportResult:
    """How many institutions were recorded now, how many were there already, the lines left out, and warnings.

    Warnings are about every line not left out, also those there already: a stopped import tells all in the end.
    """

    recorded: int = 0
    already_there: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)


class _Wanted(NamedTuple):
    line: Line
    draft: Draft


@dataclass(frozen=True, slots=True)
class Importer:
    """Where and for whom institutions are imported. ``origin`` is named in each act's source before its line."""

    recording: Recording
    database: Database
    catalogue: Catalogue
    actor: Actor
    origin: str = "VIIS"

    def import_viis(self, data: bytes, *, effective_on: date, strict: bool, progress: Progress) -> ImportResult:
        """Record each institution of an export as registered on ``effective_on``; those already there stay as they are.

        Lines that can't be read, or that the register refuses, are left out and listed; with ``strict`` nothing is
        recorded then. Stopped at any moment and run again, it goes on. Raises UnreadableFile.
        """
        result = ImportResult()
        readable = self._readable(data, effective_on, result)
        total = len(readable) + len(result.left_out)
        wanted = self._not_yet_there(readable, result)
        if strict:
            if wanted and not result.left_out:
                self._record_all(wanted, result)
            progress(total, total)
        else:
            self._record_in_chunks(wanted, total, result, progress)
        result.warnings = self._warnings(readable, {line.number for line in result.left_out})
        return result

    def _record_in_chunks(self, wanted: list[_Wanted], total: int, result: ImportResult, progress: Progress) -> None:
        done = total - len(wanted)
        progress(done, total)
        remaining = iter(wanted)
        while chunk := list(islice(remaining, AT_ONCE)):
            self._record(chunk, result)
            done += len(chunk)
            progress(done, total)

    def _warnings(self, readable: list[_Wanted], left_out: set[int]) -> list[Warned]:
        found = []
        for line, draft in readable:
            if line.number in left_out:
                continue
            register, content = self.catalogue.registers[draft.register], draft.content.model_dump(mode="json")
            found += [Warned(line.number, warning) for warning in register.warnings_about(content)]
        return found

    def _readable(self, data: bytes, effective_on: date, result: ImportResult) -> list[_Wanted]:
        wanted: list[_Wanted] = []
        first_lines: dict[UUID, int] = {}
        for line in read_lines(data):
            if line.content is None:
                result.left_out.append(LeftOut(line.number, line.text, str(line.problem)))
                continue
            try:
                draft = self._draft(line, line.content, effective_on)
            except ContentRefused as refused:
                result.left_out.append(LeftOut(line.number, line.text, str(refused)))
                continue
            first = first_lines.setdefault(draft.entry_id, line.number)
            if first == line.number:
                wanted.append(_Wanted(line, draft))
            else:
                reason = f"Reģistrācijas numurs: expected a number of its own, met that of line {first}"
                result.left_out.append(LeftOut(line.number, line.text, reason))
        return wanted

    def _draft(self, line: Line, content: dict[str, Any], effective_on: date) -> Draft:
        register = self.catalogue.registers["higher-education" if content["kind"] == "higher" else "institutions"]
        entry_id = entry_id_of(content["registration_number"])
        source = f"{self.origin} line {line.number}: {line.text}"
        if len(source) > LONGEST_SOURCE:
            raise ContentRefused([("source", f"expected at most {LONGEST_SOURCE} characters, met {len(source)}")])
        return Draft(
            register.name,
            entry_id,
            VERB,
            Decision(decided_on=effective_on),
            effective_on,
            validated(kind_of(register, VERB).content, content),
            source=source,
            act_id=uuid5(entry_id, VERB),
            opens_entry=True,
        )

    def _not_yet_there(self, wanted: list[_Wanted], result: ImportResult) -> list[_Wanted]:
        with self.database.pool.connection() as connection:
            rows = connection.execute(
                "SELECT entry_id FROM acts WHERE version = 1 AND entry_id = ANY(%s)",
                ([draft.entry_id for _, draft in wanted],),
            ).fetchall()
        there = {row["entry_id"] for row in rows}
        result.already_there = len(there)
        return [one for one in wanted if one.draft.entry_id not in there]

    def _record(self, wanted: list[_Wanted], result: ImportResult) -> None:
        """All that the register takes of ``wanted``: together, and without one that is refused."""
        while wanted:
            refused = self._record_all(wanted, result)
            if refused is None:
                return
            wanted = [one for one in wanted if one is not refused]

    def _record_all(self, wanted: list[_Wanted], result: ImportResult) -> _Wanted | None:
        """All of ``wanted`` in one transaction, or nothing and the one that is refused."""
        try:
            self.recording.record(Submission(tuple(draft for _, draft in wanted), self.actor, uuid4()))
        except ActRefused as refusal:
            if refusal.act is None:
                raise
            refused = wanted[refusal.act]
            result.left_out.append(LeftOut(refused.line.number, refused.line.text, str(refusal)))
            return refused
        result.recorded += len(wanted)
        return None


def entry_id_of(number: str) -> UUID:
    """The entry id of the institution imported under this registration number."""
    return uuid5(NAMESPACE, number)

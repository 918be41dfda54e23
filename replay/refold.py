"""One process's share of a rebuild: a range of entries, read, folded and copied into the shadow tables.

``python -m replay.refold`` is that process. ``replay.shares`` starts it rather than ``multiprocessing``, by which it
would load whatever program asks for the rebuild.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, IsolationLevel
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier, Literal

from domain.act import Act
from domain.catalogue import Catalogue, UnreadableEvent, topic_of
from domain.registers import all_registers
from ledger.database import connect, connect_to_read
from ledger.ledger import ACT_COLUMNS, Ledger
from projections import acts, entry_states
from projections.acts import fact_row
from projections.entry_states import EntryHistory
from projections.numbers import Series, stated_serial

ROWS_AT_ONCE = 1000
"""Acts folded between two copies into the tables."""


class Share(NamedTuple):
    """Entries with ids from ``first`` to ``last`` (as 128-bit numbers), as the exported snapshot sees them.

    They are read at ``url``, and written into ``schema`` of the database at ``shadow_url``.
    """

    url: str
    shadow_url: str
    snapshot: str
    schema: str
    first: int
    last: int


class Refolded(NamedTuple):
    """What a share gives back besides its rows: how many acts it has, and the last serial of each series stated."""

    acts: int
    last_serials: dict[Series, int]


class Stopped(NamedTuple):
    """Why a share could not be finished."""

    reason: str


Report = int | Refolded | Stopped
"""Acts more that are through, or how the share ended."""


def written(report: Report) -> str:
    """A report as one line."""
    if isinstance(report, int):
        return json.dumps({"more": report})
    if isinstance(report, Stopped):
        return json.dumps({"stopped": report.reason})
    serials = [[*series, serial] for series, serial in report.last_serials.items()]
    return json.dumps({"acts": report.acts, "last_serials": serials})


def read(line: bytes) -> Report:
    """The report that was ``written``."""
    said = json.loads(line)
    if "more" in said:
        return int(said["more"])
    if "stopped" in said:
        return Stopped(said["stopped"])
    return Refolded(said["acts"], {(space, series): serial for space, series, serial in said["last_serials"]})


@dataclass(slots=True)
class _Rows:
    """Rows waiting to be copied."""

    acts: list[Sequence[Any]] = field(default_factory=list)
    entry_states: list[Sequence[Any]] = field(default_factory=list)
    entry_names: list[Sequence[Any]] = field(default_factory=list)
    registration_numbers: list[Sequence[Any]] = field(default_factory=list)
    links: list[Sequence[Any]] = field(default_factory=list)


def main() -> None:
    """Refold the share that is described on standard input, and report on standard output, a line at a time."""
    share = Share(*json.load(sys.stdin))
    try:
        report: Report = _refold(share, _tell)
    except UnreadableEvent as error:
        report = Stopped(str(error))
    _tell(report)


def _tell(report: Report) -> None:
    sys.stdout.write(f"{written(report)}\n")
    sys.stdout.flush()


def _refold(share: Share, report: Callable[[int], None]) -> Refolded:
    # What is folded is no longer referred to once it is copied; looking for cycles would cost a tenth of the time.
    gc.disable()
    ledger = Ledger(Catalogue(all_registers()))
    serials: dict[Series, int] = {}
    count = 0
    rows = _Rows()
    with connect_to_read(share.url) as reading, connect(share.shadow_url) as writing:
        writing.execute(SQL("SET search_path = {}, ledger").format(Identifier(share.schema)))
        # Held before the snapshot is taken over, so that a next rebuild that finds this one killed waits for us.
        writing.execute("LOCK TABLE acts IN ROW EXCLUSIVE MODE")
        for entry_id, recorded in groupby(_acts(reading, share, ledger), key=attrgetter("entry_id.int")):
            _fold(UUID(int=entry_id), list(recorded), ledger.catalogue, rows, serials)
            if len(rows.acts) >= ROWS_AT_ONCE:
                count += len(rows.acts)
                report(len(rows.acts))
                _copy(writing, rows)
                rows = _Rows()
        count += len(rows.acts)
        report(len(rows.acts))
        _copy(writing, rows)
        writing.commit()
    return Refolded(count, serials)


def _acts(reading: Connection[Any], share: Share, ledger: Ledger) -> Iterator[Act]:
    reading.isolation_level = IsolationLevel.REPEATABLE_READ
    reading.execute(SQL("SET TRANSACTION SNAPSHOT {}").format(Literal(share.snapshot)))
    reading.execute("SET LOCAL cursor_tuple_fraction = 1")  # all rows are wanted, not the first ones soon
    # Several rows at once: COPY would hand them over one by one, each at the price of a turn of its own.
    with reading.cursor("acts", row_factory=tuple_row) as cursor:
        cursor.execute(
            f"SELECT {ACT_COLUMNS}"
            " FROM ledger.events WHERE originator_id BETWEEN %s AND %s ORDER BY originator_id, originator_version",
            (UUID(int=share.first), UUID(int=share.last)),
            binary=True,
        )
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from ledger.decoded(rows)


def _fold(
    entry_id: UUID, recorded: Sequence[Act], catalogue: Catalogue, rows: _Rows, serials: dict[Series, int]
) -> None:
    register = catalogue.register_of(topic_of(recorded[0].kind))
    history = EntryHistory(register, entry_id)
    for act in recorded:
        history.add(act)
        rows.acts.append(fact_row(history, act))
        stated = stated_serial(register, act)
        if stated is not None:
            serials[stated[0]] = max(stated[1], serials.get(stated[0], 0))
    rows.entry_states += [layer.values(register, entry_id) for layer in history.layers]
    shown = history.shown()
    rows.entry_names += [(register.name, name, entry_id) for name in sorted(shown.sort_keys)]
    rows.registration_numbers += [
        (register.numbers.space, number, register.name, entry_id) for number in sorted(shown.numbers)
    ]
    rows.links += [(target, entry_id) for target in sorted(shown.targets)]


_COLUMNS = {
    "acts": acts.COLUMNS,
    "entry_states": entry_states.COLUMNS,
    "entry_names": {"register": "text", "sort_key": "bytea", "entry_id": "uuid"},
    "links": {"target": "uuid", "entry_id": "uuid"},
    "registration_numbers": {"space": "text", "number": "text", "register": "text", "entry_id": "uuid"},
}


def _copy(writing: Connection[Any], rows: _Rows) -> None:
    for table, columns in _COLUMNS.items():
        waiting = getattr(rows, table)
        if waiting:
            statement = SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
                Identifier(table), SQL(", ").join(map(Identifier, columns))
            )
            with writing.cursor().copy(statement) as copy:
                copy.set_types(list(columns.values()))
                for row in waiting:
                    copy.write_row(row)


if __name__ == "__main__":
    main()

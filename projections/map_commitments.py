"""Committing to the maps of registers by an act of the service's own, and finding what was committed to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import uuid4

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.act import SERVICE, Decision, Draft
from domain.legal_time import riga_date
from domain.refusals import EntryExists
from domain.register import Register
from domain.register_maps import REGISTER, MapCommitment, MapRoot, commitment_id, mapped
from ledger.database import Database
from ledger.map_proofs import Commitment
from ledger.proofs import proof_of
from ledger.tiles import leaves
from projections.moment import KnownAt
from projections.recording import Recording
from projections.register_maps import RegisterMaps
from projections.submission import Submission


class Committed(NamedTuple):
    """A commitment to the maps as known at ``position``: the act at ``act``."""

    position: int
    act: int


def newest_commitment(connection: Connection[Any], upto: int) -> Committed | None:
    """The newest commitment to maps as known at ``upto`` or before; None if there is none."""
    row = connection.cursor(row_factory=tuple_row).execute(
        "SELECT (s.content->>'position')::bigint AS position, s.act FROM entry_names n"
        " JOIN entry_states s USING (entry_id)"
        " WHERE n.register = %s AND (s.content->>'position')::bigint <= %s ORDER BY position DESC LIMIT 1",
        (REGISTER.name, upto),
    ).fetchone()  # fmt: skip
    return None if row is None else Committed(*row)


def is_changed(connection: Connection[Any], registers: Iterable[Register], after: int, upto: int) -> bool:
    """Whether an act of a mapped register stands after ``after`` and not after ``upto``."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT EXISTS (SELECT FROM acts WHERE position > %s AND position <= %s AND register = ANY(%s))",
        (after, upto, [register.name for register in mapped(registers)]),
    )
    return any(row[0] for row in rows)


class MapCommitting:
    """Commits to the maps of the registers. Whatever else does so too, one commitment speaks of one position."""

    def __init__(
        self, database: Database, recording: Recording, maps: RegisterMaps, registers: Iterable[Register]
    ) -> None:
        self._database, self._recording, self._maps = database, recording, maps
        self._registers = mapped(registers)

    def found(self, position: int) -> Committed | None:
        """The commitment that holds for ``position``: no mapped register has changed since. None if there is none."""
        with self._database.pool.connection() as connection:
            newest = newest_commitment(connection, position)
            if newest is None or is_changed(connection, self._registers, newest.position, position):
                return None
        return newest

    def newest(self, position: int) -> Committed | None:
        """The newest commitment to maps as known at ``position`` or before."""
        with self._database.pool.connection() as connection:
            return newest_commitment(connection, position)

    def commit(self, known: KnownAt) -> Committed:
        """Commit to the maps as known then, of which there is an act. Raises what recording raises."""
        with self._database.pool.connection() as connection:
            roots = [self._root(connection, register, known.position) for register in self._registers]
        content = MapCommitment(position=known.position, maps=tuple(roots))
        if known.recorded_at is None:
            raise ValueError("commitment: expected an act that is known, met none")
        decision = Decision(decided_on=riga_date(known.recorded_at))
        entry = commitment_id(known.position)
        draft = Draft(REGISTER.name, entry, "commit", decision, None, content, opens_entry=True)
        try:
            (recorded,) = self._recording.record(Submission((draft,), SERVICE, uuid4()))
        except EntryExists:  # another process has committed to them meanwhile
            found = self.newest(known.position)
            if found is None or found.position != known.position:
                raise
            return found
        return Committed(known.position, recorded.position)

    def _root(self, connection: Connection[Any], register: Register, position: int) -> MapRoot:
        whole = self._maps.at(connection, register, position)
        return MapRoot(
            register_name=register.name, size=whole.size, root=whole.root.hex(), alive=tuple(sorted(register.alive))
        )


def commitment_of(connection: Connection[Any], committed: Committed, note: bytes) -> Commitment:
    """The act behind ``committed`` as the log has it, with its proof under the checkpoint ``note``, which has it."""
    (leaf,) = leaves(connection, committed.act, committed.act + 1)
    ((state,),) = connection.cursor(row_factory=tuple_row, binary=True).execute(
        "SELECT state FROM ledger.events WHERE notification_id = %s", (committed.act + 1,)
    )
    return Commitment(leaf, bytes(state), proof_of(connection, committed.act, note))

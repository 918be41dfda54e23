"""Commitments to register maps, each held against the map made again from the registers as known at its position."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from domain.act import Act
from domain.catalogue import Catalogue
from domain.register_maps import MapRoot, commit, mapped
from ledger.ledger import ACT_COLUMNS, Ledger
from projections.register_maps import RegisterMaps
from replay.verify.finding import Wrong, wrong

_COMMITTED = f"SELECT {ACT_COLUMNS} FROM ledger.events WHERE topic = %s ORDER BY notification_id"


def check_maps(connection: Connection[Any], catalogue: Catalogue) -> None:
    """Raises Wrong at the first commitment that the registers, which the caller has compared, do not bear out."""
    maps = RegisterMaps()
    registers = {register.name: register for register in mapped(catalogue.registers.values())}
    rows = connection.execute(_COMMITTED, (f"{commit.event}:{commit.version}",)).fetchall()
    for act in Ledger(catalogue).decoded(rows):
        content = act.payload.content
        if content.position >= act.position:
            raise _wrong(act, f"a position before {act.position}", content.position)
        for said in content.maps:
            register = registers.get(said.register_name)
            if register is None:
                raise _wrong(act, "a register that has a map", said.register_name)
            whole = maps.at(connection, register, content.position)
            met = MapRoot(
                register_name=register.name, size=whole.size, root=whole.root.hex(), alive=tuple(sorted(register.alive))
            )
            if met != said:
                raise _wrong(act, _told(met), _told(said))


def _wrong(act: Act, expected: object, met: object) -> Wrong:
    return wrong("ledger.events", f"position {act.position}", "state", expected, met)


def _told(root: MapRoot) -> str:
    return f"map of {root.register_name}: {root.size} leaves, root {root.root}, in it: {', '.join(root.alive)}"

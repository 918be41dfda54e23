"""The reconstruction as tests record it: in one go in this process, and by a demo that is killed in the middle."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from domain.act import Act
from domain.catalogue import Catalogue
from ledger.database import Database, EmbeddedServer
from ledger.ledger import Ledger
from projections.counting import evaluate
from projections.figures import all_figures
from projections.moment import resolve_known_at
from projections.recording import Recording
from replay.reconstruction.recorder import reconstruct_2020
from tests.cli.running import started
from tests.replay.rebuilding import until


def reconstruct(url: str, catalogue: Catalogue) -> int:
    """Record the reconstruction; returns how many acts it says these are."""
    database = Database(url)
    recording = Recording(database, catalogue)
    try:
        return reconstruct_2020(recording, database, catalogue, lambda done, of: None)
    finally:
        recording.close()
        database.close()


def server_of_a_demo(folder: Path) -> EmbeddedServer:
    """The embedded server of a demo in ``folder``, as soon as the demo made one."""
    data = folder / "data" / "postgres"
    until((data / "postmaster.pid").exists)
    return EmbeddedServer(data)


def kill_in_the_middle(folder: Path, wanted: int) -> None:
    """Start the demo in ``folder``, and kill it as soon as there are ``wanted`` acts."""
    with started("demo", "--no-serve", cwd=folder) as process:
        url = server_of_a_demo(folder).url
        with psycopg.connect(make_conninfo(url), autocommit=True) as watching:
            until(lambda: watching.execute("SELECT to_regclass('ledger.events')").fetchone() != (None,))
            enough = "SELECT max(notification_id) >= %s FROM ledger.events"
            while watching.execute(enough, (wanted,)).fetchone() != (True,):
                assert process.poll() is None
                time.sleep(0.005)
        process.kill()


def newest(connection: Connection[Any]) -> int:
    """The newest position."""
    return resolve_known_at(connection, None).position


def acts_up_to(connection: Connection[Any], catalogue: Catalogue, position: int) -> list[Act]:
    """Every act of the ledger up to ``position``."""
    return Ledger(catalogue).acts_between(connection, -1, position, limit=100_000)


def values(connection: Connection[Any]) -> dict[str, int]:
    """Every figure of 2020."""
    found = evaluate(connection, all_figures(), [2020], newest(connection))
    return {figure: value for (figure, _), value in found.items()}


def of_proposal(act: Act) -> bool:
    """Whether the act is about a proposal, and not about an entry of the registers."""
    return act.payload.register_name == "proposals"


def same_in_every_run(acts: list[Act]) -> list[tuple[Any, ...]]:
    """What of acts does not depend on when they were recorded, and with which others at once.

    An id that commits to the key of a request (version 8) is salted; a proposal's entry is drawn by lot, and the hash
    of a proposal is over stored bytes, in which the values of persons are sealed under keys drawn by lot.
    """
    entries: dict[UUID, int] = {}
    return [
        (
            act.position,
            entries.setdefault(act.entry_id, act.position) if of_proposal(act) else act.entry_id,
            act.version,
            act.kind.verb,
            None if act.payload.act_id.version == 8 else act.payload.act_id,
            act.payload.content.model_copy(update={"hash": None} if act.kind.verb == "confirm" else {}),
            act.payload.model_copy(update={"correlation_id": None, "act_id": None, "content": None}),
        )
        for act in acts
    ]

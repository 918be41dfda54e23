"""Which keys may have signed checkpoints: those the caller brings, and those that the ledger itself says it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.catalogue import Catalogue, UnreadableEvent
from ledger.ledger import ACT_COLUMNS, Ledger
from ledger.note import NoteRefused, VerifierKey
from replay.verify.events import EVENTS, at
from replay.verify.finding import wrong
from replay.verify.sealed import CHECKPOINTS

REGISTER = "log-keys"
FIELD = "verifier_key"


class KnownKeys:
    """The keys by which checkpoints are checked.

    A key of the register is believed where the caller brings none, and else only if a key that the caller brings has
    signed a tree that holds the act which entered it.
    """

    def __init__(self, connection: Connection[Any], catalogue: Catalogue, given: Sequence[VerifierKey]) -> None:
        self._given = tuple(given)
        self._entered = _entered(connection, catalogue)

    @property
    def all(self) -> tuple[VerifierKey, ...]:
        """Every key there is, each once."""
        return tuple(dict.fromkeys((*self._given, *self._entered)))

    def check_signers(self, signed: Mapping[VerifierKey, int]) -> None:
        """``signed`` is the largest tree each key has signed. Raises Wrong if one of them is not to be believed."""
        vouched = max((signed.get(key, 0) for key in self._given), default=0)
        for key, size in signed.items():
            if self._given and key not in self._given and self._entered[key] >= vouched:
                given = ", ".join(map(str, self._given))
                expected = f"a signature by a given key ({given}), or by one that these vouch for"
                raise wrong(CHECKPOINTS, f"size {size}", "note", expected, f"one by {key}")


def _entered(connection: Connection[Any], catalogue: Catalogue) -> dict[VerifierKey, int]:
    """The keys of the register, each with the position of the act that entered it first."""
    register = catalogue.registers.get(REGISTER)
    if register is None:
        return {}
    topics = [f"{kind.event}:{version}" for kind in register.kinds for version in range(1, kind.version + 1)]
    found: dict[VerifierKey, int] = {}
    rows = connection.cursor(row_factory=tuple_row).execute(
        f"SELECT {ACT_COLUMNS} FROM ledger.events WHERE topic = ANY(%s) ORDER BY notification_id",
        (topics,),
    )
    for row in rows:
        try:
            for act in Ledger(catalogue).decoded([row]):
                if FIELD in act.stated:
                    found.setdefault(VerifierKey.parse(act.stated[FIELD]), act.position)
        except (UnreadableEvent, NoteRefused) as refused:
            raise wrong(EVENTS, at(row[0]), "state", "an act of the catalogue", refused) from None
    return found

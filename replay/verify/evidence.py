"""What the check of a table works with, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from psycopg import Connection

from domain.catalogue import Catalogue
from ledger.outside import End


class Evidence(NamedTuple):
    """What a check works with: the ledger as one snapshot has it, of ``acts`` acts; nothing is written.

    ``ends`` says how far tables go, as the keys folder knows; of a table that it does not name nobody knows.
    """

    connection: Connection[Any]
    catalogue: Catalogue
    acts: int
    ends: Mapping[str, End]


class TableCheck(NamedTuple):
    """How a change of any of ``columns`` is noticed: ``check`` raises Wrong, or says how many rows it looked at."""

    columns: tuple[str, ...]
    check: Callable[[Evidence], int]

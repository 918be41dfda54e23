"""``python -m benchmarks.one_reading FIRST LAST``: read a share of the acts in DATABASE_URL, and print the seconds.

The acts are those of entries with ids from FIRST to LAST, as 128-bit numbers. Each is read as strictly as ever, and let
go: what a rebuild does before it folds anything.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from uuid import UUID

from psycopg.rows import tuple_row

from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import connect_to_read
from ledger.ledger import ACT_COLUMNS, Ledger
from replay.refold import ROWS_AT_ONCE

_ACTS = f"""
    SELECT {ACT_COLUMNS}
    FROM ledger.events WHERE originator_id BETWEEN %s AND %s"""


def _read(ledger: Ledger, first: UUID, last: UUID) -> None:
    with (
        connect_to_read(os.environ["DATABASE_URL"]) as reading,
        reading.cursor("acts", row_factory=tuple_row) as cursor,
    ):
        cursor.execute(_ACTS, (first, last), binary=True)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for _ in ledger.decoded(rows):
                pass


if __name__ == "__main__":
    ledger = Ledger(Catalogue(all_registers()))
    gc.disable()  # as a rebuild does
    begin = time.perf_counter()
    _read(ledger, *(UUID(int=int(number)) for number in sys.argv[1:]))
    print(time.perf_counter() - begin)

"""``python -m benchmarks.one_rebuild``: rebuild the database in DATABASE_URL, and print how many seconds that took."""

from __future__ import annotations

import os
import time

from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.ledger import Ledger
from replay.rebuild import rebuild

if __name__ == "__main__":
    ledger = Ledger(Catalogue(all_registers()))
    begin = time.perf_counter()
    rebuild(os.environ["DATABASE_URL"], ledger, lambda *_: None)
    print(time.perf_counter() - begin)

"""Write the golden files of events that have none yet: ``python -m tests.domain.write_golden``.

A golden file is never written again. What an event's name and version mean does not change: if its bytes do, the
event needs a new version, and the old file stays to prove that the old version can still be read.
"""

from __future__ import annotations

import sys
from pathlib import Path

from domain.catalogue import Catalogue
from domain.registers import all_registers
from tests.domain.examples import example, golden_name

GOLDEN = Path(__file__).parent / "golden"


def main() -> None:
    """Write what is missing and say so."""
    registers = all_registers()
    catalogue = Catalogue(registers)
    for register in registers:
        for kind in register.kinds:
            path = GOLDEN / golden_name(register, kind.verb)
            if not path.exists():
                path.write_bytes(catalogue.encode(example(register, kind.verb)) + b"\n")
                sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()

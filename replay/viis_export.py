"""Writing the registers of institutions in the form of the VIIS export."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

from psycopg import Connection

from domain.latvian_text import sort_key
from domain.register import Register
from ledger.vault import Vault
from projections.moment import Moment
from projections.reading import ListQuery, clear, read_whole_list
from replay.viis import HEADER, MARK, write_line


def export_viis(connection: Connection[Any], registers: list[Register], moment: Moment, vault: Vault) -> bytes:
    """The institutions registered at ``moment`` in ``registers``, as a file of the export's form and order.

    The order is that of the names, then of the numbers' serials (their last five digits), then of the numbers.
    """
    contents: list[dict[str, Any]] = []
    for register in registers:
        query = ListQuery(statuses=tuple(sorted(register.alive)))
        listed = read_whole_list(lambda: nullcontext(connection), register, moment, query)
        contents += [json.loads(clear(one.state, vault, confidential=False).content) for one in listed]
    contents.sort(key=lambda c: (sort_key(c["name"]), c["registration_number"][5:], c["registration_number"]))
    return "".join([f"{MARK}{HEADER}\n", *(f"{write_line(content)}\n" for content in contents)]).encode()

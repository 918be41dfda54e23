"""One act with nothing left to chance, recorded by whoever runs ``python -m tests.ledger.one_act DATABASE_URL``.

Run in a strange environment, it shows what of the environment gets into the ledger: it should be nothing.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from uuid import UUID

from domain.act import Actor, Decision, Draft
from domain.catalogue import Catalogue
from domain.decide import kind_of, validated
from domain.institutions import REGISTER
from domain.registers import all_registers
from ledger.database import Database
from ledger.ledger import Ledger
from projections.recording import Recording
from projections.submission import Submission

ENTRY = UUID("018e0000-0000-7000-8000-0000000000ee")
CONTENT = {
    "name": "Rēzeknes “Ķekaru” pamatskola",
    "kind": "general",
    "type": "basic_school",
    "legal_status": "municipality",
    "founders": {"declared": ["Rēzeknes pilsētas dome"], "actual": ["Rēzeknes pilsētas dome"]},
    "address": "ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601",
    "territory": "31",
    "founder_class": "9",
    "registration_number": "3112900001",
}
ONE_ACT = Submission(
    drafts=(
        Draft(
            register=REGISTER.name,
            entry_id=ENTRY,
            verb="register",
            decision=Decision(decided_on=date(2020, 3, 2), number="1-7/123"),
            effective_on=date(2020, 3, 29),
            content=validated(kind_of(REGISTER, "register").content, CONTENT),
            note="1. rinda\n2. rinda",
            act_id=UUID("018e0000-0000-7000-8000-0000000000aa"),
            opens_entry=True,
        ),
    ),
    actor=Actor("officer-1", "registrar"),
    correlation_id=UUID("018e0000-0000-7000-8000-0000000000bb"),
)


def main(url: str) -> None:
    """Record the act; print, in plain ASCII, what the service then says of it."""
    catalogue = Catalogue(all_registers())
    database = Database(url)
    recording = Recording(database, catalogue)
    try:
        (recorded,) = recording.record(ONE_ACT)
        with database.pool.connection() as connection:
            (act,) = Ledger(catalogue).acts_at(connection, [recorded.position])
    finally:
        recording.close()
        database.close()
    sys.stdout.write(
        json.dumps(
            {
                "encoded": catalogue.encode(act).hex(),
                "recorded_at": [recorded.recorded_at.isoformat(), act.recorded_at.isoformat()],
                "registration_number": recorded.registration_number,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])

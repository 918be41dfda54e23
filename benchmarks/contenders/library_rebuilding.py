"""The eventsourcing library's ProjectionRunner rebuilding a simple register.

``python -m benchmarks.contenders.library_rebuilding ACTS``: fills the database in DATABASE_URL, rebuilds, and prints
acts per second.
"""

from __future__ import annotations

import os
import sys
import time
from random import Random
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from benchmarks.contenders.library import AT_ONCE, Institution, settings_of
from benchmarks.histories import said, synthetic_entries

ACTS_PER_ENTRY = 5


class RegisterView(PostgresTrackingRecorder):
    """The register as it is: one row per institution."""

    def __init__(self, datastore: Any, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS register (institution_id uuid PRIMARY KEY, number text, name text,"
                " effective_on date, content jsonb)"
            )
        )

    def change(self, statement: str, parameters: tuple[Any, ...], tracking: Tracking) -> None:
        """Change the register and remember up to where it was read, in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(statement, parameters, prepare=True)


class RegisterProjection(Projection[RegisterView]):
    """Keeps the register."""

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Every kind of event is known."""
        raise NotImplementedError(type(domain_event))

    @process_event.register
    def _(self, registered: Institution.Registered, tracking: Tracking) -> None:  # type: ignore[name-defined]
        content = registered.content
        self.view.change(
            "INSERT INTO register VALUES (%s, %s, %s, %s, %s)",
            (registered.originator_id, registered.number, content["name"], registered.effective_on, Jsonb(content)),
            tracking,
        )

    @process_event.register
    def _(self, amended: Institution.Amended, tracking: Tracking) -> None:  # type: ignore[name-defined]
        content = amended.content
        self.view.change(
            "UPDATE register SET name = coalesce(%s, name), effective_on = %s, content = content || %s"
            " WHERE institution_id = %s",
            (content.get("name"), amended.effective_on, Jsonb(content), amended.originator_id),
            tracking,
        )


def fill(register: Application[UUID], acts: int) -> int:
    """Record synthetic acts; returns the last notification's id."""
    random, waiting = Random(3), list[Institution]()
    for entry in synthetic_entries(acts // ACTS_PER_ENTRY):
        form = entry.content["registration_number"]
        for number in range(ACTS_PER_ENTRY):
            _, effective_on, content, decided_on = said(entry, number, random)
            decision = {"decided_on": str(decided_on), "number": f"1-7/{form}-{number}", "form": "written"}
            if number == 0:
                institution = Institution(form, decision, str(effective_on), content)
            else:
                institution.amend(decision, str(effective_on), content)
        waiting.append(institution)
        if len(waiting) == AT_ONCE:
            register.save(*waiting)
            waiting.clear()
    register.save(*waiting)
    return register.recorder.max_notification_id() or 0


if __name__ == "__main__":
    environment = settings_of(os.environ["DATABASE_URL"])
    register: Application[UUID] = Application(env=environment)
    last = fill(register, int(sys.argv[1]))
    begin = time.perf_counter()
    with ProjectionRunner(
        application_class=Application[UUID],
        projection_class=RegisterProjection,
        view_class=RegisterView,
        env=environment,
    ) as runner:
        runner.wait(last, timeout=600)
        print(last / (time.perf_counter() - begin))
    register.close()

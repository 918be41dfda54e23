"""The eventsourcing library used plainly, as its documentation shows: aggregates, its own PostgreSQL recorder, FastAPI.

``python -m benchmarks.contenders.library PORT ROUNDS``: fills the database in DATABASE_URL, then serves it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import uvicorn
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from fastapi import FastAPI
from psycopg.conninfo import conninfo_to_dict

from benchmarks.histories import real_entries, said

AT_ONCE = 20


class Institution(Aggregate):
    """An institution: its content, and the acts that made it."""

    @event("Registered")
    def __init__(self, number: str, decision: dict[str, Any], effective_on: str, content: dict[str, Any]) -> None:
        self.number, self.decision, self.effective_on, self.content = number, decision, effective_on, content

    @staticmethod
    def create_id(number: str) -> UUID:
        """The id that follows from the registration number."""
        return uuid5(NAMESPACE_URL, f"/institutions/{number}")

    @event("Amended")
    def amend(self, decision: dict[str, Any], effective_on: str, content: dict[str, Any]) -> None:
        """Change some fields."""
        self.decision, self.effective_on = decision, effective_on
        self.content = {**self.content, **content}


def settings_of(url: str) -> Mapping[str, str]:
    """The library's own settings for its PostgreSQL recorder."""
    parts = conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts.get("port") or ""),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": "",
        "POSTGRES_POOL_SIZE": "16",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "y",  # one call per append; its pipelines stall with this driver
    }


def fill(register: Application[UUID], rounds: int) -> None:
    """Register the real institutions, and amend each ``rounds - 1`` times."""
    random, institutions = Random(3), {}
    for number in range(rounds):
        entries = real_entries()
        for some in (entries[first : first + AT_ONCE] for first in range(0, len(entries), AT_ONCE)):
            for entry in some:
                _, effective_on, content, decided_on = said(entry, number, random)
                form = entry.content["registration_number"]
                decision = {"decided_on": str(decided_on), "number": f"1-7/{form}-{number}", "form": "written"}
                if number == 0:
                    institutions[form] = Institution(form, decision, str(effective_on), content)
                else:
                    institutions[form].amend(decision, str(effective_on), content)
            register.save(*(institutions[entry.content["registration_number"]] for entry in some))


def application(register: Application[UUID]) -> FastAPI:
    """The register over HTTP."""
    app = FastAPI()

    @app.post("/institutions", status_code=201)
    def registered(body: dict[str, Any]) -> dict[str, Any]:
        number = body["content"]["registration_number"]
        institution = Institution(number, body["decision"], body["effective_on"], body["content"])
        register.save(institution)
        return {"id": str(institution.id), "version": institution.version}

    @app.post("/institutions/{number}/acts", status_code=201)
    def amended(number: str, body: dict[str, Any]) -> dict[str, Any]:
        institution: Institution = register.repository.get(Institution.create_id(number))
        institution.amend(body["decision"], body["effective_on"], body["content"])
        register.save(institution)
        return {"id": str(institution.id), "version": institution.version}

    @app.get("/institutions/{number}")
    def read(number: str, version: int | None = None) -> dict[str, Any]:
        institution: Institution = register.repository.get(Institution.create_id(number), version=version)
        return {"version": institution.version, "effective_on": institution.effective_on, **institution.content}

    return app


if __name__ == "__main__":
    import os

    register: Application[UUID] = Application(env=settings_of(os.environ["DATABASE_URL"]))
    fill(register, int(sys.argv[2]))
    uvicorn.run(application(register), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)

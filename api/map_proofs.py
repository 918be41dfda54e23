"""``/registers/{register}/absence`` and ``/completeness``: files that prove what is not in a register, or that all is.

They speak of the position of a commitment to the register's map. Whoever is signed in has a new one made where the
register has changed since the last; others get the last, and are told of which position it speaks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import json_response, text_of
from api.errors import Malformed, NotFound, NumberInRegister, problems
from api.parameters import AsOf, KnownAtText, TheService
from api.service import Service
from api.session import Session
from api.sessions import CurrentSession
from domain.register import Register
from ledger.map_proofs import Commitment, absence_document, completeness_document
from ledger.register_map import RegisterMap
from projections.map_commitments import Committed, commitment_of
from projections.moment import KnownAt, read_as_of, resolve_known_at


class CommitmentShape(BaseModel):
    """The act that commits to the map, as the log has it."""

    leaf: str = Field(description="The act's leaf in the log: canonical JSON")
    payload: str = Field(description="What the act says, byte for byte; the leaf holds its SHA-256")
    proof: str = Field(description="A tlog-proof (C2SP): the leaf's place, hashes, and the signed checkpoint")


class MapLeafShape(BaseModel):
    """A leaf of the register's map."""

    index: int
    leaf: str = Field(description="Canonical JSON: number, entry, version, days [from, to, status, act]")
    proof: list[str] = Field(description="Hashes from the leaf's sibling upwards, in hexadecimal")


class MapFile(BaseModel):
    """What both files hold."""

    format: str
    register_name: str = Field(alias="register")
    as_of: date
    known_at: int = Field(description="The position of which the commitment speaks; not after the one asked for")
    commitment: CommitmentShape


class AbsenceFile(MapFile):
    """Proves that no entry with the number was in the register on the day, as known at the position."""

    number: str
    leaves: list[MapLeafShape] = Field(description="The leaves of the number, and their neighbours on both sides")


class CompletenessFile(MapFile):
    """Proves that the entries are all that were in the register on the day, as known at the position."""

    entries: list[list[str]] = Field(description="Number and id of each entry in the register")
    leaves: list[str] = Field(description="All leaves of the register's map, in order")


def map_proofs_router(register: Register) -> APIRouter:
    """The paths that prove absence from one register, and that its list is whole."""
    router = APIRouter(prefix=f"/registers/{register.name}", tags=[register.name])

    @router.get("/absence", response_model=AbsenceFile, responses=problems(400, 401, 404, 409, 422))
    def absence(
        service: TheService,
        session: CurrentSession,
        number: Annotated[str | None, Query(max_length=40, description="A registration number; needed")] = None,
        as_of: AsOf = None,
        known_at: KnownAtText = None,
    ) -> Response:
        """A file that proves that no entry with this number was in the register on that day, as then known."""
        if not number or not number.isprintable():
            raise Malformed("number", "a registration number", (number or "")[:40])
        day, known = read_as_of(as_of), _known(service, known_at)
        committed = commitment_for(service, register, known, _may_commit(service, session))
        return json_response(text_of(absence_file(service, register, number, day, committed)))

    @router.get("/completeness", response_model=CompletenessFile, responses=problems(400, 401, 404, 422))
    def completeness(
        service: TheService, session: CurrentSession, as_of: AsOf = None, known_at: KnownAtText = None
    ) -> Response:
        """A file that proves which entries were in the register on that day, as then known, and that these are all."""
        day, known = read_as_of(as_of), _known(service, known_at)
        committed = commitment_for(service, register, known, _may_commit(service, session))
        return json_response(text_of(completeness_file(service, register, day, committed)))

    return router


def _may_commit(service: Service, session: Session) -> Callable[[], bool]:
    return (lambda: False) if session.is_anonymous else service.paces.commitments.allows


def _known(service: Service, known_at: str | None) -> KnownAt:
    with service.database.pool.connection() as connection:
        return resolve_known_at(connection, known_at)


def commitment_for(service: Service, register: Register, known: KnownAt, may_commit: Callable[[], bool]) -> Committed:
    """The commitment that holds at ``known``; made if ``may_commit``, else the newest before. Raises NotFound."""
    found = service.committing.found(known.position)
    if found is None and known.recorded_at is not None and may_commit():
        found = service.committing.commit(known)
    found = found or service.committing.newest(known.position)
    if found is None:
        raise NotFound(
            "no map of register {register} is committed to yet as known at position {position}",
            register=register.name, position=known.position,
        )  # fmt: skip
    return found


def absence_file(service: Service, register: Register, number: str, day: date, committed: Committed) -> dict[str, Any]:
    """The file that proves that ``number`` is not in ``register``; raises NumberInRegister."""
    whole, commitment = _map_of(service, register, committed)
    for entry in whole.entries:
        if entry.number == number and entry.is_in(register.alive, day):
            raise NumberInRegister(register.name, number, day, str(entry.entry))
    return absence_document(register.name, number, day, committed.position, whole, commitment)


def completeness_file(service: Service, register: Register, day: date, committed: Committed) -> dict[str, Any]:
    """The file that proves which entries are in ``register``, and that these are all."""
    whole, commitment = _map_of(service, register, committed)
    return completeness_document(register.name, register.alive, day, committed.position, whole, commitment)


def _map_of(service: Service, register: Register, committed: Committed) -> tuple[RegisterMap, Commitment]:
    note = service.sealer.wait_for(committed.act)
    with service.database.pool.connection() as connection:
        whole = service.maps.at(connection, register, committed.position)
        return whole, commitment_of(connection, committed, note)

"""The monthly statement of acts under four eyes, for anyone: counted, with proofs, and without saying who acted."""

from __future__ import annotations

from base64 import b64encode
from calendar import monthrange
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path
from psycopg import Connection
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import json_response, text_of
from api.errors import problems
from api.log import newest_note_of
from api.parameters import TheService
from api.service import Service
from ledger.checkpoint import Checkpoint
from ledger.merkle import inclusion_proof
from ledger.note import Note
from ledger.tiles import Tiles
from projections.four_eyes_statement import ByTwo, Line, statement_of

MONTH = r"^2[0-9]{3}-(0[1-9]|1[0-2])$"
Month = Annotated[str, Path(pattern=MONTH, description="The month of recording (Europe/Riga), as YYYY-MM")]


class ProvedShape(BaseModel):
    """An act's place in the log, and the proof that it is there."""

    position: int
    hashes: list[str] = Field(description="Base64, from the leaf's sibling upwards; the leaf is served by the log")


class ByTwoShape(BaseModel):
    """An act that needed two people; what led to it is null if the ledger does not show that it had two."""

    act: ProvedShape
    proposal: ProvedShape | None
    confirmation: ProvedShape | None


class LineShape(BaseModel):
    """A kind of act of a register that needs two people."""

    register_name: str = Field(alias="register")
    kind: str
    recorded: int = Field(description="Acts recorded in the month")
    by_two: int = Field(description="How many of them one person prepared and another confirmed; it must be all")
    acts: list[ByTwoShape]


class Statement(BaseModel):
    """A month's acts that needed two people, as far as the tree of ``checkpoint`` goes."""

    month: str
    recorded: int
    by_two: int
    lines: list[LineShape]
    checkpoint: str = Field(description="The signed note in whose tree the acts are proved to be")


def four_eyes_router() -> APIRouter:
    """``GET /four-eyes/{month}``."""
    router = APIRouter(tags=["four eyes"])

    @router.get("/four-eyes/{month}", response_model=Statement, responses=problems(404, 422))
    def statement(service: TheService, month: Month) -> Response:
        """How many acts that need two people were recorded in the month, and how many had two, with proofs."""
        with service.database.pool.connection() as connection:
            return json_response(text_of(statement_document(service, connection, month)))

    return router


def statement_document(service: Service, connection: Connection[Any], month: str) -> dict[str, Any]:
    """The statement of ``month`` (YYYY-MM); raises NotFound as long as nothing is sealed."""
    year, number = map(int, month.split("-"))
    first, last = date(year, number, 1), date(year, number, monthrange(year, number)[1])
    note = newest_note_of(connection)
    size = Checkpoint.parse(Note.parse(note).text).size
    lines = statement_of(connection, service.ledger, first, last, size - 1)
    prove = _Prover(connection, size)
    return {
        "month": month,
        "recorded": sum(len(line.acts) for line in lines),
        "by_two": sum(line.by_two for line in lines),
        "lines": [_line(line, prove) for line in lines],
        "checkpoint": note.decode(),
    }


class _Prover:
    def __init__(self, connection: Connection[Any], size: int) -> None:
        self._tiles, self._size = Tiles(connection), size

    def __call__(self, position: int | None) -> dict[str, Any] | None:
        if position is None:
            return None
        hashes = inclusion_proof(self._tiles, position, self._size)
        return {"position": position, "hashes": [b64encode(each).decode() for each in hashes]}


def _line(line: Line, prove: _Prover) -> dict[str, Any]:
    return {
        "register": line.register,
        "kind": line.verb,
        "recorded": len(line.acts),
        "by_two": line.by_two,
        "acts": [_act(act, prove) for act in line.acts],
    }


def _act(act: ByTwo, prove: _Prover) -> dict[str, Any]:
    return {
        "act": prove(act.position),
        "proposal": prove(act.proposal),
        "confirmation": prove(act.confirmation),
    }

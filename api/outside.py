"""``/log/witnesses`` and ``/log/timestamps``: what others say of the ledger, and asking them while the service runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from rfc3161_client import decode_timestamp_response
from starlette.responses import Response

from api.answers import json_response, text_of
from api.errors import NotFound, problems
from api.parameters import TheService
from api.service import Service
from api.settings import SettingsRefused
from ledger.leaf import instant
from ledger.outside import stamped_note, timestamp_of
from ledger.tiles import Tiles
from ledger.timestamping import Timestamping, stamped_heads
from ledger.witness_policy import PolicyRefused
from ledger.witnesses import Witnesses

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}

Size = Annotated[int, Path(ge=1, lt=2**62, description="How many acts the checkpoint covers")]


class Outside(NamedTuple):
    """Who is asked while the service runs; None: nobody."""

    witnesses: Witnesses | None
    timestamping: Timestamping | None


class WitnessShape(BaseModel):
    """A witness of the policy, and how far it has seen the ledger."""

    name: str = Field(description="Its name in the policy")
    key: str = Field(description="Its verifier key (C2SP tlog-cosignature)")
    size: int = Field(description="Acts in the largest checkpoint that it cosigned; 0 before the first")
    cosigned_at: datetime | None = Field(description="When it cosigned that, by its own clock")
    behind: int = Field(description="Acts in the newest checkpoint that it has not seen yet")
    trouble: str | None = Field(description="Why it could not be asked, the last time")


class WitnessedShape(BaseModel):
    """How far the ledger is witnessed. Without a policy no witness is asked."""

    size: int = Field(description="Acts in the newest checkpoint")
    quorum: bool | None = Field(description="Whether enough witnesses cosigned that one; null without a policy")
    quorum_size: int | None = Field(description="Acts in the newest checkpoint that enough witnesses cosigned")
    witnesses: list[WitnessShape]


class TimestampShape(BaseModel):
    """The time stamp (RFC 3161) of the head of a month."""

    month: date = Field(description="The first day of the month, in Riga, in which the newest of the acts was recorded")
    size: int = Field(description="Acts in the checkpoint")
    stamped_at: datetime = Field(description="When the authority stamped it")


class TimestampsShape(BaseModel):
    """All time stamps, and what keeps the next one from being had."""

    timestamps: list[TimestampShape]
    trouble: str | None = Field(description="Why the authority gave none, the last time")


@contextmanager
def asking(service: Service) -> Iterator[Outside]:
    """Ask witnesses and the time stamp authority, those that are set, until the end of the block."""
    with ExitStack() as open_ones:
        witnesses = timestamping = None
        if service.policy is not None:
            try:
                witnesses = Witnesses(service.database, service.policy, service.ends, service.sealer.halt)
            except PolicyRefused as refused:
                raise SettingsRefused(str(refused)) from None
            open_ones.enter_context(closing(witnesses))
        if service.authority is not None:
            timestamping = open_ones.enter_context(
                closing(Timestamping(service.database, service.authority, service.ends))
            )
        yield Outside(witnesses, timestamping)


def outside_router() -> APIRouter:
    """``/log/witnesses``, ``/log/timestamps`` and the files below it."""
    router = APIRouter(tags=["log"])

    @router.get("/log/witnesses", response_model=WitnessedShape, responses=problems())
    def witnesses(service: TheService, request: Request) -> Response:
        """Who cosigned how much of the ledger, who is behind, and whether the quorum stands."""
        with service.database.pool.connection() as connection:
            return json_response(text_of(witnessed_document(outside_of(request).witnesses, connection)))

    @router.get("/log/timestamps", response_model=TimestampsShape, responses=problems())
    def timestamps(service: TheService, request: Request) -> Response:
        """The time stamps of the heads of months."""
        with service.database.pool.connection() as connection:
            found = [
                {"month": head.month.isoformat(), "size": head.size, "stamped_at": _stamped_at(response)}
                for head, response in stamped_heads(connection)
            ]
        asked = outside_of(request).timestamping
        return json_response(text_of({"timestamps": found, "trouble": None if asked is None else asked.trouble}))

    @router.get(
        "/log/timestamps/{size}.tsr",
        responses=problems(404, 422) | {200: {"content": {"application/timestamp-reply": {}}}},
        response_class=Response,
    )
    def response(service: TheService, size: Size) -> Response:
        """A time stamp as the authority gave it; with the note beside it, ``openssl ts -verify`` checks it."""
        with service.database.pool.connection() as connection:
            found = timestamp_of(connection, size)
        if found is None:
            raise _no_timestamp(size)
        return Response(found.response, headers=FOREVER, media_type="application/timestamp-reply")

    @router.get(
        "/log/timestamps/{size}.note",
        responses=problems(404, 422) | {200: {"content": {"text/plain": {}}}},
        response_class=Response,
    )
    def note(service: TheService, size: Size) -> Response:
        """The checkpoint that was stamped, byte for byte."""
        with service.database.pool.connection() as connection:
            content = None if timestamp_of(connection, size) is None else stamped_note(connection, size)
        if content is None:
            raise _no_timestamp(size)
        return Response(content, headers=FOREVER, media_type="text/plain")

    return router


def outside_of(request: Request) -> Outside:
    """Who is asked while the application runs."""
    found: Outside = request.app.state.outside
    return found


def witnessed_document(witnesses: Witnesses | None, connection: Any) -> dict[str, Any]:
    """How far the ledger is witnessed, as it is told."""
    if witnesses is None:
        return {"size": Tiles(connection).size, "quorum": None, "quorum_size": None, "witnesses": []}
    state = witnesses.state(connection)
    told = [
        {
            "name": each.name,
            "key": each.key,
            "size": each.size,
            "cosigned_at": None if each.at is None else instant(datetime.fromtimestamp(each.at, UTC)),
            "behind": each.behind,
            "trouble": each.trouble,
        }
        for each in state.witnesses
    ]
    return {"size": state.size, "quorum": state.quorum, "quorum_size": state.quorum_size, "witnesses": told}


def _no_timestamp(size: int) -> NotFound:
    return NotFound("no time stamp of a checkpoint of {size} acts", size=size)


def _stamped_at(response: bytes) -> str:
    return instant(decode_timestamp_response(response).tst_info.gen_time)

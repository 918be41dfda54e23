"""Whether the service lives and is ready, and its metrics."""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from psycopg import Error
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse, Response

from api.answers import json_response, text_of
from api.errors import problems
from api.outside import outside_of
from api.parameters import TheService
from ledger.recorder import head
from ledger.tiles import Tiles

_POSITION = Gauge("regesta_ledger_position", "Newest position of the ledger")


class Readiness(BaseModel):
    """Whether acts can be read and recorded, up to which position the ledger goes, and how far it is sealed."""

    ready: bool
    position: int
    sealed: int = Field(description="How many acts the newest checkpoint covers")
    witnessed: int | None = Field(
        description="How many acts the newest checkpoint covers that enough witnesses cosigned; null: none are asked"
    )
    halted: str | None = Field(description="Why nothing is recorded: the tree is not what was signed")
    late: str | None = Field(description="What keeps the newest acts from being sealed just now")


def health_router() -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics``."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", response_class=PlainTextResponse)
    def healthz() -> str:
        """The process lives."""
        return "ok\n"

    @router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
    def readyz(service: TheService, request: Request) -> Response:
        """The database answers, and the ledger is what was signed."""
        try:
            with service.database.pool.connection(timeout=2) as connection:
                position, sealed = head(connection).position, Tiles(connection).size
                witnesses = outside_of(request).witnesses
                witnessed = None if witnesses is None else witnesses.state(connection).quorum_size
        except (Error, PoolTimeout):
            # Else each connection that was lost while it waited in the pool would cost one more probe.
            service.database.pool.check()
            service.vault.check()
            return json_response(
                '{"ready":false,"position":-1,"sealed":0,"witnessed":null,"halted":null,"late":null}', status=503
            )
        halted, late = service.sealer.refusal, service.sealer.trouble
        told = {
            "ready": halted is None,
            "position": position,
            "sealed": sealed,
            "witnessed": witnessed,
            "halted": halted,
            "late": late,
        }
        return json_response(text_of(told), status=200 if halted is None else 503)

    @router.get("/metrics", response_class=PlainTextResponse, responses=problems())
    def metrics(service: TheService) -> Response:
        """Prometheus metrics."""
        with service.database.pool.connection() as connection:
            _POSITION.set(head(connection).position)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router

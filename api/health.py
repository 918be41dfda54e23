"""Whether the service lives and is ready, and its metrics."""

from __future__ import annotations

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from psycopg import Error
from psycopg_pool import PoolTimeout
from pydantic import BaseModel
from starlette.responses import PlainTextResponse, Response

from api.answers import json_response, text_of
from api.errors import problems
from api.registers import TheService
from ledger.recorder import head

_POSITION = Gauge("regesta_ledger_position", "Newest position of the ledger")


class Readiness(BaseModel):
    """Whether acts can be read and recorded, and up to which position the ledger goes."""

    ready: bool
    position: int


def health_router() -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics``."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", response_class=PlainTextResponse)
    def healthz() -> str:
        """The process lives."""
        return "ok\n"

    @router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
    def readyz(service: TheService) -> Response:
        """The database answers."""
        try:
            with service.database.pool.connection(timeout=2) as connection:
                position = head(connection).position
        except (Error, PoolTimeout):
            # Else each connection that was lost while it waited in the pool would cost one more probe.
            service.database.pool.check()
            return json_response('{"ready":false,"position":-1}', status=503)
        return json_response(text_of({"ready": True, "position": position}))

    @router.get("/metrics", response_class=PlainTextResponse, responses=problems())
    def metrics(service: TheService) -> Response:
        """Prometheus metrics."""
        with service.database.pool.connection() as connection:
            _POSITION.set(head(connection).position)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router

"""What paths take of a request: the moment asked about, the entry, and the service that answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from api.bodies import Reference
from api.service import Service

AsOf = Annotated[str | None, Query(max_length=40, description="The day asked about; default today (Europe/Riga)")]
KnownAtText = Annotated[
    str | None,
    Query(max_length=40, description="As known at a position, an instant, or the end of a date; default now"),
]
FigureName = Annotated[str, Path(max_length=400, description="Name of a figure; it may hold that of a programme")]
Entry = Annotated[Reference, Path(description="Registration number or entry id")]


def service_of(request: Request) -> Service:
    """The running service."""
    service: Service = request.app.state.service
    return service


async def _the_service(request: Request) -> Service:
    # Async only so that it is looked up in place, without a thread's help.
    return service_of(request)


TheService = Annotated[Service, Depends(_the_service)]

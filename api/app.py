"""The HTTP application: every router, one way of answering errors, and a limit on what a body may weigh."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.metadata import version
from urllib.parse import unquote_to_bytes

from anyio import to_thread
from fastapi import FastAPI
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors
from api.committing import committing
from api.described import Described
from api.digesting import digesting
from api.outside import asking
from api.routes import routes_of
from api.service import Service
from api.sessions import Sessions

READING_AT_ONCE = 6
"""Threads for the hot reads, and as many for all else. Together they leave connections of the pool to recording."""
LARGEST_BODY = 2_000_000
"""Bytes; the largest decision about many institutions stays far below."""


def application(service: Service) -> FastAPI:
    """The application over a running service."""

    app = Described(
        title="Regesta",
        summary="The register that remembers: what was true on a day, as the register knew it at a position",
        version=version("regesta"),
        lifespan=_reading,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    )
    app.state.service = service
    app.state.sessions = Sessions(service.settings, service.database, service.readings, service.vault)
    app.router.routes += routes_of(tuple(service.catalogue.registers.values()))
    app.add_api_route("/", _to_the_paths, include_in_schema=False)
    errors.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(QueryIsText)
    app.add_middleware(HeadLikeGet)
    return app


async def _to_the_paths() -> RedirectResponse:
    """Whoever opens the bare address sees what there is."""
    return RedirectResponse("/docs")


@asynccontextmanager
async def _reading(app: FastAPI) -> AsyncIterator[None]:
    """While the application runs, so many requests read at once, what they read is digested day by day, and outsiders
    are asked to confirm what is sealed.

    The whole tree is checked when it begins.
    """
    app.state.service.sealer.check_whole()
    to_thread.current_default_thread_limiter().total_tokens = READING_AT_ONCE
    get_running_loop().set_default_executor(ThreadPoolExecutor(READING_AT_ONCE, "reading"))
    service = app.state.service
    with digesting(service), committing(service), asking(service) as app.state.outside:
        yield


class HeadLikeGet:
    """Answers HEAD as GET is answered (RFC 9110 section 9.3.2); the server leaves the body away."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        asked = {**scope, "method": "GET"} if scope["type"] == "http" and scope["method"] == "HEAD" else scope
        await self.app(asked, receive, send)


class QueryIsText:
    """Refuses a query that is not UTF-8 with 400.

    Else its letters would be replaced by others before any path sees them, and something else be answered than asked.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http":
            try:
                unquote_to_bytes(scope["query_string"]).decode()
            except UnicodeDecodeError:
                await errors.query_is_no_text(scope, receive, send)
                return
        await self.app(scope, receive, send)


class BodyLimit:
    """Refuses bodies above ``LARGEST_BODY`` bytes with 413, whether or not they announce their length.

    FastAPI's own limit answers in plain text; this one answers with a problem like any other.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what comes in."""
        if scope["type"] != "http" or scope["method"] == "GET":
            await self.app(scope, receive, send)
            return
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY:
                raise errors.BodyTooLarge
            return message

        if announced.isdigit() and int(announced) > LARGEST_BODY:
            await errors.body_too_large(scope, receive, send)
            return
        await self.app(scope, counted, send)

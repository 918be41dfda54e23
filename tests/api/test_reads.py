"""The shorter way of reads answers as the framework's own way does."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from api.app import application
from api.reads import Reads
from api.service import Service
from tests.api.office import INSTITUTIONS, Office
from tests.api.serving import account

ANYTHING = [
    "",
    "?as_of=2020-06-01",
    "?as_of=&known_at=",
    "?known_at=0&as_of=2020-06-01&as_of=2020-07-01",
    "?known_at=2020-01-01T00:00:00+02:00",
    "?unheard=of",
    "?as_of=tomorrow",
    "?as_of=2020-01-01&known_at=never",
    "?as_of=" + 41 * "1" + "&known_at=" + 41 * "2",
    "?sort=-name&limit=1&status=registered&status=struck_off",
    "?sort=up",
    "?status=gone",
    "?limit=0",
    "?limit=one&limit=2",
    "?kind=vocational&format=csv",
    "?format=pdf",
    "?q=%00",
    "?q=%ff",
    "?from=2020-01-01/&to=/0",
    "?from=/&to=" + 91 * "0",
]
PATHS = ["", "/", "/diff", "/acts", "/{entry}", "/{entry}/", "/{number}", "/0", "/not_a_number", "/%C4%81", "/%2F"]
METHODS = ["GET", "HEAD", "PUT"]


@pytest.fixture
def office(service: Service, server: str, clerk: httpx.Client, client: httpx.Client) -> Office:
    return Office(service, server, clerk, client)


def _way(app: FastAPI, *, shorter: bool) -> FastAPI:
    if not shorter:
        app.router.routes[:] = [route for route in app.router.routes if not isinstance(route, Reads)]
    return app


def _answers(app: FastAPI, addresses: list[str], token: str | None) -> list[tuple[int, list[tuple[str, str]], bytes]]:
    async def ask() -> list[httpx.Response]:
        headers = {"Accept-Language": "lv"} | ({} if token is None else {"Authorization": token})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return [
                await client.request(method, address, headers=headers) for address in addresses for method in METHODS
            ]

    return [(answer.status_code, answer.headers.multi_items(), answer.content) for answer in asyncio.run(ask())]


def test_whatever_is_asked_and_whoever_asks_both_ways_answer_alike(service: Service, office: Office) -> None:
    receipt = office.register("2020-01-02")
    paths = [path.format(entry=receipt["entry"], number=receipt["registration_number"]) for path in PATHS]
    addresses = [f"{INSTITUTIONS}{path}{query}" for path in paths for query in ANYTHING]
    shorter, longer = (_way(application(service), shorter=shorter) for shorter in (True, False))
    callers = [None, f"Bearer {account(service, 'other', '*:reader')}", "Bearer none"]
    for nth, token in enumerate(callers):
        asked = addresses[nth :: len(callers)]
        assert _answers(shorter, asked, token) == _answers(longer, asked, token)


def test_what_is_asked_most_goes_the_shorter_way(service: Service) -> None:
    app = _way(application(service), shorter=True)
    # Without the routers nothing else can answer, and what is not found has no name.
    app.router.routes[:] = [route for route in app.router.routes if isinstance(route, Reads)]
    paths = ["", "?limit=2", "/diff", "/0000000000", "/0000000000?as_of=2020-06-01&known_at=1"]
    answers = _answers(app, [f"{INSTITUTIONS}{path}" for path in paths], None)[:: len(METHODS)]
    told = [(status, b"0000000000" in body) for status, _, body in answers]
    assert told == [(200, False), (200, False), (200, False), (404, True), (404, True)]

"""Callers that read slowly, or go away in the middle, take nothing from the others."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path

import httpx
import pytest

from api.service import Service
from domain.act import Actor
from replay.viis_import import Importer

MORE_THAN_CONNECTIONS = 24
CSV = "/registers/institutions?format=csv&as_of=2020-12-31"


@pytest.fixture
def full(service: Service, register_export: Path) -> Service:
    """The service with the real register, whose CSV is far larger than what waits in a socket."""
    importer = Importer(service.recording, service.database, service.catalogue, Actor("import", "import"))
    importer.import_viis(
        register_export.read_bytes(), effective_on=date(2020, 12, 31), strict=True, progress=lambda *_: None
    )
    return service


@pytest.mark.usefixtures("full")
def test_lists_that_nobody_reads_on_hold_no_connection(server: str, client: httpx.Client) -> None:
    with ExitStack() as open_ones:
        readers = open_ones.enter_context(httpx.Client(base_url=server, timeout=60, limits=httpx.Limits()))
        for _ in range(MORE_THAN_CONNECTIONS):
            response = open_ones.enter_context(readers.stream("GET", CSV))
            assert next(response.iter_raw())
        assert client.get("/registers/institutions?q=rezekne").status_code == 200


@pytest.mark.usefixtures("full")
def test_callers_that_go_away_in_the_middle_leave_a_working_service(server: str, client: httpx.Client) -> None:
    for _ in range(MORE_THAN_CONNECTIONS):
        with httpx.stream("GET", f"{server}{CSV}", timeout=60) as response:
            next(response.iter_raw())
    assert client.get(CSV).text.count("\n") == 2614 + 1

"""The service over HTTP for every test: a fresh database, a real server, and a caller of each role."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from api.service import Service, running
from api.settings import Settings
from tests.api.office import Office, opened
from tests.api.serving import account, caller, serving
from tests.conftest import fresh_database


@pytest.fixture
def service(database_url: str) -> Iterator[Service]:
    """The running service on a fresh database."""
    with running(Settings(database_url=database_url)) as started:
        yield started


@pytest.fixture
def server(service: Service) -> Iterator[str]:
    """The address of an HTTP server over the service."""
    with serving(service) as address:
        yield address


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    """An anonymous caller."""
    with caller(server) as anonymous:
        yield anonymous


@pytest.fixture
def clerk(service: Service, server: str) -> Iterator[httpx.Client]:
    """A clerk of every register."""
    with caller(server, account(service, "clerk", "*:clerk")) as signed_in:
        yield signed_in


@pytest.fixture
def reader(service: Service, server: str) -> Iterator[httpx.Client]:
    """A reader of every register."""
    with caller(server, account(service, "reader", "*:reader")) as signed_in:
        yield signed_in


@pytest.fixture
def auditor(service: Service, server: str) -> Iterator[httpx.Client]:
    """An auditor of every register."""
    with caller(server, account(service, "auditor", "*:auditor")) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def shared_service(server_url: str) -> Iterator[Service]:
    """The running service on a database that the tests of a file share."""
    with fresh_database(server_url) as url, running(Settings(database_url=url)) as started:
        yield started


@pytest.fixture(scope="module")
def shared_server(shared_service: Service) -> Iterator[str]:
    """The address of an HTTP server over the shared service."""
    with serving(shared_service) as address:
        yield address


@pytest.fixture(scope="module")
def anyone(shared_server: str) -> Iterator[httpx.Client]:
    """An anonymous caller of the shared server."""
    with caller(shared_server) as anonymous:
        yield anonymous


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    """An office that the tests of a file share."""
    with opened(server_url) as started:
        yield started


@pytest.fixture(scope="module")
def protector(office: Office) -> Iterator[httpx.Client]:
    """Whoever may have persons erased there."""
    with caller(office.server, account(office.service, "protector", "erasures:data-protection")) as signed_in:
        yield signed_in

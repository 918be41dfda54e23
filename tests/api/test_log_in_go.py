"""The served log, followed by Go's reference implementation at sizes around the edges of tiles."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import httpx
import psycopg
import pytest

from api.service import running
from api.settings import Settings
from tests.api.serving import serving
from tests.conftest import fresh_database
from tests.ledger.golang import compiled
from tests.ledger.synthetic import fill

SIZES = (0, 1, 255, 256, 257, 65_535, 65_536, 65_537)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("log", tmp_path_factory.mktemp("go"))


@contextmanager
def following(program: Path, address: str) -> Iterator[Callable[[], str]]:
    """Lets the program look at the log; what it reads is got over HTTP. Gives what it found."""
    with (
        httpx.Client(base_url=f"{address}/log/", timeout=60) as client,
        subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):
        asking, answering = process.stdin, process.stdout
        assert asking is not None
        assert answering is not None

        def look() -> str:
            asking.write(b"look\n")
            asking.flush()
            while (said := answering.readline().decode().strip()).startswith("get "):
                content = client.get(said.removeprefix("get ")).raise_for_status().content
                asking.write(b"%d\n%s" % (len(content), content))
                asking.flush()
            return said

        try:
            yield look
        finally:
            process.kill()


def test_go_follows_the_log_across_every_edge_of_tiles(server_url: str, program: Path) -> None:
    with (
        fresh_database(server_url) as url,
        running(Settings(database_url=url)) as service,
        serving(service) as address,
        following(program, address) as look,
    ):
        for before, size in pairwise(SIZES):
            fill(url, before, size)
            service.sealer.seal()
            assert look() == str(size)


def test_go_refuses_a_log_that_serves_another_entry_than_it_signed(server_url: str, program: Path) -> None:
    with (
        fresh_database(server_url) as url,
        running(Settings(database_url=url)) as service,
        serving(service) as address,
        following(program, address) as look,
    ):
        fill(url, 0, 300)
        service.sealer.seal()
        with psycopg.connect(url) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute("UPDATE ledger.events SET actor = 'somebody else' WHERE notification_id = 260")
        assert "tree of 300: expected root" in look()

"""Heads of months, stamped when the next month has begun, and kept for good."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ledger.database import Database
from ledger.outside import CHAIN_BEGINS, ENDS_FILE, End, Ends, stamped_note, timestamps
from ledger.sealing import Sealer
from ledger.signing import HEAD_FILE, FileSigner, LogHead, LogSigner
from ledger.timestamping import Authority, Timestamping, TimestampRefused, Trust, due_head, stamp_due, stamped_heads
from tests.ledger.appends import insert
from tests.ledger.authority import Tsa, authority

EDGE = datetime(2026, 9, 30, 21, tzinfo=UTC)
"""Midnight in Riga between September and October."""


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with authority(tmp_path_factory.mktemp("tsa") / "one") as opened:
        yield opened


class Months:
    """A ledger whose acts were recorded when the test says, sealed after each."""

    def __init__(self, database: Database, sealer: Sealer, ends: Ends) -> None:
        self.database, self._sealer, self.ends, self._next = database, sealer, ends, 0

    def recorded(self, *moments: datetime) -> None:
        for moment in moments:
            with self.database.pool.connection() as connection:
                insert(connection, self._next, recorded_at=moment)
            self._next += 1
            self._sealer.seal()
            assert self._sealer.refusal is None

    def due(self) -> Any:
        with self.database.pool.connection() as connection:
            return due_head(connection)


@pytest.fixture
def months(database: Database, tmp_path: Path) -> Iterator[Months]:
    keys = tmp_path / "keys"
    signer = LogSigner(FileSigner.opened(keys, "register.example/log"), LogHead(keys / HEAD_FILE))
    with closing(Sealer(database, signer)) as sealer:
        yield Months(database, sealer, Ends(keys / ENDS_FILE))


def before(days: float) -> datetime:
    return datetime.fromtimestamp(EDGE.timestamp() - days * 86_400, UTC)


def test_a_head_is_due_when_the_next_month_has_begun_in_riga(months: Months) -> None:
    assert months.due() is None
    months.recorded(before(40), before(3), before(0.00001))
    assert months.due() == (date(2026, 8, 1), 1)
    months.recorded(EDGE)
    assert months.due() == (date(2026, 9, 1), 3)
    months.recorded(before(-40))
    assert months.due() == (date(2026, 10, 1), 4)


def test_a_due_head_is_stamped_once_and_kept(months: Months, tsa: Tsa) -> None:
    trust = Trust.read(tsa.root)
    months.recorded(before(3), before(2), EDGE)
    assert stamp_due(months.database, Authority(tsa.url, trust), months.ends) == (date(2026, 9, 1), 2)
    assert stamp_due(months.database, Authority(tsa.url, trust), months.ends) is None
    with months.database.pool.connection() as connection:
        (row,) = timestamps(connection)
        note = stamped_note(connection, row.size)
        assert note is not None
        trust.check(row.response, note)
        assert row.chained(CHAIN_BEGINS) == row.chain
        assert months.ends.read() == {"timestamps": End(1, row.chain)}
        assert [head for head, _ in stamped_heads(connection)] == [(date(2026, 9, 1), 2)]


def test_it_happens_by_itself_also_after_an_authority_was_away(months: Months, tsa: Tsa) -> None:
    tsa.manner[0] = "not at all"
    months.recorded(before(3), EDGE)
    with closing(Timestamping(months.database, Authority(tsa.url, Trust.read(tsa.root)), months.ends)) as asked:
        while asked.trouble is None:
            pass
        assert asked.trouble == "authority: expected 200, met 503"
        assert months.due() is not None
    tsa.manner[0] = "well"
    with closing(Timestamping(months.database, Authority(tsa.url, Trust.read(tsa.root)), months.ends)) as asked:
        while months.due() is not None:
            pass
        assert asked.trouble is None


def test_what_an_untrusted_authority_says_is_not_kept(months: Months, tsa: Tsa, tmp_path: Path) -> None:
    months.recorded(before(3), EDGE)
    with authority(tmp_path / "other") as other, pytest.raises(TimestampRefused):
        stamp_due(months.database, Authority(other.url, Trust.read(tsa.root)), months.ends)
    assert months.due() is not None


@pytest.mark.parametrize("table", ["cosignatures", "timestamps"])
def test_what_others_said_can_not_be_changed_or_put_out_of_order(database_url: str, months: Months, table: str) -> None:
    months.recorded(EDGE)
    values = (
        "'k', 'c', decode(repeat('00', 32), 'hex')"
        if table == "cosignatures"
        else "'r', decode(repeat('00', 32), 'hex')"
    )
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(f"INSERT INTO ledger.{table} SELECT 0, 1, {values}")
        for number, size in ((0, 1), (2, 1), (1, 7)):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match=f"ledger.{table}: expected"):
                owner.execute(f"INSERT INTO ledger.{table} SELECT {number}, {size}, {values}")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute(f"INSERT INTO ledger.{table} SELECT 1, 1, {values}")
        for change in ("UPDATE ledger.{} SET size = 1", "DELETE FROM ledger.{}", "TRUNCATE ledger.{}"):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                owner.execute(change.format(table))
    _refused_to_the_service(months.database, table)


def _refused_to_the_service(database: Database, table: str) -> None:
    with database.pool.connection() as connection:
        _refused(connection, f"UPDATE ledger.{table} SET size = 1")
        _refused(connection, f"DELETE FROM ledger.{table}")


def _refused(connection: Connection[Any], statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)

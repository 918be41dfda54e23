"""The eventsourcing library's own cases for recorders, factories and applications, run on ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import DataError, IntegrityError, StoredEvent, TrackingRecorder
from eventsourcing.postgres import (
    PostgresAggregateRecorder,
    PostgresFactory,
    PostgresProcessRecorder,
    PostgresTrackingRecorder,
)
from eventsourcing.tests import application as library_application
from eventsourcing.tests import persistence as library
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict

from ledger.database import Database
from ledger.recorder import Factory, LedgerRecorder


def settings(url: str) -> dict[str, str]:
    """What an application of the library is told, to keep its events in our ledger."""
    parts = conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "ledger.recorder",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": "",
        "POSTGRES_POOL_SIZE": "1",
        "POSTGRES_MAX_OVERFLOW": "4",
    }


class Unnumbered(LedgerRecorder):
    """Ours as a mere recorder of aggregates, which says nothing of positions."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> None:
        super().insert_events(stored_events)


class TestAsAnAggregateRecorder(library.AggregateRecorderTestCase):
    @pytest.fixture(autouse=True)
    def _open(self, database: Database) -> None:
        self.database = database

    def create_recorder(self) -> Unnumbered:
        return Unnumbered(self.database)


class TestAsAnApplicationRecorder(library.ApplicationRecorderTestCase[LedgerRecorder]):
    @pytest.fixture(autouse=True)
    def _open(self, database: Database) -> None:
        self.database = database

    def create_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.database)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNumbersDoNotInterleave(library.NonInterleavingNotificationIDsBaseCase):
    @pytest.fixture(autouse=True)
    def _open(self, database: Database) -> None:
        self.database = database

    def create_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.database)


class TrackingOfATest(PostgresTrackingRecorder):
    """A tracking recorder that the factory has not heard of."""


class TestFactory(library.InfrastructureFactoryTestCase[PostgresFactory]):
    @pytest.fixture(autouse=True)
    def _open(self, database_url: str) -> None:
        self.url = database_url

    def setUp(self) -> None:
        self.env = Environment("TestCase", settings(self.url))
        super().setUp()

    def expected_factory_class(self) -> type[PostgresFactory]:
        return Factory

    def expected_application_recorder_class(self) -> type[LedgerRecorder]:
        return LedgerRecorder

    def expected_aggregate_recorder_class(self) -> type[PostgresAggregateRecorder]:
        return PostgresAggregateRecorder

    def expected_tracking_recorder_class(self) -> type[PostgresTrackingRecorder]:
        return PostgresTrackingRecorder

    def expected_process_recorder_class(self) -> type[PostgresProcessRecorder]:
        return PostgresProcessRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return TrackingOfATest


class TestExampleApplication(library_application.ExampleApplicationTestCase):
    expected_factory_topic = "ledger.recorder:Factory"

    @pytest.fixture(autouse=True)
    def _settings(self, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in settings(database_url).items():
            monkeypatch.setenv(name, value)


class Library(Aggregate):
    """An aggregate in the library's own style."""

    @event("Opened")
    def __init__(self, name: str) -> None:
        self.name = name

    @event("Renamed")
    def rename(self, name: str) -> None:
        self.name = name


def test_an_application_of_the_library_saves_to_our_ledger_and_reads_back(
    database_url: str, database: Database
) -> None:
    with Application[UUID](env=settings(database_url)) as application:
        aggregate = Library("Misiņa bibliotēka")
        aggregate.rename("Nacionālā bibliotēka")
        recorded = application.save(aggregate)
        copy: Library = application.repository.get(aggregate.id)
        assert [recording.notification.id for recording in recorded] == [1, 2]
        assert (copy.name, copy.version) == ("Nacionālā bibliotēka", 2)
    assert len(LedgerRecorder(database).select_events(aggregate.id)) == 2


def test_an_application_that_lost_a_race_is_told_so_and_nothing_is_recorded(
    database_url: str, database: Database
) -> None:
    with Application[UUID](env=settings(database_url)) as application:
        aggregate = Library("Misiņa bibliotēka")
        application.save(aggregate)
        first: Library = application.repository.get(aggregate.id)
        second: Library = application.repository.get(aggregate.id)
        first.rename("Nacionālā bibliotēka")
        second.rename("Valsts bibliotēka")
        application.save(first)
        with pytest.raises(IntegrityError):
            application.save(second, Library("Akadēmiskā bibliotēka"))
        application.save(Library("Akadēmiskā bibliotēka"))
    assert [n.id for n in LedgerRecorder(database).select_notifications(None, 10)] == [1, 2, 3]


def test_an_aggregate_whose_id_is_no_uuid_is_refused(database: Database) -> None:
    recorder = LedgerRecorder(database)
    with pytest.raises(DataError, match="uuid"):
        recorder.insert_events([StoredEvent("institution-1", 1, "topic", b"state")])
    assert recorder.insert_events([StoredEvent(uuid4(), 1, "topic", b"state")]) == [1]

"""The service and its witnesses: processes that see every checkpoint, and notice when the ledger is not what it was."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from api.service import Service, running
from api.settings import Settings, SettingsRefused
from ledger.database import Database
from ledger.note import Note, VerifierKey
from ledger.outside import ENDS_FILE, Ends, cosigned_note
from ledger.recorder import LedgerRecorder
from ledger.sealing import Sealer
from ledger.signing import HEAD_FILE, FileSigner, LogHead, LogSigner
from ledger.witness_policy import Policy
from ledger.witnesses import Witnesses
from tests.api.office import Json, problem, recorded, school, told
from tests.api.serving import account, caller, serving
from tests.cli.running import regesta
from tests.cli.witnessing import small_witness
from tests.conftest import keys_of, url_of
from tests.ledger.appends import acts

ORIGIN = "registers.example.lv/log"
WAIT = 120


def log_key(url: str) -> VerifierKey:
    """The key of the ledger in this database, made before the service starts."""
    return FileSigner.opened(keys_of(url), ORIGIN).verifier_key


class AtWork:
    """The service over a database, with a clerk."""

    def __init__(self, service: Service, clerk: httpx.Client) -> None:
        self.service, self.clerk = service, clerk

    def record(self, how_many: int = 1) -> None:
        for _ in range(how_many):
            recorded(self.clerk.post("/registers/institutions/acts", json=school()))

    def witnessed(self) -> Json:
        return told(self.clerk.get("/log/witnesses"))

    def ready(self) -> Json:
        found = self.clerk.get("/readyz").json()
        assert isinstance(found, dict)
        return found


@contextmanager
def service_on(url: str, policy: Path | None, name: str = "clerk") -> Iterator[AtWork]:
    settings = Settings(database_url=url, keys_folder=keys_of(url), log_origin=ORIGIN, witness_policy=policy)
    with running(settings) as service:
        token = account(service, f"{name}-{uuid4().hex}", "*:clerk")
        with serving(service) as server, caller(server, token) as clerk:
            yield AtWork(service, clerk)


def until(met: Callable[[], Any]) -> None:
    """Wait until something is so."""
    ends = time.monotonic() + WAIT
    while not met():
        assert time.monotonic() < ends, "it never became so"
        time.sleep(0.05)


def written(folder: Path, *lines: str) -> Path:
    policy = folder / f"policy-{uuid4().hex}"
    policy.write_text("".join(f"{line}\n" for line in lines))
    return policy


def state_of(document: Json, name: str) -> Json:
    return next(each for each in document["witnesses"] if each["name"] == name)


def test_a_quorum_stands_as_long_as_two_of_three_answer_with_their_own_keys(database_url: str, tmp_path: Path) -> None:
    key = log_key(database_url)
    with ExitStack() as processes:
        start = processes.enter_context
        one = start(small_witness(tmp_path / "one", "witness.example/one", key))
        two = start(small_witness(tmp_path / "two", "witness.example/two", key))
        liar = start(small_witness(tmp_path / "liar", "witness.example/three", key))
        another = VerifierKey.of("witness.example/three", one.key.public[::-1], 4)
        policy = written(
            tmp_path,
            f"log {key}",
            f"witness one {one.key} {one.address}",
            f"witness two {two.key} {two.address}/",
            f"witness liar {another} {liar.address}",
            "group quorum 2 one two liar",
            "quorum quorum",
        )
        office = start(service_on(database_url, policy))
        office.record()
        until(lambda: office.ready()["witnessed"] == 1)
        until(lambda: state_of(office.witnessed(), "liar")["trouble"])
        told_now = office.witnessed()
        assert (told_now["size"], told_now["quorum"], told_now["quorum_size"]) == (1, True, 1)
        assert "expected a cosignature by witness.example/three" in state_of(told_now, "liar")["trouble"]
        assert state_of(told_now, "one")["cosigned_at"].endswith("Z")

        with office.service.database.pool.connection() as connection:
            note = cosigned_note(connection, 1)
        assert note is not None
        judged = Policy.parse(policy.read_bytes()).judge(Note.parse(note))
        assert (judged.log, set(judged.cosigned), judged.quorum) == (key, {"one", "two"}, True)
        (tmp_path / "note").write_bytes(note)
        checked = regesta(database_url, "log", "policy", "check", str(policy), "--checkpoint", str(tmp_path / "note"))
        assert (checked.code, checked.err) == (
            0,
            f"Checkpoint of 1 acts: signed by {ORIGIN}; quorum quorum met.\n",
        )

        two.process.kill()
        two.process.wait()
        office.record(2)
        until(lambda: state_of(office.witnessed(), "one")["size"] == 3)
        until(lambda: state_of(office.witnessed(), "two")["trouble"])
        told_now = office.witnessed()
        assert (told_now["quorum"], told_now["quorum_size"], state_of(told_now, "two")["behind"]) == (False, 1, 2)
        assert office.ready()["ready"]
        assert office.ready()["witnessed"] == 1

        start(small_witness(tmp_path / "two", "witness.example/two", key, port=int(two.address.rpartition(":")[2])))
        until(lambda: office.witnessed()["quorum"])
        until(lambda: state_of(office.witnessed(), "two")["trouble"] is None)


@contextmanager
def copied(server_url: str, url: str) -> Iterator[str]:
    """A copy of a database and its keys, as a backup of the whole machine has them."""
    name = f"test_{uuid4().hex}"
    original = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
        copy = url_of(server_url, name)
        shutil.copytree(keys_of(url), keys_of(copy))
        yield copy
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(keys_of(copy))


class Sealed:
    """A ledger that is sealed and witnessed without a service around it."""

    def __init__(self, database: Database, sealer: Sealer, witnesses: Witnesses) -> None:
        self.database, self.sealer, self.witnesses = database, sealer, witnesses

    def witnessed(self) -> int:
        with self.database.pool.connection() as connection:
            return self.witnesses.state(connection).quorum_size


@contextmanager
def sealed(url: str, policy: Path) -> Iterator[Sealed]:
    signer = LogSigner(FileSigner.opened(keys_of(url), ORIGIN), LogHead(keys_of(url) / HEAD_FILE))
    with (
        closing(Database(url)) as database,
        closing(Sealer(database, signer)) as sealer,
    ):
        sealer.seal()
        with closing(
            Witnesses(database, Policy.parse(policy.read_bytes()), Ends(keys_of(url) / ENDS_FILE), sealer.halt)
        ) as witnesses:
            yield Sealed(database, sealer, witnesses)


def append(url: str, how_many: int) -> None:
    with closing(Database(url)) as database:
        LedgerRecorder(database).insert_events(acts(how_many))


def test_a_backup_put_back_and_a_second_face_are_noticed_and_writes_stop(
    server_url: str, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key = log_key(database_url)
    with ExitStack() as opened:
        one = opened.enter_context(small_witness(tmp_path / "one", "witness.example/one", key))
        policy = written(tmp_path, f"log {key}", f"witness one {one.key} {one.address}", "quorum one")
        append(database_url, 1)
        with sealed(database_url, policy) as ledger:
            until(lambda: ledger.witnessed() == 1)
        backup, same_size, larger = (opened.enter_context(copied(server_url, database_url)) for _ in range(3))
        append(database_url, 1)
        with sealed(database_url, policy) as ledger:
            until(lambda: ledger.witnessed() == 2)

        with service_on(backup, policy) as office:
            until(lambda: office.ready()["halted"])
            answer = office.clerk.get("/readyz")
            why = "witness one saw 2 acts of this ledger, which has only 1"
            assert (answer.status_code, answer.json()["ready"], answer.json()["halted"]) == (503, False, why)
            refused = problem(office.clerk.post("/registers/institutions/acts", json=school()), 503, "ledger-halted")
            assert why in refused["detail"]
            assert state_of(office.witnessed(), "one")["trouble"] == why

        append(same_size, 1)
        with sealed(same_size, policy) as ledger:
            until(lambda: ledger.sealer.refusal)
            assert "its tree of 2 acts has another root than ours" in str(ledger.sealer.refusal)
        append(larger, 2)
        with sealed(larger, policy) as ledger:
            until(lambda: ledger.sealer.refusal)
            assert "saw another past: its tree of 2 acts" in str(ledger.sealer.refusal)

        append(database_url, 1)
        with sealed(database_url, policy) as ledger:
            until(lambda: ledger.witnessed() == 3)
            assert ledger.sealer.refusal is None
    critical = [each.getMessage() for each in caplog.records if each.levelname == "CRITICAL"]
    assert len(critical) == 3


def test_a_service_without_witnesses_says_so(client: httpx.Client) -> None:
    document = told(client.get("/log/witnesses"))
    assert document == {"size": 0, "quorum": None, "quorum_size": None, "witnesses": []}
    assert told(client.get("/readyz"))["witnessed"] is None


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("quorum one",), "line 1: expected none, or a witness or group named on a line before, met 'one'"),
        (
            ("log another.example/log+9ea90bd0+AXLVEm5RMRUzVZ7Y2sKqIUbMsnLO9HMWP5F1q7wnH1aA", "quorum none"),
            "line 1: expected a verifier key",
        ),
    ],
)
def test_a_policy_that_does_not_fit_keeps_the_service_from_starting(
    database_url: str, tmp_path: Path, lines: tuple[str, ...], message: str
) -> None:
    with (
        pytest.raises(SettingsRefused, match=message),
        running(Settings(database_url=database_url, witness_policy=written(tmp_path, *lines))),
    ):
        pass


def test_a_policy_for_another_log_keeps_the_service_from_starting(database_url: str, tmp_path: Path) -> None:
    other = VerifierKey.of("another.example/log", b"k" * 32)
    policy = written(tmp_path, f"log {other}", "quorum none")
    with (
        pytest.raises(SettingsRefused, match=r"expected this log among those named, .*, met another\.example/log"),
        running(Settings(database_url=database_url, witness_policy=policy)),
    ):
        pass

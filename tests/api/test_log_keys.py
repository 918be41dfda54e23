"""The log's key takes another's place, and the ledger tells of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from api.log_keys import rotated
from api.service import Service, running
from api.settings import Settings
from ledger.checkpoint import Checkpoint
from ledger.note import Note, NoteRefused, VerifierKey, check_note
from tests.api.office import Office, opened, told
from tests.cli.running import regesta
from tests.conftest import keys_of

KEYS = "/registers/log-keys"


@pytest.fixture
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as office:
        office.register()
        office.service.sealer.wait_for(0)
        yield office


@contextmanager
def again(office: Office, keys: Path | None = None) -> Iterator[Service]:
    """The service started once more on the same ledger."""
    with running(Settings(database_url=office.service.url, keys_folder=keys or keys_of(office.service.url))) as service:
        yield service


def key_of(office: Office) -> VerifierKey:
    return VerifierKey.parse(office.anyone.get("/log/key").text.strip())


def signed_by(office: Office, key: VerifierKey, size: int) -> bool:
    """Whether ``key`` signed the checkpoint of ``size`` acts."""
    with psycopg.connect(office.service.url) as connection:
        (note,) = connection.execute("SELECT note FROM ledger.checkpoints WHERE size = %s", (size,)).fetchone() or ()
    try:
        check_note(Note.parse(note), key)
    except NoteRefused:
        return False
    return True


def newest_size(office: Office) -> int:
    return Checkpoint.parse(Note.parse(office.anyone.get("/log/checkpoint").content).text).size


def lines(anyone: httpx.Client) -> list[str]:
    return [item["content"]["verifier_key"] for item in told(anyone.get(KEYS))["items"]]


def test_a_ledger_whose_key_was_never_rotated_tells_of_none(office: Office) -> None:
    assert lines(office.anyone) == []


def test_a_rotated_key_signs_on_while_the_service_runs_and_the_old_one_has_signed_what_tells_of_it(
    office: Office,
) -> None:
    before = key_of(office)
    answer = regesta(office.service.url, "log", "rotate-key")
    assert answer.code == 0, answer.err
    after = VerifierKey.parse(answer.out.strip())
    assert key_of(office) == after != before
    telling = newest_size(office)
    assert telling == office.head() + 1 == 3
    assert signed_by(office, before, telling)
    office.register()
    office.service.sealer.wait_for(3)
    assert signed_by(office, after, newest_size(office))
    assert not signed_by(office, before, newest_size(office))
    assert lines(office.anyone) == [str(after)]
    entry = told(office.anyone.get(KEYS))["items"][0]
    acts = told(office.anyone.get(f"{KEYS}/{entry['entry']}/acts"))["acts"]
    assert [act["kind"] for act in acts] == ["introduce", "rotate"]
    assert acts[0]["content"]["verifier_key"] == str(before)
    endorsement = Note.parse(entry["content"]["endorsement"].encode())
    check_note(endorsement, before)
    check_note(endorsement, after)
    assert endorsement.text.splitlines()[1:] == [before.name, str(before), str(after)]


def test_a_second_rotation_goes_on_in_the_same_line(office: Office) -> None:
    for _ in range(2):
        after = regesta(office.service.url, "log", "rotate-key").out.strip()
    assert lines(office.anyone) == [after]
    entry = told(office.anyone.get(KEYS))["items"][0]["entry"]
    assert len(told(office.anyone.get(f"{KEYS}/{entry}/acts"))["acts"]) == 3


def test_a_rotation_that_was_broken_off_is_finished_at_the_next_start(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, service = key_of(office), office.service

    def broken_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ledger.key_files.move", broken_off)
        with pytest.raises(KeyboardInterrupt):
            rotated(service.settings, service.database, service.ledger, service.recording, service.sealer, None)
    assert key_of(office) == before
    assert lines(office.anyone) != [str(before)]
    with again(office):
        assert lines(office.anyone) == [str(key_of(office))]


def test_a_key_that_was_rotated_away_signs_no_more(office: Office, tmp_path: Path) -> None:
    kept = shutil.copytree(keys_of(office.service.url), tmp_path / "kept")
    kept.chmod(0o700)
    regesta(office.service.url, "log", "rotate-key")
    with again(office, kept) as service:
        assert "was rotated: another signs the log" in (service.sealer.refusal or "")
    assert lines(office.anyone) == [str(key_of(office))]


def test_a_key_that_nobody_vouched_for_is_told_of_once(office: Office, tmp_path: Path) -> None:
    # The log's key is lost, the others are not.
    left = shutil.copytree(keys_of(office.service.url), tmp_path / "new", ignore=shutil.ignore_patterns("log-*"))
    left.chmod(0o700)
    for _ in range(2):
        with again(office, left) as service:
            new = str(service.sealer.verifier_key)
    assert lines(office.anyone) == [new]
    entry = told(office.anyone.get(KEYS))["items"][0]
    assert "endorsement" not in entry["content"]
    assert len(told(office.anyone.get(f"{KEYS}/{entry['entry']}/acts"))["acts"]) == 1


def test_a_tokens_key_is_rotated_by_its_label_only(office: Office) -> None:
    refused = regesta(office.service.url, "log", "rotate-key", "--key", "log-2")
    assert (refused.code, "--key: expected with a token, and only then" in refused.err) == (2, True)

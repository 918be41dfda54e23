"""The log's key, and the promise it is kept with."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import key_files
from ledger.checkpoint import Checkpoint
from ledger.key_files import KeyRefused
from ledger.merkle import consistency_proof, nodes_of, root
from ledger.note import check_note
from ledger.signing import HEAD_FILE, KEY_FILE, FileSigner, LogHead, LogSigner, SigningRefused, new_secret
from tests.ledger.trees import leaves

ORIGIN = "register.example/log"
LEAVES = leaves(40)
NODES = nodes_of(LEAVES)
FORKED = nodes_of([*LEAVES[:10], *leaves(60)[30:]])


def signer_in(folder: Path) -> LogSigner:
    return LogSigner(FileSigner.opened(folder, ORIGIN), LogHead(folder / HEAD_FILE))


def sign(signer: LogSigner, size: int, nodes: object = NODES) -> None:
    tree = FORKED if nodes is FORKED else NODES
    checkpoint = Checkpoint(ORIGIN, size, root(tree, size))
    note = signer.sign(checkpoint, lambda since: consistency_proof(tree, since, size))
    check_note(note, signer.signer.verifier_key)
    assert Checkpoint.parse(note.text) == checkpoint


def test_the_key_is_made_at_the_first_start_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "keys"
    first = FileSigner.opened(folder, ORIGIN).verifier_key
    assert FileSigner.opened(folder, ORIGIN).verifier_key == first
    assert FileSigner.opened(folder, None).verifier_key == first
    assert first.name == ORIGIN
    assert (folder.stat().st_mode & 0o777, (folder / KEY_FILE).stat().st_mode & 0o777) == (0o700, 0o600)
    assert [file.name for file in folder.iterdir()] == [KEY_FILE]


def test_a_log_that_nobody_named_has_a_name_that_no_other_has(tmp_path: Path) -> None:
    names = {FileSigner.opened(tmp_path / each, None).verifier_key.name for each in "ab"}
    assert len(names) == 2


def test_processes_that_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: FileSigner.opened(tmp_path / "keys", ORIGIN).verifier_key, range(16)))
    assert len(set(keys)) == 1


@pytest.mark.parametrize("name", [".", KEY_FILE, HEAD_FILE])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660])
def test_keys_that_others_may_touch_are_refused(tmp_path: Path, name: str, mode: int) -> None:
    folder = tmp_path / "keys"
    sign(signer_in(folder), 3)
    (folder / name).chmod(mode | (0o100 if name == "." else 0))
    with pytest.raises(KeyRefused, match=r"expected permissions 0[67]00 or narrower, met 0[67]"):
        sign(signer_in(folder), 4)


def test_a_logs_name_never_changes(tmp_path: Path) -> None:
    FileSigner.opened(tmp_path / "keys", ORIGIN)
    with pytest.raises(KeyRefused, match=r"expected a key of the log other\.example/log, met one of register\.example"):
        FileSigner.opened(tmp_path / "keys", "other.example/log")


@pytest.mark.parametrize("wrong", ["", "a b", "a+b"])
def test_a_name_that_no_key_can_have_is_refused(wrong: str) -> None:
    with pytest.raises(KeyRefused, match="origin of the log: key name"):
        new_secret(wrong)


@pytest.mark.parametrize(
    "change", [lambda old: b"", lambda old: old[:-9], lambda old: old.replace(b"register", b"another")]
)
def test_a_key_file_that_holds_something_else_is_refused(tmp_path: Path, change: object) -> None:
    FileSigner.opened(tmp_path / "keys", ORIGIN)
    path = tmp_path / "keys" / KEY_FILE
    assert callable(change)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(KeyRefused, match="log-key: expected"):
        FileSigner.opened(tmp_path / "keys", None)


def test_a_file_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    assert key_files.create(tmp_path / "key", b"one")
    assert not key_files.create(tmp_path / "key", b"two")
    assert (tmp_path / "key").read_bytes() == b"one"


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_trees_are_signed_as_long_as_they_grow_and_the_same_tree_again(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        signer, largest = signer_in(Path(folder) / "keys"), 0
        for size in sizes:
            if size >= largest:
                sign(signer, size)
                largest = size
            else:
                with pytest.raises(SigningRefused, match=f"at least {largest} acts"):
                    sign(signer, size)
            signed = signer.head.read()
            assert signed is not None
            assert signed.size == largest


@pytest.mark.parametrize("size", [12, 15, 40])
def test_a_tree_with_another_past_is_not_signed_even_by_a_signer_that_starts_anew(tmp_path: Path, size: int) -> None:
    sign(signer_in(tmp_path / "keys"), 12)
    with pytest.raises(SigningRefused, match="another past than what was signed"):
        sign(signer_in(tmp_path / "keys"), size, FORKED)
    sign(signer_in(tmp_path / "keys"), 13)


def test_a_tree_of_another_log_is_not_signed(tmp_path: Path) -> None:
    signer = signer_in(tmp_path / "keys")
    sign(signer, 3)
    with pytest.raises(SigningRefused, match="expected a tree of the log"):
        signer.sign(
            Checkpoint("other.example/log", 4, root(NODES, 4)), lambda since: consistency_proof(NODES, since, 4)
        )


def test_what_was_signed_last_must_be_readable(tmp_path: Path) -> None:
    signer = signer_in(tmp_path / "keys")
    sign(signer, 3)
    (tmp_path / "keys" / HEAD_FILE).write_bytes(b"")
    with pytest.raises(SigningRefused, match="expected the last tree signed, met something else"):
        sign(signer, 4)

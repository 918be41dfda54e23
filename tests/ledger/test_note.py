"""Signed notes and verifier keys, and what is not one."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.note import Note, NoteRefused, NoteSignature, VerifierKey, check_note

# The example of the specification (c2sp.org/signed-note).
POEM = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore \
NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
""".encode()
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def signed(text: str, name: str = "example.com/log") -> tuple[Note, VerifierKey]:
    private = Ed25519PrivateKey.generate()
    key = VerifierKey.of(name, private.public_key().public_bytes_raw())
    return Note(text, (NoteSignature(name, key.key_id, private.sign(text.encode())),)), key


def test_a_note_is_read_and_written_byte_for_byte() -> None:
    note = Note.parse(POEM)
    assert note.text.endswith("\n\ned è subito sera.\n")
    assert [each.name for each in note.signatures] == ["quasimodo.example/salvatore"]
    assert note.to_bytes() == POEM


def test_a_key_is_read_and_written_byte_for_byte() -> None:
    _, key = signed("text\n")
    assert VerifierKey.parse(str(key)) == key


def test_signatures_of_keys_one_does_not_know_are_passed_over() -> None:
    note, key = signed("text\n")
    other, _ = signed("text\n", "example.com/witness")
    same_name, _ = signed("text\n")
    check_note(Note("text\n", other.signatures + same_name.signatures + note.signatures), key)


def test_a_note_that_the_key_did_not_sign_is_refused() -> None:
    note, key = signed("text\n")
    with pytest.raises(NoteRefused, match="met none"):
        check_note(Note("text\n", signed("text\n")[0].signatures), key)
    with pytest.raises(NoteRefused, match="not over this text"):
        check_note(note._replace(text="other\n"), key)


def test_one_wrong_signature_by_the_key_is_enough_to_refuse() -> None:
    note, key = signed("text\n")
    wrong = note.signatures[0]._replace(signature=bytes(64))
    with pytest.raises(NoteRefused, match="not over this text"):
        check_note(Note("text\n", (*note.signatures, wrong)), key)


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAA=",
        b"text\n\n- name AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 na+me AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name AAAA\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAB=\n",
        b"text\n\n\xe2\x80\x94 name AAAAA AA=\n",
        b"te\txt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"te\xffxt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"text\n\n" + b"\xe2\x80\x94 name AAAAAAA=\n" * 101,
        b"x" * 1_000_000 + b"\n\n\xe2\x80\x94 name AAAAAAA=\n",
    ],
)
def test_what_is_no_note_is_refused(wrong: bytes) -> None:
    with pytest.raises(NoteRefused):
        Note.parse(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "name",
        "name+12345678",
        "name+12345678+AQ==",
        "name+00000000+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
        "example.com/log/testdata+33D7B496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
        "example.com /testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
    ],
)
def test_what_is_no_verifier_key_is_refused(wrong: str) -> None:
    with pytest.raises(NoteRefused):
        VerifierKey.parse(wrong)


def test_a_key_for_another_kind_of_signature_does_not_check_notes() -> None:
    note, key = signed("text\n")
    with pytest.raises(NoteRefused, match="expected an Ed25519 key"):
        check_note(note, VerifierKey.of(key.name, key.public, 4))


def test_lines_that_extend_a_checkpoint_are_passed_over() -> None:
    found = Checkpoint.parse(f"example.com/log\n20852163\n{ROOT}\nmore\nand more\n")
    assert (found.origin, found.size, found.root.hex()[:8]) == ("example.com/log", 20852163, "0ac5186a")


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        f"\n1\n{ROOT}\n",
        f"example.com/log\n01\n{ROOT}\n",
        f"example.com/log\n-1\n{ROOT}\n",
        f"example.com/log\n1\n{ROOT}",
        f"example.com/log\n1\n{ROOT[4:]}\n",
        f"example.com/log\n1\n{ROOT[:-2]}J=\n",
        f"example.com/log\n1\n{ROOT}\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(wrong: str) -> None:
    with pytest.raises(CheckpointRefused):
        Checkpoint.parse(wrong)

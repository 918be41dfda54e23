from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.cosignature import (
    CosignatureRefused,
    Cosigner,
    check_cosignature,
)
from ledger.key_files import KeyRefused
from ledger.note import NoteSignature, VerifierKey
from tests.ledger.trees import Signing, leaves

TEXT = Signing().checkpoint(leaves(5)).text
AT = 1_679_315_147
WITNESS = Cosigner("witness.example.lv/one", Ed25519PrivateKey.from_private_bytes(b"w" * 32))


def test_a_cosignature_says_when_and_holds_over_its_checkpoint_alone() -> None:
    signature = WITNESS.cosign(TEXT, AT)
    assert check_cosignature(TEXT, signature, WITNESS.verifier_key) == AT
    with pytest.raises(CosignatureRefused, match="is not over this checkpoint"):
        check_cosignature(Signing().checkpoint(leaves(6)).text, signature, WITNESS.verifier_key)


def test_the_signed_bytes_are_those_of_the_specification() -> None:
    signature = WITNESS.cosign(TEXT, AT).signature
    assert signature[:8] == AT.to_bytes(8, "big")
    public = Ed25519PrivateKey.from_private_bytes(b"w" * 32).public_key()
    public.verify(signature[8:], b"cosignature/v1\ntime 1679315147\n" + TEXT.encode())


@pytest.mark.parametrize("at", range(0, 72, 7))
def test_a_cosignature_with_any_byte_changed_is_refused(at: int) -> None:
    good = WITNESS.cosign(TEXT, AT)
    changed = bytearray(good.signature)
    changed[at] ^= 1
    with pytest.raises(CosignatureRefused):
        check_cosignature(TEXT, good._replace(signature=bytes(changed)), WITNESS.verifier_key)


@pytest.mark.parametrize("at", [253_402_300_800, 1 << 63])
def test_a_time_that_no_calendar_has_is_refused_though_it_is_signed(at: int) -> None:
    with pytest.raises(CosignatureRefused, match="expected a time of at most"):
        check_cosignature(TEXT, WITNESS.cosign(TEXT, at), WITNESS.verifier_key)


def test_a_logs_own_signature_is_no_cosignature() -> None:
    log = Signing()
    plain = log.signed(TEXT).signatures[0]
    with pytest.raises(CosignatureRefused, match="expected an Ed25519 witness key"):
        check_cosignature(TEXT, plain, log.key)
    with pytest.raises(CosignatureRefused, match="expected one by witness"):
        check_cosignature(TEXT, plain, WITNESS.verifier_key)


def test_a_cosignature_by_another_key_under_the_same_name_and_number_is_refused() -> None:
    other = Cosigner("witness.example.lv/one", Ed25519PrivateKey.from_private_bytes(b"x" * 32))
    key = WITNESS.verifier_key
    lying = NoteSignature(key.name, key.key_id, other.cosign(TEXT, AT).signature)
    with pytest.raises(CosignatureRefused, match="is not over this checkpoint"):
        check_cosignature(TEXT, lying, key)


def test_a_key_is_made_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "key"
    made = Cosigner.make("witness.example.lv/one", file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert Cosigner.read(file).verifier_key == made.verifier_key == VerifierKey.parse(str(made.verifier_key))
    assert list(tmp_path.iterdir()) == [file]


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "key"
    Cosigner.make("one", file)
    file.chmod(0o640)
    with pytest.raises(match="met 0640"):
        Cosigner.read(file)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("PRIVATE+KEY", "PUBLIC+KEY"),
        lambda text: text.replace("+one+", "+two+"),
        lambda text: text[:-6] + "\n",
        lambda text: "PRIVATE+KEY+one+00000000+\n",
        lambda text: "",
    ],
)
def test_a_key_file_that_says_something_else_is_refused(tmp_path: Path, change: object) -> None:
    file = tmp_path / "key"
    Cosigner.make("one", file)
    assert callable(change)
    file.write_text(change(file.read_text()))
    with pytest.raises(KeyRefused):
        Cosigner.read(file)

"""Time stamps by a local authority made of OpenSSL's ``ts``: taken, checked, and read back by OpenSSL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.timestamping import Authority, TimestampRefused, Trust
from tests.ledger.authority import Tsa, authority, openssl
from tests.ledger.trees import Signing, leaves

NOTE = Signing().checkpoint(leaves(3)).to_bytes()


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with authority(tmp_path_factory.mktemp("tsa") / "one") as opened:
        yield opened


def test_a_stamp_is_believed_by_us_and_by_openssl(tsa: Tsa, tmp_path: Path) -> None:
    trust = Trust.read(tsa.root)
    response = Authority(tsa.url, trust).stamp(NOTE)
    assert abs(trust.check(response, NOTE) - datetime.now(UTC)) < timedelta(hours=1)
    (tmp_path / "stamp.tsr").write_bytes(response)
    (tmp_path / "note").write_bytes(NOTE)
    verify = ["ts", "-verify", "-data", "note", "-in", "stamp.tsr", "-CAfile", str(tsa.root)]
    assert openssl(tmp_path, *verify) == b"Verification: OK\n"


def test_a_stamp_over_other_bytes_is_refused(tsa: Tsa) -> None:
    trust = Trust.read(tsa.root)
    response = Authority(tsa.url, trust).stamp(NOTE)
    with pytest.raises(TimestampRefused, match="Mismatch between messages"):
        trust.check(response, NOTE + b"\n")


def test_a_stamp_by_an_authority_nobody_trusts_is_not_taken(tsa: Tsa, tmp_path: Path) -> None:
    with authority(tmp_path / "other") as other, pytest.raises(TimestampRefused):
        Authority(other.url, Trust.read(tsa.root)).stamp(NOTE)


def test_an_answer_given_before_is_not_taken_for_another_request(tsa: Tsa) -> None:
    asked = Authority(tsa.url, Trust.read(tsa.root))
    tsa.manner[0] = "with its first answer"
    try:
        asked.stamp(NOTE)
        with pytest.raises(TimestampRefused, match="Nonce mismatch"):
            asked.stamp(NOTE)
    finally:
        tsa.manner[0] = "well"


def test_any_changed_byte_of_what_is_signed_is_noticed(tsa: Tsa) -> None:
    trust = Trust.read(tsa.root)
    response = Authority(tsa.url, trust).stamp(NOTE)
    info = response.index(bytes.fromhex("300d06096086480165030402010500"))  # the algorithm in front of the hash
    for at in [*range(info, info + 60, 3), len(response) - 1, len(response) - 20]:
        changed = bytearray(response)
        changed[at] ^= 1
        with pytest.raises(TimestampRefused):
            trust.check(bytes(changed), NOTE)
    for torn in (response[:-1], response + b"\0", b""):
        with pytest.raises(TimestampRefused):
            trust.check(torn, NOTE)


def test_certificates_without_a_root_are_refused(tsa: Tsa, tmp_path: Path) -> None:
    with pytest.raises(TimestampRefused, match="expected a root"):
        Trust.read(tsa.folder / "tsa.pem")
    (tmp_path / "rubbish").write_text("rubbish")
    with pytest.raises(TimestampRefused, match="expected certificates in PEM form"):
        Trust.read(tmp_path / "rubbish")


def test_an_authority_that_does_not_answer_is_told_of(tsa: Tsa) -> None:
    tsa.manner[0] = "not at all"
    try:
        with pytest.raises(TimestampRefused, match="expected 200, met 503"):
            Authority(tsa.url, Trust.read(tsa.root)).stamp(NOTE)
    finally:
        tsa.manner[0] = "well"

"""The log's key in a token: SoftHSM, a real PKCS#11 library."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters

from api.log_keys import lines, rotated
from api.log_signer import log_signer
from api.service import running
from api.settings import Settings, SettingsRefused, read_settings
from ledger.key_files import KeyRefused
from ledger.note import Note, check_note
from ledger.pkcs11_signer import Pkcs11Signer
from ledger.sealing import newest_note
from ledger.signing import SignerUnavailable
from tests.ledger.test_signing import sign

ORIGIN, TOKEN, PIN = "register.example/log", "regesta", "4711"
ED25519 = encode_named_curve_parameters("1.3.101.112")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """SoftHSM with a token of its own that holds an Ed25519 key pair, and another. Skips without it, not under CI."""
    found = [*Path("/usr/lib/softhsm").glob("libsofthsm2.so"), *Path("/usr/lib").glob("*/softhsm/libsofthsm2.so")]
    if not found and "CI" not in os.environ:
        pytest.skip("no SoftHSM (CI would fail here)")
    assert found
    folder = tmp_path_factory.mktemp("token")
    (folder / "conf").write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "conf"))
        program = shutil.which("softhsm2-util")
        assert program is not None
        subprocess.run(
            [program, "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", "0815"],
            check=True, capture_output=True,
        )  # fmt: skip
        with pkcs11.lib(str(found[0])).get_token(token_label=TOKEN).open(user_pin=PIN, rw=True) as session:
            parameters = session.create_domain_parameters(
                KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: ED25519}, local=True
            )
            mechanism = Mechanism.EC_EDWARDS_KEY_PAIR_GEN
            for label in ("log", "log-2"):
                parameters.generate_keypair(mechanism=mechanism, store=True, label=label)
        yield found[0]


def settings(library: Path, folder: Path, **more: object) -> Settings:
    return Settings.model_validate(
        {"data_folder": folder, "keys_folder": folder / "keys", "log_origin": ORIGIN, "log_pkcs11_module": library,
         "log_pkcs11_token": TOKEN, "log_pkcs11_key": "log", "log_pkcs11_pin": PIN, **more}
    )  # fmt: skip


def test_the_token_signs_what_the_verifier_key_checks(library: Path) -> None:
    signer = Pkcs11Signer(library, TOKEN, "log", PIN, ORIGIN)
    check_note(Note("text\n", (signer.sign("text\n"),)), signer.verifier_key)
    assert signer.verifier_key.name == ORIGIN


def test_the_promise_is_the_same_as_with_a_key_in_a_file(library: Path, tmp_path: Path) -> None:
    sign(log_signer(settings(library, tmp_path)), 3)
    sign(log_signer(settings(library, tmp_path)), 9)
    assert sorted(file.name for file in (tmp_path / "keys").iterdir()) == ["log-head", "log-head.lock"]


def test_two_keys_of_one_token_are_used_side_by_side(library: Path) -> None:
    for label in ("log", "log-2"):
        signer = Pkcs11Signer(library, TOKEN, label, PIN, ORIGIN)
        check_note(Note("text\n", (signer.sign("text\n"),)), signer.verifier_key)


def test_what_is_not_in_the_token_is_told(library: Path) -> None:
    with pytest.raises(KeyRefused, match=r"token 'regesta', key 'none': expected an Ed25519 key pair"):
        Pkcs11Signer(library, TOKEN, "none", PIN, ORIGIN)
    with pytest.raises(KeyRefused, match=r"token 'none', key 'log': expected an Ed25519 key pair, met NoSuchToken"):
        Pkcs11Signer(library, "none", "log", PIN, ORIGIN)
    with pytest.raises(KeyRefused, match="expected an Ed25519 key pair"):
        Pkcs11Signer(library.with_name("none.so"), TOKEN, "log", PIN, ORIGIN)


# The library, too, meets the closed session, when it lets go of a search.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_token_that_fails_is_asked_again(library: Path) -> None:
    signer = Pkcs11Signer(library, TOKEN, "log", PIN, ORIGIN)
    signer._session.close()
    with pytest.raises(SignerUnavailable, match="token 'regesta'"):
        signer.sign("text\n")
    check_note(Note("text\n", (signer.sign("text\n"),)), signer.verifier_key)


def test_the_pin_can_stand_in_a_file_that_only_its_owner_reads(library: Path, tmp_path: Path) -> None:
    file = tmp_path / "pin"
    file.write_text(f"{PIN}\n")
    file.chmod(0o600)
    sign(log_signer(settings(library, tmp_path, log_pkcs11_pin=None, log_pkcs11_pin_file=file)), 3)
    file.chmod(0o644)
    with pytest.raises(KeyRefused, match=r"pin: expected permissions 0600 or narrower"):
        log_signer(settings(library, tmp_path, log_pkcs11_pin=None, log_pkcs11_pin_file=file))


def test_half_a_token_in_the_settings_is_refused_and_the_pin_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGESTA_LOG_PKCS11_TOKEN", TOKEN)
    monkeypatch.setenv("REGESTA_LOG_PKCS11_PIN", "a-secret-pin")
    with pytest.raises(SettingsRefused, match="LOG_PKCS11_MODULE") as refused:
        read_settings()
    assert "a-secret-pin" not in str(refused.value)


def test_a_tokens_key_gives_way_to_another_of_its_keys(library: Path, database_url: str, tmp_path: Path) -> None:
    first = settings(library, tmp_path, database_url=database_url)
    with running(first) as service:
        before = service.sealer.verifier_key
        after = rotated(first, service.database, service.ledger, service.recording, service.sealer, "log-2")
        with service.database.pool.connection() as connection:
            check_note(Note.parse(newest_note(connection) or b""), before)
            assert [line.key for line in lines(connection, service.ledger)] == [str(after)]
    with running(settings(library, tmp_path, database_url=database_url, log_pkcs11_key="log-2")) as service:
        assert (service.sealer.refusal, service.sealer.verifier_key) == (None, after)
    with running(first) as service:
        assert "was rotated: another signs the log" in (service.sealer.refusal or "")

"""The office's seal on extracts (PAdES), validated by others' software, and refused where it can't be trusted."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from api.extract_files import address_of, proved, stated
from api.service import running
from api.settings import Settings, SettingsRefused
from projections.moment import read_known_at
from replay.extract.pdf import as_pdf
from replay.extract.statement import Question
from tests.api.certificates import PASSWORD, Certified, certified, time_stamping
from tests.api.extracts_read import attached, check
from tests.api.office import INSTITUTIONS, Office, problem, told
from tests.api.serving import account, caller, serving
from tests.conftest import fresh_database


@pytest.fixture(scope="module")
def authority() -> Certified:
    return certified("Testing authority")


@contextmanager
def sealing(server_url: str, **settings: Any) -> Iterator[Office]:
    """An office that seals its extracts."""
    with fresh_database(server_url) as url, running(Settings(database_url=url, **settings)) as service:
        token = account(service, "clerk", "*:clerk")
        with serving(service) as server, caller(server, token) as clerk, caller(server) as anyone:
            anyone.timeout = 120
            yield Office(service, server, clerk, anyone)


def as_pem(folder: Path, seal: Certified, authority: Certified) -> dict[str, Any]:
    """The settings of a seal kept in PEM."""
    (folder / "seal.pem").write_bytes(seal.pem() + authority.pem())
    (folder / "seal.key").write_bytes(seal.key_pem(PASSWORD))
    return {
        "seal_certificate": folder / "seal.pem",
        "seal_key": folder / "seal.key",
        "seal_password": PASSWORD,
    }


def as_pkcs12(folder: Path, seal: Certified, authority: Certified) -> dict[str, Any]:
    """The settings of a seal kept in one file."""
    (folder / "seal.p12").write_bytes(seal.pkcs12(authority))
    return {"seal_certificate": folder / "seal.p12", "seal_password": PASSWORD}


def validated(pdf: bytes, authority: Certified) -> Any:
    """What pyHanko's validator says of the one signature in a PDF."""
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    root = asn1_x509.Certificate.load(authority.certificate.public_bytes(Encoding.DER))
    trusting = ValidationContext(trust_roots=[root])
    return asyncio.run(async_validate_pdf_signature(signature, trusting, trusting))


@pytest.fixture(scope="module")
def office(server_url: str, tmp_path_factory: pytest.TempPathFactory, authority: Certified) -> Iterator[Office]:
    """An office whose certificate and key are kept in PEM."""
    seal = certified("Izglītības kvalitātes valsts dienests", authority)
    with sealing(server_url, **as_pem(tmp_path_factory.mktemp("seal"), seal, authority)) as opened:
        yield opened


@pytest.fixture(scope="module")
def school(office: Office) -> str:
    return str(office.register("2020-03-02")["entry"])


def extract_of(office: Office, entry: str) -> bytes:
    answer = office.anyone.get(f"{INSTITUTIONS}/{entry}/extract", params={"format": "pdf", "as_of": "2020-12-31"})
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_sealed_extract_is_valid_to_others_and_a_changed_byte_is_noticed(
    office: Office, school: str, authority: Certified
) -> None:
    pdf = extract_of(office, school)
    check(attached(pdf), office.service.sealer.verifier_key)
    status = validated(pdf, authority)
    assert status.bottom_line
    assert (status.coverage.name, status.docmdp_ok) == ("ENTIRE_FILE", True)
    assert status.timestamp_validity is None
    for place in (100, 2_000, pdf.rindex(b"/Prev") - 20):
        changed = bytearray(pdf)
        changed[place] ^= 1
        assert not _is_valid(bytes(changed), authority)
    assert not validated(pdf, certified("Another authority")).trusted


def _is_valid(pdf: bytes, authority: Certified) -> bool:
    try:
        return bool(validated(pdf, authority).bottom_line)
    except (PdfReadError, ValueError):
        return False  # it can't even be read


def test_what_is_sealed_is_the_unsealed_document_byte_for_byte(office: Office, school: str) -> None:
    asked = read_known_at(None)
    question = Question(office.service.catalogue.registers["institutions"], school, date(2020, 12, 31), asked, "public")
    made = stated(office.service, question, nonce=None)
    unsealed = as_pdf(proved(office.service, made, None, address_of(office.service, made)), "lv")
    first, second = extract_of(office, school), extract_of(office, school)
    assert first != second
    assert first.startswith(unsealed.rstrip())
    assert second.startswith(unsealed.rstrip())


def test_poppler_finds_the_seal_valid(office: Office, school: str, tmp_path: Path) -> None:
    if shutil.which("pdfsig") is None:
        assert "CI" not in os.environ, "CI needs pdfsig"
        pytest.skip("pdfsig (poppler-utils) is not installed; pyHanko's validator has its own test")
    (tmp_path / "extract.pdf").write_bytes(extract_of(office, school))
    told_by = subprocess.run(
        ["pdfsig", "-nocert", tmp_path / "extract.pdf"], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert "Signature is Valid" in told_by.stdout
    assert "Total document signed" in told_by.stdout
    assert "ETSI.CAdES.detached" in told_by.stdout


def test_an_authority_stamps_the_time_of_the_seal_and_without_it_nothing_is_sealed(
    server_url: str, tmp_path: Path, authority: Certified
) -> None:
    settings = as_pkcs12(tmp_path, certified("Dienests", authority), authority)
    with ExitStack() as stack:
        with time_stamping(authority, tmp_path) as address:
            office = stack.enter_context(sealing(server_url, **settings, seal_timestamp_url=address))
            entry = str(office.register("2020-03-02")["entry"])
            status = validated(extract_of(office, entry), authority)
        assert status.bottom_line
        assert status.timestamp_validity.valid
        assert status.timestamp_validity.trusted
        path = f"{INSTITUTIONS}/{entry}/extract"
        problem(office.anyone.get(path, params={"format": "pdf"}), 503, "seal-unavailable")
        assert told(office.anyone.get(path, params={"format": "json"}))["entry"] == entry


@pytest.mark.parametrize(
    ("told_of", "wrong"),
    [
        ("expected a key in a file of its own", "no key"),
        ("expected the key of the certificate", "other key"),
        ("expected a key in PEM that the password opens", "password"),
        ("expected a certificate in force", "ended"),
        ("expected a file that can be read", "missing"),
        ("expected PEM, or PKCS#12 that the password opens", "garbage"),
        ("expected PEM, or PKCS#12 that the password opens", "password of pkcs12"),
        ("expected a PEM certificate beside a key", "pkcs12 and key"),
    ],
)
def test_a_seal_that_can_not_be_used_is_refused_when_the_service_starts(
    tmp_path: Path, authority: Certified, told_of: str, wrong: str
) -> None:
    seal = certified("Dienests", authority, days=-3 if wrong == "ended" else 30)
    settings = as_pkcs12(tmp_path, seal, authority) if "pkcs12" in wrong else as_pem(tmp_path, seal, authority)
    if wrong == "no key":
        del settings["seal_key"]
    elif wrong == "other key":
        (tmp_path / "seal.key").write_bytes(certified("Cits", authority).key_pem(PASSWORD))
    elif wrong.startswith("password"):
        settings["seal_password"] = "cita"
    elif wrong == "missing":
        (tmp_path / "seal.pem").unlink()
    elif wrong == "garbage":
        (tmp_path / "seal.pem").write_bytes(b"\x00garbage")
        del settings["seal_key"]
    elif wrong == "pkcs12 and key":
        settings["seal_key"] = settings["seal_certificate"]
    with pytest.raises(SettingsRefused) as refused, running(Settings(data_folder=tmp_path, **settings)):
        pass
    assert str(refused.value).startswith("REGESTA_SEAL_CERTIFICATE: ")
    assert told_of in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_a_password_or_an_authority_without_a_certificate_is_refused() -> None:
    with pytest.raises(ValueError, match="REGESTA_SEAL_CERTIFICATE: expected one"):
        Settings(seal_timestamp_url="http://tsa.example")

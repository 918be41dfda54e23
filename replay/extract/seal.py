"""The office's seal on a PDF (PAdES): baseline B-B, or B-T where a time-stamping authority is set."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from replay.extract.unsealed import SealRefused, SealUnavailable

FIELD = "Seal"
"""The name of the signature field."""
SECONDS = 20.0
"""How long the time-stamping authority may take to answer."""


class Seal:
    """A certificate with its key, and where time stamps come from (None: no time stamp)."""

    def __init__(self, certificate: Path, key: Path | None, password: str | None, timestamps: str | None) -> None:
        """``certificate`` is PEM, its chain behind it and the key in a file of its own, or PKCS#12 with all of it.

        Raises SealRefused.
        """
        secret = password.encode() if password is not None else None
        content = _read(certificate)
        if content.lstrip().startswith(b"-----BEGIN"):
            if key is None:
                raise SealRefused(f"{certificate}: expected a key in a file of its own for a PEM certificate, met none")
            self._certificate, chain, private = _from_pem(certificate, content, key, secret)
        elif key is not None:
            raise SealRefused(f"{certificate}: expected a PEM certificate beside a key, met something else")
        else:
            self._certificate, chain, private = _from_pkcs12(certificate, content, secret)
        ended = self._ended()
        if ended is not None:
            raise SealRefused(f"{certificate}: {ended}")
        self._timestamps = timestamps
        self._signer = SimpleSigner(
            signing_cert=_asn1(self._certificate),
            signing_key=keys.PrivateKeyInfo.load(
                private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            ),
            cert_registry=_registry(chain),
        )

    def sealed(self, pdf: bytes) -> bytes:
        """The document with the seal; what it said before is unchanged within it. Raises SealUnavailable."""
        ended = self._ended()
        if ended is not None:
            raise SealUnavailable(ended)
        stamper = None if self._timestamps is None else _HttpTimeStamper(self._timestamps)
        how = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        written = io.BytesIO()
        try:
            asyncio.run(
                PdfSigner(how, self._signer, timestamper=stamper).async_sign_pdf(
                    IncrementalPdfFileWriter(io.BytesIO(pdf)), output=written
                )
            )
        except (httpx.HTTPError, OSError, TimestampRequestError, SigningError) as error:
            raise SealUnavailable(f"time-stamping authority: {error}") from error
        return written.getvalue()

    def _ended(self) -> str | None:
        """Why the certificate is not in force now, or None."""
        first, last, now = (
            self._certificate.not_valid_before_utc,
            self._certificate.not_valid_after_utc,
            datetime.now(UTC),
        )
        return None if first <= now <= last else f"expected a certificate in force, met one of {first} to {last}"


class _HttpTimeStamper(TimeStamper):
    """A time-stamping authority asked over HTTP (RFC 3161 section 3.4)."""

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """What the authority answers."""
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            answer = await client.post(
                self._address, content=req.dump(), headers={"Content-Type": "application/timestamp-query"}
            )
        answer.raise_for_status()
        if answer.headers.get("content-type") != "application/timestamp-reply":
            raise TimestampRequestError("expected application/timestamp-reply, met another content type")
        return tsp.TimeStampResp.load(answer.content)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SealRefused(f"{path}: expected a file that can be read, met {error.strerror}") from None


def _from_pem(
    certificate: Path, content: bytes, key: Path, password: bytes | None
) -> tuple[x509.Certificate, list[x509.Certificate], Any]:
    try:
        found, *chain = x509.load_pem_x509_certificates(content)
    except ValueError:
        raise SealRefused(f"{certificate}: expected a certificate in PEM, met something else") from None
    try:
        private: Any = load_pem_private_key(_read(key), password)
    except (ValueError, TypeError):
        raise SealRefused(
            f"{key}: expected a key in PEM that the password opens, met another file or password"
        ) from None
    if _public(private) != _public(found):
        raise SealRefused(f"{key}: expected the key of the certificate {certificate}, met another")
    return found, chain, private


def _from_pkcs12(
    certificate: Path, content: bytes, password: bytes | None
) -> tuple[x509.Certificate, list[x509.Certificate], Any]:
    try:
        private, found, chain = pkcs12.load_key_and_certificates(content, password)
    except ValueError:
        raise SealRefused(
            f"{certificate}: expected PEM, or PKCS#12 that the password opens, met another file or password"
        ) from None
    if private is None or found is None:
        raise SealRefused(f"{certificate}: expected a certificate and its key, met one without the other")
    return found, list(chain), private


def _public(of: Any) -> bytes:
    found: bytes = of.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


def _registry(chain: list[x509.Certificate]) -> SimpleCertificateStore:
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for each in chain:
        registry.register(_asn1(each))
    return registry


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))

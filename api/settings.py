"""The settings of the service, all in one place, read from the environment.

No setting changes what an act stores: the same request leaves the same bytes wherever it is recorded.
"""

from __future__ import annotations

import os
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "REGESTA_"


class SettingsRefused(Exception):
    """A setting that can't be used; the message names the variable, what was expected and what was met."""


class Settings(BaseSettings):
    """What can be set, by variables ``REGESTA_…`` and ``DATABASE_URL``. An empty ``REGESTA_…`` is as if not set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, populate_by_name=True, frozen=True, extra="forbid"
    )

    database_url: str | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        pattern=r"^postgres(ql)?://",
        description="PostgreSQL server, 15 or newer; without it the embedded server in the data folder",
    )
    data_folder: Path = Field(default=Path("data"), description="Where the embedded server keeps its data")
    keys_folder: Path | None = Field(
        default=None,
        description="Where keys are kept, never in the database or its backup; else keys in the data folder",
    )
    person_key: SecretStr | None = Field(
        default=None,
        description="Key that wraps the keys of persons (64 hexadecimal digits; when it is rotated, the new one and,"
        " after a comma, the one before), instead of the file person-key in the keys folder",
    )
    log_origin: str | None = Field(
        default=None,
        pattern=r"^[^\s+]+$",
        max_length=200,
        description="Name of the transparency log, e.g. register.example/log; set once, before the first start",
    )
    log_pkcs11_module: Path | None = Field(default=None, description="PKCS#11 library, if a token holds the log's key")
    log_pkcs11_token: str | None = Field(default=None, min_length=1, description="Label of that token")
    log_pkcs11_key: str | None = Field(default=None, min_length=1, description="Label of the log's key pair in it")
    log_pkcs11_pin: SecretStr | None = Field(default=None, min_length=1, description="PIN of the token's user")
    log_pkcs11_pin_file: Path | None = Field(default=None, description="File that holds the PIN, instead")
    witness_policy: Path | None = Field(
        default=None, description="File that names the log's witnesses and their quorum (C2SP tlog-policy)"
    )
    tsa_url: str | None = Field(
        default=None, pattern=r"^https?://", description="Time stamp authority (RFC 3161) for the heads of months"
    )
    tsa_certificates: Path | None = Field(
        default=None, description="PEM file of certificates by which that authority's time stamps are believed"
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on")
    port: int = Field(default=8000, ge=1, le=65_535, description="Port to listen on")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]*[^\s?#/]$",
        description="Address under which everyone reaches the service, printed on extracts; else host and port",
    )
    seal_certificate: Path | None = Field(
        default=None, description="Certificate that seals the PDF of extracts: PEM with its chain, or PKCS#12"
    )
    seal_key: Path | None = Field(default=None, description="Key of a PEM certificate, in PEM")
    seal_password: SecretStr | None = Field(default=None, description="Password of the key or of the PKCS#12 file")
    seal_timestamp_url: str | None = Field(
        default=None, pattern=r"^https?://", description="Time-stamping authority (RFC 3161) of the seal"
    )
    session_hours: int = Field(default=12, ge=1, le=24 * 31, description="How long a session opened by password lasts")
    oidc_issuer: str | None = Field(
        default=None, pattern=r"^https?://", description="Issuer of OpenID Connect tokens that are taken"
    )
    oidc_audience: str | None = Field(default=None, min_length=1, description="Audience such tokens must name")
    oidc_roles_claim: str = Field(
        default="roles",
        pattern=r"^[^.]+(\.[^.]+)*$",
        description="Claim that lists roles as register:role; a path with dots goes into nested claims",
    )

    @property
    def keys(self) -> Path:
        """The folder of the keys."""
        return self.keys_folder or self.data_folder / "keys"

    @property
    def address(self) -> str:
        """The address of the service, as printed on extracts."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @field_validator("database_url")
    @classmethod
    def _address_can_be_read(cls, address: str | None) -> str | None:
        try:
            conninfo_to_dict(address or "")
        except ProgrammingError:
            # The library's message quotes what it can't read, and that may be the password.
            raise ValueError("expected an address PostgreSQL can read") from None
        return address

    @model_validator(mode="after")
    def _issuer_and_audience(self) -> Settings:
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            raise ValueError(f"{PREFIX}OIDC_ISSUER and {PREFIX}OIDC_AUDIENCE: expected both or neither, met one")
        return self

    @model_validator(mode="after")
    def _seal_is_whole(self) -> Settings:
        if self.seal_certificate is None and any((self.seal_key, self.seal_password, self.seal_timestamp_url)):
            raise ValueError(
                f"{PREFIX}SEAL_CERTIFICATE: expected one beside {PREFIX}SEAL_KEY, {PREFIX}SEAL_PASSWORD or"
                f" {PREFIX}SEAL_TIMESTAMP_URL, met none"
            )
        return self

    @model_validator(mode="after")
    def _authority_and_its_certificates(self) -> Settings:
        if (self.tsa_url is None) != (self.tsa_certificates is None):
            raise ValueError(f"{PREFIX}TSA_URL and {PREFIX}TSA_CERTIFICATES: expected both or neither, met one")
        return self

    @model_validator(mode="after")
    def _whole_token(self) -> Settings:
        parts = (self.log_pkcs11_module, self.log_pkcs11_token, self.log_pkcs11_key, self.log_origin)
        pins = (self.log_pkcs11_pin, self.log_pkcs11_pin_file)
        if any(parts[:3]) and (not all(parts) or pins.count(None) != 1):
            raise ValueError(
                f"{PREFIX}LOG_PKCS11_MODULE, _TOKEN, _KEY, {PREFIX}LOG_ORIGIN and either {PREFIX}LOG_PKCS11_PIN or"
                f" {PREFIX}LOG_PKCS11_PIN_FILE: expected all or none of LOG_PKCS11, met some"
            )
        return self


def read_settings() -> Settings:
    """The settings of this process's environment; raises SettingsRefused, also for an unknown REGESTA_ variable."""
    known = {variable_of(name) for name in Settings.model_fields}
    for variable in os.environ:
        if variable.startswith(PREFIX) and variable not in known:
            raise SettingsRefused(f"{variable}: expected one of {', '.join(sorted(known))}, met this name")
    if os.environ.get("DATABASE_URL") == "":
        # An office whose address got lost on the way would else record into an embedded server, unnoticed.
        raise SettingsRefused("DATABASE_URL: expected postgresql://… or no such variable, met an empty one")
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsRefused("; ".join(_told(dict(problem)) for problem in error.errors())) from None


def variable_of(field: str) -> str:
    """The environment variable of a setting."""
    return "DATABASE_URL" if field == "database_url" else f"{PREFIX}{field.upper()}"


def _told(problem: dict[str, object]) -> str:
    where = problem["loc"]
    if not isinstance(where, tuple) or not where:
        return str(problem["msg"]).removeprefix("Value error, ")
    field = str(where[0])
    variable = field if field == "DATABASE_URL" else variable_of(field)
    # An address may hold a password, and messages are kept in logs.
    met = "another form of address" if field in ("DATABASE_URL", "database_url") else repr(problem["input"])
    return f"{variable}: {str(problem['msg']).removeprefix('Value error, ').lower()}, met {met}"

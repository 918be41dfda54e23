"""Bearer tokens of an OpenID Connect provider: checked against its published keys (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx
from joserfc import jwk, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jws import JWSRegistry

from api.grants import Grant, GrantRefused, read_grant
from api.settings import Settings

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
"""Signatures by a key pair only: with a shared secret or none, anyone who reads the keys could sign."""
_NOT_A_TOKEN = (JoseError, ValueError, TypeError, OverflowError, RecursionError)
"""What the library raises, meant or not, on what is no token, and Python on instants that no calendar has."""
LEEWAY = 30
"""Seconds by which the provider's clock may differ from ours."""
KEYS_ARE_KEPT_FOR = 600.0
SHORTEST_PAUSE = 5.0
"""Seconds between two looks at the provider's keys, however many unknown key ids arrive, and if it is down."""


class IdentityProviderUnavailable(Exception):
    """The provider's keys can't be read; nobody can be let in by its tokens now."""

    message = "the identity provider can't be reached or its answer can't be read; try again later"


class Identified(NamedTuple):
    """Whom a provider's token names. ``pseudonym`` is the same for one subject of one issuer, and tells neither."""

    pseudonym: UUID
    grants: frozenset[Grant]
    expires_at: datetime


def pseudonym_of(issuer: str, subject: str) -> UUID:
    """The pseudonym of a subject of an issuer: the same for ever, and telling neither."""
    return uuid5(uuid5(NAMESPACE_URL, issuer), subject)


class _Signatures(JWSRegistry):
    """The signatures of ``ALGORITHMS``. Of EdDSA the library warns, for Ed25519 is its newer name (RFC 9864)."""

    def get_alg(self, name: str) -> Any:
        """The algorithm of that name; raises UnsupportedAlgorithmError."""
        return self.algorithms[name] if name == "EdDSA" else super().get_alg(name)


class IdentityProvider:
    """The provider of ``REGESTA_OIDC_ISSUER``. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        if settings.oidc_issuer is None or settings.oidc_audience is None:
            raise ValueError("settings: expected an issuer and an audience, met none")
        self._issuer, self._roles_claim = settings.oidc_issuer, settings.oidc_roles_claim
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": settings.oidc_audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self._signatures = _Signatures(algorithms=ALGORITHMS)
        self._keys: jwk.KeySet | None = None
        self._read_at = self._asked_at = -math.inf
        self._reading = threading.Lock()

    def identify(self, token: str) -> Identified | None:
        """Whom the token names; None if it is not a valid token of this provider for us.

        Raises IdentityProviderUnavailable.
        """
        try:
            claims = self._verified(token).claims
            self._claims.validate(claims)
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        except _NOT_A_TOKEN:
            return None
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            return None
        return Identified(pseudonym_of(self._issuer, claims["sub"]), _grants(claims, self._roles_claim), expires_at)

    def _verified(self, token: str) -> jwt.Token:
        if self._keys is None or time.monotonic() - self._read_at > KEYS_ARE_KEPT_FOR:
            self._read_keys()
        try:
            return jwt.decode(token, self._known_keys(), registry=self._signatures)
        except InvalidKeyIdError:
            # The provider may have a new key since.
            if time.monotonic() - self._asked_at < SHORTEST_PAUSE:
                raise
            self._read_keys()
            return jwt.decode(token, self._known_keys(), registry=self._signatures)

    def _known_keys(self) -> jwk.KeySet:
        if self._keys is None:
            raise IdentityProviderUnavailable
        return self._keys

    def _read_keys(self) -> None:
        with self._reading:
            if time.monotonic() - self._asked_at < SHORTEST_PAUSE:
                if time.monotonic() - self._read_at > KEYS_ARE_KEPT_FOR:
                    raise IdentityProviderUnavailable
                return
            try:
                with httpx.Client(timeout=5, follow_redirects=False) as client:
                    found = _json(client, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                    if found.get("issuer") != self._issuer:
                        raise IdentityProviderUnavailable
                    self._keys = jwk.KeySet.import_key_set(_json(client, str(found["jwks_uri"])))  # type: ignore[arg-type]
            except (httpx.HTTPError, httpx.InvalidURL, JoseError, ValueError, KeyError, TypeError) as error:
                raise IdentityProviderUnavailable from error
            finally:
                self._asked_at = time.monotonic()
            self._read_at = self._asked_at


def _json(client: httpx.Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError(f"{address}: expected a JSON object, met {type(found).__name__}")
    return found


def _grants(claims: Mapping[str, Any], path: str) -> frozenset[Grant]:
    """The grants a claim lists; what else stands there is meant for other services."""
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    grants = set()
    for text in value if isinstance(value, list) else []:
        try:
            grants.add(read_grant(text))
        except (GrantRefused, TypeError):
            continue
    return frozenset(grants)

"""A real OpenID Connect provider on this machine: discovery, published keys, signed tokens. It counts who asks."""

from __future__ import annotations

import json
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

AUDIENCE = "regesta"
DISCOVERY, KEYS = "/.well-known/openid-configuration", "/keys"

SigningKey = RSAKey | ECKey | OKPKey


def rsa_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256", "use": "sig"})


def ec_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "alg": "ES256", "use": "sig"})


def ed_key(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid, "alg": "EdDSA", "use": "sig"})


class Provider:
    """What the provider knows: its address, the keys it publishes, and how often each path was asked for.

    ``told`` is what discovery says instead of the truth.
    """

    def __init__(self, issuer: str, keys: Iterable[SigningKey]) -> None:
        self.issuer, self.keys = issuer, list(keys)
        self.asked: Counter[str] = Counter()
        self.told: dict[str, Any] = {}
        self.down = False

    def claims(self, **more: Any) -> dict[str, Any]:
        """The claims of a usual token, but for what ``more`` says; None leaves a claim out."""
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": AUDIENCE, "sub": "anna@example", "iat": now, "exp": now + 600}
        return {name: value for name, value in {**usual, **more}.items() if value is not None}

    def token(self, key: SigningKey | None = None, **claims: Any) -> str:
        """A token signed by ``key``, or by the first key published."""
        return signed(self.claims(**claims), key or self.keys[0])

    def documents(self) -> dict[str, Any]:
        """What it answers, by path."""
        return {
            DISCOVERY: {"issuer": self.issuer, "jwks_uri": f"{self.issuer}{KEYS}", **self.told},
            KEYS: {"keys": [key.as_dict(private=False) for key in self.keys]},
        }


def signed(claims: dict[str, Any], key: SigningKey, **header: Any) -> str:
    """A token with these claims, signed by ``key``; its header names the key unless ``header`` says otherwise."""
    named = {"alg": key.alg, "kid": key.kid, **header}
    with warnings.catch_warnings():
        # Providers still sign by the older name of Ed25519.
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.encode({k: v for k, v in named.items() if v is not None}, claims, key, algorithms=[named["alg"]])


@contextmanager
def providing(*keys: SigningKey) -> Iterator[Provider]:
    """A provider that listens on a free port of this machine and publishes ``keys``."""
    provider = Provider("", keys)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked[self.path] += 1
            found = None if provider.down else provider.documents().get(self.path)
            self.send_response(503 if found is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()

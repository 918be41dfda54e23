"""The log's key in a token (PKCS#11 3.0): the private key never leaves it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass

from ledger.key_files import KeyRefused
from ledger.note import NoteRefused, NoteSignature, VerifierKey
from ledger.signing import SignerUnavailable

_POINT = b"\x04\x20"
"""What stands before the 32 bytes of an Ed25519 public key in a token: the head of a DER octet string."""


class Pkcs11Signer:
    """The Ed25519 key pair labelled ``key`` in the token labelled ``token``, as the key of the log ``origin``."""

    def __init__(self, module: Path, token: str, key: str, pin: str, origin: str) -> None:
        """Raises KeyRefused if there is no such token or key pair, or the PIN is not its user's."""
        self._module, self._token, self._label, self._pin = module, token, key, pin
        self._guard = threading.Lock()
        self._session: Any = None
        try:
            public = self._found(ObjectClass.PUBLIC_KEY)[Attribute.EC_POINT]
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            told = f"{type(error).__name__} {error}".strip()
            raise KeyRefused(f"token {token!r}, key {key!r}: expected an Ed25519 key pair, met {told}") from None
        if len(public) != 34 or not public.startswith(_POINT):
            raise KeyRefused(f"token {token!r}, key {key!r}: expected an Ed25519 key, met one of another kind")
        try:
            self.verifier_key = VerifierKey.of(origin, public[2:])
        except NoteRefused as refused:
            raise KeyRefused(f"origin of the log: {refused}") from None

    def sign(self, text: str) -> NoteSignature:
        """The token's signature. Raises SignerUnavailable."""
        try:
            with self._guard:
                signature = self._found(ObjectClass.PRIVATE_KEY).sign(text.encode(), mechanism=Mechanism.EDDSA)
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            self._session = None  # the token may have been taken out and put back
            raise SignerUnavailable(f"token {self._token!r}: {type(error).__name__} {error}".strip()) from error
        return NoteSignature(self.verifier_key.name, self.verifier_key.key_id, bytes(signature))

    def _found(self, kind: ObjectClass) -> Any:
        if self._session is None:
            token = pkcs11.lib(str(self._module)).get_token(token_label=self._token)
            try:
                self._session = token.open(user_pin=self._pin)
            except pkcs11.UserAlreadyLoggedIn:  # the whole process is, by its first session
                self._session = token.open()
        return self._session.get_key(object_class=kind, key_type=KeyType.EC_EDWARDS, label=self._label)

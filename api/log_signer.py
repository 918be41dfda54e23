"""Who signs the log, by the settings: a key in a file, or in a token."""

from __future__ import annotations

from api.settings import Settings
from ledger import key_files
from ledger.key_files import KeyRefused
from ledger.pkcs11_signer import Pkcs11Signer
from ledger.signing import HEAD_FILE, FileSigner, LogHead, LogSigner, Signer


def log_signer(settings: Settings) -> LogSigner:
    """The signer of checkpoints; raises KeyRefused."""
    folder = key_files.settled_folder(settings.keys)
    if settings.log_pkcs11_module is None:
        signer: Signer = FileSigner.opened(folder, settings.log_origin)
    else:
        signer = token_signer(settings, settings.log_pkcs11_key or "")
    return LogSigner(signer, LogHead(folder / HEAD_FILE))


def token_signer(settings: Settings, key: str) -> Pkcs11Signer:
    """The key pair labelled ``key`` in the token of the settings; raises KeyRefused."""
    module, token, origin = settings.log_pkcs11_module, settings.log_pkcs11_token, settings.log_origin
    if module is None or token is None or origin is None:
        raise KeyRefused("no token is set that could hold the log's key")
    return Pkcs11Signer(module, token, key, _pin(settings), origin)


def _pin(settings: Settings) -> str:
    if settings.log_pkcs11_pin is not None:
        return settings.log_pkcs11_pin.get_secret_value()
    file = settings.log_pkcs11_pin_file
    content = None if file is None else key_files.read_secret(file)
    if content is None:
        raise KeyRefused(f"{file}: expected a file with the token's PIN, met none")
    return content.decode().rstrip("\r\n")

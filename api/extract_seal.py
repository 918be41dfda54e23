"""The office's seal, as the settings name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.settings import PREFIX, Settings, SettingsRefused
from replay.extract.unsealed import SealRefused

if TYPE_CHECKING:
    from replay.extract.seal import Seal


def seal_of(settings: Settings) -> Seal | None:
    """The seal; None if no certificate is set. Raises SettingsRefused for one that can't be used."""
    if settings.seal_certificate is None:
        return None
    from replay.extract.seal import Seal  # slow to import

    password = None if settings.seal_password is None else settings.seal_password.get_secret_value()
    try:
        return Seal(settings.seal_certificate, settings.seal_key, password, settings.seal_timestamp_url)
    except SealRefused as refused:
        raise SettingsRefused(f"{PREFIX}SEAL_CERTIFICATE: {refused}") from None

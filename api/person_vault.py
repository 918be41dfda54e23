"""The vault of the service: the keys of persons, unwrapped by the key in the environment or in the keys folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.settings import Settings, variable_of
from ledger.person_keys import KeyRing, read_ring, ring_in
from ledger.vault import Vault, make_first_key
from projections.erasures import destroy_again


@contextmanager
def person_vault(settings: Settings, url: str) -> Iterator[Vault]:
    """The vault of the database at ``url``; its first key is made if there is none. Raises PersonKeyRefused."""
    in_environment = settings.person_key

    def ring() -> KeyRing:
        if in_environment is None:
            return ring_in(settings.keys)
        return read_ring(in_environment.get_secret_value(), variable_of("person_key"))

    if in_environment is None:
        make_first_key(url, settings.keys)
    destroy_again(url)
    vault = Vault(url, ring)
    try:
        yield vault
    finally:
        vault.close()

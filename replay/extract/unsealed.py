"""Why an extract can't be sealed."""

from __future__ import annotations


class SealRefused(Exception):
    """A certificate or key that can't be used; the message says which, what was expected and what was met."""


class SealUnavailable(Exception):
    """No seal can be put on now: the certificate has ended, or the time-stamping authority does not answer."""

    message = "the extract can't be sealed now ({reason}); ask again later, or for format=json, which needs no seal"

    def __init__(self, reason: str) -> None:
        self.values = {"reason": reason}
        super().__init__(self.message.format(**self.values))

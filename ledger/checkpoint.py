"""Checkpoints (C2SP tlog-checkpoint): the text that a log signs about its tree."""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

_TEXT = re.compile(r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n([^\n]+\n)*")


class CheckpointRefused(Exception):
    """A text that is no checkpoint."""


class Checkpoint(NamedTuple):
    """A log's tree: the log's name, how many leaves, and the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text, which ends with a newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint in a note's text; lines that extend it are passed over. Raises CheckpointRefused."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise CheckpointRefused(f"checkpoint: expected origin, size and root in a line each, met {text[:300]!r}")
        checkpoint = cls(found["origin"], int(found["size"]), base64.b64decode(found["root"]))
        if base64.b64encode(checkpoint.root).decode() != found["root"]:
            raise CheckpointRefused(f"checkpoint: expected base64, met {found['root']}")
        return checkpoint

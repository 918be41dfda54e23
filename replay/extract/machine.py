"""The machine file: what an extract states, with the proofs that the log holds the acts behind it, and its issue."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.act import Act
from domain.issued_extracts import REGISTER
from ledger.checkpoint import Checkpoint
from ledger.merkle import inclusion_proof
from ledger.note import Note, VerifierKey, signatures_by
from ledger.tiles import Tiles
from replay.extract.statement import Json, Statement, StoredAct, hides

CODE_LENGTH = 16
"""Hexadecimal digits of the hash that are printed: by them anyone can check an extract, and nobody can guess them."""


class NotSealedYet(Exception):
    """No checkpoint covers the act at that position yet."""

    message = "the act at position {position} is in no checkpoint yet: ask again in a moment"

    def __init__(self, position: int) -> None:
        self.values = {"position": position}
        super().__init__(self.message.format(**self.values))


@dataclass(frozen=True, slots=True)
class Issue:
    """The act that issued an extract: as read, and as the ledger keeps it."""

    stored: StoredAct

    @property
    def act(self) -> Act:
        """The act."""
        return self.stored.act

    @property
    def number(self) -> str:
        """The number of the extract."""
        return str(self.act.fields["registration_number"])


@dataclass(frozen=True, slots=True)
class Extract:
    """An extract, made: its statement, its machine file, and the act that issued it (None: for information only)."""

    statement: Statement
    issue: Issue | None
    check: str
    file: Json

    @property
    def code(self) -> str:
        """The beginning of the hash, as printed."""
        return self.statement.sha256[:CODE_LENGTH]

    @property
    def checkpoint(self) -> Checkpoint:
        """The tree that the proofs lead to."""
        return Checkpoint.parse(Note.parse(self.file["checkpoint"].encode()).text)

    def as_json(self) -> bytes:
        """The machine file's bytes: the same whenever it is made again."""
        return (json.dumps(self.file, ensure_ascii=False, indent=1) + "\n").encode()


def extract(
    connection: Connection[Any], statement: Statement, issue: Issue | None, *, check: str, keys: Sequence[VerifierKey]
) -> Extract:
    """The extract of ``statement``, proved by the first checkpoint that covers it; raises NotSealedYet.

    The first one, and not the newest: so the file is the same whenever it is asked for. ``keys`` are those the log has
    had; the file names the one that signed.
    """
    covered = statement.moment.known_at.position if issue is None else issue.act.position
    note = _first_covering(connection, covered)
    size = Checkpoint.parse(Note.parse(note).text).size
    tiles = Tiles(connection)

    def proved(stated: Mapping[str, Any]) -> Json:
        proof = inclusion_proof(tiles, stated["position"], size)
        return {**stated, "proof": [_base64(each) for each in proof]}

    file: Json = {
        **statement.stated,
        "number": None if issue is None else issue.number,
        "sha256": statement.sha256,
        "acts": [proved(act) for act in statement.stated["acts"]],
        "issue": None if issue is None else proved(_kept(issue.stored)),
        "check": check,
        "checkpoint": note.decode(),
        "key": str(_signer(Note.parse(note), keys)),
    }
    return Extract(statement, issue, check, dict(sorted(file.items(), key=lambda member: _ORDER.index(member[0]))))


_ORDER = (
    "format", "number", "register", "entry", "registration_number", "as_of", "known_at", "part", "state",
    "named", "rule_version", "nonce", "sha256", "check", "acts", "issue", "checkpoint", "key",
)  # fmt: skip
"""The members of a machine file as they are written: what it says comes before what proves it."""


def _kept(stored: StoredAct) -> Json:
    """The issuing act, whose confidential part is sealed; of a ledger that seals nothing it is withheld."""
    payload = None if hides(REGISTER, stored.payload) else _base64(stored.payload)
    return {"position": stored.act.position, "leaf": _base64(stored.leaf), "payload": payload}


def _signer(note: Note, keys: Sequence[VerifierKey]) -> VerifierKey:
    """Which of the log's keys signed the note; the first where none did, and whoever checks will say so."""
    return next((key for key in keys if signatures_by(note, key)), keys[0])


def _first_covering(connection: Connection[Any], position: int) -> bytes:
    row = connection.cursor(row_factory=tuple_row).execute(
        "SELECT note FROM ledger.checkpoints WHERE size > %s ORDER BY size LIMIT 1", (position,)
    ).fetchone()  # fmt: skip
    if row is None:
        raise NotSealedYet(position)
    return bytes(row[0])


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()

"""Extracts that were issued: found by their number, and made again from the ledger as they were."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.act import Act
from domain.issued_extracts import REGISTER
from domain.legal_time import riga_date
from domain.register import Register
from ledger.ledger import Ledger
from projections.moment import KnownAt, Moment, read_known_at
from projections.reading import entry_ids
from replay.extract.machine import CODE_LENGTH, Issue
from replay.extract.statement import Json, Question, Statement, statement, stored_acts


class NoExtract(Exception):
    """There is no extract of that number, or the caller does not have its check code."""

    message = "no extract {number}, or its check code is another"

    def __init__(self, number: str) -> None:
        self.values = {"number": number}
        super().__init__(self.message.format(**self.values))


class ExtractGone(Exception):
    """What the extract stated can't be put together any more, such as after a person's erasure."""

    message = "extract {number} can't be given again: what it stated is no longer held as it was, as after an erasure"

    def __init__(self, number: str) -> None:
        self.values = {"number": number}
        super().__init__(self.message.format(**self.values))


class Issued(NamedTuple):
    """An issued extract: the act that issued it, and the one that revoked it (None: it stands)."""

    issue: Issue
    revoked: Act | None

    @property
    def said(self) -> Json:
        """What the issuing act says."""
        return self.issue.act.fields

    @property
    def sha256(self) -> str:
        """The hash of what the extract states."""
        return str(self.said["statement_sha256"])

    @property
    def code(self) -> str:
        """The beginning of it, as printed."""
        return self.sha256[:CODE_LENGTH]

    @property
    def page(self) -> str:
        """The address at which anyone can check the extract."""
        return f"{self.said['check_address']}/check/{self.issue.number}?hash={self.code}"

    def answers_to(self, code: str | None) -> bool:
        """Whether ``code`` is its hash, or the beginning of it as printed."""
        told = "" if code is None else code.replace(" ", "").lower()
        return len(told) >= CODE_LENGTH and self.sha256.startswith(told)

    def of_register(self, ledger: Ledger) -> Register:
        """The register of the entry."""
        return ledger.catalogue.registers[self.said["of_register"]]

    def question(self, ledger: Ledger) -> Question:
        """What the extract was asked for."""
        said = self.said
        return Question(
            self.of_register(ledger), str(UUID(said["of_entry"])), date.fromisoformat(said["as_of"]),
            read_known_at(str(said["known_at"])), said["part"],
        )  # fmt: skip


def content_of_issue(
    made: Statement, *, language: str, check_address: str, to: str | None, purpose: str | None
) -> dict[str, Any]:
    """What the act says that issues an extract of this statement. The number is given when it is recorded."""
    stated = made.stated
    return {
        "issued_on": riga_date(datetime.now(UTC)).isoformat(),
        "of_register": stated["register"],
        "of_entry": stated["entry"],
        "as_of": stated["as_of"],
        "known_at": stated["known_at"]["position"],
        "part": stated["part"],
        "language": language,
        "rule_version": stated["rule_version"],
        "check_address": check_address,
        "statement_sha256": made.sha256,
        "nonce": stated["nonce"],
        "to": to,
        "purpose": purpose,
    }


def new_nonce() -> str:
    """Random text of 128 bits: with it in what is hashed, nobody can try out what was."""
    return secrets.token_urlsafe(16)


def find_issued(connection: Connection[Any], ledger: Ledger, number: str, known_at: KnownAt) -> Issued | None:
    """The issued extract of that number; None if there is none."""
    now = Moment(riga_date(datetime.now(UTC)), known_at)
    found = entry_ids(connection, REGISTER, number, now)
    if not found:
        return None
    first, *later = stored_acts(connection, ledger, found[-1], known_at.position)
    revoked = [stored.act for stored in later if stored.act.kind.verb == "revoke"]
    return Issued(Issue(first), revoked[-1] if revoked else None)


def stated_again(connection: Connection[Any], ledger: Ledger, issued: Issued) -> Statement:
    """What the extract stated, from the ledger; raises ExtractGone if it is not what was issued."""
    said = issued.said
    made = statement(
        connection, ledger, issued.question(ledger), nonce=str(said["nonce"]), rule_version=said["rule_version"]
    )  # fmt: skip
    if made is None or made.sha256 != issued.sha256:
        raise ExtractGone(issued.issue.number)
    return made


class Since(NamedTuple):
    """Whether the entry is another now: on the extract's day as it is known now, and today."""

    on_the_day: bool
    today: bool


def changed_since(connection: Connection[Any], ledger: Ledger, issued: Issued, known_at: KnownAt) -> Since:
    """Whether what the extract states of the entry is no longer what the register says."""
    question = issued.question(ledger)
    now = read_known_at(str(known_at.position))

    def state(asked: Question) -> Any:
        made = statement(connection, ledger, asked, nonce=None, rule_version="")
        if made is None:
            return None
        return {**made.stated["state"], "valid_from": None, "valid_to": None}

    then = state(question)
    today = riga_date(datetime.now(UTC))
    return Since(
        state(question._replace(known_at=now)) != then, state(question._replace(known_at=now, as_of=today)) != then
    )

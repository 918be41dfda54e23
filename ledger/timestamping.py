"""Time stamps by an authority (RFC 3161): that the head of a month was there at a time, said by someone else.

The head of a month is the newest checkpoint whose newest act was recorded in that month, by the time of Riga.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
from cryptography import x509
from psycopg import Connection
from psycopg.rows import tuple_row
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from domain.legal_time import RIGA, riga_date
from ledger.database import Database
from ledger.key_files import KeyRefused
from ledger.outside import Ends, keep_timestamp, stamped_note, timestamp_of

SECONDS = 5.0
"""How often it is looked whether a month has ended."""
LONGEST_PAUSE = 3600.0
"""Seconds until an authority that fails is asked again; the pauses before grow from ``SECONDS``."""
_LARGEST_ANSWER = 1_000_000
_LONGEST_ANSWER = 60

_log = logging.getLogger("regesta.timestamping")


class TimestampRefused(Exception):
    """An answer that is no time stamp over these bytes by an authority that is trusted."""


class Head(NamedTuple):
    """The head of a month: its first day, and the size of the checkpoint."""

    month: date
    size: int


class Trust(NamedTuple):
    """Whom to believe: the roots of authorities, and certificates that lead to them."""

    roots: tuple[x509.Certificate, ...]
    others: tuple[x509.Certificate, ...]

    @classmethod
    def read(cls, file: Path) -> Trust:
        """The certificates in a PEM file; who issued itself is a root. Raises TimestampRefused."""
        try:
            found = x509.load_pem_x509_certificates(file.read_bytes())
        except ValueError as error:
            raise TimestampRefused(f"{file}: expected certificates in PEM form, met {error}") from None
        roots = tuple(each for each in found if each.subject == each.issuer)
        if not roots:
            raise TimestampRefused(f"{file}: expected a root, which issued itself, among {len(found)} certificates")
        return cls(roots, tuple(each for each in found if each not in roots))

    def check(self, response: bytes, stamped: bytes, nonce: int | None = None) -> datetime:
        """Check that ``response`` (DER) is a time stamp over ``stamped`` by a trusted authority; returns its time.

        With a ``nonce`` it must be the answer to the request of that nonce. Raises TimestampRefused.
        """
        builder = VerifierBuilder(intermediates=list(self.others), roots=list(self.roots), nonce=nonce)
        try:
            decoded = decode_timestamp_response(response)
            if decoded.as_bytes() != response:
                raise TimestampRefused("time stamp: expected a response and nothing after it")
            builder.build().verify_message(decoded, stamped)
        except (VerificationError, ValueError) as error:
            raise TimestampRefused(f"time stamp: {error}") from None
        return decoded.tst_info.gen_time.astimezone(UTC)


class Authority:
    """An authority at ``url``, believed as far as ``trust`` goes."""

    def __init__(self, url: str, trust: Trust) -> None:
        self._url, self._trust = url, trust

    def stamp(self, content: bytes) -> bytes:
        """A checked response (DER) over ``content``. Raises TimestampRefused or httpx.HTTPError."""
        request = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
        with httpx.stream(
            "POST",
            self._url,
            content=request.as_bytes(),
            headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
            timeout=_LONGEST_ANSWER,
        ) as answer:
            if answer.status_code != 200:
                raise TimestampRefused(f"authority: expected 200, met {answer.status_code}")
            response = bytearray()
            for part in answer.iter_bytes():
                response += part
                if len(response) > _LARGEST_ANSWER:
                    raise TimestampRefused(f"authority: expected at most {_LARGEST_ANSWER} bytes")
        self._trust.check(bytes(response), content, request.nonce)
        return bytes(response)


class Timestamping:
    """Has the head of each month that ended stamped, as long as this is open. ``trouble``: why the last try failed."""

    def __init__(self, database: Database, authority: Authority, ends: Ends) -> None:
        self.trouble: str | None = None
        self._settled: date | None = None
        self._database, self._authority, self._ends = database, authority, ends
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="timestamping", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask no more. An answer that does not come is not waited for."""
        self._closed.set()
        self._thread.join(2)

    def _run(self) -> None:
        failures = 0
        while not self._closed.is_set():
            try:
                self._look()
            except (TimestampRefused, httpx.HTTPError, psycopg.Error, KeyRefused, OSError) as error:
                self.trouble = " ".join(str(error).split()) or type(error).__name__
                _log.warning("%s", self.trouble)
                failures += 1
            else:
                self.trouble, failures = None, 0
            self._closed.wait(min(LONGEST_PAUSE, SECONDS * 2 ** min(failures, 10)))

    def _look(self) -> None:
        with self._database.pool.connection() as connection:
            newest = _newest_before(connection, None)
        if newest is None or month_of(newest[1]) == self._settled:
            return
        stamp_due(self._database, self._authority, self._ends)
        self._settled = month_of(newest[1])


def stamp_due(database: Database, authority: Authority, ends: Ends) -> Head | None:
    """Have the head that is due stamped and keep the stamp; None if none is due.

    Raises TimestampRefused or httpx.HTTPError.
    """
    with database.pool.connection() as connection:
        due = due_head(connection)
        note = None if due is None else stamped_note(connection, due.size)
    if due is None or note is None:
        return None
    response = authority.stamp(note)
    with database.pool.connection() as connection:
        keep_timestamp(connection, ends, due.size, response)
    return due


def due_head(connection: Connection[Any]) -> Head | None:
    """The head of the last month before that of the newest checkpoint, unless it is stamped or there is none."""
    newest = _newest_before(connection, None)
    if newest is None:
        return None
    ended = _newest_before(connection, month_of(newest[1]))
    if ended is None or timestamp_of(connection, ended[0]) is not None:
        return None
    return Head(month_of(ended[1]), ended[0])


def stamped_heads(connection: Connection[Any]) -> list[tuple[Head, bytes]]:
    """The heads that are stamped, and the responses (DER) about them, the oldest first."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT t.size, t.response, e.recorded_at FROM ledger.timestamps t"
        " JOIN ledger.events e ON e.notification_id = t.size ORDER BY t.number"
    )
    return [(Head(month_of(recorded_at), size), bytes(response)) for size, response, recorded_at in rows]


def month_of(recorded_at: datetime) -> date:
    """The first day of the month, in Riga, in which something was recorded."""
    return riga_date(recorded_at).replace(day=1)


def _newest_before(connection: Connection[Any], month: date | None) -> tuple[int, datetime] | None:
    """Size of the newest checkpoint, and when its newest act was recorded: before ``month`` began, or ever."""
    begin = datetime.max.replace(tzinfo=UTC) if month is None else datetime.combine(month, time(), RIGA)
    return connection.cursor(row_factory=tuple_row).execute(
        "SELECT c.size, e.recorded_at FROM ledger.checkpoints c JOIN ledger.events e ON e.notification_id = c.size"
        " WHERE e.recorded_at < %s ORDER BY c.size DESC LIMIT 1",
        (begin,),
    ).fetchone()  # fmt: skip

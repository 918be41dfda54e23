"""Holding what others said of checkpoints - cosignatures, time stamps - against the checkpoints, and row against row.

Every row is chained to the one before it, and the keys folder knows how far each table goes. What a witness or an
authority signed must be about the checkpoint whose size the row has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from psycopg.rows import tuple_row
from rfc3161_client import decode_timestamp_response

from ledger.cosignature import CosignatureRefused, check_cosignature
from ledger.note import Note, NoteRefused, VerifierKey
from ledger.outside import CHAIN_BEGINS, Cosignature, End, Timestamp
from replay.verify.evidence import Evidence
from replay.verify.finding import Wrong, wrong

Row = Cosignature | Timestamp


def check_cosignatures(evidence: Evidence) -> int:
    """Every cosignature is by the key beside it, over the checkpoint of its size. Raises Wrong."""
    return _check(evidence, "cosignatures", Cosignature, _wrong_cosignature)


def check_timestamps(evidence: Evidence) -> int:
    """Every time stamp is over the checkpoint of its size. Raises Wrong.

    Whether its authority is to be believed is for whoever holds that one's certificates: ``openssl ts -verify``.
    """
    return _check(evidence, "timestamps", Timestamp, _wrong_timestamp)


def _check(
    evidence: Evidence,
    table: str,
    kind: type[Cosignature] | type[Timestamp],
    content: Callable[[Evidence, Any, bytes | None], tuple[str, str] | None],
) -> int:
    """Check a table row by row; returns how many. ``content`` names the column that is wrong, and what was expected."""
    end = evidence.ends.get(table)
    before, number = CHAIN_BEGINS, 0
    sizes = set[tuple[Any, ...]]()
    for row, note in _rows(evidence, table, kind):
        named = f"number {row.number}"
        if row.number != number:
            raise _missing(evidence, table, kind, number, before)
        found = content(evidence, row, note)
        chain = row.chained(before)
        if found is not None:
            raise wrong(f"ledger.{table}", named, *found, getattr(row, found[0]))
        if chain != row.chain:
            raise _chain_differs(evidence, table, kind, row, chain, end)
        key = row[1:3] if isinstance(row, Cosignature) else row[1:2]
        if key in sizes:
            raise wrong(f"ledger.{table}", named, None, f"one row for size {row.size}", "a second")
        sizes.add(key)
        before, number = row.chain, number + 1
        if end is not None and end.rows == number and end.chain != row.chain:
            raise wrong(f"ledger.{table}", named, "chain", f"{end.chain.hex()}, as the keys folder knows", row.chain)
    if end is not None and end.rows > number:
        known = f"the row: the keys folder knows of {end.rows}"
        raise wrong(f"ledger.{table}", f"number {number}", None, known, f"{number} rows")
    return number


def _rows(evidence: Evidence, table: str, kind: type[Row], after: int = -1) -> Iterator[tuple[Any, bytes | None]]:
    """The rows in their order, each with the checkpoint of its size."""
    columns = ", ".join(f"t.{name}" for name in kind._fields)
    with evidence.connection.cursor(f"{table}_{after + 1}", row_factory=tuple_row, binary=True) as cursor:
        cursor.itersize = 1000
        cursor.execute(
            f"SELECT {columns}, c.note FROM ledger.{table} t LEFT JOIN ledger.checkpoints c ON c.size = t.size"
            f" WHERE t.number > {int(after)} ORDER BY t.number"
        )
        for *row, note in cursor:
            yield kind(*row), note


def _missing(evidence: Evidence, table: str, kind: type[Row], number: int, before: bytes) -> Wrong:
    """A number is left out: its row is not there, or has another number."""
    for row, _ in _rows(evidence, table, kind, number):
        if row._replace(number=number).chained(before) == row.chain:
            return wrong(f"ledger.{table}", f"number {row.number}", "number", number, row.number)
    return wrong(f"ledger.{table}", f"number {number}", None, "the row", "none")


def _chain_differs(evidence: Evidence, table: str, kind: type[Row], row: Any, chain: bytes, end: End | None) -> Wrong:
    """The row's chain does not follow: it was changed itself; or, if what comes after builds on it, another column."""
    named = f"number {row.number}"
    following = next(_rows(evidence, table, kind, row.number), None)
    built_on = following is not None and following[0].chained(row.chain) == following[0].chain
    known = end is not None and end.rows == row.number + 1 and end.chain == row.chain
    if isinstance(row, Timestamp) and (built_on or known):
        return wrong(f"ledger.{table}", named, "response", "the response that the chain is over", row.response)
    return wrong(f"ledger.{table}", named, "chain", chain, row.chain)


def _wrong_cosignature(evidence: Evidence, row: Cosignature, note: bytes | None) -> tuple[str, str] | None:
    try:
        key = VerifierKey.parse(row.witness)
    except NoteRefused as refused:
        return "witness", str(refused)
    try:
        signature = row.signature
    except NoteRefused as refused:
        return "cosignature", str(refused)
    if note is not None and _fits(note, signature, key) is None:
        # A line can be written in one way only, else its column could be changed.
        return None if str(signature) == f"{row.cosignature}\n" else ("cosignature", str(signature).strip())
    for size, other in _checkpoints(evidence):
        if _fits(other, signature, key) is None:
            return "size", str(size)
    return "cosignature", "no checkpoint of this size" if note is None else str(_fits(note, signature, key))


def _wrong_timestamp(evidence: Evidence, row: Timestamp, note: bytes | None) -> tuple[str, str] | None:
    try:
        imprint = decode_timestamp_response(row.response).tst_info.message_imprint
    except ValueError as refused:
        return "response", f"a response (RFC 3161), {refused}"
    if note is not None and _digest(imprint, note) == imprint.message:
        return None
    for size, other in _checkpoints(evidence):
        if _digest(imprint, other) == imprint.message:
            return "size", str(size)
    return "response", f"a time stamp over the checkpoint of {row.size} acts"


def _fits(note: bytes, signature: Any, key: VerifierKey) -> str | None:
    """Why a cosignature is not over a checkpoint; None if it is."""
    try:
        check_cosignature(Note.parse(note).text, signature, key)
    except (CosignatureRefused, NoteRefused) as refused:
        return str(refused)
    return None


def _digest(imprint: Any, content: bytes) -> bytes:
    algorithms = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.3": "sha512"}
    name = algorithms.get(imprint.hash_algorithm.dotted_string)
    return b"" if name is None else hashlib.new(name, content).digest()


def _checkpoints(evidence: Evidence) -> Iterator[tuple[int, bytes]]:
    yield from evidence.connection.cursor(row_factory=tuple_row, binary=True).execute(
        "SELECT size, note FROM ledger.checkpoints ORDER BY size"
    )

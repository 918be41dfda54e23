"""Proof files of what is not in a register, and that a list of it is whole: checked with nothing but the log's key.

A file holds leaves of the register's map, and the act of the log that commits to the map's size and root: the act's
leaf, what it says (the stored bytes), and its tlog-proof. Nothing else in a file is believed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from pydantic_core import from_json

from ledger.leaf import leaf_hash
from ledger.merkle import check_inclusion, nodes_of, root
from ledger.note import VerifierKey
from ledger.proofs import TlogProof, check_proof
from ledger.register_map import MapEntry, RegisterMap, hash_of

ABSENCE, COMPLETENESS = "regesta-absence/1", "regesta-completeness/1"
COMMITTED = "register_maps.committed:1"
"""The event that commits to maps."""


class MapRefused(Exception):
    """A file that does not prove what it is shown for; the message says what was expected and what was met."""


class Commitment(NamedTuple):
    """The act that commits to a map, as the log has it: its leaf, what it says, and the proof that it is there."""

    leaf: bytes
    said: bytes
    proof: TlogProof

    def document(self) -> dict[str, str]:
        """As it stands in a file."""
        return {
            "leaf": self.leaf.decode(),
            "payload": self.said.decode(),
            "proof": self.proof.to_bytes().decode(),
        }


class CommittedMap(NamedTuple):
    """What the log says of a register's map: as known at ``position``, so many leaves under ``root``."""

    position: int
    size: int
    root: bytes
    alive: frozenset[str]


class Proved(NamedTuple):
    """What a file proves, of ``register`` on the day ``as_of``, as known at ``position``.

    Of an absence, ``number`` is in no entry that is in the register; of a list, ``entries`` (number, id) are all.
    """

    register: str
    as_of: date
    position: int
    number: str | None
    entries: tuple[tuple[str, str], ...]


def absence_document(
    register: str, number: str, as_of: date, position: int, whole: RegisterMap, commitment: Commitment
) -> dict[str, Any]:
    """The file that proves that no entry with ``number`` was in ``register``."""
    leaves = [
        {"index": shown.place, "leaf": shown.leaf.decode(), "proof": [each.hex() for each in shown.proof]}
        for shown in whole.around(number)
    ]
    return {
        "format": ABSENCE,
        "register": register,
        "number": number,
        "as_of": as_of.isoformat(),
        "known_at": position,
        "leaves": leaves,
        "commitment": commitment.document(),
    }


def completeness_document(
    register: str, alive: frozenset[str], as_of: date, position: int, whole: RegisterMap, commitment: Commitment
) -> dict[str, Any]:
    """The file that proves that ``entries`` are all that were in ``register``."""
    return {
        "format": COMPLETENESS,
        "register": register,
        "as_of": as_of.isoformat(),
        "known_at": position,
        "entries": [[entry.number, str(entry.entry)] for entry in whole.entries if entry.is_in(alive, as_of)],
        "leaves": [entry.to_bytes().decode() for entry in whole.entries],
        "commitment": commitment.document(),
    }


def check_file(content: bytes, key: VerifierKey) -> Proved:
    """What the file ``content`` proves. Raises MapRefused, NoteRefused, CheckpointRefused, NoProof or ProofRefused."""
    try:
        said = from_json(content)
        if said["format"] == ABSENCE:
            return _check_absence(said, key)
        if said["format"] == COMPLETENESS:
            return _check_completeness(said, key)
        raise MapRefused(f"format: expected {ABSENCE} or {COMPLETENESS}, met {said['format']!r}")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MapRefused(f"file: expected one of format {ABSENCE} or {COMPLETENESS}, met another: {error}") from error


def _check_absence(said: Mapping[str, Any], key: VerifierKey) -> Proved:
    committed, number, day = _committed(said, key), said["number"], _day(said["as_of"])
    if not isinstance(number, str) or not number:
        raise MapRefused(f"number: expected a number, met {number!r}")
    indexes, entries = [], []
    for shown in said["leaves"]:
        leaf = shown["leaf"].encode()
        proof = [_hash(each) for each in shown["proof"]]
        check_inclusion(hash_of(leaf), shown["index"], committed.size, proof, committed.root)
        indexes.append(shown["index"])
        entries.append(MapEntry.parse(leaf))
    _check_neighbours(number, indexes, entries, committed)
    for entry in entries:
        if entry.number == number and entry.is_in(committed.alive, day):
            raise MapRefused(f"{number}: expected no entry in the register on {day}, met {entry.entry}")
    return Proved(said["register"], day, committed.position, number, ())


def _check_neighbours(
    number: str, indexes: Sequence[int], entries: Sequence[MapEntry], committed: CommittedMap
) -> None:
    """The leaves shown stand side by side, and reach beyond ``number`` on both sides, or to the ends of the map."""
    if not entries:
        if committed.size:
            raise MapRefused(f"leaves: expected neighbours of {number} in a map of {committed.size}, met none")
        return
    if any(after != before + 1 for before, after in pairwise(indexes)):
        raise MapRefused(f"leaves: expected neighbours, met places {', '.join(map(str, indexes))}")
    _check_sorted(entries)
    if entries[0].number >= number and indexes[0] != 0:
        raise MapRefused(f"leaves: expected one before {number} or the first, met {entries[0].number!r}")
    if entries[-1].number <= number and indexes[-1] != committed.size - 1:
        raise MapRefused(f"leaves: expected one after {number} or the last, met {entries[-1].number!r}")


def _check_completeness(said: Mapping[str, Any], key: VerifierKey) -> Proved:
    committed, day = _committed(said, key), _day(said["as_of"])
    leaves = [leaf.encode() for leaf in said["leaves"]]
    if len(leaves) != committed.size:
        raise MapRefused(f"leaves: expected all {committed.size}, met {len(leaves)}")
    met = root(nodes_of([hash_of(leaf) for leaf in leaves]), len(leaves))
    if met != committed.root:
        raise MapRefused(f"leaves: expected root {committed.root.hex()}, met {met.hex()}")
    entries = [MapEntry.parse(leaf) for leaf in leaves]
    _check_sorted(entries)
    listed = tuple((entry.number, str(entry.entry)) for entry in entries if entry.is_in(committed.alive, day))
    met_list = tuple((number, entry) for number, entry in said["entries"])
    if met_list != listed:
        wrong = ", ".join(number or entry for number, entry in sorted(set(met_list) ^ set(listed))[:5])
        raise MapRefused(f"entries: expected the {len(listed)} in the register on {day}, met others: {wrong}")
    return Proved(said["register"], day, committed.position, None, listed)


def _committed(said: Mapping[str, Any], key: VerifierKey) -> CommittedMap:
    """The map that the log commits to in the file's act, which is in the tree that ``key`` signed."""
    shown = said["commitment"]
    leaf, payload, proof = shown["leaf"].encode(), shown["payload"].encode(), TlogProof.parse(shown["proof"].encode())
    check_proof(proof, leaf_hash(leaf), key)
    envelope = from_json(leaf)
    if envelope["event"] != COMMITTED:
        raise MapRefused(f"commitment: expected an act {COMMITTED}, met {envelope['event']!r}")
    digest = hashlib.sha256(payload).hexdigest()
    if envelope["payload_sha256"] != digest:
        raise MapRefused(f"commitment: expected what has SHA-256 {envelope['payload_sha256']}, met {digest}")
    content = from_json(payload)["content"]
    found = [each for each in content["maps"] if each["register_name"] == said["register"]]
    if len(found) != 1:
        raise MapRefused(f"commitment: expected one map of register {said['register']}, met {len(found)}")
    position = content["position"]
    if position != said["known_at"] or position >= proof.position:
        raise MapRefused(f"known_at: expected {position}, before the act at {proof.position}, met {said['known_at']}")
    return CommittedMap(position, found[0]["size"], bytes.fromhex(found[0]["root"]), frozenset(found[0]["alive"]))


def _check_sorted(entries: Sequence[MapEntry]) -> None:
    for before, after in pairwise(entries):
        if before.key >= after.key:
            raise MapRefused(f"leaves: expected them sorted, met {before.number!r} before {after.number!r}")


def _day(text: str) -> date:
    """A day in the one writing that every checker of such files takes."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise MapRefused(f"as_of: expected {day}, met {text!r}")
    return day


def _hash(text: str) -> bytes:
    """A hash in the one writing that every checker of such files takes."""
    found = bytes.fromhex(text)
    if found.hex() != text:
        raise MapRefused(f"proof: expected hashes in small hexadecimal letters, met {text!r}")
    return found

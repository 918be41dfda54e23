"""The map of a register: every entry with the days it is public, sorted by number, in a Merkle tree of known size.

Because the leaves are sorted and the tree's size is known, two neighbours prove that nothing stands between them, and
all leaves together prove that none was left out. The map is a function of the acts up to a position and of nothing
else; it holds numbers, days, statuses and positions of acts, and nothing that an entry says of anybody.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from domain.legal_time import NEVER_ENDS
from ledger.merkle import Nodes, inclusion_proof, nodes_of, root


class Days(NamedTuple):
    """Days ``[first, end)`` on which an entry has one ``status``, which the act at position ``act`` made."""

    first: date
    end: date
    status: str
    act: int


class MapEntry(NamedTuple):
    """An entry under one of its numbers ('' on days without one), with the days on which it bore it.

    ``version`` is how many acts it had: they are all in the log, and what the entry says follows from them.
    """

    number: str
    entry: UUID
    version: int
    days: tuple[Days, ...]

    def to_bytes(self) -> bytes:
        """The leaf: canonical JSON (RFC 8785)."""
        days = [
            [each.first.isoformat(), None if each.end == NEVER_ENDS else each.end.isoformat(), each.status, each.act]
            for each in self.days
        ]
        said = {"days": days, "entry": str(self.entry), "number": self.number, "version": self.version}
        # As RFC 8785 has texts and whole numbers; its own writer takes ten times as long.
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def parse(cls, leaf: bytes) -> MapEntry:
        """The entry of a leaf; raises ValueError for anything but its canonical bytes."""
        said = from_json(leaf)
        if not isinstance(said, dict) or set(said) != {"days", "entry", "number", "version"}:
            raise ValueError("map leaf: expected days, entry, number and version, met something else")
        found = cls(said["number"], UUID(said["entry"]), said["version"], tuple(map(_days, said["days"])))
        if found.to_bytes() != leaf:
            raise ValueError("map leaf: expected canonical JSON, met another writing")
        return found

    @property
    def key(self) -> tuple[str, int]:
        """What the leaves are sorted by: the number by its characters, then the id."""
        return self.number, self.entry.int

    def is_in(self, statuses: Iterable[str], day: date) -> bool:
        """Whether it has one of ``statuses`` on ``day`` (and this number)."""
        return any(each.first <= day < each.end and each.status in statuses for each in self.days)


def _days(said: Sequence[Any]) -> Days:
    first, end, status, act = said
    return Days(date.fromisoformat(first), NEVER_ENDS if end is None else date.fromisoformat(end), status, act)


class ShownLeaf(NamedTuple):
    """A leaf of a map: its place, its bytes, and the proof that it stands there."""

    place: int
    leaf: bytes
    proof: list[bytes]


class RegisterMap:
    """A register's map. ``leaves`` are sorted by ``MapEntry.key`` and come with their hashes."""

    def __init__(self, leaves: Sequence[tuple[MapEntry, bytes]]) -> None:
        self.entries = [entry for entry, _ in leaves]
        self._hashes = [hashed for _, hashed in leaves]

    @classmethod
    def of(cls, entries: Iterable[MapEntry]) -> RegisterMap:
        """The map of ``entries``."""
        return cls([(entry, hash_of(entry.to_bytes())) for entry in sorted(entries, key=lambda entry: entry.key)])

    @property
    def size(self) -> int:
        """How many leaves."""
        return len(self.entries)

    @cached_property
    def _nodes(self) -> Nodes:
        return nodes_of(self._hashes)

    @cached_property
    def root(self) -> bytes:
        """The root of its tree."""
        return root(self._nodes, self.size)

    def around(self, number: str) -> list[ShownLeaf]:
        """The leaves of ``number``, if any, with the neighbour before and the one after, where there are such."""
        begin = bisect_left(self.entries, (number, -1), key=lambda entry: entry.key)
        end = begin
        while end < self.size and self.entries[end].number == number:
            end += 1
        return [
            ShownLeaf(index, self.entries[index].to_bytes(), inclusion_proof(self._nodes, index, self.size))
            for index in range(max(begin - 1, 0), min(end + 1, self.size))
        ]


def hash_of(leaf: bytes) -> bytes:
    """The hash of a map's leaf (RFC 6962 section 2.1), however long the leaf is."""
    return hashlib.sha256(b"\x00" + leaf).digest()

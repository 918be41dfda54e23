"""Which logs and witnesses to trust, and how many witnesses together are enough (C2SP tlog-policy)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from ledger.cosignature import COSIGNATURE, CosignatureRefused, check_cosignature
from ledger.note import ED25519, Note, NoteRefused, VerifierKey, check_note

_NONE = "none"
_THRESHOLD = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


class PolicyRefused(Exception):
    """A policy that can't be read; the message names the line, what was expected and what was met."""


class KnownLog(NamedTuple):
    """A log by its key, and where it is, if that is said."""

    key: VerifierKey
    url: str | None


class KnownWitness(NamedTuple):
    """A witness by its name in the policy, its key, and where it can be asked, if that is said."""

    name: str
    key: VerifierKey
    url: str | None


class Group(NamedTuple):
    """Members (witnesses and groups), of which ``enough`` together count as one."""

    name: str
    enough: int
    members: tuple[str, ...]


class Judged(NamedTuple):
    """What a policy says of a checkpoint.

    Which log signed, who cosigned when (seconds since 1970), whose does not fit and why, whether enough did.
    """

    log: VerifierKey | None
    cosigned: Mapping[str, int]
    refused: Mapping[str, str]
    quorum: bool


class Policy(NamedTuple):
    """A policy as it was written, names as its file spells them. ``quorum``: a witness, a group, or None (nobody)."""

    logs: tuple[KnownLog, ...]
    witnesses: tuple[KnownWitness, ...]
    groups: Mapping[str, Group]
    quorum: str | None

    @classmethod
    def parse(cls, policy: bytes) -> Policy:
        """The policy in a file. Raises PolicyRefused."""
        return _Reading().read(policy)

    def satisfied_by(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses of these names are a quorum together."""
        return self.quorum is None or self._counts(self.quorum, cosigned)

    def _counts(self, name: str, cosigned: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._counts(member, cosigned) for member in group.members) >= group.enough

    def judge(self, note: Note) -> Judged:
        """What this policy says of a checkpoint. A witness with a signature that does not fit does not count."""
        cosigned, refused = dict[str, int](), dict[str, str]()
        for witness in self.witnesses:
            for signature in note.signatures:
                if (signature.name, signature.key_id) != (witness.key.name, witness.key.key_id):
                    continue
                try:
                    cosigned[witness.name] = check_cosignature(note.text, signature, witness.key)
                except CosignatureRefused as error:
                    refused[witness.name] = str(error)
        trusted = {name: at for name, at in cosigned.items() if name not in refused}
        return Judged(self._log_of(note), trusted, refused, self.satisfied_by(trusted))

    def _log_of(self, note: Note) -> VerifierKey | None:
        for log in self.logs:
            try:
                check_note(note, log.key)
            except NoteRefused:
                continue
            if note.text.startswith(f"{log.key.name}\n"):
                return log.key
        return None


class _Reading:
    """A policy half read."""

    def __init__(self) -> None:
        self.logs: list[KnownLog] = []
        self.witnesses: dict[str, KnownWitness] = {}
        self.groups: dict[str, Group] = {}
        self.quorums: list[str] = []
        self.taken: set[str] = set()
        self.line = 0

    def read(self, policy: bytes) -> Policy:
        lines = policy.split(b"\n")
        if lines.pop():
            self.line = len(lines) + 1
            raise self.refused("a newline at the end of the line", "none")
        for number, line in enumerate(lines, 1):
            self.line = number
            self.read_line(line)
        if len(self.quorums) != 1:
            self.line = len(lines)
            raise self.refused("one quorum line up to here", "none")
        quorum = None if self.quorums[0] == _NONE else self.quorums[0]
        return Policy(tuple(self.logs), tuple(self.witnesses.values()), self.groups, quorum)

    def read_line(self, line: bytes) -> None:
        strange = next((each for each in line if (each < 0x20 and each != 0x09) or each == 0x7F), None)
        if strange is not None:
            raise self.refused("no control character but the tab", f"0x{strange:02x}")
        # Names are opaque to the specification: whatever is not UTF-8 stays itself and no other.
        words = line.decode(errors="surrogateescape").strip(" \t").replace("\t", " ").split(" ")
        kind, *rest = [word for word in words if word] or ["#"]
        match kind, rest:
            case _ if kind.startswith("#"):
                return
            case "log", [key] | [key, _]:
                self.logs.append(KnownLog(self.key(key, ED25519), next(iter(rest[1:]), None)))
            case "witness", [name, key] | [name, key, _]:
                self.define(name)
                self.witnesses[name] = KnownWitness(name, self.key(key, COSIGNATURE), next(iter(rest[2:]), None))
            case "group", [name, enough, *members] if members:
                group = self.group(name, enough, members)
                self.define(name)
                self.groups[name] = group
            case "quorum", [name]:
                self.quorum(name)
            case "log" | "witness" | "group" | "quorum", _:
                raise self.refused(f"{kind} {_FORMS[kind]}", f"{len(rest)} words after {kind}")
            case _:
                raise self.refused("log, witness, group, quorum or a comment", repr(kind))

    def define(self, name: str) -> None:
        if name == _NONE or name in self.witnesses or name in self.groups:
            raise self.refused("a name not yet given, and not none", repr(name))

    def key(self, text: str, algorithm: int) -> VerifierKey:
        try:
            text.encode()
            key = VerifierKey.parse(text)
        except (NoteRefused, UnicodeEncodeError) as error:
            raise self.refused("a verifier key", str(error)) from None
        if key.algorithm != algorithm or len(key.public) != 32:
            raise self.refused(f"an Ed25519 key of type {algorithm}", f"type {key.algorithm}")
        others: list[KnownLog] | list[KnownWitness] = (
            self.logs if algorithm == ED25519 else list(self.witnesses.values())
        )
        if any(other.key.public == key.public for other in others):
            raise self.refused("a key not yet given", key.name)
        return key

    def group(self, name: str, enough: str, members: list[str]) -> Group:
        for at, member in enumerate(members):
            if member not in self.witnesses and member not in self.groups:
                raise self.refused("members named on lines before", repr(member))
            if member in self.taken or member in members[:at]:
                raise self.refused("members that are in no group yet", repr(member))
        counts = {"any": 1, "all": len(members)}
        if enough not in counts and not _THRESHOLD.fullmatch(enough):
            raise self.refused("any, all or a number", repr(enough))
        number = counts[enough] if enough in counts else int(enough)
        if number > len(members):
            raise self.refused(f"a number up to {len(members)}, which is how many members there are", enough)
        self.taken.update(members)
        return Group(name, number, tuple(members))

    def quorum(self, name: str) -> None:
        if self.quorums:
            raise self.refused("one quorum line", "a second")
        if name != _NONE and name not in self.witnesses and name not in self.groups:
            raise self.refused("none, or a witness or group named on a line before", repr(name))
        self.quorums.append(name)

    def refused(self, expected: str, met: str) -> PolicyRefused:
        return PolicyRefused(f"line {self.line}: expected {expected}, met {met}")


_FORMS = {
    "log": "KEY [URL]",
    "witness": "NAME KEY [URL]",
    "group": "NAME any|all|NUMBER MEMBER…",
    "quorum": "NAME",
}

#!/usr/bin/env python3
"""Checks what a Regesta register hands out, without the register: needs this one file, Python and ``cryptography``.

    python regesta_verify.py --key KEY FILE...

KEY is the log's verifier key (name+number+base64) or a file that holds it, best taken from where the office publishes
it; also the keys of witnesses. FILES are one of
  an extract's machine file (.json), or a receipt
  a proof that a number is not in a register, or that a list of a register is whole (.json)
  a proof file (.tlog-proof) and the leaf it is about
  a consistency proof (.json) and the two checkpoints it joins
  a checkpoint.
Exit codes: 0 proved; 1 refused: something does not fit; 2 nothing could be decided: a file or key is missing.

Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof; hashing: RFC 6962; JSON: RFC 8785.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROVED, REFUSED, UNDECIDED = "proved", "refused", "undecided"
EXIT = {PROVED: 0, REFUSED: 1, UNDECIDED: 2}
STATED = (
    "format", "register", "entry", "registration_number", "as_of", "known_at", "part", "state", "named",
    "rule_version", "nonce", "acts",
)  # fmt: skip
EXTRACT, ABSENCE, COMPLETENESS = "regesta-extract/1", "regesta-absence/1", "regesta-completeness/1"
COMMITTED = "register_maps.committed:1"
LOG, WITNESS = 1, 4
SAFE = 2**53 - 1
PROOF = re.compile(
    r"c2sp\.org/tlog-proof@v1\n(?:extra [A-Za-z0-9+/]+={0,2}\n)?index (0|[1-9][0-9]{0,14})\n"
    r"((?:[A-Za-z0-9+/]{43}=\n){0,63})\n([\s\S]+)",
    re.ASCII,
)
CHECKPOINT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*")
KEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
HASH = re.compile(r"[0-9a-f]{64}")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SIGNATURE = re.compile("\u2014 ([^ +]+) ([A-Za-z0-9+/]+={0,2})", re.ASCII)


class Refused(Exception):
    """Something does not fit; ``code`` names what, the same in every implementation."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code


class Undecided(Refused):
    """Something is missing, so nothing is proved and nothing refused."""


class Key(NamedTuple):
    """A verifier key."""

    name: str
    number: bytes
    kind: int
    public: bytes


class Tree(NamedTuple):
    """What a checkpoint says: the log's name, how many acts, and the root over them."""

    origin: str
    size: int
    root: bytes


class RegisterMap(NamedTuple):
    """What act ``act`` of the log says of a register as known at ``position``: a tree of leaves, and in which statuses
    an entry is in the register."""

    position: int
    size: int
    root: bytes
    alive: list[Any]
    act: int
    tree: Tree


class MapLeaf(NamedTuple):
    """An entry under one of its numbers, with days (first, end, status); ``end`` None: they have no end."""

    number: str
    entry: str
    days: list[tuple[str, str | None, str]]

    def is_in(self, statuses: list[Any], day: str) -> bool:
        """Whether it has one of the statuses on the day."""
        return any(
            first <= day and (end is None or day < end) and status in statuses for first, end, status in self.days
        )


class Verdict(NamedTuple):
    """``outcome`` is proved, refused or undecided; ``code`` says why not; ``lines`` tell what was found."""

    outcome: str
    code: str
    lines: list[str]


def verdict(files: list[bytes], keys: list[str]) -> Verdict:
    """What the files prove together, by the given keys."""
    lines: list[str] = []
    try:
        known = [parse_key(key) for key in keys]
        lines.extend(_check(files, known))
    except Undecided as missing:
        return Verdict(UNDECIDED, missing.code, [*lines, str(missing)])
    except Refused as refused:
        return Verdict(REFUSED, refused.code, [*lines, str(refused)])
    return Verdict(PROVED, "", lines)


def _check(files: list[bytes], keys: list[Key]) -> Iterator[str]:
    documents, proofs, notes, leaves = [], [], [], []
    for content in files:
        text = _text(content)
        if text.startswith("c2sp.org/tlog-proof"):
            proofs.append(text)
        elif text.startswith("{"):
            document = parse_json(text)
            (leaves if "payload_sha256" in document else documents).append((content, document))
        else:
            notes.append(text)
    joins = [document for _, document in documents if {"from", "to", "hashes"} <= document.keys()]
    others = [document for _, document in documents if not {"from", "to", "hashes"} <= document.keys()]
    formatted = [document for document in others if "format" in document]
    receipts = [document for document in others if "format" not in document]
    if formatted:
        for document in formatted:
            yield from check_formatted(document, keys)
    elif joins:
        trees = [_tree(note, keys) for note in notes]
        for join in joins:
            yield check_consistency(join, trees)
    elif proofs:
        found = [content for content, _ in leaves]
        found += [_string(document, "leaf").encode() for document in receipts if "leaf" in document]
        for proof in proofs:
            yield from check_proof(proof, found, keys)
    elif receipts:
        for receipt in receipts:
            yield from check_receipt(receipt, keys)
    elif notes:
        for note in notes:
            tree = _tree(note, keys)
            yield f"The log {tree.origin} signed a tree of {tree.size} acts with root {tree.root.hex()}."
            yield from check_cosignatures(note, keys)
    else:
        raise Undecided("nothing", "Nothing to check was given.")


def check_formatted(file: dict[str, Any], keys: list[Key]) -> Iterator[str]:
    """A file that names its format."""
    named = file["format"]
    if named == EXTRACT:
        yield from check_extract(file, keys)
    elif named == ABSENCE:
        yield from check_absence(file, keys)
    elif named == COMPLETENESS:
        yield from check_completeness(file, keys)
    else:
        raise Refused("format", f"Expected {EXTRACT}, {ABSENCE} or {COMPLETENESS}, met a file of format {named!r}.")


def check_extract(file: dict[str, Any], keys: list[Key]) -> Iterator[str]:
    """An extract: its hash, the acts behind it in the signed tree, and the act that issued it."""
    stated = {name: _member(file, name) for name in STATED}
    acts = [_object(act) for act in _list(file, "acts")]
    stated["acts"] = [{name: _member(act, name) for name in ("position", "leaf", "payload")} for act in acts]
    if hashlib.sha256(canonical(stated)).hexdigest() != _string(file, "sha256"):
        raise Refused("hash", "The extract was changed: what it states does not have the hash it names.")
    tree = _tree(_string(file, "checkpoint"), keys)
    known = _number(_object(_member(file, "known_at")), "position", -1)
    if tree.size <= known:
        raise Refused("size", f"The checkpoint has {tree.size} acts; the extract speaks of position {known}.")
    before = -1
    for act in acts:
        leaf, position = _check_act(act, tree)
        if not before < position <= known:
            raise Refused("position", f"Act {position} has no place among acts known at position {known}.")
        if leaf.get("aggregate") != _string(file, "entry"):
            raise Refused("entry", f"Act {position} is of another entry than the extract.")
        before = position
    yield (
        f"The extract of {file['register']} {file['registration_number'] or file['entry']} on {file['as_of']}, as known"
        f" at position {known}, is unchanged; the {len(acts)} acts behind it are in the tree of {tree.size} acts"
        f" that the log {tree.origin} signed."
    )
    yield from _check_issue(file, tree)
    yield from check_cosignatures(_string(file, "checkpoint"), keys)


def _check_issue(file: dict[str, Any], tree: Tree) -> Iterator[str]:
    number, issue = _member(file, "number"), _member(file, "issue")
    if (number is None) != (issue is None):
        raise Refused("issue", "The extract has a number without the act that issued it, or the other way round.")
    if number is None:
        yield "It has no number: it was made for information."
        return
    issue = _object(issue)
    _check_act(issue, tree)
    if issue["payload"] is None:
        raise Refused("issue", "What the issuing act says is withheld, so the number can't be checked.")
    said = _object(_member(parse_json(_text(_bytes(issue, "payload"))), "content"))
    if said.get("statement_sha256") != file["sha256"] or said.get("registration_number") != number:
        raise Refused("issue", f"The act that is said to have issued extract {number} issued another.")
    yield f"It was issued under number {number}."


def _check_act(act: dict[str, Any], tree: Tree) -> tuple[dict[str, Any], int]:
    leaf, position = _bytes(act, "leaf"), _number(act, "position", 0)
    hashes = [_decoded(each) for each in _list(act, "proof")]
    check_inclusion(leaf, position, hashes, tree)
    said = parse_json(_text(leaf))
    if _member(act, "payload") is not None:
        digest = hashlib.sha256(_bytes(act, "payload")).hexdigest()
        if said.get("payload_sha256") != digest:
            raise Refused("payload", f"What act {position} says was changed: the log has another hash of it.")
    return said, position


def check_absence(file: dict[str, Any], keys: list[Key]) -> Iterator[str]:
    """That no entry with a number was in a register on a day: nothing stands between the leaves around the number."""
    committed, day, number = _committed(file, keys), _day(_member(file, "as_of")), _string(file, "number")
    if not number:
        raise Refused("member", "The file has nothing where a number is expected.")
    places, leaves = [], []
    for shown in [_object(each) for each in _list(file, "leaves")]:
        place, leaf = _number(shown, "index", 0), _string(shown, "leaf")
        path = [_hash(each) for each in _list(shown, "proof")]
        if not includes(leaf.encode(), place, path, committed.size, committed.root):
            raise Refused("map-leaf", f"Leaf {place} is not in the register's map of {committed.size} leaves as shown.")
        places.append(place)
        leaves.append(parse_leaf(leaf))
    if not _surround(number, places, leaves, committed.size):
        raise Refused("neighbours", f"The leaves shown leave room for number {number} elsewhere in the register's map.")
    for leaf in leaves:
        if leaf.number == number and leaf.is_in(committed.alive, day):
            raise Refused("present", f"Number {number} was in the register on {day}: entry {leaf.entry} had it.")
    yield (
        f"No entry with number {number} was in register {file['register']} on {day}, as known at position"
        f" {committed.position}."
    )
    yield from _check_committing(file, committed, keys)


def _surround(number: str, places: list[int], leaves: list[MapLeaf], size: int) -> bool:
    """Whether the leaves stand side by side and reach beyond the number, or to the ends of the map."""
    if not leaves:
        return size == 0
    side_by_side = all(after == before + 1 for before, after in pairwise(places))
    begins = leaves[0].number < number or places[0] == 0
    ends = leaves[-1].number > number or places[-1] == size - 1
    return side_by_side and _sorted(leaves) and begins and ends


def check_completeness(file: dict[str, Any], keys: list[Key]) -> Iterator[str]:
    """That a list holds every entry that was in a register on a day: all leaves of the register's map are shown."""
    committed, day = _committed(file, keys), _day(_member(file, "as_of"))
    shown = [_of(str, leaf) for leaf in _list(file, "leaves")]
    if len(shown) != committed.size or root([leaf.encode() for leaf in shown]) != committed.root:
        raise Refused("leaves", f"The leaves are not all {committed.size} of the register's map, as they were.")
    leaves = [parse_leaf(leaf) for leaf in shown]
    if not _sorted(leaves):
        raise Refused("map-order", "The leaves of the register's map are not in order.")
    listed = [[leaf.number, leaf.entry] for leaf in leaves if leaf.is_in(committed.alive, day)]
    if _list(file, "entries") != listed:
        raise Refused("list", f"The list is not that of the {len(listed)} entries in the register on {day}.")
    yield (
        f"Entries in register {file['register']} on {day}, as known at position {committed.position}: {len(listed)}."
        " These are all:"
    )
    for number, entry in listed:
        yield f"{number or '-'}  {entry}"
    yield from _check_committing(file, committed, keys)


def _committed(file: dict[str, Any], keys: list[Key]) -> RegisterMap:
    """The map that the act in the file commits to; the act must be in the tree that the log signed."""
    shown = _object(_member(file, "commitment"))
    act, path, tree, _ = parse_proof(_string(shown, "proof"), keys)
    leaf, payload = _string(shown, "leaf"), _string(shown, "payload")
    check_inclusion(leaf.encode(), act, path, tree)
    said = parse_json(leaf)
    if said.get("payload_sha256") != hashlib.sha256(payload.encode()).hexdigest():
        raise Refused("payload", f"What act {act} says was changed: the log has another hash of it.")
    if said.get("event") != COMMITTED:
        raise Refused("commitment", f"Act {act} does not commit to what is in a register.")
    content = _object(_member(parse_json(payload), "content"))
    maps = [_object(each) for each in _list(content, "maps")]
    found = [each for each in maps if _member(each, "register_name") == _string(file, "register")]
    if len(found) != 1:
        raise Refused("commitment", f"Act {act} does not commit to what is in register {file['register']}.")
    position = _number(content, "position", -1)
    if position != _number(file, "known_at", -1) or position >= act:
        raise Refused("known", f"Act {act} speaks of position {position}, the file of {file['known_at']}.")
    size, top = _number(found[0], "size", 0), _hash(_member(found[0], "root"))
    return RegisterMap(position, size, top, _list(found[0], "alive"), act, tree)


def _check_committing(file: dict[str, Any], committed: RegisterMap, keys: list[Key]) -> Iterator[str]:
    yield (
        f"Act {committed.act} commits the register to this; it is in the tree of {committed.tree.size} acts that the"
        f" log {committed.tree.origin} signed."
    )
    yield from check_cosignatures(parse_proof(file["commitment"]["proof"], keys)[3], keys)


def parse_leaf(text: str) -> MapLeaf:
    """A leaf of a register's map, which has one writing only."""
    said = parse_json(text)
    if set(said) != {"days", "entry", "number", "version"} or canonical(said) != text.encode():
        raise Refused("map-writing", f"A leaf of the register's map is not as it has to be written: {text[:80]!r}.")
    number, entry, days = _string(said, "number"), _string(said, "entry"), []
    _number(said, "version", 0)
    for day in _list(said, "days"):
        if not isinstance(day, list) or len(day) != 4 or not UUID.fullmatch(entry):
            raise Refused("map-writing", f"A leaf of the register's map is not as it has to be written: {text[:80]!r}.")
        days.append((_day(day[0]), None if day[1] is None else _day(day[1]), _of(str, day[2])))
    return MapLeaf(number, entry, days)


def _sorted(leaves: list[MapLeaf]) -> bool:
    return all((one.number, one.entry) < (other.number, other.entry) for one, other in pairwise(leaves))


def root(leaves: list[bytes]) -> bytes:
    """The root of the tree of the leaves (RFC 6962 section 2.1)."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        level = [*pairs, *level[2 * len(pairs) :]]
    return level[0] if level else hashlib.sha256(b"").digest()


def check_receipt(file: dict[str, Any], keys: list[Key]) -> Iterator[str]:
    """The receipt of a recorded act."""
    if "checkpoint" not in file:
        raise Undecided("checkpoint-missing", "The proof names no checkpoint: give a receipt or a proof file.")
    tree = _tree(_string(file, "checkpoint"), keys)
    position = _number(file, "position", 0)
    check_inclusion(_string(file, "leaf").encode(), position, [_decoded(each) for each in _list(file, "hashes")], tree)
    yield f"Act {position} is in the tree of {tree.size} acts that the log {tree.origin} signed."
    yield from check_cosignatures(_string(file, "checkpoint"), keys)


def check_proof(text: str, leaves: list[bytes], keys: list[Key]) -> Iterator[str]:
    """A proof file, about one of the leaves."""
    position, path, tree, note = parse_proof(text, keys)
    if not leaves:
        raise Undecided("leaf", "The proof file is about a leaf: give that as well.")
    for leaf in leaves:
        check_inclusion(leaf, position, path, tree)
    yield f"The leaf is act {position} in the tree of {tree.size} acts that the log {tree.origin} signed."
    yield from check_cosignatures(note, keys)


def parse_proof(text: str, keys: list[Key]) -> tuple[int, list[bytes], Tree, str]:
    """The position, hashes and signed tree of a proof file, and the note that has the tree."""
    found = PROOF.fullmatch(text)
    if found is None:
        raise Refused("format", "The proof file can't be read: it is not as C2SP tlog-proof has it.")
    tree = _tree(found[3], keys)
    return int(found[1]), [_decoded(line) for line in found[2].split("\n")[:-1]], tree, found[3]


def check_consistency(join: dict[str, Any], trees: list[Tree]) -> str:
    """That the larger tree begins with the smaller one (RFC 9162 section 2.1.4.2)."""
    first, second = _number(join, "from", 1), _number(join, "to", 1)
    path = [_decoded(each) for each in _list(join, "hashes")]
    ends = [next((tree for tree in trees if tree.size == size), None) for size in (first, second)]
    if ends[0] is None or ends[1] is None:
        raise Undecided("checkpoints-missing", f"Give the checkpoints of {first} and of {second} acts as well.")
    if ends[0].origin != ends[1].origin or first > second:
        raise Refused("consistency", "The checkpoints are of different logs, or the proof leads backwards.")
    if first == second:
        fits = not path and ends[0].root == ends[1].root
    else:
        fits = _joined(first, second, ends[0].root, path) == (ends[0].root, ends[1].root)
    if not fits:
        raise Refused("consistency", f"The tree of {second} acts does not begin with that of {first}.")
    return f"The tree of {second} acts of the log {ends[0].origin} begins with that of {first}: nothing was changed."


def _joined(first: int, second: int, root: bytes, path: list[bytes]) -> tuple[bytes, bytes] | None:
    if first & (first - 1) == 0:
        path = [root, *path]
    if not path:
        return None
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            before, after = node(sibling, before), node(sibling, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node(after, sibling)
        at, last = at >> 1, last >> 1
    return None if last else (before, after)


def check_inclusion(leaf: bytes, position: int, path: list[bytes], tree: Tree) -> None:
    """That the leaf is the act at its position in the log's tree."""
    if not includes(leaf, position, path, tree.size, tree.root):
        raise Refused("inclusion", f"Act {position} is not in the signed tree of {tree.size} acts as shown.")


def includes(leaf: bytes, place: int, path: list[bytes], size: int, top: bytes) -> bool:
    """Whether the leaf stands at its place in the tree of ``size`` leaves (RFC 9162 section 2.1.3.2)."""
    at, last, found = place, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    fits = place < size
    for sibling in path:
        fits = fits and last > 0
        if at & 1 or at == last:
            found = node(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, sibling)
        at, last = at >> 1, last >> 1
    return fits and last == 0 and found == top


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _tree(note: str, keys: list[Key]) -> Tree:
    """The tree in a note, which one of the keys of its log must have signed."""
    text, signatures = parse_note(note)
    found = CHECKPOINT.fullmatch(text)
    if found is None:
        raise Refused("checkpoint", "The checkpoint can't be read: expected the log's name, a size and a root.")
    tree = Tree(found[1], int(found[2]), _decoded(found[3]))
    logs = [key for key in keys if key.kind == LOG and key.name == tree.origin]
    if not logs:
        raise Undecided("key", f"No key of the log {tree.origin} was given, so nothing is proved.")
    signed = [(key, signature) for key in logs for name, number, signature in signatures
              if (name, number) == (key.name, key.number)]  # fmt: skip
    if not signed:
        raise Refused("signature", f"None of the given keys of {tree.origin} signed the checkpoint.")
    for key, signature in signed:
        if not verifies(key, signature, text.encode()):
            raise Refused("signature", f"The signature by {tree.origin} is not over this checkpoint.")
    return tree


def check_cosignatures(note: str, keys: list[Key]) -> Iterator[str]:
    """The witnesses among the keys that cosigned; one that is named under the note must have."""
    text, signatures = parse_note(note)
    for key in keys:
        for name, number, signature in signatures:
            if key.kind == WITNESS and (name, number) == (key.name, key.number):
                at = int.from_bytes(signature[:8], "big")
                signed = f"cosignature/v1\ntime {at}\n{text}".encode()
                if len(signature) != 72 or not verifies(key, signature[8:], signed):
                    raise Refused("cosignature", f"The cosignature by {name} is not over this checkpoint.")
                yield f"The witness {name} cosigned it."


def verifies(key: Key, signature: bytes, signed: bytes) -> bool:
    """Whether the Ed25519 signature is the key's over these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def parse_key(text: str) -> Key:
    """A verifier key, ``name+number+base64``."""
    found = KEY.fullmatch(text.strip())
    coded = _decoded(found[3]) if found else b""
    if found is None or len(coded) != 33 or coded[0] not in (LOG, WITNESS):
        raise Refused("verifier-key", f"Expected a verifier key name+number+base64, met {text[:100]!r}.")
    key = Key(found[1], bytes.fromhex(found[2]), coded[0], coded[1:])
    if hashlib.sha256(key.name.encode() + b"\n" + coded).digest()[:4] != key.number:
        raise Refused("verifier-key", f"The verifier key of {key.name} was mistyped: its number is another key's.")
    return key


def parse_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a signed note, and (name, key number, signature) of each signature."""
    text, gap, rest = note.rpartition("\n\n")
    lines = rest.split("\n")
    if not gap or lines.pop() != "" or not lines:
        raise Refused("note", "The signed note can't be read: expected a text, an empty line, and signatures.")
    signatures = []
    for line in lines:
        found = SIGNATURE.fullmatch(line)
        coded = _decoded(found[2]) if found else b""
        if found is None or len(coded) < 5:
            raise Refused("note", f"A line under the note is no signature: {line[:80]!r}.")
        signatures.append((found[1], coded[:4], coded[4:]))
    return text + "\n", signatures


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785) of values without broken numbers."""

    def ordered(each: Any) -> Any:
        if isinstance(each, dict):
            return {name: ordered(each[name]) for name in sorted(each, key=lambda name: name.encode("utf-16-be"))}
        return [ordered(item) for item in each] if isinstance(each, list) else each

    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


def parse_json(text: str) -> dict[str, Any]:
    """A JSON object; numbers must be whole and small enough to be the same in every language."""

    def whole(digits: str) -> int:
        number = float(digits)
        if not number.is_integer() or abs(number) > SAFE:
            raise ValueError(digits)
        return int(number)

    def never(name: str) -> Any:
        raise ValueError(name)

    try:
        found = json.loads(text, parse_int=whole, parse_float=whole, parse_constant=never)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused("json", "The file can't be read: expected JSON.") from None
    return _object(found)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Refused("text", "The file can't be read: expected UTF-8 text.") from None


def _decoded(text: Any) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        decoded = b""
    if not decoded or base64.b64encode(decoded).decode() != text:
        raise Refused("base64", "Expected base64.")
    return decoded


def _member(document: dict[str, Any], name: str) -> Any:
    if name not in document:
        raise Refused("member", f"The file lacks {name}.")
    return document[name]


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Refused("member", f"The file has something else where {kind.__name__} is expected.")
    return value


def _object(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = _of(dict, value)
    return found


def _list(document: dict[str, Any], name: str) -> list[Any]:
    found: list[Any] = _of(list, _member(document, name))
    return found


def _string(document: dict[str, Any], name: str) -> str:
    found: str = _of(str, _member(document, name))
    return found


def _number(document: dict[str, Any], name: str, least: int) -> int:
    found: int = _of(int, _member(document, name))
    if found < least:
        raise Refused("member", f"The file has {found} where {name} is expected.")
    return found


def _bytes(document: dict[str, Any], name: str) -> bytes:
    return _decoded(_member(document, name))


def _hash(value: Any) -> bytes:
    if not isinstance(value, str) or not HASH.fullmatch(value):
        raise Refused("member", "The file has something else where a hash is expected.")
    return bytes.fromhex(value)


def _day(value: Any) -> str:
    try:
        date.fromisoformat(value if isinstance(value, str) and DAY.fullmatch(value) else "")
    except ValueError:
        raise Refused("member", "The file has something else where a day is expected.") from None
    return str(value)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--key", action="append", default=[], help="verifier key, or a file that holds it")
    asked = parser.parse_args()
    try:
        keys = [key if "+" in key else Path(key).read_text() for key in asked.key]
        found = verdict([file.read_bytes() for file in asked.files], keys)
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT[UNDECIDED]
    heading = {PROVED: "PROVED", REFUSED: "REFUSED", UNDECIDED: "NOT DECIDED"}[found.outcome]
    sys.stdout.write("\n".join([heading, *(f"  {line}" for line in found.lines)]) + "\n")
    return EXIT[found.outcome]


if __name__ == "__main__":
    sys.exit(main())

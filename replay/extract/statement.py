"""What an extract states: an entry on a day, as the register knew it at a position, and the acts it rests on.

The members in ``STATED`` are what the extract's hash covers, as canonical JSON (RFC 8785) and each act without its
proof. All of them follow from the ledger and the issuing act, so that an extract is never kept: it is made again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any, Literal, NamedTuple
from uuid import UUID

import rfc8785
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.act import Act, is_public
from domain.decide import LINKS
from domain.legal_time import NEVER_ENDS
from domain.personal import TOKEN
from domain.register import Register
from ledger.leaf import envelope, instant
from ledger.ledger import Ledger
from ledger.vault import Vault
from projections.moment import Asked, Moment, read_known_at
from projections.reading import EntryAnswer, EntryState, clear, read_entry

FORMAT = "regesta-extract/1"
RULE_VERSION = f"regesta {version('regesta')}"
"""The version of the rules by which a state is worked out: they are the software's."""
STATED = (
    "format", "register", "entry", "registration_number", "as_of", "known_at", "part", "state", "named",
    "rule_version", "nonce", "acts",
)  # fmt: skip
"""The members of the machine file that its hash covers."""

Part = Literal["public", "whole"]
Json = dict[str, Any]


class Question(NamedTuple):
    """What an extract is asked for: the entry, by number or id, at a moment, and whether with its confidential part."""

    register: Register
    reference: str
    as_of: date
    known_at: Asked
    part: Part


class StoredAct(NamedTuple):
    """An act as it is read, and the bytes that the ledger keeps of it."""

    act: Act
    leaf: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated, and the acts behind it in order of position. ``stated`` has the members in ``STATED``."""

    register: Register
    moment: Moment
    answer: EntryAnswer
    acts: tuple[StoredAct, ...]
    stated: Json

    @property
    def sha256(self) -> str:
        """The hash by which the extract is known, in hexadecimal digits."""
        return hash_of(self.stated)


def hash_of(file: Mapping[str, Any]) -> str:
    """The hash of a machine file, or of a statement: SHA-256 over the canonical JSON of what it states."""
    stated = {name: file[name] for name in STATED}
    stated["acts"] = [{name: act[name] for name in ("position", "leaf", "payload")} for act in file["acts"]]
    return hashlib.sha256(rfc8785.dumps(stated)).hexdigest()


def statement(
    connection: Connection[Any], ledger: Ledger, question: Question, *, nonce: str | None, rule_version: str
) -> Statement | None:
    """What is stated of the entry; None if there is none at that moment. ``nonce`` is of an issued extract."""
    register, public_only = question.register, question.part == "public"
    answer = read_entry(
        connection, register, question.reference, question.as_of, question.known_at,
        public_only=public_only and register.public,
    )  # fmt: skip
    if answer is None:
        return None
    moment, state = answer.moment, _clear(answer.state, ledger.vault, confidential=not public_only)
    acts = tuple(_acts_behind(connection, ledger, state.entry_id, moment, public_only=public_only and register.public))
    shown: Json = {
        "status": state.status,
        "valid_from": state.valid_from.isoformat(),
        "valid_to": None if state.valid_to == NEVER_ENDS else state.valid_to.isoformat(),
        "content": json.loads(state.content),
    }
    if not public_only:
        shown["confidential"] = json.loads(state.confidential)
    recorded_at = moment.known_at.recorded_at
    stated: Json = {
        "format": FORMAT,
        "register": register.name,
        "entry": str(state.entry_id),
        "registration_number": state.registration_number,
        "as_of": moment.as_of.isoformat(),
        "known_at": {
            "position": moment.known_at.position,
            "recorded_at": None if recorded_at is None else instant(recorded_at),
        },
        "part": question.part,
        "state": shown,
        "named": _named(connection, ledger, register, json.loads(state.content), moment),
        "rule_version": rule_version,
        "nonce": nonce,
        "acts": [
            {
                "position": stored.act.position,
                "leaf": _base64(stored.leaf),
                "payload": None if public_only and hides(register, stored.payload) else _base64(stored.payload),
            }
            for stored in acts
        ],
    }
    return Statement(register, moment, answer, acts, stated)


def _named(
    connection: Connection[Any], ledger: Ledger, register: Register, content: Json, moment: Moment
) -> dict[str, Json]:
    """The entries that ``content`` names by id, each as it was called at the moment, as far as that is public."""
    named: dict[str, Json] = {}
    found = [(register.links[field].register, entry) for field, entry in register.rests_on(content)]
    found += [(register.name, UUID(entry)) for field in sorted(LINKS) for entry in content.get(field) or ()]
    for name, entry_id in found:
        other = ledger.catalogue.registers[name]
        asked = read_known_at(str(moment.known_at.position))
        answer = other.public and read_entry(connection, other, str(entry_id), moment.as_of, asked, public_only=True)
        if answer:
            state = _clear(answer.state, ledger.vault, confidential=False)
            named[str(entry_id)] = {
                "register": name,
                "registration_number": state.registration_number,
                "name": json.loads(state.content).get(other.name_field),
            }
    return named


def _clear(state: EntryState, vault: Vault | None, *, confidential: bool) -> EntryState:
    return state if vault is None else clear(state, vault, confidential=confidential)


def hides(register: Register, payload: bytes) -> bool:
    """Whether what an act says, as stored, holds in clear anything that is not public. What is sealed is not clear."""
    said = json.loads(payload)
    return _says(said["note"]) or _says(said["source"]) or _holds(said["content"], register)


def _holds(fields: Mapping[str, Any], register: Register) -> bool:
    """Whether a confidential field among ``fields`` says something, also within what corrects another act."""
    return any(
        (name in register.confidential_fields and _says(value))
        or (name in ("content", "changes") and isinstance(value, dict) and _holds(value, register))
        for name, value in fields.items()
    )


def _says(value: Any) -> bool:
    """Whether ``value``, as stored, says something in clear."""
    if isinstance(value, dict | list):
        return any(_says(each) for each in (value.values() if isinstance(value, dict) else value))
    return value is not None and not (isinstance(value, str) and (value == "" or TOKEN.fullmatch(value)))


def _acts_behind(
    connection: Connection[Any], ledger: Ledger, entry_id: UUID, moment: Moment, *, public_only: bool
) -> Iterable[StoredAct]:
    """The acts known then that took effect by the day, and what annuls or corrects them."""
    stored = stored_acts(connection, ledger, entry_id, moment.known_at.position)
    by_position = {each.act.position: each.act for each in stored}
    behind = set[int]()
    for each in stored:
        act = each.act
        if act.kind.effect == "state":
            reaches = act.effective_on <= moment.as_of
        else:
            ex_tunc = act.kind.effect == "annuls" and act.fields["mode"] == "ex_tunc"
            reaches = act.fields["target"] in behind and (ex_tunc or act.effective_on <= moment.as_of)
        if reaches and (not public_only or is_public(act, by_position)):
            behind.add(act.position)
            yield each


def stored_acts(connection: Connection[Any], ledger: Ledger, entry_id: UUID, upto: int) -> list[StoredAct]:
    """The acts of an entry up to a position, with the bytes kept of them, in order."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT notification_id - 1, recorded_at, originator_id, originator_version, topic, state, actor, previous"
        " FROM ledger.events WHERE originator_id = %s AND notification_id <= %s ORDER BY originator_version",
        (entry_id, upto + 1),
    )
    found = []
    for *row, actor, previous in rows:
        (act,) = ledger.decoded([row])
        _, recorded_at, _, act_version, topic, state = row
        leaf = envelope(
            aggregate_id=entry_id, aggregate_version=act_version, event_type=topic, recorded_at=recorded_at,
            actor=actor, payload=bytes(state), previous=previous,
        )  # fmt: skip
        found.append(StoredAct(act, leaf, bytes(state)))
    return found


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()

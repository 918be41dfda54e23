"""Lawful histories of institutions, made fast: the real export's contents, entered and then amended again and again.

Acts are written straight into the ledger, as recording would have left them, and decode as any other. They go in by
rounds - every entry's registration, then every entry's first amendment, and so on - so that an entry's acts lie
scattered over the ledger, as they do in years of use.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.catalogue import stated_fields, topic_of
from domain.decide import validated
from domain.register import Register
from domain.registers import all_registers
from ledger.database import connect
from ledger.leaf import FORMAT, instant, leaf_hash
from ledger.recorder import StoredAct, appending
from replay.viis import read_lines

EXPORT = Path(__file__).parent.parent / "replay" / "data" / "viis-2020" / "institutions.txt"
FIRST_DAY = date(2015, 1, 5)
DAYS_BETWEEN_ROUNDS = 60
ACTOR, ROLE = "officer-1", "registrar"

_HEADS = ("ANNA KALNIŅA", "JĀNIS BĒRZIŅŠ", "ILZE OZOLA", "MĀRIS LIEPIŅŠ", "DACE KRŪMIŅA")
_STREETS = ("SKOLAS IELA", "BRĪVĪBAS IELA", "DZIRNAVU IELA", "PARKA IELA", "LIEPU ALEJA")
_ONE_IN_SCIENCE = 20
"""Of how many institutions one is entered as a scientific institution, so that all registers are at work."""


class Entry(NamedTuple):
    """An entry of a register: its id and the whole content it is registered with."""

    register: Register
    entry_id: UUID
    content: dict[str, Any]


def day_of(round_number: int) -> date:
    """The day on which a round's acts are decided and recorded."""
    return FIRST_DAY + timedelta(days=DAYS_BETWEEN_ROUNDS * round_number)


def instant_of(round_number: int) -> datetime:
    """When a round's acts reached the ledger."""
    return datetime(*day_of(round_number).timetuple()[:3], 9, tzinfo=UTC)


def export_contents() -> list[dict[str, Any]]:
    """The contents of the institutions in the export of 2020."""
    return [line.content for line in read_lines(EXPORT.read_bytes()) if line.content is not None]


def real_entries(seed: int = 1) -> list[Entry]:
    """The real institutions of 2020, in the registers they belong to."""
    registers, random = {register.name: register for register in all_registers()}, Random(seed)
    entries = []
    for content in export_contents():
        register = registers["higher-education" if content["kind"] == "higher" else "institutions"]
        entries.append(Entry(register, _uuid(random), _whole(register, content)))
    return entries


def synthetic_entries(number: int, seed: int = 2, first_serial: int = 0) -> Iterator[Entry]:
    """``number`` entries in all three registers of institutions, like the real ones but for name and number."""
    registers, random = {register.name: register for register in all_registers()}, Random(seed)
    likenesses = []
    for index, content in enumerate(export_contents()):
        name = "higher-education" if content["kind"] == "higher" else "institutions"
        if index % _ONE_IN_SCIENCE == 0:
            name = "scientific-institutions"
            content = {field: content[field] for field in ("name", "legal_status", "founders", "address", "head")}
            content |= {"registration_number": "000000"}
        likenesses.append((registers[name], _whole(registers[name], content)))
    for serial in range(first_serial, first_serial + number):
        register, likeness = likenesses[serial % len(likenesses)]
        form = f"{serial:06d}" if register.name == "scientific-institutions" else f"{serial + 10**9:010d}"
        content = {**likeness, "name": f"{likeness['name']} {serial}", "registration_number": form}
        yield Entry(register, _uuid(random), content)


def write_rounds(url: str, entries: list[Entry], rounds: int, first_round: int = 0) -> int:
    """Write each entry's registration and ``rounds - 1`` amendments; returns how many acts."""
    random = Random(3)
    with connect(url) as connection:
        written = Writing(connection)
        for number in range(rounds):
            acts = (stored(entry, number + 1, *said(entry, number, random, first_round), random) for entry in entries)
            written.append(acts, instant_of(first_round + number))
    return written.acts


def write_corrections(url: str, entries: list[Entry], corrections: int) -> int:
    """Write each entry's registration, an amendment, and ``corrections`` clerical corrections of the registration."""
    random = Random(4)
    with connect(url) as connection:
        written = Writing(connection)
        for number in range(2):
            acts = (stored(entry, number + 1, *said(entry, number, random), random) for entry in entries)
            written.append(acts, instant_of(number))
        for number in range(corrections):
            right = (_corrected(entry, registered, number, random) for registered, entry in enumerate(entries))
            acts = (stored(entry, number + 3, *told, random) for entry, told in zip(entries, right, strict=True))
            written.append(acts, instant_of(2) + timedelta(hours=number))
    return written.acts


class Writing:
    """What was written so far: how many acts, and each entry's newest position."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection
        self.acts = 0
        self.newest: dict[UUID, int] = {}

    def append(self, acts: Iterator[StoredAct], recorded_at: datetime) -> None:
        """Append ``acts`` in one transaction, as if recorded at that instant."""
        statement = f"COPY ledger.events ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
        with appending(self.connection) as transaction, transaction.cursor.copy(statement) as copy:
            copy.set_types(["int8", "uuid", "int8", "text", "bytea", "text", "int8", "bytea", "timestamptz"])
            for position, act in enumerate(acts, transaction.next_position):
                copy.write_row(self._row(position, act, recorded_at))
                self.newest[act.originator_id] = position
                self.acts += 1

    def _row(self, position: int, act: StoredAct, recorded_at: datetime) -> tuple[Any, ...]:
        previous = self.newest.get(act.originator_id)
        leaf = leaf_hash(_envelope(act, previous, recorded_at))
        version, state = act.originator_version, act.state
        return position + 1, act.originator_id, version, act.topic, state, act.actor, previous, leaf, recorded_at


_COLUMNS = "notification_id, originator_id, originator_version, topic, state, actor, previous, leaf_hash, recorded_at"


def _envelope(act: StoredAct, previous: int | None, recorded_at: datetime) -> bytes:
    """What ``ledger.leaf.envelope`` gives, for values that are all ASCII."""
    return _json(
        {
            "actor": act.actor,
            "aggregate": str(act.originator_id),
            "event": act.topic,
            "format": FORMAT,
            "payload_sha256": hashlib.sha256(act.state).hexdigest(),
            "previous": previous,
            "recorded_at": instant(recorded_at),
            "version": act.originator_version,
        }
    ).encode()


def stored(
    entry: Entry, version: int, verb: str, effective_on: date, content: dict[str, Any], decided_on: date, random: Random
) -> StoredAct:
    """The act as the ledger keeps it: the bytes that ``Catalogue.encode`` would give."""
    number = f"1-7/{entry.content['registration_number']}-{version}"
    state = (
        f'{{"act_id":"{_uuid(random)}","actor":"{ACTOR}","answers":null,"content":{_json(content)},'
        f'"correlation_id":"{_uuid(random)}","decision":{{"body":"IKVD","decided_on":"{decided_on}","document":null,'
        f'"form":"written","legal_ground":"MK 397/2015 17.p.","number":"{number}"}},"effective_on":"{effective_on}",'
        f'"note":null,"received_on":"{effective_on}","register_name":"{entry.register.name}","role":"{ROLE}",'
        '"source":null}'
    )
    topic = topic_of(entry.register.by_verb[verb])
    return StoredAct(entry.entry_id, version, topic, state.encode(), ACTOR)


def amendment(round_number: int, random: Random) -> dict[str, Any]:
    """Some fields that change; once in ten rounds the name, which moves the entry in every list."""
    street = f"{random.choice(_STREETS)} {random.randrange(1, 200)}, RĪGA, LV-{random.randrange(1001, 1085)}"
    changes: tuple[dict[str, Any], ...] = (
        {"head": random.choice(_HEADS)},
        {"phones": [f"2{random.randrange(10**6, 10**7)}"]},
        {"address": street},
        {"head": random.choice(_HEADS), "emails": [f"iestade{random.randrange(10**6)}@example.lv"]},
        {"phones": [f"2{random.randrange(10**6, 10**7)}", "67000000"], "head": random.choice(_HEADS)},
    )
    return changes[round_number % len(changes)]


def said(entry: Entry, number: int, random: Random, first_round: int = 0) -> tuple[str, date, dict[str, Any], date]:
    """What an entry's act of a round says: verb, effective day, content, day of the decision."""
    decided_on = day_of(first_round + number)
    effective_on = decided_on + timedelta(days=random.randrange(-20, 6))
    if number == 0:
        return "register", effective_on, {**entry.content, "basis": "new"}, decided_on
    content = amendment(number, random)
    if number % 10 == 5:
        content = {**content, "name": f"{entry.content['name']} (pārdēvēta)"}
    return "amend", effective_on, content, decided_on


def _corrected(entry: Entry, target: int, number: int, random: Random) -> tuple[str, date, dict[str, Any], date]:
    content = {**entry.content, "basis": "new", "head": _HEADS[number % len(_HEADS)], "branches": number % 10}
    return "correct", day_of(0), {"target": target, "content": content}, day_of(2)


def _whole(register: Register, content: dict[str, Any]) -> dict[str, Any]:
    return stated_fields(validated(register.content, content))


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

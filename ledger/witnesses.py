"""Asking witnesses outside the office to cosign our checkpoints (C2SP tlog-witness), each in a thread of its own.

Nobody who records an act waits for them. What a witness tells can stop all writes: if it saw more than we have, or
something else, then this ledger is an older copy or has two faces, and nothing good can come of going on.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx
import psycopg
from psycopg import Connection

from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.cosignature import CosignatureRefused, check_cosignature, cosigned_at
from ledger.database import Database
from ledger.key_files import KeyRefused
from ledger.merkle import consistency_proof
from ledger.note import Note, NoteRefused
from ledger.outside import Ends, keep_cosignature, last_cosigned, witnesses_by_size
from ledger.sealing import newest_note
from ledger.tiles import Tiles
from ledger.witness_policy import KnownWitness, Policy, PolicyRefused
from ledger.witness_request import AddCheckpoint, RequestMalformed

SECONDS = 1.0
"""How often a witness's thread looks for a new checkpoint."""
LONGEST_PAUSE = 60.0
"""Seconds until a witness that fails is asked again; the pauses before grow from ``SECONDS``."""
_TIMEOUT = httpx.Timeout(10)
_LARGEST_ANSWER, _LONGEST_ANSWER = 100_000, 30
_TRIES = 3
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n", re.ASCII)
_LOOKED_BACK = 100
"""Checkpoints among which the newest with a quorum is looked for."""

_log = logging.getLogger("regesta.witnesses")


class AnswerRefused(Exception):
    """What a witness answered is of no use; it is asked again later."""


class SawAnother(Exception):
    """A witness says that it saw another ledger than this one: more of it, or another past."""


_FAILURES = (
    AnswerRefused, RequestMalformed, httpx.HTTPError, psycopg.Error, LookupError, NoteRefused, CheckpointRefused,
    KeyRefused, OSError,
)  # fmt: skip


class WitnessState(NamedTuple):
    """Where a witness stands.

    ``size`` is the largest tree it cosigned for us (0: none) and ``at`` when (seconds since 1970); ``behind`` how many
    acts are not yet in it; ``trouble`` why the last attempt failed.
    """

    name: str
    key: str
    url: str | None
    size: int
    at: int | None
    behind: int
    trouble: str | None


class Witnessed(NamedTuple):
    """How far the ledger is witnessed: the newest checkpoint's size, whether it has its quorum, the newest with one."""

    size: int
    quorum: bool
    quorum_size: int
    witnesses: list[WitnessState]


class Witnesses:
    """The witnesses of a policy, asked for as long as this is open. ``halt`` is told why writes must stop.

    Raises PolicyRefused if a witness can't be asked where the policy says it is.
    """

    def __init__(self, database: Database, policy: Policy, ends: Ends, halt: Callable[[str], None]) -> None:
        self._policy, self._closed = policy, threading.Event()
        for witness in policy.witnesses:
            _check_address(witness)
        self._asked = [
            _Asked(database, witness, ends, halt, self._closed)
            for witness in policy.witnesses
            if witness.url is not None
        ]

    def state(self, connection: Connection[Any]) -> Witnessed:
        """How far the ledger is witnessed."""
        size = Tiles(connection).size
        names = {str(witness.key): witness.name for witness in self._policy.witnesses}
        trouble = {asked.witness.name: asked.trouble for asked in self._asked}
        satisfied = [
            at
            for at, keys in witnesses_by_size(connection, _LOOKED_BACK)
            if self._policy.satisfied_by([names[key] for key in keys if key in names])
        ]
        quorum_size = size if self._policy.satisfied_by(()) else next(iter(satisfied), 0)
        states = [_state(connection, each, size, trouble.get(each.name)) for each in self._policy.witnesses]
        return Witnessed(size, quorum_size == size, quorum_size, states)

    def close(self) -> None:
        """Ask no more. An answer that does not come is not waited for."""
        self._closed.set()
        for asked in self._asked:
            asked.thread.join(2)


def _check_address(witness: KnownWitness) -> None:
    try:
        fits = witness.url is None or httpx.URL(witness.url).scheme in ("http", "https")
    except httpx.InvalidURL:
        fits = False
    if not fits:
        raise PolicyRefused(f"witness {witness.name}: expected an address https://…, met {witness.url!r}")


def _state(connection: Connection[Any], witness: KnownWitness, size: int, trouble: str | None) -> WitnessState:
    last = last_cosigned(connection, witness.key)
    reached = 0 if last is None else last.size
    at = None if last is None else cosigned_at(last.signature)
    return WitnessState(witness.name, str(witness.key), witness.url, reached, at, size - reached, trouble)


class _Asked:
    """One witness and the thread that asks it."""

    def __init__(
        self,
        database: Database,
        witness: KnownWitness,
        ends: Ends,
        halt: Callable[[str], None],
        closed: threading.Event,
    ) -> None:
        self.witness, self.trouble = witness, None
        self._database, self._ends, self._halt, self._closed = database, ends, halt, closed
        self._last_size: int | None = None
        self._done = 0
        self.thread = threading.Thread(target=self._run, name=f"witness {witness.name}", daemon=True)
        self.thread.start()

    trouble: str | None

    def _run(self) -> None:
        failures = 0
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=False) as client:
            while not self._closed.is_set():
                try:
                    self._bring_up_to_date(client)
                except SawAnother as saw:
                    self.trouble = str(saw)
                    _log.critical("%s", saw)
                    self._halt(str(saw))
                    return
                except _FAILURES as error:
                    self.trouble = " ".join(str(error).split()) or type(error).__name__
                    _log.warning("witness %s: %s", self.witness.name, self.trouble)
                    failures += 1
                else:
                    self.trouble, failures = None, 0
                self._closed.wait(min(LONGEST_PAUSE, SECONDS * 2 ** min(failures, 10)))

    def _bring_up_to_date(self, client: httpx.Client) -> None:
        """Have the newest checkpoint cosigned, if it is not yet.

        After a start it is asked for in any case: a copy of the database that was put back says that all is done.
        """
        for _ in range(_TRIES):
            asked = self._request()
            if asked is None:
                return
            answer = self._post(client, asked)
            if answer.status_code == 200:
                self._keep(asked, answer.text)
                return
            if answer.status_code == 409:
                self._last_size = self._size_told(asked, answer)
            elif answer.status_code == 422:
                raise SawAnother(
                    f"witness {self.witness.name} saw another past: its tree of {asked.old_size} acts is not the one"
                    f" that this ledger's {asked.checkpoint.size} acts begin with"
                )
            else:
                raise AnswerRefused(f"expected 200, met {answer.status_code}: {answer.text[:200].strip()}")
        raise AnswerRefused(f"expected one size, met {_TRIES} others one after the other")

    def _request(self) -> AddCheckpoint | None:
        with self._database.pool.connection() as connection:
            note = newest_note(connection)
            if note is None:
                return None
            size = Checkpoint.parse(Note.parse(note).text).size
            if size == self._done:
                return None
            old = self._last_size
            if old is None:
                last = last_cosigned(connection, self.witness.key)
                old = 0 if last is None else last.size
            proof = consistency_proof(Tiles(connection), old, size) if old else []
        return AddCheckpoint.of(old, proof, note)

    def _post(self, client: httpx.Client, asked: AddCheckpoint) -> httpx.Response:
        url = f"{str(self.witness.url).rstrip('/')}/add-checkpoint"
        ends = time.monotonic() + _LONGEST_ANSWER
        with client.stream("POST", url, content=asked.to_bytes()) as answer:
            content = bytearray()
            for part in answer.iter_bytes():
                content += part
                if len(content) > _LARGEST_ANSWER or time.monotonic() > ends:
                    raise AnswerRefused(f"expected a short answer, met {len(content)} bytes and more")
        return httpx.Response(answer.status_code, headers=answer.headers, content=bytes(content))

    def _keep(self, asked: AddCheckpoint, lines: str) -> None:
        key = self.witness.key
        try:
            answered = Note.parse(f"{asked.note.text}\n{lines}".encode())
            ours = [each for each in answered.signatures if (each.name, each.key_id) == (key.name, key.key_id)]
            if not ours:
                raise AnswerRefused(f"expected a cosignature by {key}, met none")
            for each in ours:
                check_cosignature(asked.note.text, each, key)
        except (NoteRefused, CosignatureRefused) as refused:
            raise AnswerRefused(str(refused)) from None
        with self._database.pool.connection() as connection:
            keep_cosignature(connection, self._ends, asked.checkpoint.size, key, ours[0])
        self._done = self._last_size = asked.checkpoint.size

    def _size_told(self, asked: AddCheckpoint, answer: httpx.Response) -> int:
        """The size that the witness cosigned last, from which a proof is to lead on. Raises SawAnother."""
        told = _SIZE.fullmatch(answer.text)
        if told is None or answer.headers.get("content-type", "").partition(";")[0].strip() != "text/x.tlog.size":
            raise AnswerRefused(f"expected a size with status 409, met {answer.text[:80]!r}")
        size, name = int(told[1]), self.witness.name
        if size == asked.old_size == asked.checkpoint.size:
            raise SawAnother(f"witness {name} saw another ledger: its tree of {size} acts has another root than ours")
        if size > asked.checkpoint.size:
            with self._database.pool.connection() as connection:
                note = newest_note(connection)
            ours = 0 if note is None else Checkpoint.parse(Note.parse(note).text).size
            if size > ours:
                raise SawAnother(f"witness {name} saw {size} acts of this ledger, which has only {ours}")
        return size

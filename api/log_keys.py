"""Which key signs the log, told in the ledger itself: by the register ``log-keys``."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from psycopg import Connection

from api.log_signer import token_signer
from api.settings import Settings
from domain.act import SERVICE, Decision, Draft
from domain.legal_time import riga_date
from domain.log_keys import REGISTER, IntroducedKey, RotatedKey, introduce, line_id, rotate, rotation_text
from domain.refusals import EntryExists
from ledger import key_files
from ledger.database import Database
from ledger.ledger import Ledger
from ledger.note import Note, VerifierKey, signatures_by
from ledger.sealing import Sealer, newest_note
from ledger.signing import KEY_FILE, NEXT_KEY_FILE, FileSigner, Signer, new_secret
from projections.act_list import ActQuery, positions_of
from projections.recording import Recording
from projections.submission import Submission

_LARGEST = 10_000


class KeyInUse(NamedTuple):
    """A line of keys: its entry, the key in use, and those before it."""

    entry: UUID
    key: str
    before: tuple[str, ...]


def lines(connection: Connection[Any], ledger: Ledger) -> list[KeyInUse]:
    """The lines of keys that the ledger tells of, oldest first."""
    query = ActQuery((REGISTER.name,))
    acts = ledger.acts_at(connection, positions_of(connection, query, after=-1, upto=2**62, limit=_LARGEST))
    keys: dict[UUID, list[str]] = {}
    for act in acts:
        keys.setdefault(act.entry_id, []).append(act.fields["verifier_key"])
    return [KeyInUse(entry, found[-1], tuple(found[:-1])) for entry, found in keys.items()]


def take_up(settings: Settings, database: Database, ledger: Ledger, recording: Recording, sealer: Sealer) -> None:
    """Hold the key at hand against those the ledger tells of.

    A rotation that was broken off is finished; a key that was rotated away signs no more; one that nobody vouched for,
    on a ledger that another signed, is told of.
    """
    with database.pool.connection() as connection:
        told, note = lines(connection, ledger), newest_note(connection)
    in_use, former = {line.key for line in told}, {key for line in told for key in line.before}
    following = settings.keys / NEXT_KEY_FILE
    if following.exists() and str(FileSigner(following).verifier_key) in in_use:
        sealer.seal()  # the key before signs the tree that tells of the rotation
        if sealer.trouble is not None:
            sealer.halt(f"the rotation of the key could not be finished: {sealer.trouble}; start again to finish it")
        if sealer.refusal is not None:
            return
        key_files.move(following, settings.keys / KEY_FILE)
    key = sealer.verifier_key
    if str(key) in former:
        sealer.halt(f"the key {key} was rotated: another signs the log")
    elif sealer.refusal is None and str(key) not in in_use and note and not signatures_by(Note.parse(note), key):
        with suppress(EntryExists):  # another process that started at the same time has told of it
            recording.record(Submission((_introduction(key),), SERVICE, uuid4()))


def rotated(settings: Settings, database: Database, ledger: Ledger, recording: Recording, sealer: Sealer,
            token_key: str | None) -> VerifierKey:  # fmt: skip
    """Let another key sign the log from now on, and tell of it in the ledger; returns its verifier key.

    The key before signs the tree that tells of it, so that whoever trusts that one can go on. With ``token_key`` the
    new one is that key pair of the token; else it is made, and takes the place of the key file.
    """
    before = sealer.signer
    after: Signer
    if token_key is None:
        following = settings.keys / NEXT_KEY_FILE
        key_files.create(following, new_secret(before.verifier_key.name))
        after = FileSigner(following)
    else:
        after = token_signer(settings, token_key)
    with database.pool.connection() as connection:
        line = next((line for line in lines(connection, ledger) if line.key == str(before.verifier_key)), None)
    drafts = [] if line else [_introduction(before.verifier_key)]
    entry = line.entry if line else drafts[0].entry_id
    key = after.verifier_key
    text = rotation_text(before.verifier_key.name, str(before.verifier_key), str(key))
    note = Note(text, (before.sign(text), after.sign(text)))
    content = RotatedKey(verifier_key=str(key), endorsement=note.to_bytes().decode())
    drafts.append(_draft(entry, rotate.verb, content))
    acts = recording.record(Submission(tuple(drafts), SERVICE, uuid4()))
    sealer.wait_for(acts[-1].position)
    if token_key is None:
        key_files.move(following, settings.keys / KEY_FILE)
    return key


def _introduction(key: VerifierKey) -> Draft:
    content = IntroducedKey(origin=key.name, verifier_key=str(key))
    return _draft(line_id(str(key)), introduce.verb, content, opens=True)


def _draft(entry: UUID, verb: str, content: IntroducedKey | RotatedKey, *, opens: bool = False) -> Draft:
    decision = Decision(decided_on=riga_date(datetime.now(UTC)))
    return Draft(REGISTER.name, entry, verb, decision, None, content, opens_entry=opens)

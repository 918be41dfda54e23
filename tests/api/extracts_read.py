"""Reading extracts as whoever receives one does: with public formats only, and nothing of how they were made."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from typing import Any

import rfc8785
from pypdf import PdfReader

from ledger.checkpoint import Checkpoint
from ledger.leaf import leaf_hash
from ledger.merkle import check_inclusion
from ledger.note import Note, VerifierKey, check_note

Json = dict[str, Any]
STATED = (
    "format", "register", "entry", "registration_number", "as_of", "known_at", "part", "state", "named",
    "rule_version", "nonce", "acts",
)  # fmt: skip


def attached(pdf: bytes) -> Json:
    """The machine file attached to an extract's PDF."""
    (files,) = PdfReader(io.BytesIO(pdf)).attachments.values()
    (content,) = files
    found: Json = json.loads(content)
    return found


def text_of(pdf: bytes) -> str:
    """What is printed, its lines and spaces made one space each."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def payloads(file: Json) -> list[Json | None]:
    """What the acts of an extract say, None where it is withheld."""
    return [None if act["payload"] is None else json.loads(base64.b64decode(act["payload"])) for act in file["acts"]]


def everything_in(file: Json) -> str:
    """All text that an extract holds, what is coded in it read as well."""
    acts = [*file["acts"], *([file["issue"]] if file["issue"] else [])]
    coded = [act[name] for act in acts for name in ("leaf", "payload") if act[name] is not None]
    return json.dumps(file, ensure_ascii=False) + "".join(base64.b64decode(each).decode() for each in coded)


def check(file: Json, key: VerifierKey) -> None:
    """Check an extract as ADR 0013 says, without the service; fails where something does not fit."""
    stated = {name: file[name] for name in STATED}
    stated["acts"] = [{name: act[name] for name in ("position", "leaf", "payload")} for act in file["acts"]]
    assert hashlib.sha256(rfc8785.dumps(stated)).hexdigest() == file["sha256"]
    note = Note.parse(file["checkpoint"].encode())
    check_note(note, key)
    tree = Checkpoint.parse(note.text)
    for act in [*file["acts"], *([file["issue"]] if file["issue"] else [])]:
        leaf, proof = base64.b64decode(act["leaf"]), [base64.b64decode(each) for each in act["proof"]]
        check_inclusion(leaf_hash(leaf), act["position"], tree.size, proof, tree.root)
        if act["payload"] is not None:
            payload = base64.b64decode(act["payload"])
            assert json.loads(leaf)["payload_sha256"] == hashlib.sha256(payload).hexdigest()
    if file["number"] is not None:
        said = json.loads(base64.b64decode(file["issue"]["payload"]))["content"]
        assert said["statement_sha256"] == file["sha256"]
        assert said["registration_number"] == file["number"]

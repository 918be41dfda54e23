"""What a request asks to record, whatever its path, and what it is told of what was recorded."""

from __future__ import annotations

import hashlib
from asyncio import shield, wrap_future
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Header, Request
from pydantic import BaseModel, Field
from pydantic_core import PydanticSerializationError

from api.errors import Malformed
from api.log import Receipt
from api.parameters import service_of
from api.receipts import receipts_of
from api.service import Service
from domain.act import Actor, Draft
from ledger.leaf import instant
from projections.answers import IdempotencyKey, RecordedAct
from projections.submission import Submission

Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, description="Makes a retried request safe"),
]


class RecordedShape(BaseModel):
    """A recorded act. What this acknowledges is durable, and every later read sees it."""

    position: int
    recorded_at: datetime
    register_name: str = Field(alias="register")
    entry: UUID
    registration_number: str | None
    version: int
    warnings: list[str] = Field(description="What does not fit the usual form, though it was no reason to refuse")
    ended: list[RecordedShape] = Field(default=[], description="The ends of dependants that were asked for as well")
    receipt: Receipt | None = Field(
        default=None,
        description="With receipt=true: the proof of it; null if sealing is late, and then asked for later",
    )


def submission_of(
    request: Request, drafts: list[Draft], actor: Actor, key: str | None, correlation: UUID | None, body: BaseModel
) -> Submission:
    """What a request asks to record; its key, if it brings one, stands for all of ``body``."""
    idempotency = None
    if key is not None:
        try:
            said = body.model_dump_json()
        except PydanticSerializationError:
            raise Malformed("content", "text", "characters or a depth that JSON can't say") from None
        told = f"{request.method} {request.url.path}\n{request.headers.get('if-match', '')}\n{said}"
        # A plain hash of a body would tell whether a guess at the person in it is right.
        hashed = service_of(request).vault.keyed_hash("request", told.encode())
        idempotency = IdempotencyKey(_printable(key), hashed)
    return Submission(tuple(drafts), actor, correlation or uuid4(), idempotency)


def of_nobody_known(submission: Submission) -> Submission:
    """The submission of a caller who is not signed in. All of these are one to the ledger, so that the key alone would
    not tell their requests apart."""
    if submission.idempotency is None:
        return submission
    key, request_hash = submission.idempotency
    return replace(submission, idempotency=IdempotencyKey(f"{key} {request_hash.hex()}", request_hash))


def _printable(key: str) -> str:
    if not key.isascii() or not key.isprintable():
        raise Malformed("Idempotency-Key", "printable ASCII characters", key[:40])
    return key


async def record(service: Service, submission: Submission) -> list[RecordedAct]:
    """The acts recorded of ``submission``."""
    # A caller who goes away does not take back what was asked for.
    return await shield(wrap_future(service.recording.submit(submission)))


def also_asked(submission: Submission, what: bytes) -> Submission:
    """The submission whose key stands for ``what`` as well."""
    key = submission.idempotency
    if key is None:
        return submission
    return replace(submission, idempotency=key._replace(request_hash=hashlib.sha256(key.request_hash + what).digest()))


async def documents(service: Service, acts: list[RecordedAct], *, receipt: bool) -> list[dict[str, Any]]:
    """What is told of recorded acts, each with its receipt if they are asked for."""
    if not receipt:
        return [_document(act) for act in acts]
    receipts = await receipts_of(service, [act.position for act in acts])
    return [{**_document(act), "receipt": receipts[act.position]} for act in acts]


def _document(act: RecordedAct) -> dict[str, Any]:
    return {
        "position": act.position,
        "recorded_at": instant(act.recorded_at),
        "register": act.register,
        "entry": str(act.entry),
        "registration_number": act.registration_number,
        "version": act.version,
        "warnings": list(act.warnings),
        "ended": [],
    }

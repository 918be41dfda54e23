"""The HTTP side of a witness (C2SP tlog-witness): ``POST /add-checkpoint``, and its key for whoever asks."""

from __future__ import annotations

import logging

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ledger.merkle import ProofRefused
from ledger.witness import Conflict, LogUnknown, NotSignedByLog, Witness
from ledger.witness_request import AddCheckpoint, RequestMalformed

LARGEST_REQUEST = 100_000
"""Bytes: 63 hashes, and a checkpoint with more signatures than any log has."""
SIZE = "text/x.tlog.size"

_log = logging.getLogger("regesta.witness")


def witness_application(witness: Witness) -> Starlette:
    """The witness as an ASGI application."""

    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_REQUEST:
                return PlainTextResponse(f"body: expected at most {LARGEST_REQUEST} bytes\n", 413)
        return await run_in_threadpool(answer, witness, bytes(body))

    async def key(_: Request) -> Response:
        return PlainTextResponse(f"{witness.verifier_key}\n")

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"]), Route("/key", key)])


def answer(witness: Witness, body: bytes) -> Response:
    """What the witness answers to a request's body; the statuses are those of the specification."""
    try:
        asked = AddCheckpoint.parse(body)
        return PlainTextResponse(str(witness.add_checkpoint(asked)))
    except RequestMalformed as error:
        return PlainTextResponse(f"{error}\n", 400)
    except NotSignedByLog as error:
        return PlainTextResponse(f"{error}\n", 403)
    except LogUnknown as error:
        return PlainTextResponse(f"{error}\n", 404)
    except Conflict as error:
        _log.warning("%s: %s", asked.checkpoint.origin, error)
        # Not as a media type: Starlette would name a character set behind it.
        return Response(f"{error.size}\n", 409, headers={"Content-Type": SIZE})
    except ProofRefused as error:
        # What the log signed is kept in the log of this process: it may be the proof that the log has two faces.
        _log.error("%s: %s\n%s", asked.checkpoint.origin, error, asked.note.to_bytes().decode())
        return PlainTextResponse(f"{error}\n", 422)

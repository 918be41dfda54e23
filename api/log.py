"""The transparency log over HTTP: checkpoints, tiles and entry bundles as C2SP tlog-tiles has them, and proofs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from psycopg import Connection
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse, Response

from api.answers import json_response, text_of
from api.errors import NotFound, problems
from api.parameters import TheService
from ledger.checkpoint import Checkpoint
from ledger.merkle import consistency_proof, inclusion_proof
from ledger.note import Note
from ledger.outside import cosigned_note
from ledger.proofs import proof_of
from ledger.tiles import WIDTH, TilePath, Tiles, leaves

_CHANGES = {"Cache-Control": "no-cache"}
_NEVER_CHANGES = {"Cache-Control": "public, max-age=31536000, immutable"}
_SOON_REPLACED = {"Cache-Control": "public, max-age=3600, immutable"}
"""For partial tiles: what one says is so for ever, but nobody asks for it once the tree has grown."""

Position = Annotated[int, Query(ge=0, lt=2**62, description="Position of an act: its leaf's index")]
Size = Annotated[int, Query(ge=1, lt=2**62, description="How many acts a tree has")]


class InclusionShape(BaseModel):
    """That an act is in a tree (RFC 6962 section 2.1.1)."""

    position: int
    size: int = Field(description="How many acts the tree has")
    leaf: str = Field(description="The leaf: canonical JSON, hashed as it stands here in UTF-8")
    hashes: list[str] = Field(description="Base64, from the leaf's sibling upwards")


class ConsistencyShape(BaseModel):
    """That a tree begins with a smaller one (RFC 6962 section 2.1.2)."""

    smaller: int = Field(alias="from")
    larger: int = Field(alias="to")
    hashes: list[str] = Field(description="Base64, the lowest node first")


class Receipt(InclusionShape):
    """The proof that an act is in the signed tree."""

    checkpoint: str = Field(description="The signed note")


def log_router() -> APIRouter:
    """``/log/…``."""
    router = APIRouter(prefix="/log", tags=["log"])
    octets: dict[int | str, dict[str, Any]] = {
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    }

    @router.get("/checkpoint", response_class=PlainTextResponse, responses=problems(404))
    def checkpoint(service: TheService) -> Response:
        """The newest checkpoint: a signed note."""
        with service.database.pool.connection() as connection:
            return PlainTextResponse(newest_note_of(connection), headers=_CHANGES)

    @router.get("/key", response_class=PlainTextResponse, responses=problems())
    def key(service: TheService) -> Response:
        """The key that checks checkpoints, as ``name+number+key``. Earlier ones are in the register ``log-keys``."""
        return PlainTextResponse(f"{service.sealer.verifier_key}\n", headers=_CHANGES)

    @router.get("/tile/{path:path}", response_class=Response, responses={**octets, **problems(404, 422)})
    def tile(service: TheService, path: Annotated[str, Path(examples=["0/000.p/1"])]) -> Response:
        """A tile (``LEVEL/NUMBER``) or an entry bundle (``entries/NUMBER``); a partial one with ``.p/WIDTH``."""
        asked = TilePath.parse(path)
        with service.database.pool.connection() as connection:
            tiles = Tiles(connection)
            size = tiles.size
            if asked is None or not asked.within(size):
                raise NotFound("no tile {path} in the tree of {size} acts", path=path[:60], size=size)
            if asked.level is None:
                content = tiles.entries(asked.number, asked.width)
            else:
                content = tiles.tile(asked.level, asked.number, asked.width)
        headers = _NEVER_CHANGES if asked.width == WIDTH else _SOON_REPLACED
        return Response(content, media_type="application/octet-stream", headers=headers)

    @router.get("/proof/inclusion", response_model=InclusionShape, responses=problems(404, 422))
    def inclusion(service: TheService, position: Position, size: Size | None = None) -> Response:
        """The proof that an act is in the tree of ``size`` acts; by default in that of the newest checkpoint."""
        with service.database.pool.connection() as connection:
            return json_response(text_of(inclusion_document(connection, position, size)), _CHANGES)

    @router.get("/proof/consistency", response_model=ConsistencyShape, responses=problems(404, 422))
    def consistency(
        service: TheService, smaller: Annotated[Size, Query(alias="from")], larger: Annotated[Size, Query(alias="to")]
    ) -> Response:
        """The proof that the tree of ``to`` acts begins with that of ``from`` acts."""
        with service.database.pool.connection() as connection:
            return json_response(text_of(consistency_document(connection, smaller, larger)), _CHANGES)

    @router.get("/proof/{position}.tlog-proof", response_class=PlainTextResponse, responses=problems(404, 422))
    def proof_file(service: TheService, position: Annotated[int, Path(ge=0, lt=2**62)]) -> Response:
        """A proof file (C2SP tlog-proof) that an act is in the tree of the newest checkpoint."""
        with service.database.pool.connection() as connection:
            return PlainTextResponse(proof_file_of(connection, position), headers=_CHANGES)

    return router


def inclusion_document(connection: Connection[Any], position: int, size: int | None) -> dict[str, Any]:
    """The inclusion proof of an act; raises NotFound if it is not in the tree, or the tree not sealed."""
    tiles = Tiles(connection)
    sealed = tiles.size
    within = sealed if size is None else size
    if within > sealed:
        raise _no_tree(within, sealed)
    if position >= within:
        raise _not_in_tree(position, within)
    (leaf,) = leaves(connection, position, position + 1)
    hashes = _base64(inclusion_proof(tiles, position, within))
    return {"position": position, "size": within, "leaf": leaf.decode(), "hashes": hashes}


def consistency_document(connection: Connection[Any], smaller: int, larger: int) -> dict[str, Any]:
    """The consistency proof between two sizes; raises NotFound if there are no such trees, one in the other."""
    tiles = Tiles(connection)
    sealed = tiles.size
    if larger > sealed:
        raise _no_tree(larger, sealed)
    if smaller > larger:
        raise _no_tree(smaller, larger)
    return {"from": smaller, "to": larger, "hashes": _base64(consistency_proof(tiles, smaller, larger))}


def proof_file_of(connection: Connection[Any], position: int) -> bytes:
    """The proof file of an act; raises NotFound if it is not sealed yet."""
    note = newest_note_of(connection)
    sealed = Checkpoint.parse(Note.parse(note).text).size
    if position >= sealed:
        raise _not_in_tree(position, sealed)
    return proof_of(connection, position, note).to_bytes()


def receipt(connection: Connection[Any], position: int, note: bytes) -> dict[str, Any]:
    """The receipt of an act that is in the tree of the checkpoint ``note``."""
    proof = proof_of(connection, position, note)
    (leaf,) = leaves(connection, position, position + 1)
    size = Checkpoint.parse(Note.parse(note).text).size
    return {
        "position": position, "size": size, "leaf": leaf.decode(), "hashes": _base64(proof.hashes),
        "checkpoint": note.decode(),
    }  # fmt: skip


def newest_note_of(connection: Connection[Any]) -> bytes:
    """The newest checkpoint and the cosignatures under it; raises NotFound before the first."""
    size = Tiles(connection).size
    note = cosigned_note(connection, size)
    if note is None:
        raise NotFound("no act is sealed yet")
    return note


def _no_tree(asked: int, size: int) -> NotFound:
    return NotFound("no tree of {asked} acts in that of {size}", asked=asked, size=size)


def _not_in_tree(position: int, size: int) -> NotFound:
    return NotFound("no act at position {position} in the sealed tree of {size} acts", position=position, size=size)


def _base64(hashes: Sequence[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in hashes]

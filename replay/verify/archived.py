"""Verifying an archive of the acts by itself: its leaf hashes give the root of a signed checkpoint.

No database is needed, and no personal value is in it. Rows that no checkpoint holds can't be vouched for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import duckdb

from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.merkle import nodes_of
from ledger.note import Note, NoteRefused, VerifierKey, check_note
from ledger.tiles import HEIGHT, WIDTH
from projections.engines.manifest import ArchiveRefused, read_manifest
from replay.archive import CHECKPOINT
from replay.archive_check import files_that_differ
from replay.verify.finding import Wrong, wrong
from replay.verify.sealed import Kept
from replay.verify.tree import GrowingTree
from replay.verify.verify import Verified


def verify_archive(folder: Path, keys: Sequence[VerifierKey], outside: Sequence[Kept]) -> Verified:
    """Verify the archive in ``folder`` against its own checkpoint and those kept outside. Raises ArchiveRefused."""
    manifest = read_manifest(folder)
    where = tuple(kept.where for kept in outside)
    verified = Verified(datetime.now(UTC), given_keys=tuple(map(str, keys)), outside=where)
    begin = time.perf_counter()
    try:
        for difference in files_that_differ(folder, manifest):
            raise wrong("archive", str(folder), None, "the files of the manifest", difference)
        checkpoints = sorted((*_own(folder, keys), *outside), key=lambda kept: kept.checkpoint.size)
        if not checkpoints:
            raise wrong("archive", CHECKPOINT, None, "a checkpoint, in the archive or given", "none")
        verified.acts = manifest.position + 1
        _hold(folder, checkpoints, verified)
    except Wrong as found:
        verified.finding = found.finding
    verified.seconds = time.perf_counter() - begin
    return verified


def _own(folder: Path, keys: Sequence[VerifierKey]) -> Iterator[Kept]:
    file = folder / CHECKPOINT
    if not file.exists():
        return
    try:
        note = Note.parse(file.read_bytes())
        named = {(signature.name, signature.key_id) for signature in note.signatures}
        for key in keys:
            if (key.name, key.key_id) in named:
                check_note(note, key)
                yield Kept(f"the checkpoint in the archive, signed by {key.name}", Checkpoint.parse(note.text))
                return
    except (NoteRefused, CheckpointRefused) as refused:
        raise wrong("archive", CHECKPOINT, None, "a signed checkpoint", refused) from None
    raise wrong("archive", CHECKPOINT, None, f"a signature by {', '.join(map(str, keys))}", sorted(named)) from None


def _hold(folder: Path, checkpoints: list[Kept], verified: Verified) -> None:
    """Build the tree of the archive's leaves and hold it against each checkpoint."""
    tree, first = GrowingTree(), 0
    leaves = _leaves(folder)
    waiting = list(checkpoints)
    while tile := list(islice(leaves, WIDTH)):
        nodes = nodes_of(tile)
        while waiting and waiting[0].checkpoint.size <= first + len(tile):
            kept = waiting.pop(0)
            root = tree.root(nodes, kept.checkpoint.size - first)
            if root != kept.checkpoint.root:
                row = f"positions 0 to {kept.checkpoint.size - 1}"
                expected = f"leaves under the root {kept.checkpoint.root.hex()}, as {kept.where} says"
                raise wrong("archive acts", row, "leaf_hash", expected, f"leaves under {root.hex()}")
            verified.newest = kept.checkpoint
        if len(tile) == WIDTH:
            tree.add(nodes(HEIGHT, 0))
        first += len(tile)
        verified.rows["acts"] = first
    if waiting and verified.newest is None:
        kept = waiting[0]
        expected = f"at least the {kept.checkpoint.size} acts of {kept.where}"
        raise wrong("archive acts", "all rows", None, expected, f"{first}")
    sealed = 0 if verified.newest is None else verified.newest.size
    verified.unsealed = first - sealed


def _leaves(folder: Path) -> Iterator[bytes]:
    """The leaf hashes in the order of positions, which have no gap."""
    files = [str(file) for file in sorted((folder / "acts").rglob("*.parquet"))]
    if not files:
        return
    with duckdb.connect() as connection:
        try:
            found = connection.execute("SELECT position, leaf_hash FROM read_parquet(?) ORDER BY position", [files])
            expected = 0
            while rows := found.fetchmany(64 * WIDTH):
                for position, leaf in rows:
                    if position != expected:
                        raise wrong("archive acts", f"position {expected}", None, "the row", f"that of {position}")
                    expected += 1
                    yield leaf
        except duckdb.Error as error:
            raise ArchiveRefused(f"{folder}: expected Parquet files of acts, met {error}") from None

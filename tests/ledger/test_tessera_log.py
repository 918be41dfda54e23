"""A log that others published: its checkpoints are taken, and its 15 entries give its bytes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from ledger.checkpoint import Checkpoint
from ledger.leaf import leaf_hash
from ledger.merkle import check_consistency, consistency_proof, nodes_of, root
from ledger.note import Note, NoteRefused, VerifierKey, check_note
from ledger.tiles import TilePath, bundle_of, entries_in, tile_of

LOG = Path(__file__).parent / "vectors" / "tessera-log"
KEY = VerifierKey.parse((LOG / "key").read_text().strip())
ENTRIES = entries_in((LOG / "tile" / "entries" / "000.p" / "15").read_bytes())
NODES = nodes_of([leaf_hash(entry) for entry in ENTRIES])
WIDTHS = sorted(int(file.name) for file in (LOG / "tile" / "0" / "000.p").iterdir())


def note_at(size: int) -> bytes:
    return (LOG / f"checkpoint.{size}").read_bytes()


def checkpoint_at(size: int) -> Checkpoint:
    return Checkpoint.parse(Note.parse(note_at(size)).text)


@pytest.mark.parametrize("size", range(16))
def test_each_checkpoint_is_signed_and_says_the_root_of_its_entries(size: int) -> None:
    note = Note.parse(note_at(size))
    check_note(note, KEY)
    assert checkpoint_at(size) == Checkpoint("example.com/log/testdata", size, root(NODES, size))
    assert note.to_bytes() == note_at(size)
    assert checkpoint_at(size).text() == note.text


def test_each_checkpoint_follows_from_the_one_before_it() -> None:
    for before, after in pairwise(checkpoint_at(size) for size in range(1, 16)):
        proof = consistency_proof(NODES, before.size, after.size)
        check_consistency(before.size, before.root, after.size, after.root, proof)


def test_the_newest_checkpoint_is_that_of_all_entries() -> None:
    assert (LOG / "checkpoint").read_bytes() == note_at(15)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_entries_give_the_same_tiles_and_bundles(width: int) -> None:
    tile, bundle = TilePath(0, 0, width), TilePath(None, 0, width)
    assert tile_of(NODES, tile) == (LOG / "tile" / str(tile)).read_bytes()
    assert bundle_of(ENTRIES[:width]) == (LOG / "tile" / str(bundle)).read_bytes()


def test_all_tiles_of_the_log_were_compared() -> None:
    kept = {str(file.relative_to(LOG / "tile")) for file in (LOG / "tile").rglob("*") if file.is_file()}
    assert kept == {str(TilePath(level, 0, width)) for level in (0, None) for width in WIDTHS}


def test_another_text_under_the_same_signature_is_refused() -> None:
    signed = Note.parse(note_at(15))
    forged = Note(checkpoint_at(14).text(), signed.signatures)
    with pytest.raises(NoteRefused, match="not over this text"):
        check_note(forged, KEY)

"""The tree and its leaves as they are read out of the database."""

from __future__ import annotations

import pytest

from ledger.database import Database
from ledger.leaf import leaf_hash
from ledger.merkle import check_inclusion, inclusion_proof, root
from ledger.recorder import LedgerRecorder
from ledger.tiles import Tiles, entries_in, hashes_in
from tests.ledger.appends import acts


def test_partial_tiles_and_bundles_are_made_from_the_events(database: Database) -> None:
    LedgerRecorder(database).insert_events(acts(259))
    with database.pool.connection() as connection:
        stored = [row["leaf_hash"] for row in connection.execute("SELECT leaf_hash FROM ledger.events ORDER BY 1")]
        tiles = Tiles(connection)
        first, second = hashes_in(tiles.tile(0, 0, 256)), hashes_in(tiles.tile(0, 1, 3))
        assert sorted(first + second) == stored
        assert [leaf_hash(entry) for entry in entries_in(tiles.entries(0, 256))] == first
        assert [leaf_hash(entry) for entry in entries_in(tiles.entries(1, 3))] == second
        check_inclusion(first[2], 2, 255, inclusion_proof(tiles, 2, 255), root(tiles, 255))
        assert tiles.size == 0  # nothing is sealed
        with pytest.raises(LookupError):
            tiles(0, 259)

"""Where tiles and entry bundles are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.tiles import TilePath, bundle_of, entries_in

levels = st.none() | st.integers(0, 63)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (TilePath(0, 0, 256), "0/000"),
        (TilePath(1, 1234067, 256), "1/x001/x234/067"),
        (TilePath(0, 1000, 5), "0/x001/000.p/5"),
        (TilePath(None, 999, 255), "entries/999.p/255"),
        (TilePath(63, 1000000, 1), "63/x001/x000/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(tile: TilePath, path: str) -> None:
    assert str(tile) == path
    assert TilePath.parse(path) == tile


@given(levels, st.integers(0, 2**60), st.integers(1, 256))
def test_a_path_leads_to_its_tile_and_to_no_other(level: int | None, index: int, width: int) -> None:
    tile = TilePath(level, index, width)
    assert TilePath.parse(str(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "0", "0/", "0/0", "0/00", "0/0000", "00/000", "64/000", "-1/000", "0/x000/000", "0/001/000", "0/x001",
        "0/x001/", "0/x01/000", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/000.p/", "0/000.p", "0/000/", "/0/000",
        "entries/0", "Entries/000", "0/000\n", "0/٠٠٠", "0/" + "x001/" * 7 + "000",
    ],
)  # fmt: skip
def test_a_path_that_is_not_the_one_way_to_write_it_leads_nowhere(path: str) -> None:
    assert TilePath.parse(path) is None


@pytest.mark.parametrize(
    ("path", "smallest"),
    [
        ("0/000.p/1", 1),
        ("0/000", 256),
        ("0/001.p/3", 259),
        ("1/000.p/1", 256),
        ("1/000", 65_536),
        ("2/000.p/1", 65_536),
        ("entries/000.p/255", 255),
    ],
)
def test_a_tile_is_there_once_the_tree_is_large_enough(path: str, smallest: int) -> None:
    tile = TilePath.parse(path)
    assert tile is not None
    assert tile.within(smallest)
    assert not tile.within(smallest - 1)


def test_a_tree_of_70000_leaves_has_the_tiles_that_the_specification_counts() -> None:
    there = ["0/272", "0/273.p/112", "1/000", "1/001.p/17", "2/000.p/1"]
    not_there = ["0/273.p/113", "0/273", "1/001.p/18", "2/000.p/2", "3/000.p/1"]
    for path in there + not_there:
        tile = TilePath.parse(path)
        assert tile is not None
        assert tile.within(70_000) == (path in there)


@given(st.lists(st.binary(max_size=300) | st.just(b"x" * 65_535), max_size=5))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    assert entries_in(bundle_of(entries)) == entries


@pytest.mark.parametrize("cut", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_bundle_that_ends_within_an_entry_is_refused(cut: bytes) -> None:
    with pytest.raises(ValueError, match="entry bundle"):
        entries_in(cut)

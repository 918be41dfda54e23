"""A Merkle tree that grows tile by tile and forgets what it no longer needs (RFC 6962 section 2.1)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger import merkle
from ledger.merkle import EMPTY_ROOT, Nodes, node_hash, nodes_of


class GrowingTree:
    """The tree over full tiles, held as the roots of its complete subtrees, the largest first."""

    def __init__(self) -> None:
        self._complete: list[tuple[int, bytes]] = []

    def add(self, tile_root: bytes) -> None:
        """One more full tile."""
        height, root = 0, tile_root
        while self._complete and self._complete[-1][0] == height:
            root = node_hash(self._complete.pop()[1], root)
            height += 1
        self._complete.append((height, root))

    def root(self, further: Nodes | None = None, count: int = 0) -> bytes:
        """The root over all full tiles and the first ``count`` leaves of the next, whose nodes are ``further``."""
        found = merkle.root(further, count) if further is not None and count else None
        for _, complete in reversed(self._complete):
            found = complete if found is None else node_hash(complete, found)
        return EMPTY_ROOT if found is None else found


def root_over(tile_roots: Sequence[bytes], leaves: Sequence[bytes]) -> bytes:
    """The root over full tiles and the leaves after them."""
    tree = GrowingTree()
    for tile_root in tile_roots:
        tree.add(tile_root)
    return tree.root(nodes_of(leaves) if leaves else None, len(leaves))

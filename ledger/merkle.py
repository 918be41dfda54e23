"""The Merkle tree of the log: roots, and proofs of inclusion and consistency.

RFC 6962 section 2.1 and RFC 9162 section 2.1; all hashes are SHA-256 digests of 32 bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Nodes = Callable[[int, int], bytes]
"""(level, index) -> the hash of the complete subtree over ``2**level`` leaves from leaf ``index * 2**level`` on."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


class ProofRefused(Exception):
    """A proof that does not prove what it is shown for; the message says what was expected and what was met."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes_of(leaf_hashes: Sequence[bytes]) -> Nodes:
    """The nodes of a tree held in memory, from the hashes of its leaves."""
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]


def root(nodes: Nodes, size: int) -> bytes:
    """The root of the tree over the first ``size`` leaves."""
    return _over(nodes, 0, size) if size else EMPTY_ROOT


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves, from the leaf's sibling upwards."""
    if not 0 <= index < size:
        raise ValueError(f"inclusion proof: expected an index below {size}, met {index}")
    begin, end, proof = 0, size, list[bytes]()
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            proof.append(_over(nodes, middle, end))
            end = middle
        else:
            proof.append(_over(nodes, begin, middle))
            begin = middle
    return proof[::-1]


def consistency_proof(nodes: Nodes, smaller: int, larger: int) -> list[bytes]:
    """The proof that the tree of ``larger`` leaves only adds to that of ``smaller`` (at least 1), lowest node first."""
    if not 0 < smaller <= larger:
        raise ValueError(f"consistency proof: expected 0 < {smaller} <= {larger}")
    begin, end, proof = 0, larger, list[bytes]()
    while smaller < end:
        middle = begin + _split(end - begin)
        if smaller <= middle:
            proof.append(_over(nodes, middle, end))
            end = middle
        else:
            proof.append(_over(nodes, begin, middle))
            begin = middle
    if begin > 0:  # else the subtree left over is the smaller tree, whose root the reader has
        proof.append(_over(nodes, begin, end))
    return proof[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that ``leaf`` (its hash) is leaf ``index`` of the tree with ``root`` (RFC 9162 section 2.1.3.2).

    Raises ProofRefused.
    """
    if not 0 <= index < size:
        raise ProofRefused(f"inclusion: expected an index below the size {size}, met {index}")
    _check_lengths(leaf, root, *proof)
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofRefused(f"inclusion: expected fewer than {len(proof)} hashes for leaf {index} of {size}")
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofRefused(f"inclusion: expected more than {len(proof)} hashes for leaf {index} of {size}")
    _check_root("inclusion", root, found)


def check_consistency(
    smaller: int, smaller_root: bytes, larger: int, larger_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the larger tree begins with the leaves of the smaller one (RFC 9162 section 2.1.4.2).

    Raises ProofRefused; also for an empty smaller tree, of which nothing can be proved.
    """
    if not 0 < smaller <= larger:
        raise ProofRefused(f"consistency: expected sizes 0 < {smaller} <= {larger}")
    if smaller == larger:
        if proof:
            raise ProofRefused(f"consistency: expected no hash between equal sizes, met {len(proof)}")
        _check_root("consistency", larger_root, smaller_root)
        return
    _check_lengths(smaller_root, larger_root, *proof)
    path = list(proof)
    if smaller & (smaller - 1) == 0:
        path.insert(0, smaller_root)
    if not path:
        raise ProofRefused("consistency: expected at least one hash, met none")
    at, last = smaller - 1, larger - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofRefused(f"consistency: expected fewer than {len(proof)} hashes from {smaller} to {larger}")
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofRefused(f"consistency: expected more than {len(proof)} hashes from {smaller} to {larger}")
    _check_root("consistency, smaller tree", smaller_root, before)
    _check_root("consistency, larger tree", larger_root, after)


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _over(nodes: Nodes, begin: int, end: int) -> bytes:
    """The hash over the leaves from ``begin`` to ``end``, as the tree's own division into subtrees has them."""
    count = end - begin
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, begin >> level)
    middle = begin + _split(count)
    return node_hash(_over(nodes, begin, middle), _over(nodes, middle, end))


def _check_lengths(*hashes: bytes) -> None:
    for each in hashes:
        if len(each) != 32:
            raise ProofRefused(f"expected hashes of 32 bytes, met one of {len(each)}")


def _check_root(of: str, expected: bytes, met: bytes) -> None:
    if expected != met:
        raise ProofRefused(f"{of}: expected root {expected.hex()}, met {met.hex()}")

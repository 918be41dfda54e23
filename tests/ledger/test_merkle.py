"""The tree's proofs, by published cases and by what they say of any tree."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import (
    EMPTY_ROOT,
    ProofRefused,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    node_hash,
    nodes_of,
    root,
)

VECTORS = Path(__file__).parent / "vectors" / "merkle"
LEAVES = [hashlib.sha256(b"\x00" + bytes([n % 256, n // 256])).digest() for n in range(600)]
NODES = nodes_of(LEAVES)
ROOTS = [root(NODES, size) for size in range(len(LEAVES) + 1)]

sizes = st.integers(1, len(LEAVES))


def cases(folder: str) -> list[Any]:
    return [
        pytest.param(json.loads(file.read_text()), id=str(file.relative_to(VECTORS).with_suffix("")))
        for file in sorted((VECTORS / folder).rglob("*.json"))
    ]


def hashes(case: dict[str, Any]) -> list[bytes]:
    return [b64decode(each) for each in case["proof"] or ()]


def outcome(case: dict[str, Any]) -> Any:
    if case["wantErr"]:
        return pytest.raises(ProofRefused)
    return nullcontext()


@pytest.mark.parametrize("case", cases("inclusion"))
def test_published_proofs_of_inclusion_are_taken_or_refused_as_published(case: dict[str, Any]) -> None:
    leaf, expected = b64decode(case["leafHash"] or ""), b64decode(case["root"] or "")
    with outcome(case):
        check_inclusion(leaf, case["leafIdx"], case["treeSize"], hashes(case), expected)


@pytest.mark.parametrize("case", cases("consistency"))
def test_published_proofs_of_consistency_are_taken_or_refused_as_published(case: dict[str, Any]) -> None:
    roots = b64decode(case["root1"] or ""), b64decode(case["root2"] or "")
    with outcome(case):
        check_consistency(case["size1"], roots[0], case["size2"], roots[1], hashes(case))


def test_the_published_cases_are_all_there() -> None:
    taken = [case.values[0]["wantErr"] for folder in ("inclusion", "consistency") for case in cases(folder)]
    assert (len(taken), taken.count(False)) == (196, 12)


def reference_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(reference_root(leaves[:k]), reference_root(leaves[k:]))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 255, 256, 257, 600])
def test_the_root_is_that_of_the_rfc(size: int) -> None:
    assert ROOTS[size] == reference_root(LEAVES[:size])


def test_the_empty_tree_has_the_root_of_the_rfc() -> None:
    assert ROOTS[0] == EMPTY_ROOT


@given(st.data(), sizes)
def test_every_leaf_is_proved_to_be_in_every_tree_that_has_it_and_nothing_else_is(
    data: st.DataObject, size: int
) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(NODES, index, size)
    check_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
    other = data.draw(st.integers(0, size - 1).filter(lambda at: at != index) if size > 1 else st.just(size))
    with pytest.raises(ProofRefused):
        check_inclusion(LEAVES[index], other, size, proof, ROOTS[size])
    with pytest.raises(ProofRefused):
        check_inclusion(LEAVES[(index + 1) % 600], index, size, proof, ROOTS[size])


@given(st.data(), sizes)
def test_every_tree_is_proved_to_begin_with_every_smaller_one_and_no_other(data: st.DataObject, larger: int) -> None:
    smaller = data.draw(st.integers(1, larger))
    proof = consistency_proof(NODES, smaller, larger)
    check_consistency(smaller, ROOTS[smaller], larger, ROOTS[larger], proof)
    with pytest.raises(ProofRefused):
        check_consistency(smaller, ROOTS[smaller - 1], larger, ROOTS[larger], proof)
    with pytest.raises(ProofRefused):
        check_consistency(smaller, ROOTS[smaller], larger, ROOTS[larger - 1], proof)


@given(st.data(), sizes)
def test_a_proof_with_any_bit_changed_left_out_or_added_is_refused(data: st.DataObject, larger: int) -> None:
    smaller = data.draw(st.integers(1, larger))
    proof = consistency_proof(NODES, smaller, larger)
    at = data.draw(st.integers(0, len(proof)))
    wrong = [
        [*proof[:at], LEAVES[0], *proof[at:]],
        *([[*proof[:at], *proof[at + 1 :]], [*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]]]
          if at < len(proof) else []),
    ]  # fmt: skip
    for each in wrong:
        with pytest.raises(ProofRefused):
            check_consistency(smaller, ROOTS[smaller], larger, ROOTS[larger], each)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3)])
def test_nothing_is_proved_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="expected an index below"):
        inclusion_proof(NODES, index, size)


@pytest.mark.parametrize(("smaller", "larger"), [(0, 1), (2, 1), (0, 0)])
def test_nothing_is_proved_of_a_tree_that_does_not_grow(smaller: int, larger: int) -> None:
    with pytest.raises(ValueError, match="consistency proof: expected"):
        consistency_proof(NODES, smaller, larger)

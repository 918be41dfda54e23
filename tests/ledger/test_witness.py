"""A witness never cosigns two trees of one log of which neither begins the other, whatever it is asked."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ledger.cosignature import check_cosignature
from ledger.merkle import ProofRefused, consistency_proof, nodes_of
from ledger.witness import KEY_FILE, Conflict, LogUnknown, NotSignedByLog, Witness, WitnessRefused
from ledger.witness_request import AddCheckpoint, RequestMalformed
from tests.ledger.trees import ORIGIN, Signing, leaves

LOG = Signing()
NAME = "witness.example.lv/one"
BRANCHES = [leaves(40), leaves(10) + leaves(30, "b"), leaves(17) + leaves(23, "c"), leaves(40, "d")]


def witness(folder: Path) -> Witness:
    return Witness(folder, NAME, [LOG.key])


def test_a_tree_that_grows_is_cosigned_step_by_step(tmp_path: Path) -> None:
    with closing(witness(tmp_path)) as opened:
        before = 0
        for size in (1, 2, 3, 3, 8, 40):
            asked = LOG.asking(leaves(size), before)
            check_cosignature(asked.note.text, opened.add_checkpoint(asked), opened.verifier_key)
            before = size


def test_what_was_cosigned_is_remembered_by_the_next_process_with_the_same_key(tmp_path: Path) -> None:
    with closing(witness(tmp_path)) as opened:
        opened.add_checkpoint(LOG.asking(leaves(9)))
        key = opened.verifier_key
    with closing(witness(tmp_path)) as opened:
        assert opened.verifier_key == key
        with pytest.raises(Conflict, match="expected 9, met 0"):
            opened.add_checkpoint(LOG.asking(leaves(40)))
        opened.add_checkpoint(LOG.asking(leaves(40), 9))


def test_a_restored_backup_of_the_log_is_told_how_far_the_witness_saw(tmp_path: Path) -> None:
    with closing(witness(tmp_path)) as opened:
        opened.add_checkpoint(LOG.asking(leaves(9)))
        for old in (0, 5, 7):
            with pytest.raises(Conflict) as conflict:
                opened.add_checkpoint(LOG.asking(leaves(7), old))
            assert conflict.value.size == 9


def test_a_split_view_is_refused_at_the_same_size_and_above_it(tmp_path: Path) -> None:
    with closing(witness(tmp_path)) as opened:
        opened.add_checkpoint(LOG.asking(leaves(9)))
        with pytest.raises(Conflict, match="root at size 9"):
            opened.add_checkpoint(LOG.asking(leaves(9, "other"), 9))
        with pytest.raises(ProofRefused):
            opened.add_checkpoint(LOG.asking(leaves(12, "other"), 9))
        assert opened.last_of(ORIGIN) == (ORIGIN, 9, LOG.asking(leaves(9)).checkpoint.root)


def test_proofs_that_are_not_needed_or_missing_are_refused(tmp_path: Path) -> None:
    with closing(witness(tmp_path)) as opened:
        first = LOG.asking(leaves(9))
        with pytest.raises(ProofRefused, match="expected no hash from an empty tree"):
            opened.add_checkpoint(first._replace(proof=(b"\0" * 32,)))
        opened.add_checkpoint(first)
        grown = LOG.asking(leaves(12), 9)
        for proof in ((), grown.proof[:-1], (*grown.proof, b"\0" * 32)):
            with pytest.raises(ProofRefused):
                opened.add_checkpoint(grown._replace(proof=proof))
        with pytest.raises(ProofRefused):
            opened.add_checkpoint(first._replace(old_size=9, proof=(b"\0" * 32,)))


def test_other_logs_and_other_keys_are_refused(tmp_path: Path) -> None:
    with closing(witness(tmp_path)) as opened:
        with pytest.raises(LogUnknown):
            opened.add_checkpoint(Signing("another.example/log").asking(leaves(3)))
        with pytest.raises(NotSignedByLog):
            opened.add_checkpoint(Signing(seed=2).asking(leaves(3)))
        assert opened.last_of(ORIGIN) is None


def test_an_empty_tree_has_one_root(tmp_path: Path) -> None:
    with closing(witness(tmp_path)) as opened:
        opened.add_checkpoint(LOG.asking([]))
        wrong = LOG.signed(LOG.checkpoint(leaves(1)).text.replace("\n1\n", "\n0\n"))
        with pytest.raises(Conflict):
            opened.add_checkpoint(AddCheckpoint.of(0, [], wrong.to_bytes()))


def test_a_log_with_two_keys_is_one_log(tmp_path: Path) -> None:
    newer = Signing(seed=2)
    with closing(Witness(tmp_path, NAME, [LOG.key, newer.key])) as opened:
        opened.add_checkpoint(LOG.asking(leaves(9)))
        with pytest.raises(Conflict):
            opened.add_checkpoint(newer.asking(leaves(12)))
        opened.add_checkpoint(newer.asking(leaves(12), 9))


def test_a_second_process_in_the_folder_is_refused(tmp_path: Path) -> None:
    with closing(witness(tmp_path)), pytest.raises(WitnessRefused, match="met another at work"):
        witness(tmp_path)


def test_a_memory_that_can_not_be_read_is_never_taken_for_none(tmp_path: Path) -> None:
    with closing(witness(tmp_path)) as opened:
        opened.add_checkpoint(LOG.asking(leaves(9)))
    (kept,) = tmp_path.glob("*.checkpoint")
    whole = kept.read_bytes()
    for damaged in (b"", whole[:40], whole.replace(ORIGIN.encode(), b"other")):
        kept.write_bytes(damaged)
        with pytest.raises(WitnessRefused):
            witness(tmp_path)


def test_a_witness_that_lost_its_key_does_not_take_another_beside_its_old_memory(tmp_path: Path) -> None:
    with closing(witness(tmp_path)) as opened:
        opened.add_checkpoint(LOG.asking(leaves(9)))
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(match="expected the key that cosigned what lies beside it"):
        witness(tmp_path)


def test_a_witness_does_not_work_under_another_name_than_its_keys(tmp_path: Path) -> None:
    witness(tmp_path).close()
    with pytest.raises(match="expected the key of other, met that of"):
        Witness(tmp_path, "other", [LOG.key])


def test_of_many_who_ask_at_once_for_different_trees_those_of_one_branch_win(tmp_path: Path) -> None:
    asked = [LOG.asking(leaves(5) + leaves(5, str(number)), 5) for number in range(24)]
    with closing(witness(tmp_path)) as opened, ThreadPoolExecutor(8) as threads:
        opened.add_checkpoint(LOG.asking(leaves(5)))

        def cosigned(request: AddCheckpoint) -> bool:
            try:
                opened.add_checkpoint(request)
            except Conflict:
                return False
            return True

        assert sum(threads.map(cosigned, asked)) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda body: body.replace(b"old 9", b"old 09"), "expected old and a number"),
        (lambda body: body.replace(b"old 9", b"old -9"), "expected old and a number"),
        (lambda body: body.replace(b"old 9", b"old 13"), "expected at most the checkpoint's 12, met 13"),
        (lambda body: body.replace(b"old 9\n", b"old 9\r\n"), "expected old and a number"),
        (lambda body: body.replace(b"old 9\n", b"old 9\nrubbish\n"), "expected hashes in base64"),
        (lambda body: body.replace(b"old 9\n", b"old 9\n" + b"A" * 42 + b"B=\n"), "expected hashes in base64"),
        (lambda body: body.replace(b"old 9\n", b"old 9\n" + (b"A" * 43 + b"=\n") * 64), "at most 63 hashes, met 68"),
        (lambda body: body.replace(b"\n12\n", b"\n012\n"), "expected origin, size and root"),
        (lambda body: body[:-1], "expected a text, an empty line, and signatures"),
        (lambda body: body.replace(b"\n\n", b"\n"), "expected the old size, hashes, an empty line and a checkpoint"),
        (lambda body: b"", "expected the old size, hashes, an empty line and a checkpoint"),
    ],
)
def test_a_request_that_can_not_be_read_is_refused(change: Callable[[bytes], bytes], message: str) -> None:
    whole = LOG.asking(leaves(12), 9).to_bytes()
    assert AddCheckpoint.parse(whole).to_bytes() == whole
    with pytest.raises(RequestMalformed, match=message):
        AddCheckpoint.parse(change(whole))


class Asked(RuleBasedStateMachine):
    """Any requests about branches of one log, with proofs of any of them, between restarts and breaks of power."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="regesta-witness-"))
        self.witness = witness(self.folder)
        self.cosigned: list[tuple[int, int]] = []

    @rule(
        branch=st.integers(0, 3), size=st.integers(0, 40), claimed=st.none() | st.integers(0, 40),
        proof_of=st.none() | st.integers(0, 3),
    )  # fmt: skip
    def ask(self, branch: int, size: int, claimed: int | None, proof_of: int | None) -> None:
        last = self.witness.last_of(ORIGIN)
        old = claimed if claimed is not None else last.size if last else 0
        shown = BRANCHES[branch if proof_of is None else proof_of]
        proof = consistency_proof(nodes_of(shown[:size]), old, size) if 0 < old <= size else []
        note = LOG.checkpoint(BRANCHES[branch][:size])
        try:
            request = AddCheckpoint.of(old, proof, note.to_bytes())
            signature = self.witness.add_checkpoint(request)
        except (RequestMalformed, Conflict, ProofRefused):
            return
        check_cosignature(note.text, signature, self.witness.verifier_key)
        self.cosigned.append((branch, size))

    @rule(torn=st.booleans())
    def restart(self, torn: bool) -> None:
        self.witness.close()
        if torn:  # what a process that was killed while it wrote leaves behind
            for kept in self.folder.glob("*.checkpoint"):
                kept.with_name(f"{kept.name}.new").write_bytes(b"torn")
        self.witness = witness(self.folder)

    @invariant()
    def every_tree_begins_the_next(self) -> None:
        trees = [BRANCHES[branch][:size] for branch, size in self.cosigned]
        for smaller, larger in itertools.pairwise(trees):
            assert larger[: len(smaller)] == smaller

    def teardown(self) -> None:
        self.witness.close()
        shutil.rmtree(self.folder)


def test_a_witness_never_cosigns_two_trees_that_do_not_fit_together() -> None:
    run_state_machine_as_test(Asked, settings=settings(max_examples=40, stateful_step_count=25, deadline=None))

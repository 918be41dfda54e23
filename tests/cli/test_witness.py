"""``regesta witness`` as a process: the answers of the specification, and what a kill leaves."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest

from ledger.cosignature import check_cosignature
from ledger.note import Note
from ledger.witness_request import AddCheckpoint
from tests.cli.running import regesta
from tests.cli.witnessing import AtWork, small_witness, witnessing
from tests.ledger.trees import Signing, leaves

LOG = Signing()
NAME = "witness.example.lv/one"


def ask(witness: AtWork, request: AddCheckpoint | bytes) -> httpx.Response:
    body = request if isinstance(request, bytes) else request.to_bytes()
    return httpx.post(f"{witness.address}/add-checkpoint", content=body)


def cosigned(answer: httpx.Response, request: AddCheckpoint, witness: AtWork) -> bool:
    """Whether the answer is one cosignature line by the witness, as a note has it."""
    assert answer.status_code == 200, answer.text
    note = Note.parse(f"{request.note.text}\n{answer.text}".encode())
    (signature,) = note.signatures
    return check_cosignature(note.text, signature, witness.key) > 0


def test_each_request_is_answered_as_the_specification_says_and_a_kill_changes_nothing(tmp_path: Path) -> None:
    with witnessing(tmp_path / "one", NAME, LOG.key) as witness:
        first = LOG.asking(leaves(9))
        assert cosigned(ask(witness, first), first, witness)
        grown = LOG.asking(leaves(12), 9)
        assert cosigned(ask(witness, grown), grown, witness)

        behind = ask(witness, LOG.asking(leaves(20), 9))
        assert (behind.status_code, behind.text) == (409, "12\n")
        assert behind.headers["content-type"] == "text/x.tlog.size"
        assert ask(witness, LOG.asking(leaves(12, "other"), 12)).status_code == 409
        assert ask(witness, LOG.asking(leaves(20, "other"), 12)).status_code == 422
        assert ask(witness, Signing(seed=2).asking(leaves(20), 12)).status_code == 403
        assert ask(witness, Signing("another.example/log").asking(leaves(3))).status_code == 404
        assert ask(witness, LOG.asking(leaves(20), 12).to_bytes()[1:]).status_code == 400
        assert ask(witness, b"old 0\n" + b"A" * 200_000).status_code == 413
        assert httpx.get(f"{witness.address}/add-checkpoint").status_code == 405
        witness.process.send_signal(signal.SIGKILL)
        witness.process.wait()
    with small_witness(tmp_path / "one", NAME, LOG.key) as again:
        assert again.key == witness.key
        assert ask(again, LOG.asking(leaves(12, "other"), 12)).status_code == 409
        assert ask(again, LOG.asking(leaves(7))).text == "12\n"
        grown = LOG.asking(leaves(20), 12)
        assert cosigned(ask(again, grown), grown, again)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "expected at least one verifier key of a log, met none"),
        (("--log", "rubbish"), "expected name+number+base64, met 'rubbish'"),
        (("--logs", "nowhere"), "No such file or directory: 'nowhere'"),
    ],
)
def test_a_witness_that_is_told_no_log_does_not_start(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    answer = regesta("postgresql:///none", "witness", "--name", NAME, "--folder", str(tmp_path / "one"), *arguments)
    assert answer.code == 2
    assert message in answer.err

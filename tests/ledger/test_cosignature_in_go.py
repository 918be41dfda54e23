"""A cosigned checkpoint, read by Go's own note package and a verifier written from the specification."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.cosignature import Cosigner
from ledger.note import Note
from tests.ledger.golang import compiled
from tests.ledger.trees import Signing, leaves

LOG = Signing()
WITNESS = Cosigner("witness.example.lv/one", Ed25519PrivateKey.from_private_bytes(b"w" * 32))
AT = 1_679_315_147


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, compiled."""
    return compiled("cosignature", tmp_path_factory.mktemp("go"))


def asked(checker: Path, folder: Path, note: Note) -> subprocess.CompletedProcess[str]:
    (folder / "note").write_bytes(note.to_bytes())
    command = [str(checker), str(folder / "note"), str(LOG.key), str(WITNESS.verifier_key)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_go_verifies_a_cosigned_checkpoint(checker: Path, tmp_path: Path) -> None:
    note = LOG.checkpoint(leaves(257))
    cosigned = note._replace(signatures=(*note.signatures, WITNESS.cosign(note.text, AT)))
    answer = asked(checker, tmp_path, cosigned)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"{AT}\n", "")


def test_go_refuses_one_whose_cosignature_is_over_another_tree(checker: Path, tmp_path: Path) -> None:
    note = LOG.checkpoint(leaves(257))
    stale = WITNESS.cosign(LOG.checkpoint(leaves(256)).text, AT)
    answer = asked(checker, tmp_path, note._replace(signatures=(*note.signatures, stale)))
    assert answer.returncode == 1
    assert "invalid signature for key" in answer.stderr

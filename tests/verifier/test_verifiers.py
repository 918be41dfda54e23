"""The verifier in one file and the page say the same of every file, true or tampered with, and agree with our code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random

import pytest

from ledger.checkpoint import CheckpointRefused
from ledger.leaf import leaf_hash
from ledger.merkle import ProofRefused
from ledger.note import NoteRefused
from ledger.proofs import NoProof, TlogProof, check_proof
from tests.verifier.chromium import VERIFIER, Page, needs_chromium
from tests.verifier.made import Log, said
from verifier.regesta_verify import PROVED, verdict

Files = list[bytes]


@pytest.fixture(scope="module")
def log() -> Log:
    return Log(21)


@pytest.fixture(scope="module")
def extract(log: Log) -> bytes:
    return said(log.extract())


def true_sets(log: Log, extract: bytes) -> dict[str, Files]:
    """What is handed out, each as the files that are checked together."""
    return {
        "extract": [extract],
        "unnumbered extract": [said(Log.extract(log, issued=False))],
        "receipt": [said(log.receipt(4, 19))],
        "proof": [log.proof(5, 20), log.leaves[5]],
        "proof with receipt": [said(log.receipt(4, 19)), log.proof(4, 20)],
        "consistency": [said(log.consistency(7, 20)), log.note(7), log.note(20)],
        "consistency of powers": [log.note(8), said(log.consistency(8, 16)), log.note(16)],
        "consistency of one": [said(log.consistency(9, 9)), log.note(9)],
        "checkpoint": [log.note(13)],
    }


def tampered(random: Random, files: Files) -> Files:
    """The files with a byte changed, put in, taken out, or a part doubled."""
    nth = random.randrange(len(files))
    content = bytearray(files[nth])
    at = random.randrange(len(content))
    match random.randrange(5):
        case 0:
            content[at] ^= 1 << random.randrange(8)
        case 1:
            del content[at]
        case 2:
            content.insert(at, random.choice(b'\n 0A"{}[],:+=-1\xc4'))
        case 3:
            content[at:at] = content[max(0, at - 7) : at]
        case _:
            return [file for number, file in enumerate(files) if number != nth]
    return [*files[:nth], bytes(content), *files[nth + 1 :]]


def changed_members(random: Random, extract: bytes) -> bytes:
    """An extract that is still JSON, with a member changed to one that another has, or to another kind."""
    file = json.loads(extract)
    places = [(file, name) for name in file] + [(act, name) for act in file["acts"] for name in act]
    document, name = random.choice(places)
    other, taken = random.choice(places)
    document[name] = random.choice([deepcopy(other[taken]), None, 0, -1, 2**53, 1.5, "", [], {}, True])
    return said(file)


def test_what_is_true_is_proved(log: Log, extract: bytes) -> None:
    for name, files in true_sets(log, extract).items():
        found = verdict(files, log.keys)
        assert found.outcome == PROVED, (name, found)
        assert found.lines, name


def test_without_the_key_nothing_is_proved_or_refused(log: Log, extract: bytes) -> None:
    for name, files in true_sets(log, extract).items():
        assert verdict(files, [str(log.witness_key)])[:2] == ("undecided", "key"), name
        assert verdict(files, [str(Log(1).key)])[:2] == ("refused", "signature"), name


def test_nothing_that_was_tampered_with_is_proved_unless_nothing_proved_depends_on_it(log: Log, extract: bytes) -> None:
    """Changes that leave what is proved as it was: spaces between members, and what a hash does not cover."""
    random = Random(1)
    file = json.loads(extract)
    for _ in range(300):
        (changed,) = tampered(random, [extract]) or [b""]
        if verdict([changed], log.keys).outcome == PROVED:
            met = json.loads(changed)
            differing = {name for name, value in file.items() if met.get(name) != value}
            assert differing <= {"check", "key", "checkpoint"}, differing
            # Who else cosigned is nobody's claim: a signature by a key that was not given is passed over.
            assert met["checkpoint"].split("\n")[:5] == file["checkpoint"].split("\n")[:5]


@needs_chromium
def test_the_page_and_the_verifier_in_one_file_say_the_same(log: Log, extract: bytes, opened: Page) -> None:
    random = Random(7)
    whole = true_sets(log, extract)
    asked = [(files, log.keys) for files in whole.values()]
    for files in whole.values():
        asked += [(tampered(random, files), log.keys) for _ in range(60)]
    asked += [([changed_members(random, extract)], log.keys) for _ in range(300)]
    asked += [([extract], [key]) for key in (*log.keys, "", "x", log.keys[0][:-1], f" {log.keys[0]} ", str(Log(1).key))]
    asked += [
        ([content], log.keys) for content in (b"", b"\n", b"{", b"{}", b"\xff", b"\xef\xbb\xbf{}", b"[]", b'{"a":NaN}')
    ]
    ours = [verdict(files, keys)[:2] for files, keys in asked]
    theirs = opened.verdicts(asked)
    differing = [
        (files, mine, other) for (files, _), mine, other in zip(asked, ours, theirs, strict=True) if mine != other
    ]
    assert not differing, (len(differing), differing[0])
    assert len(set(ours)) > 12


def test_the_service_s_own_code_says_the_same_of_proof_files(log: Log) -> None:
    random = Random(3)
    leaf, proofs = log.leaves[5], [log.proof(5, 20)]
    for _ in range(400):
        proofs.append((tampered(random, [proofs[0]]) or [b""])[0])
    agreed = set()
    for proof in proofs:
        try:
            check_proof(TlogProof.parse(proof), leaf_hash(leaf), log.key)
            ours = True
        except (NoProof, NoteRefused, CheckpointRefused, ProofRefused):
            ours = False
        found = verdict([proof, leaf], [str(log.key)]).outcome == PROVED
        assert found == ours, proof
        agreed.add(found)
    assert agreed == {True, False}


@needs_chromium
def test_files_chosen_in_the_page_are_judged_in_words(log: Log, extract: bytes, opened: Page, tmp_path: Path) -> None:
    true, false = tmp_path / "izraksts.json", tmp_path / "mainīts.json"
    true.write_bytes(extract)
    false.write_bytes(extract.replace("Skola “Ž”".encode(), "Skola “Š”".encode()))
    opened.run("document.querySelector('[data-language=lv]').click()")
    shown = opened.drop([true], log.keys[0])
    assert shown.startswith("Pierādīts")
    assert "Tas izdots ar numuru 000001." in shown
    opened.run("document.querySelector('[data-language=en]').click()")
    assert "It was issued under number 000001." in opened.run("document.querySelector('#verdict').innerText")
    assert "The extract was changed" in opened.drop([false], log.keys[0])


def test_the_page_asks_for_nothing_from_anywhere() -> None:
    for file in VERIFIER.iterdir():
        if file.suffix in (".html", ".js", ".css"):
            text = file.read_text()
            assert not any(
                word in text for word in ("http:", "https:", "fetch(", "XMLHttpRequest", "import(", "//cdn")
            ), file


def test_both_languages_say_everything() -> None:
    words = (VERIFIER / "words.js").read_text()
    lv, en = words.split("\n  en: {")
    names = [set(_names(part)) for part in (lv, en)]
    assert names[0] == names[1]
    for code in _codes():
        assert code in names[1], code


def _names(part: str) -> Iterator[str]:
    yield from re.findall(r'(?:^|[{,]\s*|\s)"?([a-zA-Z0-9-]+)"?: "', part)


def _codes() -> set[str]:
    return set(re.findall(r'(?:Refused|Undecided)\("([a-z0-9-]+)"', (VERIFIER / "verify.js").read_text()))


def test_the_verifier_in_one_file_is_used_on_the_command_line(log: Log, extract: bytes, tmp_path: Path) -> None:
    file, key, alone = tmp_path / "extract.json", tmp_path / "key", tmp_path / "regesta_verify.py"
    alone.write_bytes((VERIFIER / "regesta_verify.py").read_bytes())
    file.write_bytes(extract)
    key.write_text(f"{log.key}\n")
    for content, arguments, code, heading in (
        (extract, ["--key", str(key)], 0, "PROVED"),
        (extract.replace(b"registered", b"struck_off"), ["--key", str(log.key)], 1, "REFUSED"),
        (extract, [], 2, "NOT DECIDED"),
    ):
        file.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-I", alone, *arguments, file], capture_output=True, text=True, cwd=tmp_path, check=False
        )
        assert (done.returncode, done.stdout.split("\n")[0]) == (code, heading), done

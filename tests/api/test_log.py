"""The log over HTTP and on the command line: what is served, how it may be kept, and receipts."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.service import running
from api.settings import Settings
from ledger.checkpoint import Checkpoint
from ledger.leaf import leaf_hash
from ledger.merkle import check_consistency, check_inclusion, nodes_of, root
from ledger.note import Note, VerifierKey, check_note
from ledger.proofs import TlogProof, check_proof
from ledger.tiles import entries_in, hashes_in
from tests.api.office import INSTITUTIONS, MARCH, Json, Office, body, opened, problem, recorded, school, told
from tests.api.serving import account, caller, serving
from tests.cli.running import regesta
from tests.domain.story import BASIC_SCHOOL
from tests.ledger.synthetic import fill

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as office:
        problem(office.anyone.get("/log/checkpoint"), 404, "not-found")  # nothing is sealed yet
        office.register()
        fill(office.service.url, 1, 300)
        office.service.sealer.seal()
        yield office


def key_of(office: Office) -> VerifierKey:
    return VerifierKey.parse(office.anyone.get("/log/key").text.strip())


def signed_by(office: Office, note: str) -> Checkpoint:
    check_note(Note.parse(note.encode()), key_of(office))
    return Checkpoint.parse(Note.parse(note.encode()).text)


def hashes(proof: Json) -> list[bytes]:
    return [b64decode(each) for each in proof["hashes"]]


def test_the_checkpoint_is_signed_by_the_key_and_not_kept(office: Office) -> None:
    answer = office.anyone.get("/log/checkpoint")
    assert signed_by(office, answer.text).size >= 300
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_full_tiles_and_bundles_may_be_kept_for_ever_and_partial_ones_never_change(office: Office) -> None:
    for path, kept in (("0/000", FOR_EVER), ("entries/000", FOR_EVER), ("0/001.p/44", "immutable"), ("1/000.p/1", "")):
        answer = office.anyone.get(f"/log/tile/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")
        assert kept in answer.headers["cache-control"]
    bundle, tile = office.anyone.get("/log/tile/entries/000"), office.anyone.get("/log/tile/0/000")
    assert [leaf_hash(entry) for entry in entries_in(bundle.content)] == hashes_in(tile.content)
    partial = office.anyone.get("/log/tile/0/000.p/9")
    assert partial.content == tile.content[: 9 * 32]


@pytest.mark.parametrize("path", ["0/002", "0/009.p/1", "1/000", "2/000.p/1", "entries/009", "0/0", "x", "0/000.p/0"])
def test_what_the_sealed_tree_has_not_is_not_there(office: Office, path: str) -> None:
    answer = office.anyone.get(f"/log/tile/{path}")
    problem(answer, 404, "not-found")
    assert "cache-control" not in answer.headers


def test_an_act_is_not_published_before_it_is_sealed(server_url: str) -> None:
    with opened(server_url) as office:
        fill(office.service.url, 0, 5)
        office.service.sealer.seal()
        fill(office.service.url, 5, 6)
        for path in ("/log/tile/0/000.p/6", "/log/tile/entries/000.p/6", "/log/proof/inclusion?position=5"):
            while office.anyone.get(path).status_code == 404:
                pass
            assert signed_by(office, office.anyone.get("/log/checkpoint").text).size == 6


def test_inclusion_and_consistency_are_proved_at_any_size(office: Office) -> None:
    sizes = {size: _root(office, size) for size in (1, 2, 255, 256, 257, 300)}
    for smaller, larger in ((1, 2), (1, 300), (255, 256), (256, 257), (257, 300), (300, 300)):
        proof = told(office.anyone.get("/log/proof/consistency", params={"from": smaller, "to": larger}))
        assert (proof["from"], proof["to"]) == (smaller, larger)
        check_consistency(smaller, sizes[smaller], larger, sizes[larger], hashes(proof))
    for position, size in ((0, 1), (0, 300), (254, 255), (255, 256), (256, 257), (299, 300)):
        proof = told(office.anyone.get("/log/proof/inclusion", params={"position": position, "size": size}))
        leaf = leaf_hash(proof["leaf"].encode())
        check_inclusion(leaf, position, size, hashes(proof), sizes[size])


def _root(office: Office, size: int) -> bytes:
    """The root of the tree of ``size`` acts, from the leaf and proof of its last act."""
    leaf = told(office.anyone.get("/log/proof/inclusion", params={"position": size - 1, "size": size}))
    found = leaf_hash(leaf["leaf"].encode())
    full, rest = divmod(size, 256)
    bundles = b"".join(office.anyone.get(f"/log/tile/0/{number:03}").content for number in range(full))
    bundles += office.anyone.get(f"/log/tile/0/{full:03}.p/{rest}").content if rest else b""
    leaves = hashes_in(bundles)
    assert leaves[-1] == found
    return root(nodes_of(leaves), size)


@pytest.mark.parametrize(
    "path",
    ["inclusion?position=9999", "inclusion?position=5&size=5", "inclusion?position=1&size=9999",
     "consistency?from=1&to=9999", "consistency?from=9&to=8", "9999.tlog-proof"],
)  # fmt: skip
def test_nothing_is_proved_of_what_is_not_sealed(office: Office, path: str) -> None:
    problem(office.anyone.get(f"/log/proof/{path}"), 404, "not-found")


def test_a_proof_file_is_checked_without_the_log(office: Office) -> None:
    content = office.anyone.get("/log/proof/0.tlog-proof").content
    leaf = leaf_hash(told(office.anyone.get("/log/proof/inclusion?position=0"))["leaf"].encode())
    assert check_proof(TlogProof.parse(content), leaf, key_of(office)).size >= 300


def test_whoever_waits_for_a_receipt_is_given_the_proof_of_the_act_recorded(office: Office) -> None:
    answer = recorded(office.clerk.post(f"{INSTITUTIONS}/acts?receipt=true", json=school()))
    receipt = answer["receipt"]
    signed = signed_by(office, receipt["checkpoint"])
    leaf = json.loads(receipt["leaf"])
    assert (receipt["position"], leaf["aggregate"]) == (answer["position"], answer["entry"])
    check_inclusion(leaf_hash(receipt["leaf"].encode()), answer["position"], signed.size, hashes(receipt), signed.root)


def test_acts_of_one_decision_have_a_receipt_each_and_so_has_a_repeated_request(office: Office) -> None:
    acts = [{"register": "institutions", "new": True, "entry": f"018e0000-0000-7000-8000-00000000000{n}",
             **_kind_and_content()} for n in (1, 2)]  # fmt: skip
    told_of = {"decision": {"decided_on": MARCH}, "acts": acts}
    for _ in range(2):
        answer = recorded(office.clerk.post("/acts?receipt=true", json=told_of, headers={"Idempotency-Key": "once"}))
        for act in answer["acts"]:
            signed = signed_by(office, act["receipt"]["checkpoint"])
            leaf = leaf_hash(act["receipt"]["leaf"].encode())
            check_inclusion(leaf, act["position"], signed.size, hashes(act["receipt"]), signed.root)


def _kind_and_content() -> Json:
    return {name: part for name, part in body("register", **BASIC_SCHOOL).items() if name != "decision"}


def test_nobody_is_kept_waiting_who_did_not_ask_for_a_receipt(office: Office) -> None:
    assert "receipt" not in recorded(office.clerk.post(f"{INSTITUTIONS}/acts", json=school()))


def test_the_command_line_tells_the_same(office: Office, tmp_path: Path) -> None:
    url = office.service.url
    assert regesta(url, "log", "key").out == office.anyone.get("/log/key").text
    assert regesta(url, "log", "checkpoint").out == office.anyone.get("/log/checkpoint").text
    assert regesta(url, "log", "proof", "7").out == office.anyone.get("/log/proof/7.tlog-proof").text
    file = tmp_path / "act.tlog-proof"
    assert regesta(url, "log", "proof", "7", "--output", str(file)).code == 0
    assert file.read_bytes() == office.anyone.get("/log/proof/7.tlog-proof").content
    proof = json.loads(regesta(url, "log", "proof", "7", "--size", "9").out)
    assert proof == told(office.anyone.get("/log/proof/inclusion?position=7&size=9"))
    consistency = json.loads(regesta(url, "log", "consistency", "7", "9").out)
    assert consistency == told(office.anyone.get("/log/proof/consistency?from=7&to=9"))
    missing = regesta(url, "log", "proof", "99999")
    assert (missing.code, missing.err[:28]) == (3, "no act at position 99999 in ")


def test_when_the_ledger_is_not_what_was_signed_nothing_is_recorded_and_everything_can_be_read(
    server_url: str,
) -> None:
    with opened(server_url) as office:
        url = office.service.url
        entry = office.register()["entry"]
        office.service.sealer.seal()
        office.service.sealer.close()
        with psycopg.connect(url) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute("UPDATE ledger.events SET leaf_hash = sha256('x')")
        with (
            running(Settings(database_url=url)) as service,
            serving(service) as server,
            caller(server, account(service, "other", "*:clerk")) as clerk,
        ):
            refused = clerk.post(f"{INSTITUTIONS}/acts", json=school())
            assert "expected root" in problem(refused, 503, "ledger-halted")["detail"]
            ready = clerk.get("/readyz")
            assert (ready.status_code, ready.json()["ready"]) == (503, False)
            assert "expected root" in ready.json()["halted"]
            assert told(clerk.get(f"{INSTITUTIONS}/{entry}"))["entry"] == entry
            assert told(clerk.get("/acts"))["known_at"]["position"] == 0

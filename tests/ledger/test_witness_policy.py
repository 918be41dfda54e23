from __future__ import annotations

from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.cosignature import Cosigner
from ledger.note import VerifierKey
from ledger.witness_policy import Policy, PolicyRefused
from tests.ledger.trees import Signing, leaves

NAMES = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
COSIGNERS = {
    name: Cosigner(f"witness.example/{name}", Ed25519PrivateKey.from_private_bytes(name.encode() * 16))
    for name in NAMES
}
KEYS = {name: str(cosigner.verifier_key) for name, cosigner in COSIGNERS.items()}
LOG = Signing()
TWO_LEVELS = f"""\
# two organisations

log {LOG.key}
\twitness X1\t{KEYS["X1"]}  https://x1.example/
witness X2 {KEYS["X2"]}
witness X3 {KEYS["X3"]}
group X-witnesses 2 X1 X2 X3

  # the other one
witness Y1 {KEYS["Y1"]}
witness Y2 {KEYS["Y2"]}
witness Y3 {KEYS["Y3"]}
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def test_two_levels_of_groups_ask_for_as_many_of_each_as_they_say() -> None:
    policy = Policy.parse(TWO_LEVELS.encode())
    for count in range(7):
        for chosen in combinations(NAMES, count):
            of_x, of_y = (sum(name.startswith(letter) for name in chosen) for letter in "XY")
            assert policy.satisfied_by(chosen) == (of_x >= 2 and of_y >= 1), chosen


def test_a_policy_says_where_a_witness_can_be_asked() -> None:
    policy = Policy.parse(TWO_LEVELS.encode())
    assert [witness.url for witness in policy.witnesses] == ["https://x1.example/", None, None, None, None, None]
    assert [log.key for log in policy.logs] == [LOG.key]


def test_none_asks_for_nobody_and_a_single_witness_can_be_the_quorum() -> None:
    assert Policy.parse(b"quorum none\n").satisfied_by(())
    alone = Policy.parse(f"witness X1 {KEYS['X1']}\nquorum X1\n".encode())
    assert alone.satisfied_by(["X1"])
    assert not alone.satisfied_by(["X2"])


def test_names_are_octets_and_not_letters() -> None:
    policy = Policy.parse(f"witness \xe2\x84\xaa {KEYS['X1']}\nquorum \xe2\x84\xaa\n".encode("latin-1"))
    assert not policy.satisfied_by(["K"])
    assert policy.satisfied_by([policy.witnesses[0].name])
    Policy.parse(b"witness \xff " + KEYS["X1"].encode() + b"\nquorum \xff\n")
    with pytest.raises(PolicyRefused, match="line 2: expected none, or a witness or group named on a line before"):
        Policy.parse(b"witness \xff " + KEYS["X1"].encode() + b"\nquorum \xfe\n")


X1, X2 = f"witness X1 {KEYS['X1']}\n", f"witness X2 {KEYS['X2']}\n"


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("", "line 0: expected one quorum line"),
        (X1, "line 1: expected one quorum line up to here, met none"),
        ("quorum none", "line 1: expected a newline at the end"),
        ("quorum none\nquorum none\n", "line 2: expected one quorum line, met a second"),
        ("quorum none\r\n", "line 1: expected no control character but the tab, met 0x0d"),
        ("#\x00\nquorum none\n", "line 1: expected no control character but the tab, met 0x00"),
        ("Quorum none\n", "line 1: expected log, witness, group, quorum or a comment, met 'Quorum'"),
        ("quorum\n", "line 1: expected quorum NAME, met 0 words"),
        ("quorum X1\n" + X1, "line 1: expected none, or a witness or group named on a line before, met 'X1'"),
        (X1 + X2.replace("X2 ", "X1 ") + "quorum none\n", "line 2: expected a name not yet given"),
        (X1.replace("X1 ", "none ") + "quorum none\n", "line 1: expected a name not yet given, and not none"),
        (X1 + X1.replace("X1 ", "Z ", 1) + "quorum none\n", "line 2: expected a key not yet given"),
        (f"log {LOG.key}\nlog {LOG.key} https://again\nquorum none\n", "line 2: expected a key not yet given"),
        (f"log {KEYS['X1']}\nquorum none\n", "line 1: expected an Ed25519 key of type 1, met type 4"),
        (f"witness X1 {LOG.key}\nquorum none\n", "line 1: expected an Ed25519 key of type 4, met type 1"),
        ("witness X1 rubbish\nquorum none\n", "line 1: expected a verifier key"),
        (X1.replace("X1+", "X9+") + "quorum none\n", "line 1: expected a verifier key"),
        (X1[:-1] + " https://a https://b\nquorum none\n", r"line 1: expected witness NAME KEY \[URL\], met 4 words"),
        ("group G any\nquorum none\n", "line 1: expected group NAME"),
        (X1 + "group G 2 X1\nquorum G\n", "line 2: expected a number up to 1"),
        (X1 + "group G 0 X1\nquorum G\n", "line 2: expected any, all or a number, met '0'"),
        (X1 + "group G 01 X1\nquorum G\n", "line 2: expected any, all or a number, met '01'"),
        (X1 + "group G some X1\nquorum G\n", "line 2: expected any, all or a number, met 'some'"),
        (X1 + "group G any X2\n" + X2 + "quorum G\n", "line 2: expected members named on lines before, met 'X2'"),
        (X1 + "group G any G\nquorum G\n", "line 2: expected members named on lines before, met 'G'"),
        (X1 + "group G any none\nquorum G\n", "line 2: expected members named on lines before, met 'none'"),
        (X1 + "group G any X1 X1\nquorum G\n", "line 2: expected members that are in no group yet"),
        (X1 + "group G any X1\ngroup H any X1\nquorum H\n", "line 3: expected members that are in no group yet"),
        (X1 + "group X1 any X1\nquorum X1\n", "line 2: expected a name not yet given"),
    ],
)  # fmt: skip
def test_a_policy_that_can_not_be_read_is_refused_with_its_line(policy: str, message: str) -> None:
    with pytest.raises(PolicyRefused, match=message):
        Policy.parse(policy.encode())


def test_keys_of_the_same_public_key_are_duplicates_whatever_their_names() -> None:
    again = VerifierKey.of("witness.example/other", COSIGNERS["X1"].verifier_key.public, 4)
    with pytest.raises(PolicyRefused, match="line 2: expected a key not yet given"):
        Policy.parse(f"{X1}witness X2 {again}\nquorum none\n".encode())


def test_a_checkpoint_is_judged_by_who_signed_and_who_cosigned() -> None:
    policy = Policy.parse(TWO_LEVELS.encode())
    note = LOG.checkpoint(leaves(7))
    by = {name: COSIGNERS[name].cosign(note.text, 1000) for name in NAMES}
    judged = policy.judge(note._replace(signatures=(*note.signatures, by["X1"], by["Y3"])))
    assert (judged.log, judged.cosigned, judged.quorum) == (LOG.key, {"X1": 1000, "Y3": 1000}, False)
    judged = policy.judge(note._replace(signatures=(*note.signatures, by["X1"], by["Y3"], by["X2"])))
    assert judged.quorum


def test_a_cosignature_that_does_not_fit_does_not_count_and_is_told() -> None:
    policy = Policy.parse(TWO_LEVELS.encode())
    note = LOG.checkpoint(leaves(7))
    stale = COSIGNERS["X2"].cosign(LOG.checkpoint(leaves(6)).text, 1000)
    good = [COSIGNERS[name].cosign(note.text, 1000) for name in ("X1", "X2", "Y1")]
    judged = policy.judge(note._replace(signatures=(*note.signatures, *good, stale)))
    assert "is not over this checkpoint" in judged.refused["X2"]
    assert not judged.quorum


def test_a_checkpoint_that_a_stranger_signed_in_the_logs_name_is_nobodys() -> None:
    policy = Policy.parse(TWO_LEVELS.encode())
    assert policy.judge(Signing(seed=9).checkpoint(leaves(3))).log is None
    assert (
        policy.judge(LOG.signed("another.example/log\n3\n" + LOG.checkpoint(leaves(3)).text.split("\n")[2] + "\n")).log
        is None
    )

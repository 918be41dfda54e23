"""Both ends of a difference, and the acts that made it, checked with the log's key and nothing else."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Sequence

import pytest

from ledger.checkpoint import Checkpoint
from ledger.leaf import leaf_hash
from ledger.merkle import EMPTY_ROOT, check_consistency, check_inclusion
from ledger.note import Note, check_note
from tests.api.office import INSTITUTIONS, Json, Office, opened, told


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with opened(server_url) as open_office:
        yield open_office


@pytest.fixture(scope="module")
def acts(office: Office) -> list[Json]:
    """A school registered, another one, the first renamed twice, and an act after all that."""
    first, second = office.register(name="A"), office.register(name="Z")
    renamed = [office.act(first["entry"], "amend", "2020-05-04", name=name) for name in ("B", "C")]
    return [first, second, *renamed, office.register(name="Y")]


def hashes(texts: Sequence[str]) -> list[bytes]:
    return [b64decode(text) for text in texts]


def checked(office: Office, proofs: Json) -> list[int]:
    """The positions that are proved; fails if a root, a consistency or an inclusion does not check."""
    note = Note.parse(proofs["checkpoint"].encode())
    check_note(note, office.service.sealer.verifier_key)
    signed = Checkpoint.parse(note.text)
    for end in (proofs["from"], proofs["to"]):
        if end["size"]:
            check_consistency(end["size"], b64decode(end["root"]), signed.size, signed.root, hashes(end["consistency"]))
        else:
            assert (b64decode(end["root"]), end["consistency"]) == (EMPTY_ROOT, [])
    smaller, larger = sorted((proofs["from"], proofs["to"]), key=lambda end: int(end["size"]))
    if smaller["size"]:
        check_consistency(
            smaller["size"], b64decode(smaller["root"]), larger["size"], b64decode(larger["root"]),
            hashes(proofs["between"]),
        )  # fmt: skip
    for act in proofs["acts"]:
        leaf = leaf_hash(act["leaf"].encode())
        check_inclusion(leaf, act["position"], signed.size, hashes(act["hashes"]), signed.root)
    return [act["position"] for act in proofs["acts"]]


def asked(office: Office, before: int, after: int, entry: str = "") -> Json:
    path = f"{INSTITUTIONS}{entry}/diff?from=2020-12-31/{before}&to=2020-12-31/{after}&proofs=true"
    return told(office.anyone.get(path))


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (-1, 0), (0, 4), (2, 2)])
def test_both_ends_of_a_difference_and_the_acts_that_made_it_are_proved_under_one_checkpoint(
    office: Office, acts: list[Json], before: int, after: int
) -> None:
    start = acts[0]["position"]
    document = asked(office, before + start, after + start)
    named = {position for entry in document["entries"] for field in entry["fields"] for position in field["acts"]}
    assert checked(office, document["proofs"]) == sorted(named)
    assert bool(named) == (before != after)
    assert document["proofs"]["from"]["size"] == document["from"]["known_at"]["position"] + 1
    assert document["proofs"]["to"]["size"] == document["to"]["known_at"]["position"] + 1


def test_the_difference_of_one_entry_is_proved_as_well(office: Office, acts: list[Json]) -> None:
    start = acts[0]["position"]
    document = asked(office, start, start + 4, f"/{acts[0]['entry']}")
    assert checked(office, document["proofs"]) == [start + 2, start + 3]


def test_a_difference_is_not_proved_unless_that_is_asked_for(office: Office, acts: list[Json]) -> None:
    assert "proofs" not in told(office.anyone.get(f"{INSTITUTIONS}/diff"))


def test_where_nothing_was_known_there_is_nothing_to_prove(office: Office, acts: list[Json]) -> None:
    assert asked(office, -1, -1)["proofs"] is None

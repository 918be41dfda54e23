from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from domain.legal_time import NEVER_ENDS
from ledger.checkpoint import CheckpointRefused
from ledger.map_proofs import MapRefused, absence_document, check_file, completeness_document
from ledger.merkle import ProofRefused
from ledger.note import NoteRefused
from ledger.proofs import NoProof
from ledger.register_map import Days, MapEntry, RegisterMap
from tests.ledger.small_log import KEY, OTHER_KEY, committed

REFUSALS = (MapRefused, ProofRefused, NoteRefused, CheckpointRefused, NoProof)
FIRST = date(2020, 1, 1)
ALIVE = ("registered", "suspended")
REGISTER = "psychologists"
POSITION = 5
NUMBERS = ("", *(f"{serial:06d}" for serial in range(0, 40, 3)))
ASKED = st.sampled_from([f"{serial:06d}" for serial in range(42)])
DAYS = st.integers(-2, 40).map(lambda number: FIRST + timedelta(days=number))
quick = settings(max_examples=80, deadline=None, phases=set(Phase) - {Phase.explain})

Json = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def maps(draw: Draw) -> RegisterMap:
    """A map of up to a dozen entries, some under one number on different days, some without a number."""
    entries = []
    for at in range(draw(st.integers(0, 12))):
        edges = sorted(draw(st.sets(st.integers(0, 38), min_size=2, max_size=4)))
        days = [
            Days(
                FIRST + timedelta(days=first),
                FIRST + timedelta(days=end),
                draw(st.sampled_from((*ALIVE, "excluded"))),
                at,
            )
            for first, end in pairwise(edges)
        ]
        if draw(st.booleans()):
            days[-1] = days[-1]._replace(end=NEVER_ENDS)
        entries.append(MapEntry(draw(st.sampled_from(NUMBERS)), UUID(int=at), len(days), tuple(days)))
    return RegisterMap.of(entries)


def absence(whole: RegisterMap, number: str, day: date) -> Json:
    """The absence file, whether or not it is true."""
    return absence_document(REGISTER, number, day, POSITION, whole, committed(REGISTER, whole, POSITION, ALIVE))


def completeness(whole: RegisterMap, day: date) -> Json:
    commitment = committed(REGISTER, whole, POSITION, ALIVE)
    return completeness_document(REGISTER, frozenset(ALIVE), day, POSITION, whole, commitment)


def holders(whole: RegisterMap, number: str, day: date) -> list[UUID]:
    """The entries that bear ``number`` in the register on ``day``."""
    return [
        entry.entry
        for entry in whole.entries
        if entry.number == number and any(d.first <= day < d.end and d.status in ALIVE for d in entry.days)
    ]


def check(document: Json) -> Any:
    return check_file(json.dumps(document).encode(), KEY)


@quick
@given(maps(), st.data())
def test_every_number_that_is_absent_has_a_proof_that_checks_and_none_that_is_present(
    whole: RegisterMap, data: st.DataObject
) -> None:
    numbers, days = [e.number for e in whole.entries if e.number], [d.first for e in whole.entries for d in e.days]
    number = data.draw(ASKED | st.sampled_from(numbers) if numbers else ASKED)
    day = data.draw(DAYS | st.sampled_from(days) if days else DAYS)
    document = absence(whole, number, day)
    if holders(whole, number, day):
        with pytest.raises(MapRefused, match="expected no entry in the register"):
            check(document)
    else:
        proved = check(document)
        assert (proved.register, proved.number, proved.as_of, proved.position) == (REGISTER, number, day, POSITION)


@quick
@given(maps(), st.data())
def test_a_number_that_is_present_can_not_be_proved_absent_by_leaves_of_one_s_choice(
    whole: RegisterMap, data: st.DataObject
) -> None:
    present = [(e.number, d.first) for e in whole.entries for d in e.days if e.number and d.status in ALIVE]
    assume(present)
    number, day = data.draw(st.sampled_from(present))
    document = absence(whole, number, day)
    elsewhere = [leaf for each in ASKED_NUMBERS for leaf in absence(whole, each, day)["leaves"]]
    document["leaves"] = data.draw(st.lists(st.sampled_from(elsewhere + document["leaves"]), max_size=5))
    with pytest.raises(REFUSALS):
        check(document)


ASKED_NUMBERS = ("000000", "000001", "000020", "000041")


@quick
@given(maps(), DAYS)
def test_a_list_that_is_whole_checks_and_says_who_is_in_the_register(whole: RegisterMap, day: date) -> None:
    proved = check(completeness(whole, day))
    assert sorted(proved.entries) == sorted(
        (entry.number, str(entry.entry)) for entry in whole.entries if entry.is_in(ALIVE, day)
    )


@quick
@given(maps(), DAYS, st.data())
def test_a_list_with_an_entry_left_out_is_refused_with_or_without_its_leaf(
    whole: RegisterMap, day: date, data: st.DataObject
) -> None:
    document = completeness(whole, day)
    assume(document["entries"])
    left_out = data.draw(st.sampled_from(document["entries"]))
    document["entries"].remove(left_out)
    with pytest.raises(MapRefused, match="entries: expected"):
        check(document)
    document["leaves"] = [leaf for leaf in document["leaves"] if left_out[1] not in leaf]
    with pytest.raises(MapRefused, match="leaves: expected all"):
        check(document)


def mutations(document: Json) -> Iterator[Json]:
    """The document with each of its values changed, left out, or - in lists - doubled or swapped with the next."""

    def visit(path: tuple[Any, ...], value: Any) -> Iterator[Json]:
        def changed(change: Callable[[Any], None]) -> Json:
            copied = copy.deepcopy(document)
            holder = copied
            for step in path[:-1]:
                holder = holder[step]
            change(holder)
            return copied

        if path:
            last = path[-1]
            yield changed(lambda holder: holder.__delitem__(last))
            for other in others(value):
                yield changed(lambda holder, other=other: holder.__setitem__(last, other))  # type: ignore[misc]
            if isinstance(last, int):
                yield changed(lambda holder: holder.insert(last, value))
        for step, below in (
            value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
        ):
            yield from visit((*path, step), below)

    yield from visit((), document)


def others(value: Any) -> Iterator[Any]:
    """Values that are not ``value``: a character changed at either end and in the middle, a number one off."""
    if isinstance(value, str) and value:
        for at in {0, len(value) // 2, len(value) - 1}:
            other = "1" if value[at] == "0" else "0" if value[at].isdigit() else chr(ord(value[at]) ^ 1)
            yield value[:at] + other + value[at + 1 :]
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
    elif value is None:
        yield "2020-01-01"


def sample() -> RegisterMap:
    """Three entries, of which the second is excluded from 10 January on."""
    days = (
        Days(FIRST, FIRST + timedelta(days=9), "registered", 1),
        Days(FIRST + timedelta(days=9), NEVER_ENDS, "excluded", 2),
    )
    return RegisterMap.of(
        [
            MapEntry("000003", UUID(int=1), 1, (Days(FIRST, NEVER_ENDS, "registered", 0),)),
            MapEntry("000006", UUID(int=2), 2, days),
            MapEntry("000009", UUID(int=3), 1, (Days(FIRST, NEVER_ENDS, "registered", 3),)),
        ]
    )


@pytest.mark.parametrize(
    "document",
    [
        absence(sample(), "000004", FIRST),
        absence(sample(), "000006", FIRST + timedelta(days=20)),
        absence(sample(), "000001", FIRST),
        absence(RegisterMap.of([]), "000001", FIRST),
        completeness(sample(), FIRST),
        completeness(sample(), FIRST + timedelta(days=20)),
        completeness(RegisterMap.of([]), FIRST),
    ],
    ids=lambda document: f"{document['format']}-{document.get('number')}-{document['as_of']}",
)
def test_a_file_changed_anywhere_is_refused_or_proves_another_true_thing(document: Json) -> None:
    check(document)
    tried = 0
    for changed in mutations(document):
        tried += 1
        try:
            proved = check(changed)
        except REFUSALS:
            continue
        whole = sample() if document["leaves"] else RegisterMap.of([])
        if proved.number is None:
            assert completeness(whole, proved.as_of)["entries"] == [list(entry) for entry in proved.entries]
        else:
            assert holders(whole, proved.number, proved.as_of) == []
        assert (proved.register, proved.position) == (REGISTER, POSITION)
    assert tried > 20


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ((0, 1, 2), "expected no entry in the register"),
        ((0, 2), "expected neighbours, met places 0, 2"),
        ((2,), "expected one before 000006"),
        ((0,), "expected one after 000006"),
        ((1,), "expected one before 000006"),
        ((1, 2), "expected one before 000006"),
        ((), "expected neighbours of 000006"),
    ],
)
def test_whatever_leaves_are_shown_a_number_in_the_register_is_not_proved_absent(
    shown: tuple[int, ...], words: str
) -> None:
    document = absence(sample(), "000006", FIRST)
    document["leaves"] = [document["leaves"][at] for at in shown]
    with pytest.raises(MapRefused, match=words):
        check(document)


def test_what_the_commitment_says_is_what_the_log_has_the_hash_of() -> None:
    document = absence(RegisterMap.of([]), "000006", FIRST)
    document["commitment"] |= {
        name: absence(sample(), "000006", FIRST)["commitment"][name] for name in ("leaf", "proof")
    }  # fmt: skip
    with pytest.raises(MapRefused, match="expected what has SHA-256"):
        check(document)


def test_a_file_proves_nothing_under_another_key() -> None:
    content = json.dumps(absence(sample(), "000004", FIRST)).encode()
    with pytest.raises(NoteRefused):
        check_file(content, OTHER_KEY)


def test_only_an_act_that_commits_to_maps_commits_to_a_map() -> None:
    document = absence(sample(), "000004", FIRST)
    document["commitment"] = committed(REGISTER, sample(), POSITION, ALIVE, event="institution.amended:1").document()
    with pytest.raises(MapRefused, match="expected an act register_maps"):
        check(document)


@quick
@given(maps())
def test_a_leaf_is_canonical_json(whole: RegisterMap) -> None:
    for entry in whole.entries:
        assert entry.to_bytes() == rfc8785.dumps(json.loads(entry.to_bytes()))
        assert MapEntry.parse(entry.to_bytes()) == entry


def test_a_leaf_is_one_writing_only() -> None:
    leaf = sample().entries[0].to_bytes()
    assert MapEntry.parse(leaf) == sample().entries[0]
    for other in (leaf.replace(b",", b", "), leaf.replace(b'"version":1', b'"version":1,"x":1'), b"[]", b"1"):
        with pytest.raises(ValueError, match="map leaf"):
            MapEntry.parse(other)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"format":"regesta-absence/1"}', b"\xff", b'{"format":7}'])
def test_what_is_no_such_file_is_refused_as_that(content: bytes) -> None:
    with pytest.raises(MapRefused):
        check_file(content, KEY)

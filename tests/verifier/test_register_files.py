"""The verifier in one file, the page and our own code say the same of files that prove absence and completeness."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from domain.legal_time import NEVER_ENDS
from ledger.checkpoint import CheckpointRefused
from ledger.map_proofs import MapRefused, absence_document, check_file, completeness_document
from ledger.merkle import ProofRefused
from ledger.note import NoteRefused
from ledger.proofs import NoProof
from ledger.register_map import Days, MapEntry, RegisterMap
from tests.ledger.mutated import mutations
from tests.ledger.small_log import KEY, OTHER_KEY, committed
from tests.verifier.chromium import Page, needs_chromium
from tests.verifier.made import said
from verifier.regesta_verify import PROVED, Verdict, verdict

REGISTER, POSITION, FIRST = "psychologists", 5, date(2020, 1, 1)
LATER = FIRST + timedelta(days=20)
ALIVE = ("registered", "suspended")
NOTHING = RegisterMap.of([])


def whole(*numbers: str) -> RegisterMap:
    """A map of entries that are in the register from the first day on; the second is excluded after nine days."""
    days = (Days(FIRST, NEVER_ENDS, "registered", 0),)
    left = (Days(FIRST, FIRST + timedelta(days=9), "suspended", 1), Days(LATER, NEVER_ENDS, "excluded", 2))
    return RegisterMap.of(
        [MapEntry(number, UUID(int=at), 1, left if at == 1 else days) for at, number in enumerate(numbers)]
    )


SAMPLE = whole("000003", "000006", "000009", "")
RARE = whole("\uffee1", "“Ž”", "\U0001f3eb1")
"""Sorted by characters, these stand in another order than by the 16-bit halves that JavaScript compares."""


def absence(within: RegisterMap, number: str, day: date) -> dict[str, Any]:
    return absence_document(REGISTER, number, day, POSITION, within, committed(REGISTER, within, POSITION, ALIVE))


def completeness(within: RegisterMap, day: date) -> dict[str, Any]:
    commitment = committed(REGISTER, within, POSITION, ALIVE)
    return completeness_document(REGISTER, frozenset(ALIVE), day, POSITION, within, commitment)


def true_files() -> list[dict[str, Any]]:
    absent = [(SAMPLE, "000004", FIRST), (SAMPLE, "000006", LATER), (SAMPLE, "0", FIRST), (SAMPLE, "1", FIRST),
              (NOTHING, "1", FIRST), (RARE, "\uffff", FIRST), (RARE, "\U0001f3eb", FIRST)]  # fmt: skip
    listed = [(SAMPLE, FIRST), (SAMPLE, LATER), (NOTHING, FIRST), (RARE, FIRST)]
    return [absence(*each) for each in absent] + [completeness(*each) for each in listed]


def untrue_files() -> list[dict[str, Any]]:
    """Files of a number that is there, with leaves of one's choice, of another act, and changed in one place."""
    there = absence(SAMPLE, "000006", FIRST)
    chosen = [[there["leaves"][at] for at in shown] for shown in ((0, 1, 2), (0, 2), (2,), (0,), (1, 2), ())]
    found = [{**there, "leaves": leaves} for leaves in chosen]
    another = whole("000003", "000006", "000010", "")
    elsewhere = [absence(another, "000009", FIRST), completeness(another, FIRST)]
    other = committed(REGISTER, SAMPLE, POSITION, ALIVE, event="institution.amended:1").document()
    for file in (absence(SAMPLE, "000004", FIRST), completeness(SAMPLE, FIRST)):
        found += [{**file, "commitment": other}, {**file, "known_at": POSITION - 1}, {**file, "register": "another"}]
        found += [{**file, "commitment": {**file["commitment"], "payload": '{"content":{}}'}}]
        found += [{**of_another, "commitment": file["commitment"]} for of_another in elsewhere]
        found += Random(5).sample(list(mutations(file)), 40)
    left_out = completeness(SAMPLE, FIRST)
    return [*found, {**left_out, "entries": left_out["entries"][1:]}, {**left_out, "leaves": left_out["leaves"][1:]}]


def judged(file: dict[str, Any]) -> Verdict:
    return verdict([said(file)], [str(KEY)])


def proves(file: dict[str, Any]) -> bool:
    """Whether our own code finds that the file proves something."""
    try:
        check_file(said(file), KEY)
    except (MapRefused, ProofRefused, NoteRefused, CheckpointRefused, NoProof):
        return False
    return True


def test_a_file_says_what_it_proves_and_who_is_bound_to_it() -> None:
    bound = f"Act 6 commits the register to this; it is in the tree of 8 acts that the log {KEY.name} signed."
    assert judged(absence(SAMPLE, "000006", LATER)).lines == [
        f"No entry with number 000006 was in register psychologists on {LATER}, as known at position 5.",
        bound,
    ]
    assert judged(completeness(SAMPLE, LATER)).lines == [
        f"Entries in register psychologists on {LATER}, as known at position 5: 3. These are all:",
        f"-  {UUID(int=3)}",
        f"000003  {UUID(int=0)}",
        f"000009  {UUID(int=2)}",
        bound,
    ]


def test_what_does_not_fit_is_named() -> None:
    there, listed = absence(SAMPLE, "000006", FIRST), completeness(SAMPLE, FIRST)
    gap = {**there, "leaves": [there["leaves"][0], there["leaves"][2]]}
    moved = {**there, "leaves": [{**there["leaves"][0], "index": 2}]}
    for file, code in (
        (there, "present"),
        (gap, "neighbours"),
        (moved, "map-leaf"),
        ({**listed, "entries": []}, "list"),
        ({**listed, "leaves": listed["leaves"][1:]}, "leaves"),
        ({**listed, "register": "areas"}, "commitment"),
        ({**listed, "known_at": 4}, "known"),
        ({**listed, "as_of": "2020-02-30"}, "member"),
    ):
        assert judged(file)[:2] == ("refused", code), code


def test_without_the_log_s_key_nothing_is_proved() -> None:
    for file in true_files():
        assert verdict([said(file)], [])[:2] == ("undecided", "key")
        assert verdict([said(file)], [str(OTHER_KEY)])[:2] == ("refused", "signature")


def test_the_service_s_own_code_says_the_same() -> None:
    for file in true_files():
        assert proves(file)
        assert judged(file).outcome == PROVED, file
    for file in untrue_files():
        assert (judged(file).outcome == PROVED) == proves(file), file


@needs_chromium
def test_the_page_says_the_same(opened: Page) -> None:
    files = true_files() + untrue_files()
    ours = [judged(file)[:2] for file in files]
    theirs = opened.verdicts([([said(file)], [str(KEY)]) for file in files])
    differing = [found for found in zip(files, ours, theirs, strict=True) if found[1] != found[2]]
    assert not differing, (len(differing), differing[0])
    assert {"present", "neighbours", "map-leaf", "list", "leaves", "commitment", "known"} <= {code for _, code in ours}


@needs_chromium
def test_the_page_tells_what_is_proved_in_both_languages(opened: Page, tmp_path: Path) -> None:
    file = tmp_path / "saraksts.json"
    file.write_bytes(said(completeness(SAMPLE, LATER)))
    opened.run("document.querySelector('[data-language=lv]').click()")
    shown = opened.drop([file], str(KEY))
    assert f"Ieraksti reģistrā psychologists uz {LATER}, kā zināms pozīcijā 5: 3. Tie ir visi:" in shown
    opened.run("document.querySelector('[data-language=en]').click()")
    shown = opened.run("document.querySelector('#verdict').innerText")
    for line in judged(completeness(SAMPLE, LATER)).lines:
        assert " ".join(line.split()) in " ".join(shown.split()), line

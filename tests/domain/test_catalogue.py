from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.act import Act
from domain.catalogue import Catalogue, UnknownEvent, UnreadableEvent, topic_of
from domain.institutions import REGISTER
from domain.registers import all_registers
from tests.domain.examples import example, golden_name
from tests.domain.histories import History, histories
from tests.domain.story import registered
from tests.domain.test_timeline import thorough
from tests.domain.write_golden import GOLDEN

CATALOGUE = Catalogue(all_registers())
KINDS = [(register, kind.verb) for register in all_registers() for kind in register.kinds]
Change = Callable[[dict[str, Any]], object]


def read(topic: str, state: bytes, catalogue: Catalogue = CATALOGUE) -> Act:
    """The act stored as ``state``, at the place of an example."""
    at = example(REGISTER, "amend")
    return catalogue.decode(
        topic, state, position=at.position, recorded_at=at.recorded_at, entry_id=at.entry_id, version=at.version
    )


def stored(verb: str, change: Change) -> tuple[str, bytes]:
    """Topic and bytes of an example of the register of institutions, after ``change``."""
    act = example(REGISTER, verb)
    stated = json.loads(CATALOGUE.encode(act))
    change(stated)
    return topic_of(act.kind), json.dumps(stated).encode()


@pytest.mark.parametrize("topic", sorted(CATALOGUE.topics))
def test_every_event_ever_known_has_a_golden_file_that_can_be_read(topic: str) -> None:
    golden = GOLDEN / (topic.replace(":", ".") + ".json")
    act = read(topic, golden.read_bytes().removesuffix(b"\n"))
    assert act.kind.event == topic.partition(":")[0]


def test_every_golden_file_belongs_to_an_event_of_the_catalogue() -> None:
    known = {topic.replace(":", ".") + ".json" for topic in CATALOGUE.topics}
    assert {path.name for path in GOLDEN.iterdir()} == known


@pytest.mark.parametrize(("register", "verb"), KINDS, ids=lambda value: str(getattr(value, "name", value)))
def test_an_act_read_from_its_golden_bytes_is_written_as_the_same_bytes(register: Any, verb: str) -> None:
    golden = Path(GOLDEN / golden_name(register, verb)).read_bytes().removesuffix(b"\n")
    asked = example(register, verb)
    act = read(topic_of(asked.kind), golden)
    assert CATALOGUE.encode(act) == golden
    assert (act.payload, act.fields) == (asked.payload, asked.fields)


@thorough
@given(histories())
def test_what_an_act_says_survives_storage(history: History) -> None:
    for act in history.acts:
        state = CATALOGUE.encode(act)
        kept = CATALOGUE.decode(
            topic_of(act.kind),
            state,
            position=act.position,
            recorded_at=act.recorded_at,
            entry_id=act.entry_id,
            version=act.version,
        )
        assert (kept.fields, kept.payload, kept.kind) == (act.fields, act.payload, act.kind)
        assert CATALOGUE.encode(kept) == state


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=50).filter(lambda t: t.strip(" ")))
def test_the_stored_bytes_are_canonical_json_whatever_the_text(text: str) -> None:
    act = registered(example(REGISTER, "amend").effective_on, name=text).acts[0]
    state = CATALOGUE.encode(act)
    assert state == rfc8785.dumps(json.loads(state))
    assert json.loads(state)["content"]["name"] == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(("register", "verb"), KINDS, ids=lambda value: str(getattr(value, "name", value)))
def test_the_stored_bytes_of_every_kind_of_act_are_canonical_json(register: Any, verb: str) -> None:
    state = CATALOGUE.encode(example(register, verb))
    assert state == rfc8785.dumps(json.loads(state))


def test_text_is_stored_composed_so_that_equal_names_have_equal_bytes() -> None:
    on = example(REGISTER, "amend").effective_on
    decomposed = registered(on, name=unicodedata.normalize("NFD", "Rēzeknes Šķūņu skola")).acts[0]
    state = CATALOGUE.encode(decomposed)
    assert "Rēzeknes Šķūņu skola".encode() in state
    assert read(topic_of(decomposed.kind), state).fields["name"] == "Rēzeknes Šķūņu skola"


def test_an_event_of_an_unknown_name_stops_the_reader() -> None:
    with pytest.raises(UnknownEvent, match=r"institution\.renamed:1"):
        read("institution.renamed:1", b"{}")


def test_an_event_of_a_newer_version_stops_the_reader() -> None:
    with pytest.raises(UnknownEvent, match=r"institution\.amended:2"):
        read("institution.amended:2", CATALOGUE.encode(example(REGISTER, "amend")))


REFUSED_BYTES: dict[str, tuple[str, Change]] = {
    "a missing field of the act": ("amend", lambda stated: stated.pop("note")),
    "a missing date": ("amend", lambda stated: stated.pop("effective_on")),
    "a missing field of the decision": ("amend", lambda stated: stated["decision"].pop("number")),
    "a missing field of the document": ("amend", lambda stated: stated["decision"]["document"].pop("sha256")),
    "a missing field of the content": ("register", lambda stated: stated["content"].pop("head")),
    "a missing field of an annulment": ("annul", lambda stated: stated["content"].pop("reason")),
    "an extra field of the act": ("amend", lambda stated: stated.update(surprise=1)),
    "an extra field of the decision": ("amend", lambda stated: stated["decision"].update(surprise=1)),
    "an extra field of the content": ("amend", lambda stated: stated["content"].update(surprise=1)),
    "content of no field": ("amend", lambda stated: stated["content"].clear()),
    "a value that is not in its list": ("register", lambda stated: stated["content"].update(kind="university")),
    "a number where text belongs": ("register", lambda stated: stated["content"].update(name=7)),
    "text where a number belongs": ("annul", lambda stated: stated["content"].update(target="3")),
    "a number where a date belongs": ("amend", lambda stated: stated.update(effective_on=1577836800)),
    "another register's name": ("amend", lambda stated: stated.update(register_name="higher-education")),
}


@pytest.mark.parametrize("what", REFUSED_BYTES)
def test_stored_bytes_with_something_unexpected_stop_the_reader(what: str) -> None:
    topic, state = stored(*REFUSED_BYTES[what])
    with pytest.raises(UnreadableEvent):
        read(topic, state)


@pytest.mark.parametrize("state", [b"", b"null", b"[]", b"{", b"\xff"])
def test_stored_bytes_that_are_no_act_stop_the_reader(state: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        read("institution.amended:1", state)


def test_the_reader_names_the_position_at_which_it_stopped() -> None:
    topic, state = stored("amend", lambda stated: stated.pop("note"))
    with pytest.raises(UnreadableEvent, match=r"(?s)position 4, institution\.amended:1: .*\nnote\n"):
        read(topic, state)


def with_newer_amendments(upcasts: dict[int, Callable[[dict[str, Any]], dict[str, Any]]]) -> Catalogue:
    """The catalogue of a later version of the software, in which amendments have version 3."""
    kinds = tuple(
        replace(kind, version=3, upcasts=upcasts) if kind.verb == "amend" else kind for kind in REGISTER.kinds
    )
    return Catalogue([replace(REGISTER, kinds=kinds)])


def test_an_old_version_is_read_through_the_upcasters_in_their_order() -> None:
    def to_2(stated: dict[str, Any]) -> dict[str, Any]:
        return {**stated, "note": "2"}

    def to_3(stated: dict[str, Any]) -> dict[str, Any]:
        return {**stated, "note": stated["note"] + " then 3"}

    later = with_newer_amendments({1: to_2, 2: to_3})
    assert {"institution.amended:1", "institution.amended:2", "institution.amended:3"} <= later.topics
    state = CATALOGUE.encode(example(REGISTER, "amend"))
    assert read("institution.amended:1", state, later).payload.note == "2 then 3"
    assert read("institution.amended:3", state, later).payload.note == example(REGISTER, "amend").payload.note


def test_an_old_version_is_read_as_strictly_as_the_newest() -> None:
    later = with_newer_amendments({1: lambda stated: {**stated, "surprise": 1}, 2: lambda stated: stated})
    with pytest.raises(UnreadableEvent):
        read("institution.amended:1", CATALOGUE.encode(example(REGISTER, "amend")), later)


def test_a_new_version_without_an_upcaster_from_the_one_before_is_no_catalogue() -> None:
    with pytest.raises(ValueError, match="no upcaster to version 3"):
        with_newer_amendments({1: lambda stated: stated})


def test_two_kinds_of_act_cannot_share_an_event() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        Catalogue([REGISTER, replace(REGISTER, name="other")])


def test_the_register_of_an_event_is_known_from_its_name() -> None:
    assert CATALOGUE.register_of("institution.struck_off:1") is REGISTER

from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.latvian_text import search_key, sort_key
from replay.viis import read_lines

PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ādaži", "Bauska"),
        ("Cēsis", "Čiekurs"),
        ("Čiekurs", "Daugavpils"),
        ("Gulbene", "Ģimnāzija"),
        ("Ikšķile", "Ylva"),
        ("Ylva", "Jelgava"),
        ("Kuldīga", "Ķekava"),
        ("Ķekava", "Liepāja"),
        ("Limbaži", "Ļaudona"),
        ("Nīca", "Ņukši"),
        ("Saldus", "Šķaune"),
        ("Zaļenieki", "Žīguri"),
        ("1. skola", "Aizpute"),
        ("10. skola", "2. skola"),
        ("Ezera skola", "Ezermala"),
    ],
)
def test_names_stand_in_the_order_of_the_latvian_alphabet(first: str, second: str) -> None:
    assert sort_key(first) < sort_key(second)


def test_a_long_vowel_stands_beside_its_short_one_and_after_it_if_nothing_else_differs() -> None:
    assert sort_key("Āzenes") < sort_key("Azots")
    assert sort_key("Ozols") < sort_key("Ozolš")
    assert sort_key("Lapa") < sort_key("Lāpa")


def test_capitals_hyphens_and_apostrophes_do_not_matter_before_the_letters_are_compared() -> None:
    assert sort_key("ezera-skola").partition(b"\x00")[0] == sort_key("EZERASKOLA").partition(b"\x00")[0]
    assert sort_key("D'Artanjans").partition(b"\x00")[0] == sort_key("dartanjans").partition(b"\x00")[0]


def test_a_letter_of_another_alphabet_stands_with_its_base_letter_or_at_the_end() -> None:
    assert sort_key("Özil").partition(b"\x00")[0] == sort_key("Ozil").partition(b"\x00")[0]
    assert sort_key("Žurka") < sort_key("Яблоко")


def test_the_real_export_stands_in_the_order_of_the_key_and_of_the_number_from_its_fifth_digit(
    register_export: Path,
) -> None:
    contents = [line.content for line in read_lines(register_export.read_bytes()) if line.content is not None]
    keys = [(sort_key(c["name"]).partition(b"\x00")[0], c["registration_number"][4:]) for c in contents]
    assert [(one, other) for one, other in pairwise(keys) if one > other] == []


def test_the_order_of_the_real_export_is_the_order_of_the_whole_key(register_export: Path) -> None:
    names = [line.content["name"] for line in read_lines(register_export.read_bytes()) if line.content is not None]
    assert [pair for pair in pairwise(names) if sort_key(pair[0]) > sort_key(pair[1])] == []


@given(PRINTABLE, PRINTABLE)
def test_names_that_differ_have_keys_that_differ(one: str, other: str) -> None:
    assert (sort_key(one) == sort_key(other)) == (one.strip().lower() == other.strip().lower())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Rēzekne", "rezekne"),
        ("RĒZEKNE", "rezekne"),
        ("re\u0304zekne", "rezekne"),
        ("  Ķīpsala\tun   Šķūņi ", "kipsala un skuni"),
        ('"Čiekuriņš"', '"ciekurins"'),
        ("Straße", "strasse"),
    ],
)
def test_the_search_compares_without_case_marks_and_double_spaces(text: str, key: str) -> None:
    assert search_key(text) == key


@given(st.text())
def test_a_search_key_is_its_own_search_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(st.text())
def test_a_search_key_is_the_text_decomposed_without_case_without_its_combining_marks(text: str) -> None:
    parts = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    assert search_key(text) == " ".join(plain.split())

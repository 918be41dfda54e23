"""Latvian alphabetical order and search without diacritics, computed rather than left to a collation.

The order is that of the register's own export of 2020: the Latvian alphabet with long vowels beside the
short ones and ``y`` after ``i``; spaces, punctuation, digits, letters; hyphens and apostrophes weigh nothing.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ALPHABET = "abcčdefgģhiyjkķlļmnņopqrŗsštuvwxzž"
_LONG_VOWELS = str.maketrans("āēīōū", "aeiou")
_KEYS_KEPT = 10_000
"""How many keys are kept: an entry's next states mostly say again what its states before said."""
_IGNORED = "-'‐‑–’"
_LETTER, _DIGIT = 0x60, 0x40

_PRIMARY: dict[str, int] = {letter: _LETTER + n for n, letter in enumerate(_ALPHABET)}
_PRIMARY.update({str(n): _DIGIT + n for n in range(10)})
_PRIMARY.update({mark: 2 + n for n, mark in enumerate(' _,;:!?./"“”„()[]{}@*&#%+<=>|$')})


@lru_cache(maxsize=_KEYS_KEPT)
def sort_key(text: str) -> bytes:
    """Bytes whose plain order is the Latvian alphabetical order of ``text``.

    Letters outside the alphabet go by their base letter, and after all Latvian letters if they have none.
    Names equal but for the length of vowels are told apart in a second part of the key.
    """
    lowered = text.strip().lower()
    return lowered.translate(_WEIGHTS).encode("latin-1") + b"\x00" + lowered.encode()


class _Weights(dict[int, str | None]):
    """The weights of a character, each a character below U+0100; None if it weighs nothing. Learnt as met."""

    def __missing__(self, code: int) -> str | None:
        self[code] = self._weights(chr(code).translate(_LONG_VOWELS))
        return self[code]

    def _weights(self, character: str) -> str | None:
        if character in _PRIMARY:
            return chr(_PRIMARY[character])
        if character in _IGNORED:
            return None
        base = unicodedata.normalize("NFD", character)[0]
        if base in _PRIMARY:
            return chr(_PRIMARY[base])
        return (b"\xf0" + character.encode()).decode("latin-1")


_WEIGHTS = _Weights()


@lru_cache(maxsize=_KEYS_KEPT)
def search_key(text: str) -> str:
    """``text`` as the search compares it: lower case, without diacritics, single spaces."""
    return " ".join(text.translate(_WITHOUT_MARKS).split())


class _WithoutMarks(dict[int, str]):
    """What a character becomes in lower case and without diacritics; a combining mark nothing. Learnt as met."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code).casefold())
        self[code] = "".join([part for part in parts if not unicodedata.combining(part)])
        return self[code]


_WITHOUT_MARKS = _WithoutMarks()

"""Latvian alphabetical order and search without diacritics, computed rather than left to a collation.

The order is that of the register's own export of 2020: the Latvian alphabet with long vowels beside the
short ones and ``y`` after ``i``; spaces, punctuation, digits, letters; hyphens and apostrophes weigh nothing.
"""

from __future__ import annotations

import unicodedata

_ALPHABET = "abcčdefgģhiyjkķlļmnņopqrŗsštuvwxzž"
_LONG_VOWELS = str.maketrans("āēīōū", "aeiou")
_IGNORED = "-'‐‑–’"
_LETTER, _DIGIT = 0x60, 0x40

_PRIMARY: dict[str, int] = {letter: _LETTER + n for n, letter in enumerate(_ALPHABET)}
_PRIMARY.update({str(n): _DIGIT + n for n in range(10)})
_PRIMARY.update({mark: 2 + n for n, mark in enumerate(' _,;:!?./"“”„()[]{}@*&#%+<=>|$')})


def sort_key(text: str) -> bytes:
    """Bytes whose plain order is the Latvian alphabetical order of ``text``.

    Letters outside the alphabet go by their base letter, and after all Latvian letters if they have none.
    Names equal but for the length of vowels are told apart in a second part of the key.
    """
    lowered = text.strip().lower()
    return lowered.translate(_WEIGHTS).encode("latin-1") + b"\x00" + lowered.encode()


def _weight(character: str) -> bytes:
    for letter in (character, unicodedata.normalize("NFD", character)[0]):
        if letter in _PRIMARY:
            return bytes([_PRIMARY[letter]])
    return b"\xf0" + character.encode()


class _Weights(dict[int, str]):
    """The weight of each character met so far, its bytes as Latin-1 text."""

    def __missing__(self, code: int) -> str:
        character = chr(code).translate(_LONG_VOWELS)
        weighed = b"" if character in _IGNORED else _weight(character)
        return self.setdefault(code, weighed.decode("latin-1"))


class _Stripped(dict[int, str]):
    """Each character met so far without its diacritics."""

    def __missing__(self, code: int) -> str:
        bare = "".join(c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c))
        return self.setdefault(code, bare)


_WEIGHTS, _STRIPPED = _Weights(), _Stripped()


def search_key(text: str) -> str:
    """``text`` as the search compares it: lower case, without diacritics, single spaces."""
    return " ".join(text.casefold().translate(_STRIPPED).split())

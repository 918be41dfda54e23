"""What a thief tries: a million personal codes and names, in clear and hashed, on whatever they got hold of."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import duckdb

from tests.api.stolen import folded

_BORN = (
    "SELECT strftime(DATE '1945-01-01' + (n % 20000)::INTEGER, '%d%m%y') || '-1'"
    " || lpad(((n // 20000 + 9982) % 10000)::VARCHAR, 4, '0') FROM range(700_000) r(n)"
)
"""Codes that begin with a date of birth: 55 years, and the first and last of the serial numbers."""
_GIVEN = (
    "SELECT (390_000 + n % 10_000)::VARCHAR || '-' || lpad((n // 10_000)::VARCHAR, 5, '0') FROM range(300_000) r(n)"
)
"""Codes that say nothing, as they are given since 2017."""
_FIRST_NAMES = (
    "Agnese Agris Aija Ainārs Aivars Aleksandrs Andris Anita Anna Antra Arnis Artis Ādams Baiba Dace"
    " Dainis Daiga Edgars Elīna Elza Ēriks Evita Gatis Gints Guntis Gunta Ieva Ilga Ilona Ilze Imants"
    " Ināra Inese Inga Ingrīda Inta Iveta Ivars Jana Jānis Jolanta Juris Kārlis Karīna Kaspars Katrīna"
    " Krista Kristīne Kunigunda Laila Laima Lauris Līga Linda Līva Madara Mairis Mārcis Māris Marta"
    " Mārtiņš Monta Natālija Normunds Oskars Pēteris Raimonds Rita Roberts Rolands Rūta Sandra Sanita"
    " Sarmīte Signe Sintija Solvita Uldis Una Valdis Velta Vija Vizbulīte Zane Žanete"
)
_STEMS = (
    "Auziņ Ābel Ābol Avot Balod Bērz Briež Celm Dambr Dziln Eglīt Ezer Gail Graud Jansōn Kalēj Kaln Kārkl"
    " Kauliņ Kļav Krast Krauz Krūm Lāc Lapiņ Lazd Liep Lūs Mež Muižn Ozol Pētersōn Podniek Priede Purv"
    " Riekst Roz Rudz Sil Sirm Skuj Smilg Stalt Strautm Vanag Vēj Vēverbried Vīt Vilk Zariņ Zvirbul"
)
_ENDINGS = "a ais āne āns e elis ele ene ēns ietis iete iņa iņš is īte ītis ne niece nieks s skis ska š"

_CODE = re.compile(r"(?<![0-9A-Za-z])(\d{6})-?(\d{5})(?![0-9A-Za-z])|(\d{6})-(\d{5})")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{8,}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{22,}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_WORD = re.compile(r"[^\W\d_]+")
_LONG_DIGESTS: Mapping[int, tuple[Callable[[bytes], Any], ...]] = {
    32: (partial(hashlib.blake2b, digest_size=32),),
    64: (hashlib.blake2b, hashlib.sha512),
}
"""Hashes, by the length of what they give, that the database for guesses has not."""
_LENGTHS = frozenset({16, 20, 28, 32, 48, 64})
_COMPARED = 16
"""Bytes of a hash that are compared: it may have been cut."""


class Taken:
    """What was taken, in the pieces that guesses can be compared with: personal codes, pairs of words, digests."""

    def __init__(self, *pieces: str | bytes) -> None:
        self.words = set[str]()
        self.digests = dict[str, int]()
        """The beginning of whatever may be a digest, and how long that is."""
        for piece in pieces:
            self._add(piece)

    def _add(self, piece: str | bytes) -> None:
        if isinstance(piece, bytes):
            self._note(piece)
            for at in range(0, len(piece) if len(piece) % 32 == 0 else 0, 32):
                self._note(piece[at : at + 32])
            piece = piece.decode("utf-8", "replace")
        self._read(piece)
        for said in {unquote(piece), _ESCAPED.sub(lambda found: chr(int(found[1], 16)), piece)} - {piece}:
            self._read(said)
        for found in set(_HEXADECIMAL.findall(piece)):
            if len(found) % 2 == 0:
                self._add(bytes.fromhex(found))
        for found in set(_UUID.findall(piece)):
            self._note(bytes.fromhex(found.replace("-", "")))
        for found in set(_BASE64.findall(piece)):
            whole = found[: len(found) - (len(found) % 4 == 1)]
            self._note(urlsafe_b64decode(whole.translate({43: "-", 47: "_"}) + "=" * (-len(whole) % 4)))

    def _read(self, text: str) -> None:
        self.words |= {f"{a or c}-{b or d}" for a, b, c, d in _CODE.findall(text)}
        words = _WORD.findall(folded(text))
        self.words |= {f"{one} {two}" for one, two in pairwise(words) if {one, two} & _FOLDED_FIRST}

    def _note(self, digest: bytes) -> None:
        if len(digest) in _LENGTHS:
            self.digests[digest[:_COMPARED].hex()] = len(digest)


_FOLDED_FIRST = frozenset(folded(_FIRST_NAMES).split())


class Dictionary:
    """A million codes and names, and what their plain hashes are."""

    def __init__(self) -> None:
        self._guesses = duckdb.connect(config={"threads": 1})
        surnames = [stem + ending for stem in _STEMS.split() for ending in _ENDINGS.split()]
        told = "SELECT unnest(?::VARCHAR[]) AS guess, unnest(?::VARCHAR[]) AS word"
        self._guesses.execute(
            f"CREATE TABLE guesses AS {told}",
            [_names(_FIRST_NAMES.split(), surnames), _names(folded(_FIRST_NAMES).split(), [*map(folded, surnames)])],
        )
        for codes in (_BORN, _GIVEN):
            self._guesses.execute(f"INSERT INTO guesses SELECT c.code, c.code FROM ({codes}) c(code)")

    def __len__(self) -> int:
        return int(self._rows("SELECT count(DISTINCT guess) FROM guesses")[0][0])

    def close(self) -> None:
        """Forget it."""
        self._guesses.close()

    def finds(self, taken: Mapping[str, Taken]) -> dict[str, set[str]]:
        """The guesses that turned out right, by what they were found in."""
        words = {word for each in taken.values() for word in each.words}
        digests = {digest: length for each in taken.values() for digest, length in each.digests.items()}
        met = [*self._in_clear(words), *self._hashed(digests), *self._hashed_otherwise(digests)]
        return {
            place: {guess for guess, piece in met if piece in each.words or piece in each.digests}
            for place, each in taken.items()
        }

    def _in_clear(self, words: Collection[str]) -> list[tuple[str, str]]:
        return self._rows("SELECT guess, word FROM guesses WHERE word IN (SELECT unnest(?::VARCHAR[]))", list(words))

    def _hashed(self, digests: Collection[str]) -> list[tuple[str, str]]:
        written = """
            SELECT guess, unnest([guess, replace(guess, '-', ''), '"' || guess || '"']) AS told FROM guesses
            WHERE guess = word UNION ALL
            SELECT guess, unnest([guess, word, upper(guess), '"' || guess || '"']) FROM guesses WHERE guess <> word
        """
        cut = ", ".join(f"left({name}(told), {2 * _COMPARED})" for name in ("md5", "sha1", "sha256"))
        return self._rows(
            f"SELECT guess, digest FROM (SELECT guess, unnest([{cut}]) AS digest FROM ({written}))"
            " WHERE digest IN (SELECT unnest(?::VARCHAR[]))",
            list(digests),
        )

    def _hashed_otherwise(self, digests: Mapping[str, int]) -> Iterator[tuple[str, str]]:
        lengths, wanted = set(digests.values()), {bytes.fromhex(digest) for digest in digests}
        hashes = [each for length, several in _LONG_DIGESTS.items() if length in lengths for each in several]
        told = self._rows("SELECT guess, encode(guess) FROM guesses") if hashes else []
        for hashed in hashes:
            for guess, piece in told:
                digest = hashed(piece).digest()[:_COMPARED]
                if digest in wanted:
                    yield guess, digest.hex()

    def _rows(self, query: str, *given: Any) -> list[Any]:
        return self._guesses.execute(query, given).fetchall()


def _names(first_names: Iterable[str], surnames: Collection[str]) -> list[str]:
    return [f"{first} {surname}" for first in first_names for surname in surnames]

"""Why something that is not public is read: a purpose of a closed list, and the number of the case if there is one.

There is no free text, so that nobody's name comes to stand in the log of readings, which can't be changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from unicodedata import normalize

from domain.register import Titles

PURPOSES: Mapping[str, Titles] = {
    "application": Titles("iesnieguma izskatīšana", "deciding an application"),
    "supervision": Titles("uzraudzība vai pārbaude", "supervision or inspection"),
    "complaint": Titles("sūdzības izskatīšana", "examining a complaint"),
    "upkeep": Titles("reģistra datu pārbaude un labošana", "checking and correcting the register"),
    "person": Titles("personas pieprasījums par saviem datiem", "a person's request about their own data"),
    "authority": Titles("tiesas vai iestādes pieprasījums", "a request of a court or an authority"),
    "statistics": Titles("statistika un pārskati", "statistics and reports"),
    "audit": Titles("audits", "audit"),
}
"""The purposes for which what is not public may be read, by the word for each."""

LONGEST_CASE = 40
EXPECTED_PURPOSE = "one of {values}, and the case if there is one: supervision; case=1-7/123"
EXPECTED_CASE = "a case number: at most 40 digits, letters and . / - with a digit, no long word and no personal code"

_LETTER = r"A-Za-zĀāČčĒēĢģĪīĶķĻļŅņŌōŖŗŠšŪūŽž"
_CASE = re.compile(
    rf"(?=.*[0-9])(?!.*[{_LETTER}]{{5}})(?!.*[0-9]{{6}}-?[0-9]{{5}})"
    rf"[0-9{_LETTER}][0-9{_LETTER}./-]{{0,{LONGEST_CASE - 1}}}"
)


class MalformedPurpose(Exception):
    """A purpose that can't be read. ``expected`` is a template; ``values`` fill it."""

    field = "Reading-Purpose"

    def __init__(self, expected: str, met: str, **values: Any) -> None:
        self.expected, self.met, self.values = expected, met, values
        super().__init__(f"purpose: expected {expected.format(**values)}, met {met!r}")


class Purpose(NamedTuple):
    """Why something is read."""

    code: str
    case_number: str | None


def purpose_of(code: str, case_number: str | None) -> Purpose:
    """The purpose; raises MalformedPurpose if it is not in the list, or what is said of a case is no number."""
    if code not in PURPOSES:
        raise MalformedPurpose(EXPECTED_PURPOSE, code[:80], values=", ".join(PURPOSES))
    if case_number is None:
        return Purpose(code, None)
    composed = normalize("NFC", case_number)
    if not _CASE.fullmatch(composed):
        raise MalformedPurpose(EXPECTED_CASE, case_number[:80])
    return Purpose(code, composed)

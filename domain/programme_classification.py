"""The Latvian classification of education (Latvijas izglītības klasifikācija), by which programmes are coded.

A code begins with two digits and perhaps a letter (the kind of programme, its first digit the level of education) and
three digits (the programme group: thematic group, area, group). Of a general programme, three more tell the special
kind, the language of instruction and the form of study; of a vocational one, two more tell the set of programmes.

The annexes of the regulation are not at hand as data; the parts below are those that its text or the sources named
beside them tell. So an unknown part is not taken for a mistake, and no code is refused: codes outlive the version of
the classification that they are of. How long they do, the regulation says itself (``last_day_of``).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, NamedTuple

from domain.register import Titles


class Version(NamedTuple):
    """A version of the classification, from the day on which it was adopted."""

    adopted_on: date
    source: str


VERSIONS = (
    Version(date(2008, 12, 2), "MK 990/2008"),
    Version(date(2010, 10, 5), "MK 931/2010, amends MK 990/2008"),
    Version(date(2014, 9, 23), "MK 562/2014, amends MK 990/2008"),
    Version(date(2017, 6, 13), "MK 322/2017"),
    Version(date(2018, 10, 2), "MK 616/2018, amends MK 322/2017"),
    Version(date(2021, 11, 9), "MK 737/2021, amends MK 322/2017"),
    Version(date(2025, 4, 15), "MK 231/2025, amends MK 322/2017"),
)

Part = Literal["level", "kind", "group", "special_kind", "language", "study_form"]


class Code(NamedTuple):
    """A part of programme codes: what it stands for, since which version it is known and the last day it is valid.

    ``value`` is what the register of licences holds for it, where that has a field of the kind.
    """

    part: Part
    code: str
    titles: Titles
    source: str
    value: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


_ANNEX_1 = "MK 562/2014, annex 1"
_ANNEX_3 = "MK 322/2017, annex 3, as quoted by the commission of Madona"
_SEEN = "codes of programmes licensed in 2020"
_IN_2014, _IN_2017 = date(2014, 9, 23), date(2017, 6, 13)

CODES = (
    Code("level", "0", Titles("Pirmsskolas izglītība", "Preschool education"), _ANNEX_1, "preschool", _IN_2014),
    Code("level", "1", Titles("Pamatizglītības 1. posms", "Basic education, stage 1"), _ANNEX_1, "basic", _IN_2014),
    Code("level", "2", Titles("Pamatizglītības 2. posms", "Basic education, stage 2"), _ANNEX_1, "basic", _IN_2014),
    Code("level", "3", Titles("Vidējā izglītība", "Secondary education"), _SEEN, "secondary"),
    Code("kind", "00",
         Titles("Piecgadīgo un sešgadīgo bērnu obligātās pirmsskolas izglītības programmas",
                "Compulsory preschool programmes for children of five and six"),
         "MK 931/2010, annex 1", valid_from=date(2010, 10, 5), valid_until=date(2022, 2, 28)),
    Code("kind", "01", Titles("Pirmsskolas izglītības programmas", "Preschool programmes"), _ANNEX_1,
         valid_from=_IN_2014),
    Code("kind", "10T",
         Titles("Profesionālā tālākizglītība (1. līmenis), bez iepriekšējās izglītības ierobežojuma",
                "Vocational further education (level 1), whatever the education before"),
         _ANNEX_1, valid_from=_IN_2014),
    Code("kind", "10V",
         Titles("Profesionālās ievirzes izglītība līdztekus pamatizglītības 1. posmam",
                "Vocationally oriented education alongside stage 1 of basic education"),
         _ANNEX_1, valid_from=_IN_2014),
    Code("kind", "11",
         Titles("Pamatizglītības 1. posma (1.–6. klase) programmas", "Basic education, grades 1 to 6"),
         _ANNEX_1, valid_from=_IN_2014),
    Code("kind", "21",
         Titles("Pamatizglītības (1.–9. klase) programmas", "Basic education, grades 1 to 9"),
         "MK 931/2010, annex 1", valid_from=date(2010, 10, 5)),
    Code("kind", "26", Titles("(nosaukums nav zināms)", "(name not known)"), "MK 737/2021, p. 4",
         valid_until=date(2022, 2, 28)),
    Code("kind", "31", Titles("Vispārējās vidējās izglītības programmas", "General secondary programmes"), _SEEN),
    Code("kind", "48", Titles("(nosaukums nav zināms)", "(name not known)"), "MK 737/2021, p. 4",
         valid_until=date(2022, 2, 28)),
    Code("group", "015", Titles("Speciālās izglītības programmas", "Special programmes"), _ANNEX_3,
         valid_from=_IN_2017),
    Code("group", "016",
         Titles("Vienotā vispārējās vidējās izglītības programma", "Unified general secondary programme"), _SEEN),
    *(Code("group", group, Titles("(nosaukums nav zināms)", "(name not known)"), "MK 737/2021, p. 5.1",
           valid_until=date(2022, 12, 31))
      for group in ("224", "225", "310", "763")),
    *(Code("group", group, Titles("(nosaukums nav zināms)", "(name not known)"), "MK 737/2021, p. 5.2",
           valid_until=date(2023, 6, 30))
      for group in ("222", "420", "440", "481", "524", "850")),
    Code("special_kind", "51", Titles("ar redzes traucējumiem", "visual impairments"), _ANNEX_3, "vision", _IN_2017),
    Code("special_kind", "52", Titles("ar dzirdes traucējumiem", "hearing impairments"), _ANNEX_3, "hearing",
         _IN_2017),
    Code("special_kind", "53", Titles("ar fiziskās attīstības traucējumiem", "physical impairments"), _ANNEX_3,
         "physical", _IN_2017),
    Code("special_kind", "54", Titles("ar somatiskām saslimšanām", "somatic illnesses"), _ANNEX_3, "somatic",
         _IN_2017),
    Code("special_kind", "55", Titles("ar valodas traucējumiem", "language disorders"), _ANNEX_3, "language",
         _IN_2017),
    Code("special_kind", "56", Titles("ar mācīšanās traucējumiem", "learning disorders"), _ANNEX_3, "learning",
         _IN_2017),
    Code("special_kind", "57", Titles("ar garīgās veselības traucējumiem", "mental health disorders"), _ANNEX_3,
         "mental_health", _IN_2017),
    Code("special_kind", "58", Titles("ar garīgās attīstības traucējumiem", "intellectual impairments"), _ANNEX_3,
         "intellectual", _IN_2017),
    Code("special_kind", "59",
         Titles("ar smagiem vai vairākiem smagiem attīstības traucējumiem", "severe or several severe impairments"),
         _ANNEX_3, "severe", _IN_2017),
    Code("language", "1", Titles("latviešu", "Latvian"), _SEEN, "latvian"),
    Code("language", "2", Titles("mazākumtautību programma", "minority programme"), _SEEN, "minority"),
    Code("study_form", "1", Titles("klātiene", "on site"), _SEEN, "on_site"),
    Code("study_form", "2", Titles("vakara (maiņu)", "evening (shift)"), "MK 737/2021, p. 6",
         valid_until=date(2022, 8, 31)),
    Code("study_form", "3", Titles("neklātiene", "extramural"), _SEEN, "extramural"),
    Code("study_form", "4", Titles("tālmācība", "distance learning"), _SEEN, "distance"),
)  # fmt: skip
"""The parts of codes that are known. ``special_kind`` is the fifth and sixth digit of a special programme's code."""

_VALUES = {(each.part, each.code): each.value for each in CODES if each.value is not None}
_UNTIL = {(each.part, each.code): each.valid_until for each in CODES if each.valid_until is not None}
_SETS_UNTIL = dict.fromkeys(("54303", "54801", "76203"), date(2022, 12, 31))
"""Sets of vocational programmes (third to seventh digit) that end while others of their group go on (MK 737/2021)."""

_FORM = re.compile(r"(?P<kind>[0-9]{2}[A-Za-z]?)(?P<group>[0-9]{3})(?P<rest>[0-9]{2,3})?")


def last_day_of(code: str) -> date | None:
    """The last day of licences of programmes with ``code``, whatever their own term; None where there is none.

    Codes of kinds 00, 26 and 48 are those without an eighth digit or with a 3 there (MK 737/2021, p. 4 and 5).
    """
    found = _FORM.fullmatch(code)
    if found is None:
        return None
    kind, group, rest = found["kind"], found["group"], found["rest"] or ""
    ends = [_UNTIL.get(("group", group)), _SETS_UNTIL.get(group + rest[:2])]
    if rest[2:] in ("", "3"):
        ends.append(_UNTIL.get(("kind", kind)))
    return min((end for end in ends if end is not None), default=None)


def told_by(code: str) -> dict[str, str]:
    """What the ``code`` of a general programme tells of the fields of a licence, as far as its parts are known."""
    found = _FORM.fullmatch(code)
    if found is None or len(found["rest"] or "") != 3:
        return {}
    rest = found["rest"]
    parts: dict[Part, str] = {"level": code[0], "language": rest[1], "study_form": rest[2]}
    if found["group"] == "015":
        parts["special_kind"] = f"5{rest[0]}"
    values = {part: _VALUES.get((part, each)) for part, each in parts.items()}
    return {part: value for part, value in values.items() if value is not None}


def mismatches(code: str) -> list[str]:
    """What of ``code`` is not as the classification has it; shown, never refused."""
    if _FORM.fullmatch(code) is None:
        return [f"programme code: expected one such as 21011111 or 35b21302, met {code!r}"]
    last_day = last_day_of(code)
    return [] if last_day is None else [f"programme code: {code} is valid no longer than {last_day}"]

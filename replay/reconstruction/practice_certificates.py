"""Private-practice certificates of 2016 to 2020. No export of them is at hand, so all of them are invented.

The report says of each year how many were issued or extended, by theme (table 7) and from 2018 on by target group
(table 6); how many of them were extensions it says of 2020 alone. So those of 2016 to 2019 are issued here, and the
extensions of 2020 extend certificates of 2017, which would have ended then. What it says nothing of is as simple as can
be: the other certificates of 2016 and 2017 are for children of compulsory age. The themes of 2016 add up to 378, where
table 7 has 431 as their total: what is issued here is what the themes say.

Personal codes begin with 3930: valid in form, and nobody's. So is the one code that a teacher had before: it is that of
somebody born in 1801.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain, repeat
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from domain import personal_code
from replay.reconstruction.institutions import InstitutionsOf2020
from replay.reconstruction.plan import PlannedAct, Step, entry_id_of

Content = dict[str, Any]
Counts = tuple[int, ...]

REGISTER = "practice-certificates"
LAW, LAW_SINCE = "Ministru kabineta 25.10.2016. noteikumi Nr. 682", date(2016, 11, 1)
BODY = "Pedagogu privātprakses sertifikātu komisija"
SEED = 682

THEMES = ("preschool", "speech", "music", "dance", "sport", "art", "science", "languages", "law", "other")
BY_THEME = {
    2016: (17, 37, 99, 65, 23, 41, 4, 79, 0, 13),
    2017: (20, 25, 75, 29, 30, 20, 7, 74, 0, 23),
    2018: (24, 30, 54, 21, 19, 30, 0, 49, 1, 32),
    2019: (17, 27, 69, 65, 33, 47, 7, 69, 1, 75),
    2020: (20, 53, 72, 30, 30, 25, 11, 50, 2, 36),
}
"""Table 7: issued or extended, by year and theme."""

GROUPS = ("preschool", "compulsory", "youth", "mixed", "adults")
BY_GROUP = {2018: (147, 78, 11, 3, 21), 2019: (250, 87, 25, 11, 37), 2020: (184, 93, 14, 3, 35)}
"""Table 6: the same by target group."""

EXTENDED_BY_THEME, EXTENDED_BY_GROUP = (10, 12, 37, 14, 15, 10, 3, 25, 0, 11), (75, 38, 6, 1, 17)
"""The 137 extended in 2020. That 17 of them are for adults table 5 says; the other parts are not published."""

OLD_CODE = "010101-01230"
_YEAR, _WITHOUT_JANUARY = range(1, 13), range(2, 13)
"""The months of sittings; a certificate of January would have to be extended in December of the year before."""


class Holders(NamedTuple):
    """So many persons, beginning with the ``first``, who share ``certificates`` evenly; some were given out before."""

    first: int
    persons: int
    certificates: int
    given_out: int = 0

    def of(self, nth: int) -> int:
        """Who holds the ``nth`` certificate."""
        return self.first + (self.given_out + nth) * self.persons // self.certificates


class Issued(NamedTuple):
    """Certificates issued in a year."""

    key: str
    year: int
    by_theme: Counts
    by_group: Counts
    holders: Holders
    months: range = _YEAR


class Certificate(NamedTuple):
    """A certificate issued at the sitting of a month."""

    key: str
    year: int
    month: int
    holder: int
    group: str
    theme: str

    @property
    def entry(self) -> UUID:
        """The certificate's entry."""
        return entry_id_of(f"{REGISTER} {self.key}")

    def content(self) -> Content:
        """What the commission certifies."""
        groups = ["compulsory", "youth", "adults"] if self.group == "mixed" else [self.group]
        return {
            **person(self.holder),
            "programme_kind": "adult_nonformal" if self.group == "adults" else "interest",
            "programme": f"Programma {self.key} (rekonstrukcija)",
            "target_groups": groups,
            "theme": self.theme,
            "territories": ["Rīga (rekonstrukcija)"],
        }


def less(whole: Counts, part: Counts) -> Counts:
    """What of ``whole`` is not ``part``."""
    return tuple(many - some for many, some in zip(whole, part, strict=True))


def _of_compulsory_age(by_theme: Counts) -> Counts:
    return (0, sum(by_theme), 0, 0, 0)


_OTHERS_OF_2017 = less(BY_THEME[2017], EXTENDED_BY_THEME)
EXTENDED = Issued("2017-extended", 2017, EXTENDED_BY_THEME, EXTENDED_BY_GROUP, Holders(939, 225, 329), _WITHOUT_JANUARY)
ISSUED = (
    Issued("2016", 2016, BY_THEME[2016], _of_compulsory_age(BY_THEME[2016]), Holders(0, 284, 378)),
    Issued("2017", 2017, _OTHERS_OF_2017, _of_compulsory_age(_OTHERS_OF_2017), Holders(284, 130, 166)),
    EXTENDED,
    Issued("2018", 2018, BY_THEME[2018], BY_GROUP[2018], Holders(414, 204, 260)),
    Issued("2019", 2019, BY_THEME[2019], BY_GROUP[2019], Holders(618, 321, 410)),
    Issued("2020", 2020, less(BY_THEME[2020], EXTENDED_BY_THEME), less(BY_GROUP[2020], EXTENDED_BY_GROUP),
           Holders(939, 225, 329, given_out=137)),
)  # fmt: skip
"""225 teachers hold the 329 certificates of 2020, and 750 those of 2018 to 2020; earlier ones in like proportion."""

_WHO_WITHDREW = 1164


def steps(_: InstitutionsOf2020) -> list[Step]:
    """Every decision of these years, in the order of their days."""
    by_key = {issued.key: certificates(issued) for issued in ISSUED}
    # Of 2019 and 2020 the last ones are the only ones of their holders.
    *of_2019, other_surname, other_code = by_key.pop("2019")
    *of_2020, refused_at_first = by_key.pop("2020")
    found = [
        *(_issue(each) for each in chain(*by_key.values(), of_2019, of_2020)),
        *(_decided("extend", each, _sitting(2020, each.month - 1), {}) for each in by_key[EXTENDED.key]),
        *_reissued(other_surname, {"name": f"Pedagogs {other_surname.holder} (cits uzvārds, rekonstrukcija)"}, {}),
        *_reissued(other_code, {"personal_code": person(other_code.holder)["personal_code"]},
                   {"personal_code": OLD_CODE}),
        *_refused_and_issued(refused_at_first),
        *_refused_and_withdrawn(),
    ]  # fmt: skip
    return sorted(found, key=lambda step: step.decided_on)


def certificates(issued: Issued) -> list[Certificate]:
    """The certificates of each theme and group: like to like as far as that goes, evenly over the sittings."""
    themes = chain.from_iterable(map(repeat, THEMES, issued.by_theme))
    groups = chain.from_iterable(map(repeat, GROUPS, issued.by_group))
    kinds = list(zip(groups, themes, strict=True))
    Random(SEED).shuffle(kinds)  # noqa: S311 - nothing secret: the same order every time is what is wanted
    months = [issued.months[nth * len(issued.months) // len(kinds)] for nth in range(len(kinds))]
    return [
        Certificate(f"{issued.key}-{nth + 1}", issued.year, month, issued.holders.of(nth), *kind)
        for nth, (month, kind) in enumerate(zip(months, kinds, strict=True))
    ]


def person(nth: int) -> Content:
    """A teacher."""
    digits = f"39{30_000_000 + nth}"
    code = personal_code.written(digits + personal_code.check_digit(digits))
    return {"name": f"Pedagogs {nth} (rekonstrukcija)", "personal_code": code}


def _sitting(year: int, month: int) -> date:
    """The commission meets at least once a month: here on the 15th, or on the Monday after it."""
    day = date(year, month, 15)
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _decided(verb: str, certificate: Certificate, day: date, content: Content, answers: UUID | None = None) -> Step:
    """What the commission decided about a certificate at the sitting of a day."""
    stated = {**content, "sitting": {"held_on": day.isoformat(), "minutes": str(day.month)}}
    opens = verb == "issue" and answers is None
    act = PlannedAct(REGISTER, certificate.entry, verb, stated, opens=opens, answers=answers)
    law = LAW if day >= LAW_SINCE else None
    return Step(f"2020-practice-{verb}-{certificate.key}", day, (act,), True, legal_ground=law, body=BODY)


def _issue(certificate: Certificate, other: Content | None = None, answers: UUID | None = None) -> Step:
    content = {**certificate.content(), **(other or {})}
    return _decided("issue", certificate, _sitting(certificate.year, certificate.month), content, answers)


def _reissued(certificate: Certificate, new: Content, before: Content) -> list[Step]:
    """A certificate of 2019, and its reissue in the same month of 2020."""
    return [
        _issue(certificate, before),
        _decided("reissue", certificate, _sitting(2020, certificate.month), new),
    ]


def _applied_for(certificate: Certificate, nth: int, day: date) -> Step:
    act = PlannedAct(
        REGISTER, certificate.entry, "receive", person(certificate.holder), opens=nth == 1, received_on=day
    )
    return Step(f"2020-practice-application-{certificate.key}-{nth}", day, (act,))


def _refused(certificate: Certificate, month: int, application: Step) -> Step:
    reason = {"reason": "Nav profesionālās pilnveides apliecinājuma."}
    return _decided("refuse", certificate, _sitting(2020, month), reason, application.act_id(0))


def _refused_and_issued(certificate: Certificate) -> list[Step]:
    """The one refusal of table 5: refused in October, applied for again, and issued in December."""
    first = _applied_for(certificate, 1, date(2020, 9, 28))
    second = _applied_for(certificate, 2, date(2020, 11, 25))
    return [first, _refused(certificate, 10, first), second, _issue(certificate, answers=second.act_id(0))]


def _refused_and_withdrawn() -> list[Step]:
    """The other teacher refused at first, who withdrew the application."""
    applied_for = Certificate("2020-withdrawn", 2020, 5, _WHO_WITHDREW, "compulsory", "other")
    application = _applied_for(applied_for, 1, date(2020, 4, 27))
    act = PlannedAct(REGISTER, applied_for.entry, "withdraw", {"reason": None})
    withdrawal = Step("2020-practice-withdrawal", date(2020, 6, 1), (act,))
    return [application, _refused(applied_for, applied_for.month, application), withdrawal]

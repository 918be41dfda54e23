"""What is counted in the register of private-practice certificates: tables 5 to 7, an indicator, and its part of 2.2.1.

Tables 6 and 7 count what was issued and what was extended. Of refusals the report tells two things: in the text whom
the commission refused at first, in table 5 the refusals that did not last. The latter is what the certificates count
that were issued after a refusal; whoever was refused and withdrew the application is in the text alone.
"""

from __future__ import annotations

from domain.practice_certificates import REGISTER
from domain.register import Titles
from projections.measures import Figure, Measure, Stock, Table, Total, among

_R = REGISTER.name
_ALIVE = tuple(sorted(REGISTER.alive))
_ISSUED_AND_EXTENDED = ("issue", "extend")
_INTEREST, _ADULT = among("kind", "interest"), among("kind", "adult_nonformal")
_OF_INTEREST = Titles("interešu izglītības", "interest education")
_OF_ADULTS = Titles("pieaugušo neformālās izglītības", "adult non-formal")
_TOTAL = Titles("Kopā", "Total")
_ABOUT = 50
"""What the report rounds to where it says "about"."""

_GROUPS = {
    "preschool": Titles("Pirmsskolas vecuma bērni", "Preschool children"),
    "compulsory": Titles("Obligātā izglītības vecuma bērni un jaunieši", "Children of compulsory school age"),
    "youth": Titles("Jaunieši", "Youth"),
    "mixed": Titles("Bērni, jaunieši, pieaugušie", "Children, youth and adults"),
    "adults": Titles("Pieaugušie", "Adults"),
}
_THEMES = {
    "languages": Titles("Valodu programmas", "Languages"),
    "speech": Titles("Runas attīstības un valodas korekcijas programmas", "Speech development and correction"),
    "art": Titles("Mākslas programmas", "Art"),
    "music": Titles("Mūzikas programmas", "Music"),
    "dance": Titles("Dejas programmas", "Dance"),
    "sport": Titles("Sporta programmas", "Sport"),
    "science": Titles("Dabaszinību programmas", "Natural sciences"),
    "preschool": Titles("Pirmsskolas programmas", "Preschool"),
    "law": Titles("Tiesību zinātnes", "Law"),
    "other": Titles("Cits", "Other"),
}

TABLES = (
    Table("t5", Titles("5. tabula. Pedagogu privātprakses sertifikāti", "Table 5. Private-practice certificates"),
          "table 5"),
    Table("t6",
          Titles("6. tabula. Privātprakses sertifikāti pēc mērķgrupas",
                 "Table 6. Private-practice certificates by target group"),
          "table 6", years=3),
    Table("t7",
          Titles("7. tabula. Privātprakses sertifikāti pēc tematiskās jomas",
                 "Table 7. Private-practice certificates by theme"),
          "table 7", years=5),
)  # fmt: skip

MEASURES: tuple[Figure, ...] = (
    Total("t2.practice_certificates",
          Titles("Pedagoga privātprakses uzsākšanas sertificēšana",
                 "Private-practice certificates issued for the first time"),
          ("t5.issued",), "count"),
    Total("t5.issued", Titles("Izsniegti no jauna", "Issued for the first time"),
          ("t5.issued.interest", "t5.issued.adult"), "count"),
    Measure("t5.issued.interest", _OF_INTEREST, _R, ("issue",), "count", (_INTEREST,)),
    Measure("t5.issued.adult", _OF_ADULTS, _R, ("issue",), "count", (_ADULT,)),
    Total("t5.extended", Titles("Pagarināti", "Extended"), ("t5.extended.interest", "t5.extended.adult"), "count"),
    Measure("t5.extended.interest", _OF_INTEREST, _R, ("extend",), "count", (_INTEREST,)),
    Measure("t5.extended.adult", _OF_ADULTS, _R, ("extend",), "count", (_ADULT,)),
    Total("t5.total", _TOTAL, ("t5.issued", "t5.extended"), "count"),
    Total("t5.total.interest", _OF_INTEREST, ("t5.issued.interest", "t5.extended.interest"), "count"),
    Total("t5.total.adult", _OF_ADULTS, ("t5.issued.adult", "t5.extended.adult"), "count"),
    Measure("t5.reissued", Titles("Izsniegti atkārtoti", "Reissued"), _R, ("reissue",), "count"),
    Measure("t5.refused", Titles("Atteikumi (izsniegts vēlāk)", "Refused (issued later)"),
            _R, ("issue",), "count", (among("refused_before", "yes"),)),
    Measure("s221.practice.teachers",
            Titles("sertifikāti izsniegti un pagarināti pedagogiem",
                   "teachers whose certificates were issued or extended"),
            _R, _ISSUED_AND_EXTENDED, "persons", distinct="holder"),
    Measure("s221.practice.refused_initially", Titles("sākotnēji atteikts pedagogiem", "teachers refused at first"),
            _R, ("refuse",), "persons", distinct="holder"),
    Stock("s221.practice.stock_about", Titles("spēkā ap", "certificates in force, about"), _R, _ALIVE,
          unit="stock, rounded", rounded_to=_ABOUT),
    Stock("s221.practice.teachers_stock_about",
          Titles("pedagogi privātpraksē, aptuveni", "teachers in private practice, about"), _R, _ALIVE,
          unit="stock, rounded", distinct="holder", rounded_to=_ABOUT),
    *(Measure(f"t6.{group}", titles, _R, _ISSUED_AND_EXTENDED, "count", (among("target", group),))
      for group, titles in _GROUPS.items()),
    Total("t6.total", _TOTAL, tuple(f"t6.{group}" for group in _GROUPS), "count"),
    *(Measure(f"t7.{theme}", titles, _R, _ISSUED_AND_EXTENDED, "count", (among("theme", theme),))
      for theme, titles in _THEMES.items()),
    Total("t7.total", _TOTAL, tuple(f"t7.{theme}" for theme in _THEMES), "count"),
)  # fmt: skip

"""What is counted of evaluations of heads: an indicator of table 2, and their part of text 2.2.3.

The text counts evaluations (223), table 2 the heads evaluated (221): two were evaluated twice in 2020.
"""

from __future__ import annotations

from domain.head_evaluations import REGISTER
from domain.register import Titles
from projections.measures import Figure, Measure, Total, among

_R = REGISTER.name
_EVALUATED = ("record",)
_GENERAL, _VOCATIONAL = among("sector", "general"), among("sector", "vocational")

MEASURES: tuple[Figure, ...] = (
    Measure("t2.heads", Titles("Izglītības iestāžu vadītāju novērtēšana", "Heads of institutions evaluated"),
            _R, _EVALUATED, "count", distinct="holder"),
    Total("s223.heads", Titles("vadītāju profesionālās darbības novērtēšana", "heads evaluated"),
          ("s223.heads.general", "s223.heads.vocational"), "count"),
    Measure("s223.heads.general", Titles("vispārējās izglītības", "general education"),
            _R, _EVALUATED, "count", (_GENERAL,)),
    Measure("s223.heads.general.preschool", Titles("tai skaitā pirmsskolas", "of them preschool"),
            _R, _EVALUATED, "count", (_GENERAL, among("preschool", "yes"))),
    Measure("s223.heads.vocational", Titles("profesionālās izglītības", "vocational"),
            _R, _EVALUATED, "count", (_VOCATIONAL,)),
    Measure("s223.heads.needs_improvement",
            Titles("līmenis “jāpilnveido” vienā vai vairākos kritērijos",
                   '"needs improvement" in one or more criteria'),
            _R, _EVALUATED, "count", (among("needs_improvement", "yes"),)),
)  # fmt: skip

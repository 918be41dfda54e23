"""What is counted of permits to teach for formerly convicted persons: an indicator, and its part of text 2.2.1.

The indicator counts the persons on whose evaluation the commission decided, the text the permits: one person may have
been evaluated twice. The figures are public; the acts behind them are not.
"""

from __future__ import annotations

from domain.register import Titles
from domain.teaching_permits import REGISTER
from projections.measures import Figure, Measure, among

_R = REGISTER.name
_EVALUATED = ("grant", "refuse")
_AT_A_SITTING = (*_EVALUATED, "defer", "dismiss", "cancel")

MEASURES: tuple[Figure, ...] = (
    Measure("t2.convicted", Titles("Iepriekš sodīto personu izvērtēšana", "Previously convicted persons assessed"),
            _R, _EVALUATED, "count", distinct="holder"),
    Measure("s221.convicted.permits",
            Titles("lēmumi par atļaujas izsniegšanu strādāt par pedagogu", "decisions permitting work as a teacher"),
            _R, ("grant",), "count"),
    Measure("s221.convicted.permits.restricted", Titles("tostarp ar ierobežojumiem", "of them with restrictions"),
            _R, ("grant",), "count", (among("restricted", "yes"),)),
    Measure("s221.convicted.refused", Titles("atteikumi", "refusals"), _R, ("refuse",), "count"),
    Measure("s221.convicted.sessions", Titles("Personu izvērtēšanas komisijas sēdes", "commission sessions"),
            _R, _AT_A_SITTING, "count", distinct="sitting"),
)  # fmt: skip

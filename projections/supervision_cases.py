"""What is counted in the register of supervision cases: two indicators, and the text of section 2.2.5.

Submissions are counted when they have been examined and inspections when they have been made: closed, or recorded as
done. A proceeding about an administrative violation is counted when it is opened.
"""

from __future__ import annotations

from domain.register import Titles
from domain.supervision_cases import REGISTER
from projections.measures import Figure, Measure, Table, Total, among

_R = REGISTER.name
_DONE, _BEGUN = ("close", "record"), ("open", "record")

TABLES = (Table("s225", Titles("2.2.5. nodaļas teksts", "Text of section 2.2.5"), "text 2.2.5"),)

MEASURES: tuple[Figure, ...] = (
    Total("t2.inspections", Titles("Izglītības iestāžu, izglītības procesa pārbaudes", "Inspections"),
          ("s225.inspections",), "count"),
    Total("t2.submissions", Titles("Personu iesniegumu izskatīšana", "Submissions examined"),
          ("s225.submissions",), "count"),
    Measure("s225.submissions", Titles("iesniegumi", "submissions"),
            _R, _DONE, "count", (among("kind", "submission"),)),
    Measure("s225.inspections", Titles("pārbaudes", "inspections"),
            _R, _DONE, "count", (among("kind", "inspection"),)),
    Measure("s225.violation_cases",
            Titles("administratīvā pārkāpuma lietvedības", "administrative-violation cases"),
            _R, _BEGUN, "count", (among("kind", "violation"),)),
)  # fmt: skip

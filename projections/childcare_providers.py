"""What is counted in the register of childcare providers: table 4, two indicators, and its part of text 2.2.1.

What the report means by the 5 written decisions of table 4 is an open question. Refusals can't be among them, for
there were 22, each a decision sent in writing; so here they are the acts in written form about providers that are in
the register. A refusal leads to none, and stands in the text alone.
"""

from __future__ import annotations

from domain.childcare_providers import REGISTER
from domain.register import Titles
from projections.measures import Figure, Measure, Stock, Table, Total, among

_R = REGISTER.name
_ALIVE = tuple(sorted(REGISTER.alive))
_NATURAL, _LEGAL = among("kind", "natural"), among("kind", "legal")
_ABOUT_ENTRIES = ("register", "amend", "refuse_amendment", "defer_amendment", "exclude")

TABLES = (
    Table(
        "t4",
        Titles(
            "4. tabula. Bērnu uzraudzības pakalpojuma sniedzēju reģistrs", "Table 4. Register of childcare providers"
        ),
        "table 4",
    ),
)

MEASURES: tuple[Figure, ...] = (
    Total("t2.childcare_registered",
          Titles("Reģistrēti bērnu uzraudzības pakalpojuma sniedzēji", "Childcare providers registered"),
          ("t4.childcare.registered",), "count"),
    Total("t2.childcare_other",
          Titles("Izslēgti no bērnu uzraudzības pakalpojuma sniedzēju reģistra un veikti grozījumi",
                 "Childcare providers struck off, and entries amended"),
          ("t4.childcare.struck_off", "t4.childcare.amended", "s221.childcare.refused"), "count"),
    Total("s221.childcare.registered",
          Titles("reģistrēti bērnu uzraudzības pakalpojuma sniedzēji", "childcare providers registered"),
          ("s221.childcare.registered.natural", "s221.childcare.registered.legal"), "count"),
    Measure("s221.childcare.registered.natural", Titles("t.sk. fiziskās personas", "of them natural persons"),
            _R, ("register",), "count", (_NATURAL,)),
    Measure("s221.childcare.registered.legal", Titles("t.sk. juridiskās personas", "of them legal persons"),
            _R, ("register",), "count", (_LEGAL,)),
    Measure("s221.childcare.struck_off", Titles("izslēgtas personas", "struck off"), _R, ("exclude",), "count"),
    Measure("s221.childcare.struck_off.legal", Titles("t.sk. juridiskās personas", "of them legal persons"),
            _R, ("exclude",), "count", (_LEGAL,)),
    Measure("s221.childcare.refused", Titles("reģistrācija atteikta", "registration refused"),
            _R, ("refuse",), "count"),
    Measure("t4.childcare.decisions", Titles("Pieņemti lēmumi", "Written decisions"),
            _R, _ABOUT_ENTRIES, "count", (among("form", "written"),)),
    Measure("t4.childcare.struck_off", Titles("Izslēgti", "Struck off"), _R, ("exclude",), "count"),
    Measure("t4.childcare.amended", Titles("Veikti grozījumi un papildinājumi", "Amended and supplemented"),
            _R, ("amend",), "count"),
    Measure("t4.childcare.registered", Titles("Reģistrēti", "Registered"), _R, ("register",), "count"),
    Total("s221.childcare.stock", Titles("reģistrā 31.12.", "in the register on 31 December"),
          ("s221.childcare.stock.natural", "s221.childcare.stock.legal"), "stock"),
    Stock("s221.childcare.stock.natural",
          Titles("fiziskās personas un individuālie komersanti", "natural persons and sole traders"),
          _R, _ALIVE, (_NATURAL,)),
    Stock("s221.childcare.stock.legal", Titles("juridiskās personas", "legal persons"), _R, _ALIVE, (_LEGAL,)),
)  # fmt: skip

"""What is counted in the register of educational institutions: its row of table 3 and its part of text 2.2.1.

The table counts decisions, the text the institutions' own acts: one decision that strikes off three institutions is
one in the table and three in the text.
"""

from __future__ import annotations

from domain.institutions import REGISTER
from domain.register import Titles
from projections.measures import Among, Figure, Measure, Total, among

_R = REGISTER.name
_NEW = among("basis", "new")
_PRIVATE = among("founder_class", "private")


def _kind(kind: str) -> Among:
    return among("kind", kind)


TABLE_3: tuple[Figure, ...] = (
    Measure("t3.institutions.struck_off",
            Titles("Izglītības iestāžu reģistrs: Svītrošana no reģistra", "Register of institutions: Struck off"),
            _R, ("strike_off",), "acts"),
    Measure("t3.institutions.amendment_refused",
            Titles("Izglītības iestāžu reģistrs: Atteikums veikt grozījumus",
                   "Register of institutions: Amendment refused"),
            _R, ("refuse_amendment",), "acts"),
    Measure("t3.institutions.deferred",
            Titles("Izglītības iestāžu reģistrs: Atlikts izdarīt grozījumus / reģistrēt, t.sk. pagarināts termiņš",
                   "Register of institutions: Deferred, incl. time limit extended"),
            _R, ("defer", "defer_amendment"), "acts"),
    Measure("t3.institutions.registered",
            Titles("Izglītības iestāžu reģistrs: Reģistrētas t.sk. reorganizācijas vai tipa maiņas rezultātā",
                   "Register of institutions: Registered, incl. by reorganisation or change of type"),
            _R, ("register",), "acts"),
    Measure("t3.institutions.amended",
            Titles("Izglītības iestāžu reģistrs: Izmaiņas", "Register of institutions: Amended"),
            _R, ("amend",), "acts"),
    Measure("t3.institutions.act_annulled",
            Titles("Izglītības iestāžu reģistrs: Administratīvā akta atcelšana",
                   "Register of institutions: Administrative act annulled"),
            _R, ("annul",), "acts"),
)  # fmt: skip

TEXT_221: tuple[Figure, ...] = (
    Total("s221.institutions.registered", Titles("reģistrētas izglītības iestādes", "institutions registered"),
          ("s221.institutions.registered.type_or_name_changed", "s221.institutions.registered.new"), "count"),
    Measure("s221.institutions.registered.type_or_name_changed",
            Titles("tostarp mainīts tips vai nosaukums", "of them by change of type or name"),
            _R, ("register",), "count", (among("basis", "type_or_name_changed", "reorganised"),)),
    Measure("s221.institutions.registered.new", Titles("jaunas izglītības iestādes", "of them new"),
            _R, ("register",), "count", (_NEW,)),
    Measure("s221.institutions.registered.new.general_private",
            Titles("tostarp privātas vispārējās", "new: private general"),
            _R, ("register",), "count", (_NEW, _kind("general"), _PRIVATE)),
    Measure("s221.institutions.registered.new.preschool", Titles("pirmsskolas", "new: preschools"),
            _R, ("register",), "count", (_NEW, _kind("preschool"))),
    Measure("s221.institutions.registered.new.preschool_private",
            Titles("tostarp privātās pirmsskolas", "new: private preschools"),
            _R, ("register",), "count", (_NEW, _kind("preschool"), _PRIVATE)),
    Measure("s221.institutions.registered.new.interest",
            Titles("bērnu un jauniešu interešu", "new: children and youth interest education"),
            _R, ("register",), "count", (_NEW, _kind("interest"))),
    Measure("s221.institutions.registered.new.adult_nonformal",
            Titles("pieaugušo neformālās", "new: adult non-formal"),
            _R, ("register",), "count", (_NEW, _kind("adult_nonformal"))),
    Measure("s221.institutions.registered.new.vocational_further",
            Titles("profesionālās tālākizglītības un pilnveides", "new: vocational further and in-service"),
            _R, ("register",), "count", (_NEW, _kind("vocational_further"))),
    Measure("s221.institutions.struck_off", Titles("svītrotas", "institutions struck off"),
            _R, ("strike_off",), "count"),
    Measure("s221.institutions.amended", Titles("grozījumi reģistrācijas datos", "amendments"),
            _R, ("amend",), "count"),
    Measure("s221.institutions.amended.written",
            Titles("tostarp rakstiski lēmumi par grozījumiem", "amendments by written decision"),
            _R, ("amend",), "count", (among("form", "written"),)),
)  # fmt: skip

MEASURES: tuple[Figure, ...] = (
    Total("t2.registers",
          Titles("Izglītības iestāžu un zinātnisko institūciju reģistri",
                 "Institution and scientific-institution registers: acts"),
          tuple(measure.figure for measure in TABLE_3), "count"),
    *TABLE_3,
    *TEXT_221,
)  # fmt: skip
"""``t2.registers`` is published as the total of the institutions' row alone, in spite of its title."""

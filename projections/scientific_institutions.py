"""What is counted in the register of scientific institutions: its row of table 3 and its part of text 2.2.1."""

from __future__ import annotations

from domain.register import Titles
from domain.scientific_institutions import REGISTER
from projections.measures import Figure, Measure, Total

_R = REGISTER.name

TABLE_3: tuple[Figure, ...] = (
    Measure("t3.scientific.deferred",
            Titles("Zinātnisko institūciju reģistrs: Pagarināts termiņš administratīvā akta izdošanai",
                   "Register of scientific institutions: Time limit extended"),
            _R, ("defer", "defer_amendment"), "acts"),
    Measure("t3.scientific.registered",
            Titles("Zinātnisko institūciju reģistrs: Reģistrētas", "Register of scientific institutions: Registered"),
            _R, ("register",), "acts"),
    Measure("t3.scientific.amended",
            Titles("Zinātnisko institūciju reģistrs: Izmaiņas/grozījumi",
                   "Register of scientific institutions: Amended"),
            _R, ("amend",), "acts"),
    Measure("t3.scientific.reorganised",
            Titles("Zinātnisko institūciju reģistrs: Reorganizētas",
                   "Register of scientific institutions: Reorganised"),
            _R, ("reorganise",), "acts"),
    Measure("t3.scientific.struck_off",
            Titles("Zinātnisko institūciju reģistrs: Izslēgtas", "Register of scientific institutions: Struck off"),
            _R, ("exclude",), "acts"),
    Measure("t3.scientific.registration_refused",
            Titles("Zinātnisko institūciju reģistrs: Atteikums reģistrēt",
                   "Register of scientific institutions: Registration refused"),
            _R, ("refuse",), "acts"),
)  # fmt: skip

MEASURES: tuple[Figure, ...] = (
    Total("t3.scientific.acts",
          Titles("Zinātnisko institūciju reģistrs: pieņemti lēmumi", "Register of scientific institutions: acts"),
          tuple(measure.figure for measure in TABLE_3), "acts"),
    *TABLE_3,
    Measure("s221.scientific.struck_off",
            Titles("zinātniskās institūcijas: izslēgtas", "scientific institutions struck off"),
            _R, ("exclude",), "count"),
    Measure("s221.scientific.amended",
            Titles("zinātniskās institūcijas: grozījumi", "scientific institutions amended"),
            _R, ("amend",), "count"),
    Measure("s221.scientific.registered",
            Titles("zinātniskās institūcijas: reģistrētas", "scientific institutions registered"),
            _R, ("register",), "count"),
)  # fmt: skip

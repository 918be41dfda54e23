"""What is counted of psychologists: its part of text 2.2.1. Who of them is certified, their certificates say."""

from __future__ import annotations

from domain.psychologists import REGISTER
from domain.register import Titles
from projections.measures import Figure, Measure, Stock

_R = REGISTER.name

MEASURES: tuple[Figure, ...] = (
    Measure("s221.psychologists.applications",
            Titles("saņemti reģistrācijas iesniegumi", "registration applications received"),
            _R, ("receive",), "count"),
    Measure("s221.psychologists.registered", Titles("reģistrēti psihologi", "psychologists registered"),
            _R, ("register",), "count"),
    Stock("s221.psychologists.stock", Titles("Psihologu reģistrā gada beigās", "in the register at year end"),
          _R, tuple(sorted(REGISTER.alive))),
    Measure("s221.psychologists.qualification_recognised",
            Titles("profesionālās kvalifikācijas atzīšana", "professional qualification recognised"),
            _R, ("recognise_qualification",), "count"),
)  # fmt: skip

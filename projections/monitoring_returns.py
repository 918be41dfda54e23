"""What is counted in the register of monitoring returns: tables 8 and 9, an indicator, and its part of text 2.2.1.

Figures about children are those of the returns for the year, figures about absence those of the half of the school
year. How often the data were updated is on how many days they were compared. Of 2017 and 2019 the report tells how
many children there were in all and hardly by what reason: the returns of these years do not tell the reason either,
and so the total of all children has a part that is not printed.
"""

from __future__ import annotations

from domain.monitoring_returns import REGISTER
from domain.register import Titles
from projections.measures import Figure, Measure, Table, Total, among

_R = REGISTER.name

TABLES = (
    Table(
        "t8",
        Titles(
            "8. tabula. Izglītības iestādēs nereģistrētie obligātā izglītības vecuma bērni",
            "Table 8. Children of compulsory school age registered in no institution",
        ),
        "table 8",
    ),
    Table(
        "t9",
        Titles(
            "9. tabula. Izglītojamie, kuri neattaisnoti kavējuši nodarbības",
            "Table 9. Learners absent without a justifying reason",
        ),
        "table 9",
        years=2,
    ),
)

_REASONS = {
    "family": Titles("Pirmsskolas izglītības apguve ģimenē", "Preschool education in the family"),
    "unknown": Titles("Pašvaldībai nav informācijas", "Municipality has no information"),
    "arrived": Titles("Iebraucis no citas valsts", "Arrived from another state"),
    "next_year": Titles("Sāks mācības pamatizglītības posmā nākamajā mācību gadā", "Starts school next year"),
    "ill": Titles("Ilgstoši slimojošs", "Long-term illness"),
    "disabled": Titles("Invalīds", "Disability"),
    "closure": Titles("Izglītības iestādes likvidācija / reorganizācija", "Institution closed or reorganised"),
    "missing": Titles("Bezvēsts prombūtnē", "Missing person"),
    "parent": Titles("Audzina bērnu", "Raising a child"),
    "works": Titles("Strādā (nav informācijas par iegūtu pamatizglītību)", "Works"),
}
_LEVELS = {
    "preschool": Titles("Pirmsskolas", "Preschool"),
    "basic": Titles("Vispārējās pamatizglītības", "General basic"),
    "secondary": Titles("Vispārējās vidējās izglītības", "General secondary"),
    "vocational": Titles("Profesionālās izglītības", "Vocational"),
}
_HALVES = ("1", "2")


def _children(figure: str, titles: Titles, quantity: str) -> Measure:
    return Measure(
        figure, titles, _R, ("record_children",), "children", (among("purpose", "year"),),
        sum_of=f"children_{quantity}",
    )  # fmt: skip


def _absence(level: str, half: str) -> Measure:
    return Measure(
        f"t9.{level}.half{half}", _LEVELS[level], _R, ("record_absence",), "learners", (among("half", half),),
        sum_of=f"learners_{level}", by="school_year",
    )  # fmt: skip


MEASURES: tuple[Figure, ...] = (
    Measure("t2.children_updates",
            Titles("Uzskaites (datu aktualizācijas) biežums",
                   "Updates of the count of children of compulsory school age"),
            _R, ("record_update",), "count", distinct="data_day"),
    *(_children(f"t8.{reason}", titles, reason) for reason, titles in _REASONS.items()),
    Total("t8.total", Titles("Kopā", "Total"), tuple(f"t8.{reason}" for reason in _REASONS), "children"),
    Total("s221.children.abroad", Titles("dzīvo un mācās ārvalstīs", "live and study abroad"),
          ("s221.children.abroad.adopted", "s221.children.abroad.foreign_citizens", "s221.children.abroad.emigrated"),
          "children"),
    _children("s221.children.abroad.adopted", Titles("adoptēti uz ārzemēm", "adopted abroad"), "abroad_adopted"),
    _children("s221.children.abroad.foreign_citizens",
              Titles("citas valsts pilsoņi ar uzturēšanās atļaujām", "foreign citizens with residence permits"),
              "abroad_foreign"),
    _children("s221.children.abroad.emigrated",
              Titles("ģimenes izbraukušas no valsts", "families that left the country"), "abroad_emigrated"),
    _children("s221.children.not_told", Titles("iemesls atskaitē nav norādīts", "the return does not tell the reason"),
              "not_told"),
    Total("s221.children.all", Titles("kopā nereģistrēti", "all unregistered children"),
          ("s221.children.abroad", "t8.total", "s221.children.not_told"), "children"),
    Total("s221.children.family", Titles("pirmsskolas izglītība ģimenē", "preschool education in the family"),
          ("t8.family",), "children"),
    *(_absence(level, half) for level in _LEVELS for half in _HALVES),
    *(Total(f"t9.total.half{half}", Titles("KOPĀ", "Total"),
            tuple(f"t9.{level}.half{half}" for level in _LEVELS), "learners") for half in _HALVES),
)  # fmt: skip

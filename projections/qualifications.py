"""What is counted in the register of qualifications: table 11 and the text of section 2.2.4.

A row of table 11 is a qualification; its figure is how many persons were awarded it in the year. Someone awarded two
qualifications is counted in both rows, and so twice in the total, as the report does. Every qualification of the list
has a row, so that no award is lost from the total; those of which none was ever awarded are not printed.
"""

from __future__ import annotations

from domain.qualifications import REGISTER
from domain.qualifications_list import ListedQualification, listed_qualifications
from domain.register import Titles
from projections.measures import Figure, Measure, Table, Total, among

_R = REGISTER.name
_ROWS = tuple(listed_qualifications().values())

TABLES = (
    Table("s224", Titles("2.2.4. nodaļas teksts", "Text of section 2.2.4"), "text 2.2.4"),
    Table(
        "t11",
        Titles(
            "11. tabula. Profesionālo kvalifikāciju ieguvušās personas",
            "Table 11. Persons awarded a professional qualification",
        ),
        "table 11",
        years=7,
    ),
)


def _row(qualification: ListedQualification) -> Measure:
    titles = Titles(qualification.printed_name, f"Qualification: {qualification.printed_name}")
    return Measure(
        figure_of(qualification.name), titles, _R, ("award",), "persons",
        (among("qualification", qualification.name),), distinct="holder",
    )  # fmt: skip


def figure_of(qualification: str) -> str:
    """The figure of table 11 that counts those awarded a qualification."""
    return f"t11.{qualification}"


MEASURES: tuple[Figure, ...] = (
    Measure("s224.institutions", Titles("deleģētas iestādes", "institutions delegated"),
            _R, ("conclude",), "count", distinct="body_delegated"),
    Measure("s224.agreements", Titles("jauni deleģēšanas līgumi", "new delegation agreements"),
            _R, ("conclude",), "count"),
    Measure("s224.qualifications", Titles("profesionālās kvalifikācijas", "qualifications"),
            _R, ("conclude",), "count", distinct="qualification"),
    Total("s224.persons", Titles("kvalifikācijas apliecības ieguvušas personas", "persons awarded a qualification"),
          ("t11.total",), "count"),
    *map(_row, _ROWS),
    Total("t11.total", Titles("Kopā", "Total"), tuple(figure_of(each.name) for each in _ROWS), "persons"),
)  # fmt: skip

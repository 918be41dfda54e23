"""What the fields of the registers and their coded values are called, for those who read."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from domain.institution_types import KINDS, LEGAL_STATUSES, TYPES, InstitutionType, Label
from domain.register import Titles

TEMPLATES = Path(__file__).parent / "templates"
_FROM_THE_EXPORT: dict[str, Mapping[str, Label | InstitutionType]] = {
    "kind": KINDS,
    "type": TYPES,
    "legal_status": LEGAL_STATUSES,
}


@cache
def _titles() -> dict[str, Titles]:
    with (TEMPLATES / "titles.csv").open(encoding="utf-8", newline="") as lines:
        found = {line["name"]: Titles(line["lv"], line["en"]) for line in csv.DictReader(lines)}
    for field, labels in _FROM_THE_EXPORT.items():
        for code, label in labels.items():
            found.setdefault(f"{field}={code}", Titles(label.lv.strip(), label.en))
    return found


def title_of_field(register: str, field: str) -> Titles | None:
    """What a field of a register is called; None if nobody has said."""
    titles = _titles()
    return titles.get(f"{register}:{field}") or titles.get(field)


def title_of_value(register: str, field: str, value: str | int) -> Titles | None:
    """What a coded value of a field is called; None where the value speaks for itself."""
    return title_of_field(register, f"{field}={value}")

"""Register of educational institutions (Izglītības iestāžu reģistrs), MK 397/2015."""

from __future__ import annotations

from domain.application import BEFORE_REGISTRATION, NOT_PUBLIC, REGISTERED, time_limit
from domain.attribute import Attribute, of_act, of_entry
from domain.institution import (
    INSTITUTION_CONTENTS,
    Institution,
    founder_class,
    kinds_of_act,
    removal_kind,
    type_fits_kind,
)
from domain.institution_examples import BASIC_SCHOOL, examples_of
from domain.register import Fields, Reason, Register, Titles
from domain.registration_number import NUMBERS
from domain.territories import named_in

STRUCK_OFF = "struck_off"

strike_off = removal_kind(
    "strike_off", "institution.struck_off", Titles("Svītrošana no reģistra", "Struck off"), STRUCK_OFF
)


KIND_HIGHER = "kind: expected any kind but higher (register higher-education), met higher"


def not_higher(content: Fields) -> Reason | None:
    """Higher education institutions have a register of their own."""
    if content["kind"] == "higher":
        return Reason(KIND_HIGHER, {})
    return type_fits_kind(content)


def municipality_of(address: str | None) -> str | None:
    """The administrative territory that ``address`` lies in."""
    return None if address is None else named_in(address)


BREAKDOWNS = ("kind", "type", "founder_class", "municipality")

ATTRIBUTES: dict[str, Attribute] = {
    "kind": of_entry("kind"),
    "type": of_entry("type"),
    "founder_class": of_entry("founder_class", told=founder_class),
    "territory": of_entry("territory"),
    "municipality": of_entry("address", told=municipality_of),
    "basis": of_act("basis"),
}

REGISTER = Register(
    name="institutions",
    titles=Titles("Izglītības iestāžu reģistrs", "Register of educational institutions"),
    content=Institution,
    kinds=kinds_of_act("institution", strike_off, INSTITUTION_CONTENTS, not_higher),
    statuses={**BEFORE_REGISTRATION, STRUCK_OFF: Titles("svītrots", "struck off")},
    alive=frozenset({REGISTERED}),
    not_public=NOT_PUBLIC,
    name_field="name",
    numbers=NUMBERS,
    term=time_limit,
    attributes=ATTRIBUTES,
    breakdowns=BREAKDOWNS,
    examples=examples_of(BASIC_SCHOOL, "3312903501", "strike_off"),
)

"""Register of higher education institutions (Augstskolu reģistrs), Law on Institutions of Higher Education."""

from __future__ import annotations

from domain.application import BEFORE_REGISTRATION, NOT_PUBLIC, REGISTERED, time_limit
from domain.institution import INSTITUTION_CONTENTS, Institution, kinds_of_act, removal_kind, type_fits_kind
from domain.institution_examples import COLLEGE, examples_of
from domain.institutions import ATTRIBUTES, BREAKDOWNS, STRUCK_OFF
from domain.register import Fields, Reason, Register, Titles
from domain.registration_number import NUMBERS

strike_off = removal_kind(
    "strike_off",
    "higher_education_institution.struck_off",
    Titles("Svītrošana no reģistra", "Struck off"),
    STRUCK_OFF,
)


KIND_NOT_HIGHER = "kind: expected higher, met {met} (register institutions)"


def only_higher(content: Fields) -> Reason | None:
    """Other kinds of institution are kept in the register of institutions."""
    if content["kind"] != "higher":
        return Reason(KIND_NOT_HIGHER, {"met": content["kind"]})
    return type_fits_kind(content)


REGISTER = Register(
    name="higher-education",
    titles=Titles("Augstskolu reģistrs", "Register of higher education institutions"),
    content=Institution,
    kinds=kinds_of_act("higher_education_institution", strike_off, INSTITUTION_CONTENTS, only_higher),
    statuses={**BEFORE_REGISTRATION, STRUCK_OFF: Titles("svītrots", "struck off")},
    alive=frozenset({REGISTERED}),
    not_public=NOT_PUBLIC,
    name_field="name",
    numbers=NUMBERS,
    term=time_limit,
    attributes=ATTRIBUTES,
    breakdowns=BREAKDOWNS,
    examples=examples_of(COLLEGE, "3347003502", "strike_off"),
)

"""Register of accreditations (Akreditēto iestāžu, eksaminācijas centru un programmu reģistrs).

MK 831/2016 and, from October 2020, MK 618/2020. An entry is one accreditation: the next one of the same subject is
another entry. It is in force to the last day of its term, which may be extended, and has expired, by itself, on the day
after. It ends before, by withdrawal, with the institution or the licence that it rests on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.accreditation import (
    Accreditation,
    Accrediting,
    Extension,
    ExtraordinaryAccreditation,
    Withdrawal,
    accredited,
    accredited_anew,
    extended,
    extended_too_far,
    misfit,
    received,
    taken_over,
)
from domain.application import (
    BEFORE_REGISTRATION,
    NOT_PUBLIC,
    REFUSED,
    REGISTERED,
    Contents,
    Granting,
    kinds_about_acts,
    kinds_of_amendment,
    kinds_of_granting,
    time_limit,
)
from domain.attribute import Attribute, of_act, of_entry
from domain.register import ActKind, Fields, Reason, Register, State, Term, Titles, content_merged
from domain.six_digit_number import numbers_in
from domain.stated_fields import stated_fields_of

IN_FORCE, EXPIRED, WITHDRAWN = "in_force", "expired", "withdrawn"

_DECIDED = frozenset({"registration_number", "panel", "term_years"})
"""What an application does not ask for."""

CONTENTS = Contents(
    whole=Accreditation,
    registration=Accrediting,
    application=stated_fields_of(Accrediting, "AccreditationApplication", without=_DECIDED),
    changes=stated_fields_of(Accrediting, "AccreditationChanges", without=_DECIDED | {"subject", "sector", "track"}),
)
ACCREDITING = Granting(
    verb="accredit",
    granted="accredited",
    asked="accreditation",
    status=IN_FORCE,
    titles=Titles("Akreditācija", "Accredited"),
    refused=Titles("Atteikums akreditēt", "Accreditation refused"),
    deferred=Titles("Atlikts akreditēt, pagarināts termiņš", "Accreditation deferred, time limit extended"),
    evolve=accredited,
    taken_over=taken_over,
)
_NOUN = "accreditation"
_IN_FORCE = frozenset({IN_FORCE})


def _amended(state: State, stated: Fields) -> Reason | None:
    return misfit({**state.content, **stated})


def term(state: State) -> Term | None:
    """An application falls due, an accreditation expires."""
    if state.status != IN_FORCE:
        return time_limit(state)
    return Term(date.fromisoformat(state.content["valid_until"]), EXPIRED)


def _term(years: int | None) -> str | None:
    """For how long it is accredited: ``2y`` or ``6y``."""
    return None if years is None else f"{years}y"


accredit_extraordinarily = ActKind(
    "accredit_extraordinarily", f"{_NOUN}.accredited_extraordinarily", 1,
    Titles("Ārkārtas akreditācija", "Accredited extraordinarily"), ExtraordinaryAccreditation, _IN_FORCE,
    evolve=accredited_anew,
)  # fmt: skip
extend = ActKind(
    "extend", f"{_NOUN}.extended", 1, Titles("Termiņa pagarināšana", "Term extended"), Extension, _IN_FORCE,
    evolve=extended, guard=extended_too_far,
)  # fmt: skip
withdraw = ActKind(
    "withdraw", f"{_NOUN}.withdrawn", 1, Titles("Akreditācijas atņemšana", "Withdrawn"), Withdrawal, _IN_FORCE,
    WITHDRAWN,
)  # fmt: skip

ATTRIBUTES: dict[str, Attribute] = {
    **{name: of_entry(name) for name in ("subject", "sector", "track", "panel")},
    "term": of_entry("term_years", told=_term),
    "basis": of_act("basis"),
}

_ACCREDITED: Fields = {
    "name": "Pamatizglītības programma",
    "subject": "programme",
    "institution": "5d2f6a1e-0f0b-4d0c-9a53-7f1a3c2b9e10",
    "licence": "8a1c0d3e-52b7-4f6d-8c11-2e9d7a6b4f20",
    "sector": "general",
    "track": "basic",
    "panel": True,
    "term_years": 6,
}
_EXAMPLES: dict[str, Fields] = {
    "receive": {"name": _ACCREDITED["name"], "subject": "programme", "sector": "general", "track": "basic"},
    "accredit": _ACCREDITED,
    "import": {**_ACCREDITED, "registration_number": "900001", "valid_until": "2028-06-30"},
    "refuse": {"name": _ACCREDITED["name"], "reason": "Kvalitātes vērtējums neatbilst akreditācijas nosacījumiem."},
    "defer": {"name": _ACCREDITED["name"], "until": "2027-06-01", "reason": "Nav precizēts pašnovērtējuma ziņojums."},
    "amend": {"sites": ["ATBRĪVOŠANAS ALEJA 95, RĒZEKNE, LV-4601"]},
    "refuse_amendment": {"reason": "Jaunā īstenošanas vieta neatbilst prasībām."},
    "defer_amendment": {"until": "2027-03-01", "reason": "Jānovērtē jaunā īstenošanas vieta."},
    "accredit_extraordinarily": {
        "proposed_by": "founder",
        "reason": "Būtiski pārkāpumi izglītības procesā.",
        "term_years": 6,
    },
    "extend": {"until": "2034-01-31", "basis": "reorganisation"},
    "withdraw": {"basis": "breaches", "reason": "Pārkāpumi nav novērsti."},
    "correct": {"target": 0, "content": {**_ACCREDITED, "registration_number": "900001"}},
    "annul": {"target": 0, "mode": "ex_nunc", "reason": "Iestāde sniegusi nepatiesas ziņas."},
}

REGISTER = Register(
    name="accreditations",
    titles=Titles("Akreditāciju reģistrs", "Register of accreditations"),
    content=Accreditation,
    kinds=(
        *(
            replace(kind, evolve=received) if kind.verb == "receive" else kind
            for kind in kinds_of_granting(_NOUN, CONTENTS, misfit, ACCREDITING)
        ),
        *kinds_of_amendment(_NOUN, CONTENTS, _amended, IN_FORCE, content_merged),
        accredit_extraordinarily,
        extend,
        withdraw,
        *kinds_about_acts(_NOUN),
    ),
    statuses={
        **{status: titles for status, titles in BEFORE_REGISTRATION.items() if status != REGISTERED},
        REFUSED: Titles("atteikts", "accreditation refused"),
        IN_FORCE: Titles("spēkā", "in force"),
        EXPIRED: Titles("beidzies termiņš", "expired"),
        WITHDRAWN: Titles("atņemta", "withdrawn"),
    },
    alive=frozenset({IN_FORCE}),
    not_public=NOT_PUBLIC,
    name_field="name",
    numbers=numbers_in("accreditations"),
    term=term,
    attributes=ATTRIBUTES,
    breakdowns=("subject", "sector", "track", "panel", "term"),
    ends_with=("withdraw", {"basis": "grounds_ended"}),
    examples=_EXAMPLES,
)

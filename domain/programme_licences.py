"""Register of licensed programmes (Licencēto izglītības programmu reģistrs), MK 218/2019.

An entry is the licence of one programme of one institution; no document is issued, the entry is the licence. Updates
are the entries that MK 218/2019 p. 13 asks for. The permit (atļauja) of an international programme is an entry here as
well (International Schools Law): it is valid to a day, and the service may suspend it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, create_model

from domain.act import Payload
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
)
from domain.attribute import Attribute, of_act, of_entry
from domain.programme_licence import (
    EXPIRED,
    HOLDERS,
    IN_FORCE,
    LAPSED,
    SUSPENDED,
    ProgrammeLicence,
    misfit,
    term,
    warnings,
)
from domain.register import ANNULLED, ActKind, Fields, Reason, Register, State, Titles
from domain.six_digit_number import numbers_in
from domain.stated_fields import stated_fields_of
from domain.value import LongText, Value

UpdateKind = Literal[
    "standard", "plan_approved", "takeover", "founder", "reorganised", "language_transition", "minority_updated",
    "code", "address", "content", "work_based",
]  # fmt: skip
"""The entries that MK 218 p. 13 led to in 2020, loss of force apart, which is an act of its own."""


class Beginning(Value):
    """The programme has begun (īstenošana uzsākta), on the day on which this act takes effect."""


class Lapse(Value):
    """Loss of force (spēka zaudēšana) by an entry; a programme that was not begun in time needs none."""

    basis: Literal["own_request", "institution_ended", "replaced", "classification", "other"]


class Suspension(Value):
    """Suspension of an international programme, on breaches of the rules."""

    reason: LongText


class Restoration(Value):
    """The end of a suspension."""

    reason: LongText | None = None


TAKEOVER_STATES_NOBODY = "institution: expected the institution that takes the programme over, met none"
TAKEOVER_EXPECTED = "institution: expected it unchanged in an update of kind {met}, met another"
ALREADY_BEGUN = "begun_on: expected none before the programme begins, met {met}"
ONLY_INTERNATIONAL = "branch: expected international, met {met}"


def _updated(state: State, stated: Fields) -> Reason | None:
    """Another institution has the programme after a takeover or a reorganisation, and after these alone."""
    others = [field for field in HOLDERS if field in stated and stated[field] != state.content[field]]
    if stated["update"] == "takeover" and not others:
        return Reason(TAKEOVER_STATES_NOBODY, {})
    if others and stated["update"] not in ("takeover", "reorganised"):
        return Reason(TAKEOVER_EXPECTED, {"met": stated["update"]})
    return misfit({**state.content, **stated})


def _only_international(state: State, _: Fields) -> Reason | None:
    branch = state.content["branch"]
    return None if branch == "international" else Reason(ONLY_INTERNATIONAL, {"met": branch})


def _not_begun(state: State, _: Fields) -> Reason | None:
    begun_on = state.content["begun_on"]
    return None if begun_on is None else Reason(ALREADY_BEGUN, {"met": begun_on})


def _licensed(_: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    return {**stated, "licensed_on": stated["licensed_on"] or act.effective_on.isoformat()}


def _update_made(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    return {**before, **{name: value for name, value in stated.items() if name != "update"}}


def _begun(before: Fields, _: Fields, act: Payload[Any]) -> Fields:
    return {**before, "begun_on": act.effective_on.isoformat()}


_NOT_STATED = frozenset({"registration_number"})
_CHANGES = stated_fields_of(
    ProgrammeLicence,
    "ProgrammeLicenceChanges",
    without=_NOT_STATED | {"branch", "licensed_on", "begun_on"},
)
CONTENTS = Contents(
    whole=ProgrammeLicence,
    registration=ProgrammeLicence,
    application=stated_fields_of(
        ProgrammeLicence, "ProgrammeLicenceApplication", without=_NOT_STATED | {"licensed_on", "begun_on"}
    ),
    changes=create_model(
        "ProgrammeLicenceUpdate",
        __base__=_CHANGES,
        __module__=__name__,
        update=(UpdateKind, Field(description="Kind of update")),
    ),
)
LICENSING = Granting(
    verb="license",
    granted="licensed",
    asked="licensing",
    status=IN_FORCE,
    titles=Titles("Licencēšana", "Licensed"),
    refused=Titles("Atteikums licencēt", "Licensing refused"),
    deferred=Titles("Atlikts licencēt, pagarināts termiņš", "Licensing deferred, time limit extended"),
    evolve=_licensed,
    taken_over=_licensed,
)
_NOUN = "programme_licence"
_IN_FORCE = frozenset({IN_FORCE})

begin = ActKind(
    "begin", f"{_NOUN}.begun", 1, Titles("Īstenošana uzsākta", "Programme begun"), Beginning, _IN_FORCE, evolve=_begun,
    guard=_not_begun,
)  # fmt: skip
lapse = ActKind(
    "lapse", f"{_NOUN}.lapsed", 1, Titles("Spēka zaudēšana", "Lapsed"), Lapse, frozenset({IN_FORCE, SUSPENDED}), LAPSED
)
suspend = ActKind(
    "suspend", f"{_NOUN}.suspended", 1, Titles("Apturēšana", "Suspended"), Suspension, _IN_FORCE, SUSPENDED,
    guard=_only_international,
)  # fmt: skip
restore = ActKind(
    "restore", f"{_NOUN}.restored", 1, Titles("Atjaunošana", "Restored"), Restoration, frozenset({SUSPENDED}), IN_FORCE
)

ATTRIBUTES: dict[str, Attribute] = {
    **{name: of_entry(name) for name in (
        "branch", "track", "level", "study_form", "language", "special_kind", "origin", "enhanced_results", "modular",
        "work_based", "qualification", "founder",
    )},
    "institution": of_entry("institution", "college"),
    "special": of_entry("special_kind", told=lambda kind: None if kind is None else True),
    "update": of_act("update"),
}  # fmt: skip

_PROGRAMME: Fields = {
    "name": "Pamatizglītības programma",
    "institution": "5d2f6a1e-0f0b-4d0c-9a53-7f1a3c2b9e10",
    "founder": "municipal",
    "branch": "general",
    "level": "basic",
    "code": "21011111",
    "sites": ["ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601"],
}
_INTERNATIONAL: Fields = {
    "name": "Starptautiskā bakalaurāta programma",
    "registration_number": "900001",
    "institution": _PROGRAMME["institution"],
    "founder": "private",
    "branch": "international",
    "code": "31016011",
    "permit": "full",
    "recognised_by": "IB Organisation",
    "valid_until": "2029-08-31",
    "licensed_on": "2021-08-20",
    "begun_on": "2021-09-01",
}
_EXAMPLES: dict[str, Fields] = {
    "receive": {"name": _PROGRAMME["name"], "branch": "general", "level": "basic", "code": "21011111"},
    "license": _PROGRAMME,
    "import": _INTERNATIONAL,
    "refuse": {"name": _PROGRAMME["name"], "reason": "Programma nav saskaņota ar dibinātāju."},
    "defer": {"name": _PROGRAMME["name"], "until": "2027-03-01", "reason": "Nepieciešama papildu informācija."},
    "amend": {"update": "address", "sites": ["ATBRĪVOŠANAS ALEJA 95, RĒZEKNE, LV-4601"]},
    "refuse_amendment": {"reason": "Mācību plāns neatbilst standartam."},
    "defer_amendment": {"until": "2027-03-01", "reason": "Nav saņemts precizēts mācību plāns."},
    "begin": {},
    "lapse": {"basis": "own_request"},
    "suspend": {"reason": "Netiek īstenots mācību priekšmets “Latvijas mācība”."},
    "restore": {"reason": "Pārkāpums novērsts."},
    "correct": {"target": 0, "content": {**_PROGRAMME, "registration_number": "900001"}},
    "annul": {"target": 0, "mode": "ex_nunc", "reason": "Iestāde sniegusi nepatiesas ziņas."},
}

REGISTER = Register(
    name="programme-licences",
    titles=Titles("Licencēto izglītības programmu reģistrs", "Register of licensed programmes"),
    content=ProgrammeLicence,
    kinds=(
        *kinds_of_granting(_NOUN, CONTENTS, misfit, LICENSING),
        *kinds_of_amendment(_NOUN, CONTENTS, _updated, IN_FORCE, _update_made),
        begin,
        lapse,
        suspend,
        restore,
        *kinds_about_acts(_NOUN),
    ),
    statuses={
        **{status: titles for status, titles in BEFORE_REGISTRATION.items() if status != REGISTERED},
        REFUSED: Titles("atteikts", "licensing refused"),
        ANNULLED: Titles("anulēta", "annulled"),
        IN_FORCE: Titles("spēkā", "in force"),
        SUSPENDED: Titles("apturēta", "suspended"),
        LAPSED: Titles("zaudējusi spēku", "lapsed"),
        EXPIRED: Titles("beidzies termiņš", "expired"),
    },
    alive=frozenset({IN_FORCE, SUSPENDED}),
    not_public=NOT_PUBLIC,
    name_field="name",
    numbers=numbers_in("programme-licences"),
    term=term,
    attributes=ATTRIBUTES,
    breakdowns=("branch", "track", "level", "study_form", "language", "special_kind", "origin", "founder"),
    warnings=warnings,
    ends_with=("lapse", {"basis": "institution_ended"}),
    examples=_EXAMPLES,
)

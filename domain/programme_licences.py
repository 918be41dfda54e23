"""Register of licensed programmes (Licencēto izglītības programmu reģistrs), MK 218/2019.

An entry is the licence of one programme of one institution; no document is issued, the entry is the licence. A
programme whose implementation has not begun within a year of licensing loses its licence by itself, on the day after:
no act says so. It has begun once ``begun_on`` is known, from the act ``begin`` or from the licensing itself where that
is recorded afterwards; updates change nothing about it. The permit (atļauja) of an international programme is an entry
here as well (International Schools Law): it is valid to a day, and the service may suspend it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, create_model, model_validator

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
    time_limit,
)
from domain.legal_time import LegalDate
from domain.programme_classification import mismatches
from domain.register import (
    ANNULLED,
    ActKind,
    Attribute,
    Fields,
    Link,
    Mark,
    Reason,
    Register,
    State,
    Term,
    Titles,
    of_act,
    of_entry,
    stated_fields_of,
)
from domain.six_digit_number import numbers_in
from domain.value import LongText, Number, Text, Value

IN_FORCE, LAPSED, SUSPENDED, EXPIRED = "in_force", "lapsed", "suspended", "expired"


class ProgrammeLicence(Value):
    """What the register holds of a licensed programme on a day. An application may state only part of it."""

    name: Annotated[Text, Mark.SEARCH, Field(description="Name of the programme (programmas nosaukums)")]
    registration_number: Annotated[
        Number | None, Mark.SEARCH, Field(description="Number of the licence; given by the service if not supplied")
    ] = None
    institution: Annotated[
        UUID | None, Link("institutions"), Field(description="Institution that offers the programme")
    ] = None
    college: Annotated[
        UUID | None,
        Link("higher-education"),
        Field(description="The same, where it is of the higher education register"),
    ] = None
    founder: Annotated[
        Literal["state", "municipal", "private"], Mark.FILTER, Field(description="Founder at the time of licensing")
    ]
    branch: Annotated[
        Literal["general", "vocational", "international"], Mark.FILTER, Field(description="Branch of education")
    ]
    track: Annotated[
        Literal["initial", "further", "inservice", "arts", "sport"] | None,
        Mark.FILTER,
        Field(
            description="Of a vocational programme: initial, further education (tālākizglītība), in-service training"
            " (pilnveide), or vocationally oriented (ievirze) in music, art and dance, or in sport"
        ),
    ] = None
    level: Annotated[
        Literal["preschool", "basic", "secondary"] | None, Mark.FILTER, Field(description="Level (izglītības pakāpe)")
    ] = None
    code: Annotated[Text, Mark.SEARCH, Field(description="Programme code of the Latvian classification of education")]
    added_codes: Annotated[tuple[Text, ...], Mark.SEARCH, Field(max_length=50, description="Codes added later")] = ()
    study_form: Annotated[
        Literal["on_site", "extramural", "distance"],
        Mark.FILTER,
        Field(description="On site (klātiene), extramural (neklātiene) or distance learning (tālmācība)"),
    ] = "on_site"
    language: Annotated[
        Literal["latvian", "minority", "other"],
        Mark.FILTER,
        Field(description="Language of instruction (mācību valoda)"),
    ] = "latvian"
    special_kind: Annotated[
        Literal[
            "vision", "hearing", "physical", "somatic", "language", "learning", "mental_health", "intellectual",
            "severe", "mixed",
        ]
        | None,
        Mark.FILTER,
        Field(description="Of a special programme (speciālā): the impairment of the learners it is for"),
    ] = None  # fmt: skip
    origin: Annotated[
        Literal["model", "own"],
        Mark.FILTER,
        Field(description="By the Cabinet's model (paraugprogramma) or the institution's own (autorprogramma)"),
    ] = "model"
    enhanced_results: Annotated[bool, Field(description="Own programme with higher results to achieve")] = False
    modular: Annotated[bool, Field(description="Modular programme (modulārā)")] = False
    work_based: Annotated[bool, Field(description="Also in work-based form (darba vidē balstītas mācības)")] = False
    qualification: Annotated[
        Text | None, Mark.SEARCH, Field(description="Professional qualification that the programme leads to")
    ] = None
    duration: Annotated[Text | None, Field(description="Duration or volume (īstenošanas ilgums, apjoms)")] = None
    plan: Annotated[Text | None, Field(description="Study or lesson plan as approved (mācību, nodarbību plāns)")] = None
    sites: Annotated[
        tuple[Text, ...], Mark.SEARCH, Field(max_length=200, description="Addresses where the programme is offered")
    ] = ()
    permit: Annotated[
        Literal["initial", "full"] | None,
        Mark.FILTER,
        Field(description="Of an international programme: initial permit (sākotnējā atļauja) or permit"),
    ] = None
    recognised_by: Annotated[
        Text | None, Field(description="Who has recognised an international programme: a state, the IB Organisation …")
    ] = None
    valid_until: Annotated[
        LegalDate | None, Field(description="Last day of a permit: that of the foreign accreditation")
    ] = None
    licensed_on: Annotated[
        LegalDate | None, Field(description="Licensing date; the day on which licensing takes effect unless stated")
    ] = None
    begun_on: Annotated[
        LegalDate | None, Field(description="Day on which implementation began, as far as it is known")
    ] = None

    @model_validator(mode="after")
    def _fits_the_branch(self) -> ProgrammeLicence:
        reason = misfit(self.model_dump(mode="json"))
        if reason is not None:
            raise ValueError(str(reason))
        return self


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


_HOLDERS = ("institution", "college")
_OF_BRANCH: dict[str, tuple[str, ...]] = {
    "general": ("level",),
    "vocational": ("track",),
    "international": ("permit", "recognised_by", "valid_until"),
}
_OF_OTHERS: dict[str, tuple[str, ...]] = {
    "general": ("track", "qualification", "permit", "recognised_by", "valid_until"),
    "vocational": ("permit", "recognised_by", "valid_until"),
    "international": ("track", "qualification"),
}
BRANCH_MISSING = "{field}: expected a value for a programme of branch {branch}, met none"
BRANCH_OF_OTHERS = "{field}: expected none for a programme of branch {branch}, met one"
ONE_HOLDER = "institution, college: expected one of them, met {met}"
NOT_ENHANCED = "enhanced_results: expected an institution's own programme, met one by the model"
TAKEOVER_STATES_NOBODY = "institution: expected the institution that takes the programme over, met none"
TAKEOVER_EXPECTED = "institution: expected it unchanged in an update of kind {met}, met another"
ONLY_INTERNATIONAL = "branch: expected international, met {met}"


def misfit(content: Fields) -> Reason | None:
    """Why ``content`` does not fit its branch of education, or None."""
    branch = content["branch"]
    for field in _OF_BRANCH[branch]:
        if content[field] is None:
            return Reason(BRANCH_MISSING, {"field": field, "branch": branch})
    for field in _OF_OTHERS[branch]:
        if content[field] is not None:
            return Reason(BRANCH_OF_OTHERS, {"field": field, "branch": branch})
    holders = [field for field in _HOLDERS if content[field] is not None]
    if len(holders) != 1:
        return Reason(ONE_HOLDER, {"met": " and ".join(holders) or "none"})
    if content["enhanced_results"] and content["origin"] != "own":
        return Reason(NOT_ENHANCED, {})
    return None


def _updated(state: State, stated: Fields) -> Reason | None:
    """Another institution has the programme after a takeover or a reorganisation, and after these alone."""
    others = [field for field in _HOLDERS if field in stated and stated[field] != state.content[field]]
    if stated["update"] == "takeover" and not others:
        return Reason(TAKEOVER_STATES_NOBODY, {})
    if others and stated["update"] not in ("takeover", "reorganised"):
        return Reason(TAKEOVER_EXPECTED, {"met": stated["update"]})
    return misfit({**state.content, **stated})


def _only_international(state: State, _: Fields) -> Reason | None:
    branch = state.content["branch"]
    return None if branch == "international" else Reason(ONLY_INTERNATIONAL, {"met": branch})


def _licensed(_: Fields, stated: Fields, act: Payload[Any]) -> Fields:
    return {**stated, "licensed_on": stated["licensed_on"] or act.effective_on.isoformat()}


def _update_made(before: Fields, stated: Fields, _: Payload[Any]) -> Fields:
    return {**before, **{name: value for name, value in stated.items() if name != "update"}}


def _begun(before: Fields, _: Fields, act: Payload[Any]) -> Fields:
    return {**before, "begun_on": act.effective_on.isoformat()}


def one_year_after(day: date) -> date:
    """The last day of a time limit of one year from ``day``."""
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def term(state: State) -> Term | None:
    """An application falls due, a permit expires; a licence lapses if the programme has not begun within a year."""
    if state.status not in (IN_FORCE, SUSPENDED):
        return time_limit(state)
    content, ends = state.content, list[Term]()
    if content["valid_until"] is not None:
        ends.append(Term(date.fromisoformat(content["valid_until"]), EXPIRED))
    last_day = one_year_after(date.fromisoformat(content["licensed_on"]))
    if content["begun_on"] is None or date.fromisoformat(content["begun_on"]) > last_day:
        ends.append(Term(last_day, LAPSED))
    return min(ends, default=None)


def warnings(stated: Fields) -> list[str]:
    """What of the programme codes stated is not as the classification has it."""
    codes = [stated.get("code"), *(stated.get("added_codes") or ())]
    return [warning for code in codes if code for warning in mismatches(code)]


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
    "begin", f"{_NOUN}.begun", 1, Titles("Īstenošana uzsākta", "Programme begun"), Beginning, _IN_FORCE, evolve=_begun
)
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
    "institution": lambda content, _: content.get("institution") or content.get("college"),
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
_EXAMPLES: dict[str, Fields] = {
    "receive": {"name": _PROGRAMME["name"], "branch": "general", "level": "basic", "code": "21011111"},
    "license": _PROGRAMME,
    "import": {**_PROGRAMME, "registration_number": "900001", "licensed_on": "2018-08-20", "begun_on": "2018-09-03"},
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
    warnings=warnings,
    ends_with=("lapse", {"basis": "institution_ended"}),
    examples=_EXAMPLES,
)

"""Random lawful histories of the register of institutions: acts drawn one by one, those refused left out.

``drafts(timelines)`` draws the next act to ask for, given the entries there are; it serves any test that records
acts, in memory or in the database. ``histories()`` draws whole histories, decided in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st

from domain.act import Act, Draft
from domain.decide import decide
from domain.institution_types import TYPES
from domain.institutions import REGISTER
from domain.refusals import ActRefused
from domain.register import Register
from domain.timeline import Timeline
from tests.domain.story import OFFICER, draft, recorded_at

FIRST_DAY = date(2020, 1, 20)
Draw = Callable[[st.SearchStrategy[Any]], Any]
Timelines = Mapping[UUID, Timeline]

NAMES = ("Ezera skola", "Ēzeļu skola", '"Čiekuriņš"', "1. ģimnāzija", "Žīguru pamatskola ", "Šķaune")
_PLACES = ("RĪGA, LV-1024", "RĒZEKNE, LV-4601", "ĶEKAVA, LV-2123")
_TYPES = tuple(code for code, about in TYPES.items() if about.kind in ("general", "special"))

days = st.integers(0, 100).map(lambda number: FIRST_DAY + timedelta(days=number))
"""A hundred days: time limits of a month end within them, and acts often fall on the same day."""


@st.composite
def changes(draw: Draw) -> dict[str, Any]:
    """Some fields of an institution, at least one; kind and type go together."""
    type_code = draw(st.sampled_from(_TYPES))
    possible: dict[str, Any] = {
        "name": draw(st.sampled_from(NAMES)),
        "address": draw(st.sampled_from(_PLACES)),
        "head": draw(st.sampled_from((None, "JĀNIS BĒRZIŅŠ", "ANNA KALNIŅA"))),
        "emails": draw(st.lists(st.sampled_from(("a@example.lv", "b@example.lv")), max_size=2)),
        "contact_person": draw(st.sampled_from((None, "Zane Ozola"))),
        "type": type_code,
    }
    stated = draw(st.lists(st.sampled_from(sorted(possible)), min_size=1, max_size=3, unique=True))
    chosen = {name: possible[name] for name in stated}
    return {**chosen, "kind": TYPES[type_code].kind} if "type" in chosen else chosen


@st.composite
def institutions(draw: Draw) -> dict[str, Any]:
    """The whole content of an institution that brings no number; the service can give one."""
    type_code = draw(st.sampled_from(_TYPES))
    return {
        "name": draw(st.sampled_from(NAMES)),
        "kind": TYPES[type_code].kind,
        "type": type_code,
        "legal_status": draw(st.sampled_from(("municipality", "company", "association"))),
        "founders": {
            "declared": ["Dibinātājs"],
            "actual": draw(st.sampled_from((["Dibinātājs"], ["Cits", "Trešais"]))),
        },
        "address": draw(st.sampled_from(_PLACES)),
        "territory": draw(st.sampled_from(("31", "33"))),
        "founder_class": draw(st.sampled_from(("8", "9"))),
        **draw(st.fixed_dictionaries({}, optional={"head": st.just("ANNA KALNIŅA"), "units": st.integers(0, 3)})),
    }


_NAME = st.sampled_from((None, *NAMES))
_REASON = st.sampled_from(("Trūkst nolikuma.", "Pieteikums nav pilnīgs.\nSk. pielikumu."))

CONTENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "receive": changes().flatmap(lambda some: st.sampled_from(NAMES).map(lambda name: {"name": name, **some})),
    "register": institutions().flatmap(
        lambda whole: st.sampled_from(("new", "reorganised")).map(lambda basis: {**whole, "basis": basis})
    ),
    "import": institutions(),
    "refuse": st.fixed_dictionaries({"reason": _REASON, "name": _NAME}),
    "defer": st.fixed_dictionaries({"until": days, "name": _NAME}),
    "amend": changes(),
    "refuse_amendment": st.fixed_dictionaries({"reason": _REASON}),
    "defer_amendment": st.fixed_dictionaries({"until": days}),
    "reorganise": st.fixed_dictionaries(
        {"form": st.sampled_from(("absorb", "split", "change_of_name")), "changes": st.none() | changes()}
    ),
    "strike_off": st.fixed_dictionaries({"basis": st.sampled_from(("liquidation", "own_request"))}),
}
"""What an act of each kind may say, by verb; corrections and annulments depend on the acts there are."""


@st.composite
def drafts(
    draw: Draw,
    timelines: Timelines,
    *,
    register: Register = REGISTER,
    most_entries: int = 1,
    new_entry: Callable[[], UUID] = uuid4,
) -> Draft:
    """The next act to ask for: one that begins an entry, or one of an entry of ``timelines``. It may be refused."""
    beginning = [None] if len(timelines) < most_entries else []
    entry_id = draw(st.sampled_from([*beginning, *timelines]))
    timeline = Timeline(register) if entry_id is None else timelines[entry_id]
    known = [act.effective_on for act in timeline.acts.values()]
    on = draw(days | st.sampled_from(known)) if known else draw(days)
    verb = draw(st.sampled_from(_fitting(timeline, on)))
    if verb in CONTENTS:
        content = draw(CONTENTS[verb])
    else:
        targets = [a for a in timeline.acts.values() if verb == "annul" or a.kind.effect == "state"]
        target = draw(st.sampled_from(targets))
        if verb == "annul":
            content = {"target": target.position, "mode": draw(st.sampled_from(("ex_tunc", "ex_nunc")))}
        else:
            on, content = target.effective_on, {"target": target.position, "content": draw(_right_contents(target))}
    received_on = draw(st.none() | days)
    entry = new_entry() if entry_id is None else entry_id
    return draft(register, entry, verb, on, content, received_on=received_on, opens_entry=entry_id is None)


def _fitting(timeline: Timeline, on: date) -> list[str]:
    """Verbs to choose from: those that fit the state on the day, and once in a while any other."""
    status = timeline.state_on(on).status
    fitting = [kind.verb for kind in timeline.register.kinds if status in kind.meets]
    if not timeline.acts:
        return fitting
    return [*fitting, *fitting, "amend", "annul", "annul", "correct", *CONTENTS]


def _right_contents(target: Act) -> st.SearchStrategy[dict[str, Any]]:
    """The whole right content of ``target``: another, or the same with another name or reason."""
    named = {"name": "Labotais nosaukums"} if "name" in target.fields else {}
    reasoned = {"reason": "Labots iemesls."} if "reason" in target.fields else {}
    same = {**target.fields, **named, **reasoned}
    others = CONTENTS[target.kind.verb]
    if target.fields.get("registration_number") is not None:
        number = target.fields["registration_number"]
        others = others.map(lambda content: {**content, "registration_number": number})
    return others | st.just(same)


@dataclass(repr=False)
class History:
    """Entries and all their acts, in the order of recording; positions count from 0."""

    register: Register = REGISTER
    timelines: dict[UUID, Timeline] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)

    def take(self, asked: Draft) -> Act | None:
        """Record ``asked``, or leave it out if it is refused."""
        position = len(self.acts)
        before = self.timelines.get(asked.entry_id, Timeline(self.register))
        try:
            act, timeline = decide(
                before, asked, OFFICER, position=position, recorded_at=recorded_at(position), correlation_id=uuid4()
            )
        except ActRefused:
            return None
        self.timelines[asked.entry_id] = timeline
        self.acts.append(act)
        return act

    def __repr__(self) -> str:
        entries = list(self.timelines)
        told = [f"{a.effective_on} {entries.index(a.entry_id)} {a.kind.verb} {a.fields}" for a in self.acts]
        return "\n".join(["", *told])

    def of(self, entry_id: UUID) -> list[Act]:
        """The acts of one entry."""
        return [act for act in self.acts if act.entry_id == entry_id]


@st.composite
def histories(draw: Draw, *, most_entries: int = 1, most_asked: int = 24) -> History:
    """A lawful history of up to ``most_asked`` acts."""
    history = History()
    for _ in range(draw(st.integers(1, most_asked))):
        history.take(draw(drafts(history.timelines, most_entries=most_entries)))
    return history

"""Telling an entry's history act by act, as the sentences of a test do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.act import Act, Actor, Decision, Draft
from domain.decide import decide, kind_of, validated
from domain.institutions import REGISTER
from domain.register import Register
from domain.timeline import Timeline

OFFICER = Actor("officer-1", "registrar")
FIRST_INSTANT = datetime(2020, 1, 1, 8, tzinfo=UTC)

BASIC_SCHOOL: dict[str, Any] = {
    "name": "Rēzeknes pamatskola",
    "kind": "general",
    "type": "basic_school",
    "legal_status": "municipality",
    "founders": {"declared": ["Rēzeknes pilsētas dome"], "actual": ["Rēzeknes pilsētas dome"]},
    "address": "ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601",
    "territory": "31",
    "founder_class": "9",
}
"""A whole content of the register of institutions; its series of numbers is ``31129``."""

COLLEGE: dict[str, Any] = {**BASIC_SCHOOL, "name": "Rēzeknes koledža", "kind": "higher", "type": "college"}

INSTITUTE: dict[str, Any] = {
    "name": "Ķīmijas institūts",
    "legal_status": "derived_public_person",
    "founders": {"declared": ["Latvijas Universitāte"], "actual": ["Latvijas Universitāte"]},
    "address": "JELGAVAS IELA 1, RĪGA, LV-1004",
}


NANNY: dict[str, Any] = {
    "name": "Ilze Ezeriņa",
    "provider_kind": "natural",
    "personal_code": "390000-00018",
    "service": "full_time",
}

CENTRE: dict[str, Any] = {
    "name": "SIA “Ezera bērni”",
    "provider_kind": "legal",
    "legal_registration_number": "90001259032",
    "service": "both",
    "address": "EZERA IELA 5, RĪGA, LV-1034",
    "nannies": ["Zane Ozola"],
}

STUDIO: dict[str, Any] = {
    "name": "Ezera keramikas studija",
    "kind": "studio",
    "address": "EZERA IELA 5, RĪGA, LV-1034",
}


USUAL: dict[str, dict[str, Any]] = {
    "institutions": BASIC_SCHOOL,
    "higher-education": COLLEGE,
    "scientific-institutions": INSTITUTE,
    "childcare-providers": NANNY,
    "other-institutions": STUDIO,
}
"""A whole content of each register whose entries begin with their registration."""


def draft(register: Register, entry_id: UUID, verb: str, on: date, content: dict[str, Any], **more: Any) -> Draft:
    """An act of ``verb`` effective and decided ``on`` that day; ``content`` is validated as a request's body is."""
    valid = validated(kind_of(register, verb).content, content)
    return Draft(register.name, entry_id, verb, Decision(decided_on=on), on, valid, **more)


def recorded_at(position: int) -> datetime:
    """When the act at ``position`` reached the ledger, in these histories: a minute after the one before."""
    return FIRST_INSTANT + timedelta(minutes=position)


class Story:
    """One entry: what is told of it is decided and recorded, or refused."""

    def __init__(self, register: Register = REGISTER) -> None:
        self.register = register
        self.entry_id = uuid4()
        self.timeline = Timeline(register)
        self.acts: list[Act] = []

    def tell(self, verb: str, on: date, /, **content: Any) -> Act:
        """Record an act of ``verb`` effective ``on``; raises ActRefused."""
        return self.take(self.draft(verb, on, **content))

    def take(self, asked: Draft) -> Act:
        """Record the act that ``asked`` becomes; raises ActRefused."""
        position = len(self.acts)
        act, self.timeline = decide(
            self.timeline, asked, OFFICER, position=position, recorded_at=recorded_at(position), correlation_id=uuid4()
        )
        self.acts.append(act)
        return act

    def draft(self, verb: str, on: date, /, **content: Any) -> Draft:
        """The next act of the entry, as asked for."""
        return draft(self.register, self.entry_id, verb, on, content, opens_entry=not self.acts)

    def status(self, day: date, known_at: int | None = None) -> str:
        """The entry's status on ``day``, as known now or at a position."""
        return self._known(known_at).state_on(day).status

    def name(self, day: date, known_at: int | None = None) -> Any:
        """The entry's name on ``day``, as known now or at a position."""
        return self._known(known_at).state_on(day).content.get("name")

    def _known(self, known_at: int | None) -> Timeline:
        if known_at is None:
            return self.timeline
        return Timeline(self.register, self.acts[: known_at + 1])


def registered(on: date, register: Register = REGISTER, **content: Any) -> Story:
    """An entry that begins with its registration; a basic school unless the register or ``content`` says otherwise."""
    story = Story(register)
    story.tell("register", on, **{**USUAL[register.name], **content})
    return story


def corrected(act: Act, **right: Any) -> dict[str, Any]:
    """The content of a correction of ``act``: what it says, but for what is ``right``."""
    return {"target": act.position, "content": {**act.fields, **right}}

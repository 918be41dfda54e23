"""Whether an act is lawful: the one door through which every act passes, whoever asks for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError

from domain.act import Act, Actor, Annulment, Correction, Draft
from domain.catalogue import stated_fields
from domain.refusals import (
    ActsInTheWay,
    AnswersNoApplication,
    ContentRefused,
    EffectiveDateOfCorrection,
    EntryExists,
    EntryNotFound,
    LinksCorrected,
    LinksNotMutual,
    NotAFirstAct,
    StaleVersion,
    TargetAlreadyAnnulled,
    TargetNotCorrectable,
    TargetNotFound,
    UnknownKindOfAct,
)
from domain.register import ABSENT, ActKind, Register
from domain.timeline import Timeline
from domain.value import Value

LINKS = frozenset({"predecessors", "successors"})
"""Fields that name other entries; in one decision both sides are named."""


def kind_of(register: Register, verb: str) -> ActKind:
    """The register's kind of act named ``verb``; raises UnknownKindOfAct."""
    try:
        return register.by_verb[verb]
    except KeyError:
        raise UnknownKindOfAct(expected=", ".join(sorted(register.by_verb)), met=verb) from None


def validated(content_type: type[Value], content: Any) -> Value:
    """``content`` as a ``content_type``; raises ContentRefused naming each field that does not fit."""
    try:
        return content_type.model_validate(content)
    except ValidationError as error:
        problems = [(".".join(map(str, e["loc"])) or "content", e["msg"]) for e in error.errors()]
        raise ContentRefused(problems) from None


def decide(
    timeline: Timeline,
    draft: Draft,
    actor: Actor,
    *,
    position: int,
    recorded_at: datetime,
    correlation_id: UUID,
) -> tuple[Act, Timeline]:
    """The act that ``draft`` becomes at ``position`` and the entry's timeline with it, if all of it stays lawful.

    Pure. Raises a subclass of ActRefused; ``timeline`` is unchanged either way.
    """
    register = timeline.register
    kind = kind_of(register, draft.verb)
    _check_entry(timeline, draft, kind)
    effective_on, content = _effect_of(timeline, draft, kind)
    if draft.answers is not None:
        answered = timeline.acts.get(draft.answers)
        if answered is None or answered.kind.verb != "receive":
            raise AnswersNoApplication(met=draft.answers)
    payload = kind.payload_type(
        act_id=draft.act_id or uuid4(),
        register_name=register.name,
        actor=actor.pseudonym,
        role=actor.role,
        decision=draft.decision,
        effective_on=effective_on,
        received_on=draft.received_on,
        answers=draft.answers,
        note=draft.note,
        correlation_id=correlation_id,
        source=draft.source,
        content=content,
    )
    act = Act(position, recorded_at, draft.entry_id, timeline.version + 1, kind, payload, stated_fields(content))
    return act, _lawful(timeline, act)


def _check_entry(timeline: Timeline, draft: Draft, kind: ActKind) -> None:
    register = timeline.register
    if draft.opens_entry and timeline.version:
        raise EntryExists(entry=draft.entry_id)
    if not draft.opens_entry and not timeline.version:
        raise EntryNotFound(entry=draft.entry_id, register=register.name)
    if not timeline.version and ABSENT not in kind.meets:
        firsts = ", ".join(k.verb for k in register.kinds if ABSENT in k.meets)
        raise NotAFirstAct(expected=firsts, met=draft.verb)
    if draft.expected_version is not None and draft.expected_version != timeline.version:
        raise StaleVersion(expected=draft.expected_version, met=timeline.version)


def _effect_of(timeline: Timeline, draft: Draft, kind: ActKind) -> tuple[date, Value]:
    """The day the act takes effect, and its content."""
    effective_on = draft.effective_on or draft.decision.decided_on
    content = draft.content
    if isinstance(content, Correction):
        target = _target(timeline, content.target)
        if target.kind.effect != "state":
            raise TargetNotCorrectable(target=target.position, verb=target.kind.verb)
        if (draft.effective_on or target.effective_on) != target.effective_on:
            raise EffectiveDateOfCorrection(expected=target.effective_on, met=draft.effective_on)
        return target.effective_on, content.model_copy(update={"content": _right(timeline, target, content)})
    if isinstance(content, Annulment):
        target = _target(timeline, content.target)
        if timeline.is_annulled(target.position, effective_on):
            raise TargetAlreadyAnnulled(target=target.position)
    if not isinstance(content, kind.content):
        raise TypeError(f"content of {draft.verb}: expected {kind.content.__name__}, met {type(content).__name__}")
    return effective_on, content


def _right(timeline: Timeline, target: Act, correction: Correction) -> dict[str, Any]:
    """The right content. The number stays if none is stated; links are another decision's matter, and stay."""
    right = stated_fields(validated(target.kind.content, correction.content))
    said = timeline.fields_of(target.position)
    number = timeline.register.number_field
    if number in right and right[number] is None:
        right[number] = said[number]
    for name in LINKS & right.keys():
        if name in correction.content and right[name] != said[name]:
            raise LinksCorrected(field=name, expected=", ".join(said[name]) or "-", met=", ".join(right[name]) or "-")
        right[name] = said[name]
    return right


def _target(timeline: Timeline, position: int) -> Act:
    target = timeline.acts.get(position)
    if target is None:
        raise TargetNotFound(target=position)
    return target


def _lawful(timeline: Timeline, act: Act) -> Timeline:
    trial = timeline.copy()
    before = {obstacle.position for obstacle in trial.obstacles()}
    trial.add(act)
    obstacles = [o for o in trial.obstacles(act.position) if o.position not in before]
    if obstacles:
        raise ActsInTheWay(obstacles).without_positions_from(act.position)
    return trial


def check_links(drafts: list[Draft]) -> None:
    """In one decision, an entry that names a successor is named by it as predecessor, and the other way round."""
    named: dict[str, set[tuple[UUID, UUID]]] = {
        field: {(draft.entry_id, other) for draft in drafts for other in getattr(draft.content, field, ())}
        for field in LINKS
    }
    for field, back in (("successors", "predecessors"), ("predecessors", "successors")):
        for entry, other in sorted(named[field]):
            if (other, entry) not in named[back]:
                raise LinksNotMutual(entry=entry, other=other)

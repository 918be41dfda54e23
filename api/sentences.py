"""Explanations as sentences that a clerk reads, in the caller's language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from api.language import Language, translated
from domain.act import Act
from domain.explanation import MISSING, Explanation, Fate, Rule, Version, Word
from domain.legal_time import riga_date

ACT = "act {position} ({kind}, decided {decided_on}, effective {effective_on}, recorded {recorded_on})"
ACT_OF_A_DECISION = (
    "act {position} ({kind}, decision {number} of {decided_on}, effective {effective_on}, recorded {recorded_on})"
)
HIDDEN_ACT = "an act that is not public"
ANSWERS = "It answers the application of act {position}."
FIRST_SAID = "As it was recorded, act {position} said {said}."
RULES = {
    Rule.ORDER: "{field} is {value}: {act} says so, the last in the order of effect of the acts in force about it.",
    Rule.TERM: "{field} is {value}: the term of what {act} gave ended by itself on {last_day}.",
    Rule.ANNULMENT: "{field} is {value}: {act} opened the entry and is annulled on this day; its words are kept.",
    Rule.NOTHING: "{field} is {value}: no act in force on this day states it.",
}
"""By what gave the value."""
FATES = {
    Fate.OVERTAKEN: "Said otherwise by {act}: {said}. It was overtaken, in the order of effect, by act {by}.",
    Fate.LATER: "Said otherwise by {act}: {said}. It takes effect after the day asked about.",
    Fate.ANNULLED: "Said otherwise by {act}: {said}. It is annulled on this day by act {by}.",
    Fate.RESTS: "Said otherwise by {act}: {said}. It rests with the act that opened the entry, annulled by act {by}.",
    Fate.CORRECTED: "Said otherwise by {act}: {said}. Corrected by act {by}, it no longer states {field}.",
    Fate.NOT_APPLICABLE: "Said otherwise by {act}: {said}. It does not apply to the entry as it is on that day.",
    Fate.UNCHANGED: "Said otherwise by {act}: {said}. As things stand, it leaves {field} as it met it.",
    Fate.NOT_KNOWN: "Said otherwise by {act}: {said}. It was recorded after the moment asked about.",
}
"""By what became of an act that lost."""
CORRECTIONS = {
    Fate.WINS: "Act {position} of {recorded_on} corrects act {target}: {said}. This is what it says.",
    Fate.CORRECTED: "Act {position} of {recorded_on} corrects act {target}: {said}. Act {by} corrects it again.",
    Fate.ANNULLED: "Act {position} of {recorded_on} corrects act {target}: {said}. Act {by} annuls the correction.",
    Fate.NOT_KNOWN: "Act {position} of {recorded_on} corrects act {target}: {said}. It was not known yet.",
}
"""By what became of a correction."""


def templates() -> set[str]:
    """Every sentence there is, in English."""
    return {ACT, ACT_OF_A_DECISION, HIDDEN_ACT, ANSWERS, FIRST_SAID, *RULES.values(), *FATES.values()} | {
        *CORRECTIONS.values()
    }


def sentences(explanation: Explanation, language: Language) -> list[str]:
    """Why the field has its value, and why other acts did not make it. A winner that is hidden is not described."""
    winner = explanation.winner
    by_what = translated(HIDDEN_ACT, language) if winner is None else _act(winner.act, language)
    said = translated(
        RULES[explanation.rule],
        language,
        field=explanation.field,
        value=shown(explanation.value),
        act=by_what,
        last_day=explanation.last_day,
    )
    told = [said]
    if winner is not None:
        told += _versions(winner, language)
        if winner.act.payload.answers is not None:
            told.append(translated(ANSWERS, language, position=winner.act.payload.answers))
    for word in explanation.others:
        told.append(_lost(word, explanation.field, language))
        told += _versions(word, language)
    return told


def shown(value: Any) -> str:
    """A value within a sentence."""
    return "–" if value is None or value is MISSING else json.dumps(value, ensure_ascii=False)


def _lost(word: Word, field: str, language: Language) -> str:
    said = next((v.said for v in reversed(word.versions) if v.fate is Fate.WINS), word.said)
    values = {"act": _act(word.act, language), "said": shown(said), "by": _by(word.by), "field": field}
    return translated(FATES[word.fate], language, **values)


def _versions(word: Word, language: Language) -> Iterable[str]:
    if word.versions:
        yield translated(FIRST_SAID, language, position=word.act.position, said=shown(word.said))
    for version in word.versions:
        yield _correction(version, word.act.position, language)


def _correction(version: Version, target: int, language: Language) -> str:
    return translated(
        CORRECTIONS[version.fate],
        language,
        position=version.act.position,
        recorded_on=riga_date(version.act.recorded_at),
        target=target,
        said=shown(version.said),
        by=_by(version.by),
    )


def _act(act: Act, language: Language) -> str:
    decision = act.payload.decision
    return translated(
        ACT if decision.number is None else ACT_OF_A_DECISION,
        language,
        position=act.position,
        kind=getattr(act.kind.titles, language),
        number=decision.number,
        decided_on=decision.decided_on,
        effective_on=act.effective_on,
        recorded_on=riga_date(act.recorded_at),
    )


def _by(position: int | None) -> str:
    return "–" if position is None else str(position)

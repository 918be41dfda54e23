"""``GET /registers/{register}/{entry}/explain``: the acts behind what an entry says, and why competing acts lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import ActShape, Known, MomentShape, act_document, json_response, known_json, moment_json, text_of
from api.errors import NO_ENTRY, Malformed, NotFound, problems
from api.language import Language, language_of
from api.parameters import AsOf, Entry, KnownAtText, TheService
from api.sentences import sentences
from api.service import Service
from api.session import Session, reads_confidential
from api.sessions import FOR_PURPOSE, CurrentSession
from domain.act import Act, is_public
from domain.explanation import MISSING, STATUS, Explaining, Explanation, Rule, Version, Word
from domain.register import ABSENT, Register
from projections.moment import KnownAt, Moment, read_as_of, resolve_known_at
from projections.reading import entry_ids


class CorrectionShape(BaseModel):
    """A correction of an act: what it says of the field, and what became of that."""

    act: int
    said: Any
    fate: str = Field(description="wins, corrected, annulled or not_yet_known")
    by: int | None = Field(description="The act that undid it")


class WordShape(CorrectionShape):
    """What an act says of the field, as it was recorded, and what became of that."""

    fate: str = Field(
        description="wins, overtaken, takes_effect_later, annulled, rests_with_annulled, corrected, does_not_apply, "
        "changes_nothing or not_yet_known"
    )
    corrections: list[CorrectionShape]


class ExplanationShape(BaseModel):
    """Why a field has its value."""

    field: str
    value: Any
    rule: str = Field(description="order_of_effect, term_ended, annulled or no_act")
    term_ended: date | None = Field(description="Last day of the term that ended by itself")
    made_by: WordShape | None = Field(description="The act that made the value; null too if that is not public")
    answers: int | None = Field(description="The application that this act answers")
    others: list[WordShape] = Field(description="All other acts that state the field")
    sentences: list[str] = Field(description="The same in sentences, in the caller's language")


class ExplainDocument(MomentShape):
    """An entry explained at a moment."""

    register_name: str = Field(alias="register")
    entry: UUID
    told_at: Known = Field(description="Up to where acts are told of that were not known yet")
    fields: list[ExplanationShape]
    acts: list[ActShape] = Field(description="Every act that is named, once")


class Explained:
    """One entry's explanations as ``session`` may read them now."""

    def __init__(self, register: Register, acts: Sequence[Act], moment: Moment, session: Session) -> None:
        self._register, self._moment, self._session = register, moment, session
        self._everything = session.may_read_confidential(register.name)
        self._acts = {act.position: act for act in acts}
        self._explaining = Explaining(register, acts, moment.as_of, moment.known_at.position)

    @property
    def is_hidden(self) -> bool:
        """Whether the caller may not see that the entry is there."""
        if self._everything:
            return False
        nothing_public = not any(is_public(act, self._acts) for act in self._acts.values())
        # On days of an application that is not public it is as on days before anything: else the 404 would tell them.
        return nothing_public or self._explaining.state.status in {ABSENT, *self._register.not_public}

    def fields(self, asked: str | None) -> list[Explanation]:
        """The field asked for, or all; raises Malformed for one that the register does not have."""
        explained = self._explained(asked)
        if self._everything and self._holds_hidden(explained):
            entry, known_at = next(iter(self._acts.values())).entry_id, self._moment.known_at.position
            self._session.shows(self._register.name, entry, known_at, self._moment.as_of)
        return explained

    def _holds_hidden(self, explained: list[Explanation]) -> bool:
        register, heads = self._register, {each.field.partition(".")[0] for each in explained}
        in_application = self._explaining.state.status in register.not_public
        hidden_act = not all(self._is_seen(act) for act in self.acts_named(explained))
        return not register.public or in_application or hidden_act or bool(heads & register.confidential_fields)

    def _explained(self, asked: str | None) -> list[Explanation]:
        if asked is None:
            return [self._seen(path) for path in self._explaining.fields() if self._may_see(path)]
        head = asked.partition(".")[0]
        known = {STATUS, *self._register.content.model_fields, *self._explaining.fields()}
        if head not in known or not self._may_see(head):
            values = ", ".join(sorted(name for name in known if self._may_see(name)))
            raise Malformed("field", "one of {values}", asked, values=values)
        return [self._seen(asked)]

    def _may_see(self, path: str) -> bool:
        return self._everything or path not in self._register.confidential_fields

    def _seen(self, path: str) -> Explanation:
        explanation = self._explaining.field(path)
        if self._everything:
            return explanation
        winner = explanation.winner
        return explanation._replace(
            winner=self._seen_word(winner) if winner is not None and self._is_seen(winner.act) else None,
            others=tuple(self._seen_word(word) for word in explanation.others if self._is_seen(word.act)),
        )

    def _is_seen(self, act: Act) -> bool:
        return is_public(act, self._acts)

    def _seen_word(self, word: Word) -> Word:
        versions = tuple(v._replace(by=self._seen_position(v.by)) for v in word.versions if self._is_seen(v.act))
        return word._replace(by=self._seen_position(word.by), versions=versions)

    def _seen_position(self, position: int | None) -> int | None:
        return position if position is not None and self._is_seen(self._acts[position]) else None

    def acts_named(self, explanations: Sequence[Explanation]) -> list[Act]:
        """The acts that ``explanations`` name, in the order of recording."""
        named = set[int]()
        for explanation in explanations:
            for word in (explanation.winner, *explanation.others):
                if word is not None:
                    positions = [word.act.position, word.by, word.act.payload.answers]
                    positions += [p for version in word.versions for p in (version.act.position, version.by)]
                    named |= {position for position in positions if position is not None}
        return [act for act in map(self._acts.__getitem__, sorted(named)) if self._everything or self._is_seen(act)]


def explanations_router(register: Register) -> APIRouter:
    """The path that explains the entries of one register."""
    router = APIRouter(prefix=f"/registers/{register.name}", tags=[register.name])
    statuses = (400, 401, 404, 422) if register.public else (400, 401, 403, 404, 422)

    @router.get(
        "/{entry}/explain", response_model=ExplainDocument, openapi_extra=FOR_PURPOSE, responses=problems(*statuses)
    )
    def explain(
        service: TheService,
        session: CurrentSession,
        entry: Entry,
        field: Annotated[
            str | None, Query(max_length=200, description="status, a field, or a dotted path; default all")
        ] = None,
        as_of: AsOf = None,
        known_at: KnownAtText = None,
        accept_language: Annotated[str | None, Header(max_length=200)] = None,
    ) -> Response:
        """Why an entry says what it says on a day, as known at a position: acts, corrections, and acts that lost."""
        reads_confidential(session, register)
        moment, told_at, acts = acts_to_explain(service, register, entry, as_of, known_at)
        explained = Explained(register, acts, moment, session)
        if not acts or explained.is_hidden:
            raise NotFound(NO_ENTRY, entry=entry, register=register.name)
        explanations = explained.fields(field)
        language = language_of(accept_language)
        fields = text_of([explanation_document(each, language) for each in explanations])
        named = [act_document(register, act, session, told_at.position) for act in explained.acts_named(explanations)]
        head = f'"register":"{register.name}","entry":"{acts[0].entry_id}",{moment_json(moment)}'
        body = f'{{{head},"told_at":{known_json(told_at)},"fields":{fields},"acts":{text_of(named)}}}'
        answer = json_response(body, {"Content-Language": language, "Vary": "Authorization, Accept-Language"})
        return session.answered(answer, register.name)

    return router


def acts_to_explain(
    service: Service, register: Register, reference: str, as_of: str | None, known_at: str | None
) -> tuple[Moment, KnownAt, list[Act]]:
    """The moment asked about, what is known by now, and all acts of the entry; none if there was no such entry."""
    with service.database.pool.connection() as connection:
        moment = Moment(read_as_of(as_of), resolve_known_at(connection, known_at))
        found = entry_ids(connection, register, reference, moment)[-1:]
        told_at = resolve_known_at(connection, None)
        acts = service.ledger.acts_of(connection, found)
    return moment, told_at, [act for entry in found for act in acts[entry] if act.position <= told_at.position]


def explanation_document(explanation: Explanation, language: Language) -> Mapping[str, Any]:
    """An explanation as it is shown."""
    winner = explanation.winner
    return {
        "field": explanation.field,
        "value": None if explanation.value is MISSING else explanation.value,
        "rule": explanation.rule.value,
        "term_ended": explanation.last_day.isoformat()
        if explanation.rule is Rule.TERM and explanation.last_day
        else None,
        "made_by": None if winner is None else _word(winner),
        "answers": None if winner is None else winner.act.payload.answers,
        "others": [_word(word) for word in explanation.others],
        "sentences": sentences(explanation, language),
    }


def _word(word: Word | Version) -> dict[str, Any]:
    shown: dict[str, Any] = {"act": word.act.position, "said": word.said, "fate": word.fate.value, "by": word.by}
    if isinstance(word, Word):
        shown["corrections"] = [_word(version) for version in word.versions]
    return shown

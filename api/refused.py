"""An act that was refused, as problem details (RFC 9457): the acts and entries in the way with it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from api.language import Language, translated
from domain import refusals
from domain.catalogue import LOOKS_SEALED
from domain.proposals import ERASED_SINCE
from domain.refusals import ActRefused, ActsInTheWay, ContentRefused, DependantsLeft
from domain.timeline import Obstacle


class ActInTheWay(BaseModel):
    """An act that stands in the way of the one asked for, or this one itself."""

    position: int | None = Field(description="Null: the act asked for")
    kind: str
    effective_on: str
    reason: str


class DependantShape(BaseModel):
    """An entry that would be left without one it rests on."""

    register_name: str = Field(alias="register")
    entry: UUID
    first: date = Field(description="The first day on which it would be left")


TITLES = {
    400: "Malformed request",
    401: "Sign in first",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    406: "Format not offered",
    409: "Against the register's rules",
    410: "No longer held",
    412: "Changed in the meantime",
    413: "Request too large",
    415: "Content type not supported",
    422: "Content does not fit",
    429: "Too many attempts",
    500: "Internal error",
    503: "Not available now",
}

REFUSED: dict[type[Exception], int] = {
    refusals.UnknownRegister: 404,
    refusals.EntryNotFound: 404,
    refusals.StaleVersion: 412,
    refusals.PersonActedOn: 412,
    refusals.ContentRefused: 422,
    refusals.UnknownKindOfAct: 422,
    refusals.TargetNotFound: 422,
    refusals.AnswersNoApplication: 422,
    refusals.NumberNotGiven: 422,
    refusals.KeyUsedForAnotherRequest: 422,
    refusals.NothingToRecord: 422,
    refusals.LinksNotMutual: 422,
}
"""The HTTP statuses of refusals; any other is against the register's rules, 409."""


CONTENT_PROBLEMS = frozenset({ERASED_SINCE, LOOKS_SEALED})
"""What is said of content beside what its type says."""


def slug_of(error: Exception) -> str:
    """The last part of the problem's type, for ever."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()


def refused_problem(error: ActRefused, language: Language) -> dict[str, Any]:
    """The problem that a caller is told of."""
    status = REFUSED.get(type(error), 409)
    more: dict[str, Any] = {} if error.act is None else {"act": error.act}
    values = error.values
    if isinstance(error, ActsInTheWay):
        in_the_way = [_obstacle(obstacle, language) for obstacle in error.obstacles]
        more["acts_in_the_way"] = in_the_way
        sentences = [translated(error.template_of(each["position"]), language, **each) for each in in_the_way]
        values = {"summary": "; ".join(sentences)}
    if isinstance(error, DependantsLeft):
        more["dependants"] = [
            {"register": register, "entry": str(entry), "first": first.isoformat()}
            for register, entry, first in error.dependants
        ]
        told = [translated(error.DEPENDANT, language, **each) for each in more["dependants"][: error.SHOWN]]
        values = {**values, "summary": "; ".join(told)}
    if isinstance(error, ContentRefused):
        more["errors"] = [
            # What else a content's type says of a value is no template, and may have braces of its own.
            {
                "field": f"content.{field}",
                "expected": translated(problem, language) if problem in CONTENT_PROBLEMS else problem,
                "met": None,
            }
            for field, problem in error.problems
        ]
    return {
        "type": f"urn:regesta:problem:{slug_of(error)}",
        "title": translated(TITLES[status], language),
        "status": status,
        "detail": translated(error.message, language, **values),
        **more,
    }


def _obstacle(obstacle: Obstacle, language: Language) -> dict[str, Any]:
    return {
        "position": obstacle.position,
        "kind": obstacle.verb,
        "effective_on": obstacle.effective_on.isoformat(),
        "reason": translated(obstacle.reason.message, language, **obstacle.reason.values),
    }
